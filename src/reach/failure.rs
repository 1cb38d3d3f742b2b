//! Why a step failed, in the words of OONI (df-007-errors).

use super::names::DNS_FAILURES;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;
use std::io;

/// Longest text of a failure that is not known.
const MAX_OTHER: usize = 200;

/// Why a step failed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Failure {
    /// Nobody listens there.
    ConnectionRefused,
    /// The connection was reset.
    ConnectionReset,
    /// Nothing came in time.
    Timeout,
    /// The other side closed the connection before it said anything.
    Eof,
    /// There is no way to the host.
    HostUnreachable,
    /// There is no way to the network.
    NetworkUnreachable,
    /// The name server says that there is no such name.
    NxDomain,
    /// The name server refuses to answer.
    DnsRefused,
    /// The name server failed.
    DnsServerFailed,
    /// The name has no record of this type.
    DnsNoAnswer,
    /// The certificate is for another host.
    WrongHost,
    /// The certificate's issuer is not known.
    UnknownAuthority,
    /// The certificate is wrong in another way: expired, not yet valid …
    InvalidCertificate,
    /// The server ended the handshake with an alert, or speaks no TLS.
    FailedHandshake,
    /// Anything else.
    Other(String),
}

/// Failures with their names, in the order in which they are looked up.
const NAMES: [(Failure, &str); 14] = [
    (Failure::ConnectionRefused, "connection_refused"),
    (Failure::ConnectionReset, "connection_reset"),
    (Failure::Timeout, "generic_timeout_error"),
    (Failure::Eof, "eof_error"),
    (Failure::HostUnreachable, "host_unreachable"),
    (Failure::NetworkUnreachable, "network_unreachable"),
    (Failure::NxDomain, "dns_nxdomain_error"),
    (Failure::DnsRefused, "dns_refused_error"),
    (Failure::DnsServerFailed, "dns_server_misbehaving"),
    (Failure::DnsNoAnswer, "dns_no_answer"),
    (Failure::WrongHost, "ssl_invalid_hostname"),
    (Failure::UnknownAuthority, "ssl_unknown_authority"),
    (Failure::InvalidCertificate, "ssl_invalid_certificate"),
    (Failure::FailedHandshake, "ssl_failed_handshake"),
];

impl Failure {
    /// Its name in JSON.
    pub fn as_str(&self) -> &str {
        if let Self::Other(text) = self {
            return text;
        }
        NAMES
            .iter()
            .find(|(failure, _)| failure == self)
            .map_or("unknown_failure", |(_, name)| name)
    }

    /// In words for people.
    pub fn in_words(&self) -> &str {
        match self {
            Self::ConnectionRefused => "refused",
            Self::ConnectionReset => "reset",
            Self::Timeout => "no answer in time",
            Self::Eof => "closed without a word",
            Self::HostUnreachable => "host unreachable",
            Self::NetworkUnreachable => "network unreachable",
            Self::NxDomain => "no such name (NXDOMAIN)",
            Self::DnsRefused => "the name server refuses (REFUSED)",
            Self::DnsServerFailed => "the name server failed (SERVFAIL)",
            Self::DnsNoAnswer => "the name has no address",
            Self::WrongHost => "certificate for another host",
            Self::UnknownAuthority => "certificate of an unknown issuer",
            Self::InvalidCertificate => "invalid certificate",
            Self::FailedHandshake => "TLS refused",
            Self::Other(text) => text,
        }
    }

    /// Whether a name server or its way failed.
    pub fn is_of_names(&self) -> bool {
        DNS_FAILURES.contains(self)
    }

    /// Something that has no name here; the text is cut.
    pub(super) fn other(text: &str) -> Self {
        let visible = text.chars().filter(|c| !c.is_control());
        Self::Other(visible.take(MAX_OTHER).collect())
    }

    /// What an error of a socket or of TLS means.
    pub(super) fn of_error(error: &(dyn Error + 'static)) -> Self {
        let Some(error) = error.downcast_ref::<io::Error>() else {
            return Self::other(&format!("unknown_failure: {error}"));
        };
        if let Some(tls) = error
            .get_ref()
            .and_then(|e| e.downcast_ref::<rustls::Error>())
        {
            return match tls {
                rustls::Error::NoCertificatesPresented => Self::InvalidCertificate,
                _ => Self::FailedHandshake,
            };
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::ConnectionRefused,
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Self::ConnectionReset,
            io::ErrorKind::TimedOut => Self::Timeout,
            io::ErrorKind::UnexpectedEof => Self::Eof,
            io::ErrorKind::HostUnreachable | io::ErrorKind::AddrNotAvailable => {
                Self::HostUnreachable
            }
            io::ErrorKind::NetworkUnreachable => Self::NetworkUnreachable,
            _ if error.to_string().contains("tls handshake eof") => Self::Eof,
            _ => Self::other(&format!("unknown_failure: {error}")),
        }
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        let known = NAMES.into_iter().find(|(_, name)| *name == text);
        known.map_or_else(|| Self::other(&text), |(failure, _)| failure)
    }
}

impl From<Failure> for String {
    fn from(failure: Failure) -> Self {
        failure.as_str().to_owned()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_reads_back_from_its_name_and_unknown_ones_stay_as_they_are() {
        for (failure, name) in NAMES {
            assert_eq!(String::from(failure.clone()), name);
            assert_eq!(Failure::from(name.to_owned()), failure);
        }
        let odd = Failure::from("ssl_\u{7}something".to_owned());
        assert_eq!(odd, Failure::Other("ssl_something".to_owned()));
        assert!(Failure::from("x".repeat(5000)).as_str().len() <= MAX_OTHER);
    }
}

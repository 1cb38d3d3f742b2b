//! What an error of the HTTP library means.

use super::resolver::NameFailure;
use super::tls::{RefusedCertificate, printable};
use super::{BlockedAddress, Failure, Outcome, Refusal};
use hyper_util::client::legacy;
use std::error::Error;
use std::io;
use std::time::Duration;

/// Error chains are short; anything longer is a chain that returns to itself.
const MAX_CHAIN: usize = 32;

/// What went wrong with a request.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) outcome: Outcome,
    /// Why the certificate was refused, if that is what went wrong.
    pub(super) certificate: Option<String>,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self {
            outcome: Outcome::Failed(failure),
            certificate: None,
        }
    }
}

impl From<BlockedAddress> for Trouble {
    fn from(blocked: BlockedAddress) -> Self {
        Self {
            outcome: Outcome::Refused(Refusal::Address(blocked)),
            certificate: None,
        }
    }
}

/// Classifies an error that came instead of a response head. `timeout` is the limit of the request.
pub(super) fn trouble_of(error: &legacy::Error, timeout: Duration) -> Trouble {
    let chain = chain_of(error);
    for link in &chain {
        if let Some(blocked) = link.downcast_ref::<BlockedAddress>() {
            return blocked.clone().into();
        }
        if let Some(NameFailure(reason)) = link.downcast_ref::<NameFailure>() {
            return Failure::Dns(printable(reason)).into();
        }
        if let Some(tls) = link.downcast_ref::<rustls::Error>() {
            return tls_trouble(tls);
        }
    }
    // The last link is the cause; those before it name the URL, which must not be printed live.
    let cause = chain.last().map(ToString::to_string).unwrap_or_default();
    let cause = printable(&cause);
    let kind = chain
        .iter()
        .filter_map(|link| link.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .next_back();
    let failure = if kind == Some(io::ErrorKind::TimedOut) {
        Failure::Timeout(timeout)
    } else if cause.contains("tls handshake eof") {
        Failure::Tls("the server closed the connection during the handshake".into())
    } else if error.is_connect() {
        Failure::Connect(cause)
    } else if is_closed(kind, &cause) {
        Failure::Connect("the server closed the connection without an answer".into())
    } else {
        Failure::Protocol(cause)
    };
    failure.into()
}

fn is_closed(kind: Option<io::ErrorKind>, cause: &str) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(
        kind,
        Some(BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
    ) || cause.contains("connection closed before message completed")
}

fn tls_trouble(error: &rustls::Error) -> Trouble {
    if let rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) = error
        && let Some(refused) = other.0.downcast_ref::<RefusedCertificate>()
    {
        return Trouble {
            outcome: Outcome::Failed(Failure::Tls(refused.reason.clone())),
            certificate: Some(refused.reason.clone()),
        };
    }
    let reason = match error {
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS here".to_owned(),
        rustls::Error::PeerIncompatible(_) => {
            format!("the server speaks no TLS that is still considered safe ({error})")
        }
        other => other.to_string(),
    };
    Failure::Tls(printable(&reason)).into()
}

/// The error and what caused it, outermost first. `io::Error` hides what it wraps from `source`.
fn chain_of<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut chain = vec![error];
    while let Some(&last) = chain.last()
        && chain.len() < MAX_CHAIN
    {
        let wrapped = last
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        let next = match wrapped {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => last.source(),
        };
        match next {
            Some(next) => chain.push(next),
            None => break,
        }
    }
    chain
}

//! What came of a request.

use super::{BlockedAddress, Provenance};
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Duration;

/// What came of a request: an answer, our refusal to ask, or a failure of the outside world.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The server answered, with whatever status.
    Response(Box<Response>),
    /// tazy did not ask.
    Refused(Refusal),
    /// The world failed: no name, no connection, no TLS, no answer.
    Failed(Failure),
}

/// An answer as received.
#[derive(Debug, Clone)]
pub struct Response {
    /// The URL asked for.
    pub url: SuspectUrl,
    /// When the request was sent.
    pub started: Timestamp,
    /// Until the last byte.
    pub duration: Duration,
    /// `HTTP/1.1` or `HTTP/2`.
    pub version: &'static str,
    /// Status code.
    pub status: u16,
    /// Request header lines as sent, in order (over HTTP/2 as handed to the library, `Host` for
    /// `:authority`).
    pub request_headers: Vec<Header>,
    /// Response header lines. Over HTTP/1 as sent: order, case of names and lines of one name among others
    /// are kept ([`Provenance::response_head`] has the very bytes). Over HTTP/2, and for HTTP/1 heads that
    /// are not plain lines, as the library keeps them: names in lower case and in the order in which each
    /// first came, the lines of one name together, in their order; where they stood among others is lost.
    pub headers: Vec<Header>,
    /// Body as received: transfer coding removed, content coding (gzip, br …) still on.
    pub body: Vec<u8>,
    /// Set if the body was cut.
    pub truncated: Option<Truncation>,
    /// The address that was connected to (the proxy's, where one is used).
    pub remote_addr: Option<SocketAddr>,
    /// Facts of the TLS session.
    pub tls: Option<TlsFacts>,
    /// How it was obtained.
    pub provenance: Provenance,
}

impl Response {
    /// The first header of this name as text; `None` if absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(&found.value).ok().map(str::trim)
    }

    /// Where a 3xx answer points, resolved; `None` for other statuses and for unusable targets.
    pub fn redirect_target(&self) -> Option<SuspectUrl> {
        if !matches!(self.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        self.url.join(self.header("location")?).ok()
    }
}

/// A header line. Values are bytes: they need not be text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Field name.
    pub name: String,
    /// Field value, raw.
    pub value: Vec<u8>,
}

/// Why a body was cut (the words of WARC-Truncated, ISO 28500 §5.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Truncation {
    /// Longer than the limit.
    Length,
    /// Slower than the limit.
    Time,
    /// The connection ended early.
    Disconnect,
}

/// What is known of a TLS session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// SHA-256 of the leaf certificate (DER), hexadecimal.
    pub certificate_sha256: String,
    /// Subject, RFC 4514 style.
    pub subject: String,
    /// Issuer, RFC 4514 style.
    pub issuer: String,
    /// Validity as written in the certificate, RFC 3339.
    pub not_before: String,
    /// See `not_before`.
    pub not_after: String,
    /// Why the certificate would be refused, if it was accepted only as evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<String>,
    /// What was verified, if the certificate was not refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<String>,
    /// `TLSv1.2` or `TLSv1.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Cipher suite by its IANA name, `TLS13_` for those of TLS 1.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cipher: Option<String>,
    /// Group of the key exchange: `X25519`, `secp256r1` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_exchange: Option<String>,
    /// The protocol that the server chose of `h2` and `http/1.1` (ALPN, RFC 7301); `None` if it chose none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpn: Option<String>,
    /// The server name that was sent (SNI, RFC 6066 §3); `None` for addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// SHA-256 of each certificate that was kept, in the order in which they were sent, leaf first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain_sha256: Vec<String>,
    /// How many certificates the server sent; more than ten are not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificates_sent: Option<usize>,
}

/// Why tazy did not ask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// robots.txt forbids it; the text is the cause.
    #[error("robots.txt: {0}")]
    Robots(String),
    /// The address is not one of the public Internet.
    #[error("{0}")]
    Address(#[from] BlockedAddress),
    /// The server asks for a longer wait than a visit may take.
    #[error("the server asks to wait {} s", .0.as_secs())]
    TooLongWait(Duration),
}

/// How the world failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The name has no address, or the name server failed.
    #[error("name not resolved: {0}")]
    Dns(String),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// The TLS handshake failed; the text says why (expired, wrong host, unknown issuer …).
    #[error("TLS: {0}")]
    Tls(String),
    /// No answer in time.
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The answer breaks HTTP, or its header is too large.
    #[error("protocol: {0}")]
    Protocol(String),
    /// The redirect chain is longer than the limit or returns to itself.
    #[error("redirect loop")]
    RedirectLoop,
}

impl Outcome {
    /// The word under which reports count this outcome: the status code, or the kind of refusal or failure.
    pub fn label(&self) -> String {
        match self {
            Self::Response(response) => response.status.to_string(),
            Self::Refused(Refusal::Robots(_)) => "robots".into(),
            Self::Refused(Refusal::Address(_)) => "blocked_address".into(),
            Self::Refused(Refusal::TooLongWait(_)) => "too_long_wait".into(),
            Self::Failed(failure) => failure.label().into(),
        }
    }
}

impl Failure {
    /// The word under which reports count this failure.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout(_) => "timeout",
            Self::Protocol(_) => "protocol",
            Self::RedirectLoop => "redirect_loop",
        }
    }
}

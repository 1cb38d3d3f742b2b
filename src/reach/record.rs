//! What was measured, as it is recorded and exchanged.

use super::{Failure, VantageFacts};
use crate::digest::Digest;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Everything that one vantage measured about one URL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Version of this form: 1.
    pub format: u32,
    /// What was asked for.
    pub input: SuspectUrl,
    /// When it was begun, by the clock of the machine that measured.
    pub measured: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// From where.
    pub vantage: VantageFacts,
    /// Program and version that measured.
    pub software: String,
    /// How many times everything was tried.
    pub tries: u8,
    /// Host that the vantage was compared with.
    pub control: String,
    /// Questions to name servers (df-002).
    pub queries: Vec<DnsQuery>,
    /// Connections (df-005).
    pub tcp_connect: Vec<TcpConnect>,
    /// TLS handshakes (df-006).
    pub tls_handshakes: Vec<TlsHandshake>,
    /// Pages asked for (df-001). Redirects are not followed.
    pub requests: Vec<HttpExchange>,
}

/// What an event was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The site itself.
    Target,
    /// The address of the site with the name of the control.
    ControlName,
    /// The address of the control with the name of the site (OONI ts-024).
    TargetNameAtControl,
    /// The control itself: whether this vantage reaches anything at all.
    Control,
}

/// One question to one name server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DnsQuery {
    /// `udp`, `tcp`, `getaddrinfo`, `override` (`--resolve`) or `socks5h` (asked by the proxy, answer not told).
    pub engine: String,
    /// The name.
    pub hostname: String,
    /// `A`, `AAAA` or `ANY` (both, where the engine does not tell).
    pub query_type: String,
    /// Address and port of the name server, where it is known.
    pub resolver_address: Option<String>,
    /// Why there is no address.
    pub failure: Option<Failure>,
    /// Response code (RFC 1035 §4.1.1), where an answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rcode: Option<u16>,
    /// The records.
    pub answers: Vec<Answer>,
    /// The whole answer as received, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_response: Option<String>,
    /// Seconds from the beginning of the measurement to the question.
    pub t0: f64,
    /// … and to the answer.
    pub t: f64,
    /// Which try, from 1.
    pub x_try: u8,
    /// What for.
    pub x_purpose: Purpose,
}

/// One record of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `A`, `AAAA` or `CNAME`.
    pub answer_type: String,
    /// Of an `A` record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv4: Option<String>,
    /// Of an `AAAA` record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<String>,
    /// Of a `CNAME` record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Lifetime as received, seconds.
    pub ttl: Option<u32>,
}

impl Answer {
    /// The address that it tells.
    pub fn address(&self) -> Option<IpAddr> {
        let written = self.ipv4.as_ref().or(self.ipv6.as_ref())?;
        written.parse().ok()
    }
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TcpConnect {
    /// The address, or the name where a proxy resolves it.
    pub ip: String,
    /// The port.
    pub port: u16,
    /// What came of it.
    pub status: ConnectStatus,
    /// Seconds from the beginning of the measurement.
    pub t0: f64,
    /// … to the end of this step.
    pub t: f64,
    /// Which try, from 1.
    pub x_try: u8,
    /// What for.
    pub x_purpose: Purpose,
    /// Why the address was not connected to: loopback, private, unspecified …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_not_connected: Option<String>,
}

/// What came of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectStatus {
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Whether it was made.
    pub success: bool,
}

/// One TLS handshake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TlsHandshake {
    /// Address (or name) and port.
    pub address: String,
    /// The name that was sent (SNI); empty for an address.
    pub server_name: String,
    /// Why it failed. A certificate that does not verify does not end it: see `x_invalid`.
    pub failure: Option<Failure>,
    /// `TLSv1.3` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_version: Option<String>,
    /// The cipher suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cipher_suite: Option<String>,
    /// The protocol that was agreed on (ALPN).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negotiated_protocol: Option<String>,
    /// Always true: certificates are judged after the handshake.
    pub no_tls_verify: bool,
    /// Seconds from the beginning of the measurement.
    pub t0: f64,
    /// … to the end of this step.
    pub t: f64,
    /// Which try, from 1.
    pub x_try: u8,
    /// What for.
    pub x_purpose: Purpose,
    /// Why the certificate does not verify, as a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_invalid: Option<Failure>,
    /// … and in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_invalid_reason: Option<String>,
    /// Issuer of the leaf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_issuer: Option<String>,
    /// SHA-256 of each certificate as sent (DER), leaf first, hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub x_chain_sha256: Vec<String>,
}

impl TlsHandshake {
    /// Whether it came to an end and the certificate verifies for the name.
    pub fn is_verified(&self) -> bool {
        self.failure.is_none() && self.x_invalid.is_none() && !self.x_chain_sha256.is_empty()
    }
}

/// One page that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpExchange {
    /// Why there is no answer.
    pub failure: Option<Failure>,
    /// What was asked for.
    pub request: HttpRequest,
    /// What came.
    pub response: Option<HttpResponse>,
    /// Address (or name) and port.
    pub address: String,
    /// Seconds from the beginning of the measurement.
    pub t0: f64,
    /// … to the end of this step.
    pub t: f64,
    /// Which try, from 1.
    pub x_try: u8,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// Always `GET`.
    pub method: String,
    /// The URL.
    pub url: SuspectUrl,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// Status.
    pub code: u16,
    /// Whether the body was cut at the limit or broke off.
    pub body_is_truncated: bool,
    /// Names of the header lines, lower case, sorted, each once, at most 64.
    pub x_header_names: Vec<String>,
    /// Where it leads, if it redirects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_location: Option<SuspectUrl>,
    /// Digest of the body as received.
    pub x_body_sha256: Digest,
    /// Bytes of the body as received, up to the limit.
    pub x_body_length: u64,
    /// The title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_title: Option<String>,
    /// The beginning of the text, at most 400 characters: block pages are recognized by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_excerpt: Option<String>,
}

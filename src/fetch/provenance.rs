//! How an answer was obtained: names, connection, heads byte by byte.

use super::TlsFacts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// How an answer was obtained, beside the answer itself.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// The connection over which it came; requests over one kept connection share it.
    pub connection: Option<Arc<ConnectionFacts>>,
    /// The request head exactly as written to the connection, HTTP/1 only. `None` over HTTP/2, and where
    /// it carries credentials of a proxy.
    pub request_head: Option<Vec<u8>>,
    /// The response head exactly as read from the connection (interim `1xx` heads left out), HTTP/1 only.
    /// `None` over HTTP/2, and where the head is not made of plain lines that end in CR LF.
    pub response_head: Option<Vec<u8>>,
}

/// What is known of one connection. Gathered while it is made and carried by the connection itself, so
/// that no answer can get the facts of another one.
#[derive(Debug, Clone)]
pub struct ConnectionFacts {
    /// When it stood (TCP, and TLS where it is spoken).
    pub established: Timestamp,
    /// Our end.
    pub local_addr: Option<SocketAddr>,
    /// The other end: the server, or the proxy.
    pub remote_addr: Option<SocketAddr>,
    /// The proxy, without credentials: `socks5h://127.0.0.1:9050`.
    pub through: Option<String>,
    /// How the name was resolved; `None` if the host is an address.
    pub names: Option<NameLookup>,
    /// Facts of the TLS session.
    pub tls: Option<TlsFacts>,
    /// The certificates as the server sent them, leaf first, DER: at most ten, at most 64 KiB each.
    pub certificates: Vec<Arc<[u8]>>,
}

/// How a name became addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameLookup {
    /// The host of the URL.
    pub name: String,
    /// Who said so.
    pub source: NameSource,
    /// When it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// What was asked and answered, where DNS was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<NameQuestion>,
    /// All addresses that came of it, before the address guard, at most [`NameLookup::MAX_ADDRESSES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// Anything unusual, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl NameLookup {
    /// Addresses kept of one lookup.
    pub const MAX_ADDRESSES: usize = 50;

    /// A lookup of which nothing more is known than who answered.
    pub fn new(name: &str, source: NameSource) -> Self {
        Self {
            name: name.to_owned(),
            source,
            asked_at: None,
            questions: Vec::new(),
            addresses: Vec::new(),
            note: None,
        }
    }
}

/// Who said which addresses a name has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameSource {
    /// Name servers, asked by tazy itself.
    Dns,
    /// The hosts file of this machine.
    HostsFile,
    /// The resolver of this machine (`getaddrinfo`), which reports addresses only.
    Machine,
    /// `--resolve`.
    Override,
    /// The proxy; what it found is not told.
    Proxy,
    /// A resolver that was given to tazy and reports addresses only.
    Given,
}

/// One question to DNS and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameQuestion {
    /// The name that was asked for, with its final dot.
    pub name: String,
    /// The type that was asked for: `A` or `AAAA`.
    pub kind: String,
    /// Address and port of the name server that answered, or that was asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The answer section in presentation form (RFC 1035 §5.1): `shop.example. 300 IN A 192.0.2.7`, the
    /// CNAME chain included, in the order of the answer. At most 50 records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
    /// Why there are no addresses of this type, or which name servers failed before one answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

//! The HTTP client.

use super::{AddressGuard, Fetcher, Outcome, Override, Profile, Request, Resolver};
use crate::clock::Clock;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;

/// How requests are made.
#[derive(Debug, Clone)]
pub struct FetchSettings {
    /// As whom.
    pub profile: Profile,
    /// From first byte sent to last byte received.
    pub timeout: Duration,
    /// Body as received, bytes; what is longer is cut and marked.
    pub max_body: usize,
    /// All header lines together, bytes.
    pub max_header: usize,
    /// Which addresses may be contacted. With a proxy it applies to the proxy's address only.
    pub guard: AddressGuard,
    /// `http://…`, `socks5://…` or `socks5h://…`.
    pub proxy: Option<String>,
    /// Fixed addresses.
    pub overrides: Vec<Override>,
    /// Fetch in spite of an invalid certificate, recording why it is invalid.
    pub insecure_evidence: bool,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            profile: Profile::HONEST,
            timeout: Duration::from_secs(20),
            max_body: 8 << 20,
            max_header: 64 << 10,
            guard: AddressGuard {
                allow_private: false,
            },
            proxy: None,
            overrides: Vec::new(),
            insecure_evidence: false,
        }
    }
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The proxy URL is wrong.
    #[error("--proxy {0}: {1}")]
    Proxy(String, String),
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built: {0}")]
    Client(String),
}

/// Fetches over HTTP/1.1 and HTTP/2.
#[derive(Debug)]
pub struct HttpFetcher {}

impl HttpFetcher {
    /// A fetcher with these settings.
    pub fn new(
        settings: FetchSettings,
        resolver: Arc<dyn Resolver>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let _ = (settings, resolver, clock);
        todo!()
    }
}

impl Fetcher for HttpFetcher {
    fn fetch<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome> {
        let _ = request;
        todo!()
    }
}

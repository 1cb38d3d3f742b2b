//! Where lists are served, and to whom: `[serve]`.

use super::ConfigError;
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Where lists are served if nothing else is set.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8742);

/// `[serve]`, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServeOptions {
    /// Address and port [default: 127.0.0.1:8742].
    pub listen: Option<String>,
    /// File with the digests of the tokens that clients show.
    pub tokens: Option<PathBuf>,
}

impl ServeOptions {
    /// Where to listen; the error says how to write it.
    pub fn listen(&self) -> Result<SocketAddr, &'static str> {
        self.listen.as_deref().map_or(Ok(DEFAULT_LISTEN), |listen| {
            listen
                .parse()
                .map_err(|_| "write an address and a port, like 127.0.0.1:8742 or [::1]:8742")
        })
    }

    pub(super) fn check(&self, path: &Path) -> Result<(), ConfigError> {
        self.listen()
            .map(drop)
            .map_err(|reason| ConfigError::new(format!("{}: serve.listen", path.display()), reason))
    }
}

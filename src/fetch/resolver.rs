//! Names to addresses.

use futures_util::future::BoxFuture;
use std::net::{IpAddr, SocketAddr};

/// Something that resolves host names. A returned port other than 0 is used where the URL names none.
pub trait Resolver: Send + Sync + std::fmt::Debug {
    /// All addresses of `host`.
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Vec<SocketAddr>>>;
}

/// `--resolve HOST:PORT:ADDR`, as in curl: this address for this host and port, without asking anyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Host name, lower case; `*` for every host.
    pub host: String,
    /// Port of the URL.
    pub port: u16,
    /// Address to use.
    pub address: IpAddr,
}

/// The machine's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Vec<SocketAddr>>> {
        let _ = host;
        todo!()
    }
}

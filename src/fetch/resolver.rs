//! Names to addresses.

use super::{AddressGuard, BlockedAddress};
use futures_util::future::BoxFuture;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Something that resolves host names. A returned port other than 0 is used where the URL names none.
pub trait Resolver: Send + Sync + std::fmt::Debug {
    /// All addresses of `host`.
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Vec<SocketAddr>>>;
}

/// `--resolve HOST:PORT:ADDR`, as in curl: this address for this host and port, without asking anyone.
/// The address guard applies to it; URLs whose host is an address are not affected.
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
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
    }
}

tokio::task_local! {
    /// Port of the URL being fetched: the client's hook is told the name only, and overrides are for a
    /// name and a port.
    pub(super) static URL_PORT: u16;
}

/// A name has no address, or the name server failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NameFailure(pub(super) String);

/// The resolver hook of the client: overrides first, and the guard over every answer.
#[derive(Debug, Clone)]
pub(super) struct GuardedNames {
    pub(super) resolver: Arc<dyn Resolver>,
    pub(super) overrides: Arc<[Override]>,
    pub(super) guard: AddressGuard,
    /// The proxy's host, which the user named and which is therefore not guarded.
    pub(super) proxy_host: Option<String>,
}

impl GuardedNames {
    fn overriding(&self, host: &str) -> Option<SocketAddr> {
        let port = URL_PORT.try_with(|port| *port).ok()?;
        let matches = |entry: &&Override| entry.port == port && entry.host == host;
        let any_host = |entry: &&Override| entry.port == port && entry.host == "*";
        let mut entries = self.overrides.iter();
        let found = entries
            .find(matches)
            .or_else(|| self.overrides.iter().find(any_host))?;
        // Port 0 lets the client take the URL's own.
        Some(SocketAddr::new(found.address, 0))
    }

    /// Keeps the permitted addresses; an answer with none of them is refused.
    fn guarded(&self, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, BlockedAddress> {
        let mut refused = None;
        let mut permitted = Vec::new();
        for address in addresses {
            match self.guard.check(address.ip()) {
                Ok(()) => permitted.push(address),
                Err(blocked) => refused = refused.or(Some(blocked)),
            }
        }
        match refused {
            Some(blocked) if permitted.is_empty() => Err(blocked),
            _ => Ok(permitted),
        }
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl reqwest::dns::Resolve for GuardedNames {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let host = name.as_str().to_ascii_lowercase();
        // Asked here and not in the future: the hook is called in the request's own task.
        let overriding = self.overriding(&host);
        let names = self.clone();
        Box::pin(async move {
            let is_proxy = names.proxy_host.as_deref() == Some(host.as_str());
            let addresses = match overriding {
                Some(address) if !is_proxy => vec![address],
                _ => names
                    .resolver
                    .resolve(&host)
                    .await
                    .map_err(|error| Box::new(NameFailure(error.to_string())) as BoxError)?,
            };
            if addresses.is_empty() {
                return Err(Box::new(NameFailure("the name has no address".into())) as BoxError);
            }
            let addresses = if is_proxy {
                addresses
            } else {
                names.guarded(addresses)?
            };
            Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

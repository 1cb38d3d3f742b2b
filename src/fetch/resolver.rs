//! Names to addresses.

use super::{AddressGuard, BlockedAddress, NameLookup, NameSource};
use crate::clock::Clock;
use futures_util::future::BoxFuture;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Something that resolves host names. A returned port other than 0 is used where the URL names none.
pub trait Resolver: Send + Sync + std::fmt::Debug {
    /// All addresses of `host`.
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Vec<SocketAddr>>>;

    /// All addresses of `host`, and how they were found. A resolver that only knows addresses need not
    /// bring its own.
    fn look_up<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Resolved>> {
        Box::pin(async move {
            let addresses = self.resolve(host).await?;
            Ok(Resolved {
                addresses,
                lookup: NameLookup::new(host, NameSource::Given),
            })
        })
    }
}

/// Addresses of a name with the story behind them.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The addresses.
    pub addresses: Vec<SocketAddr>,
    /// The story. Time and addresses are entered by who asked.
    pub lookup: NameLookup,
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

/// The machine's resolver (`getaddrinfo`): it reports addresses, no records.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
    }

    fn look_up<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Resolved>> {
        Box::pin(async move {
            Ok(Resolved {
                addresses: self.resolve(host).await?,
                lookup: NameLookup::new(host, NameSource::Machine),
            })
        })
    }
}

/// A name has no address, or the name server failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NameFailure(pub(super) String);

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How the client resolves names: overrides first, and the guard over every answer.
#[derive(Debug, Clone)]
pub(super) struct GuardedNames {
    pub(super) resolver: Arc<dyn Resolver>,
    pub(super) overrides: Arc<[Override]>,
    pub(super) guard: AddressGuard,
    pub(super) clock: Arc<dyn Clock>,
}

impl GuardedNames {
    /// The permitted addresses of a target: an answer with none of them is refused.
    pub(super) async fn target(&self, host: &str, port: u16) -> Result<Resolved, BoxError> {
        let mut resolved = match self.overriding(host, port) {
            Some(address) => self.entered(Resolved {
                addresses: vec![address],
                lookup: NameLookup::new(host, NameSource::Override),
            }),
            None => self.unguarded(host).await?,
        };
        resolved.addresses = self.guarded(resolved.addresses)?;
        Ok(resolved)
    }

    /// All addresses of the proxy, which the user named and which is therefore not guarded.
    pub(super) async fn unguarded(&self, host: &str) -> Result<Resolved, BoxError> {
        let asked_at = self.clock.now();
        let resolved = self.resolver.look_up(host).await;
        let mut resolved =
            resolved.map_err(|error| Box::new(NameFailure(error.to_string())) as BoxError)?;
        if resolved.addresses.is_empty() {
            return Err(Box::new(NameFailure("the name has no address".into())));
        }
        resolved.lookup.asked_at = Some(asked_at);
        Ok(self.entered(resolved))
    }

    fn entered(&self, mut resolved: Resolved) -> Resolved {
        resolved.lookup.asked_at.get_or_insert(self.clock.now());
        resolved.lookup.addresses = resolved
            .addresses
            .iter()
            .map(SocketAddr::ip)
            .take(NameLookup::MAX_ADDRESSES)
            .collect();
        resolved
    }

    fn overriding(&self, host: &str, port: u16) -> Option<SocketAddr> {
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

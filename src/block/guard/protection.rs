//! What speaks against a target.

use super::effect::predicted_effect;
use super::names::{Listing, NameFacts, Names, is_registry_suffix};
use super::network::{NetworkMap, is_local, unwrap_address};
use super::source::Tenants;
use super::{Objection, ObjectionCode};
use crate::block::{BlockItem, BlockTarget, HostName, ScopeKind};
use crate::suspect::{SuspectUrl, registrable_domain};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

/// Names that an objection gives as examples.
const SHOWN: usize = 5;

/// Protected names, shared platforms, networks of many tenants. Read by
/// [`BlockRules::load`](crate::block::profile::BlockRules::load); the default knows the Public Suffix List alone.
#[derive(Debug, Clone, Default)]
pub struct Protection {
    pub(super) names: Names,
    pub(super) networks: NetworkMap<Arc<str>>,
}

impl Protection {
    /// What speaks against a target by itself: asked when a request is recorded and again for every list.
    pub fn objections_to_target(&self, target: &BlockTarget) -> Vec<Objection> {
        let mut objections = match (target, target.host()) {
            (BlockTarget::Url(url), Some(host)) => self.objections_to_url(url, &host),
            (_, Some(host)) => self.objections_to_host(&host, target.scope()),
            (_, None) => Vec::new(),
        };
        // A URL at an address is the whole address where nobody can see the URL.
        if let BlockTarget::Address(address) = predicted_effect(target).hits {
            objections.extend(self.objection_to_address(address));
        }
        objections
    }

    /// What speaks against an item: its target, and what its captures showed.
    pub fn objections_to_item(&self, item: &BlockItem) -> Vec<Objection> {
        let mut objections = self.objections_to_target(&item.target);
        objections.extend(redirect_hop(item));
        objections
    }

    /// What speaks against an address at which these hosts are known (names; addresses are passed over).
    pub fn objection_to_neighbors<'a>(
        &self,
        target: &BlockTarget,
        hosts: impl IntoIterator<Item = &'a str>,
    ) -> Option<Objection> {
        let BlockTarget::Address(address) = predicted_effect(target).hits else {
            return None;
        };
        let domains: BTreeSet<&str> = hosts
            .into_iter()
            .filter(|host| host.parse::<IpAddr>().is_err() && !host.starts_with('['))
            .map(registrable_domain)
            .collect();
        (domains.len() > 1).then(|| {
            let named: Vec<String> = domains.iter().take(SHOWN).map(|d| defang(d)).collect();
            Objection {
                code: ObjectionCode::UnrelatedNeighbors,
                message: format!(
                    "{} unrelated sites are known at {}: {}; ask for the host name instead",
                    domains.len(),
                    defang(&address.to_string()),
                    named.join(", ")
                ),
            }
        })
    }

    /// How many names are protected, and how many platforms are known beside the Public Suffix List.
    pub fn counts(&self) -> (usize, usize) {
        self.names.counts()
    }

    fn objections_to_url(&self, url: &SuspectUrl, host: &HostName) -> Vec<Objection> {
        let Some(facts) = self.names.facts(host) else {
            return Vec::new();
        };
        match facts.platform {
            Some(_) if facts.is_tenant(host) => Vec::new(),
            // One page of a platform is what its tenants are told apart by; its front page is the platform.
            Some(_) if url.as_url().path() != "/" || url.as_url().query().is_some() => Vec::new(),
            Some(_) => facts.objections_to_platform(host, "its front page is the platform itself"),
            None => facts.objections_to_protected(host),
        }
    }

    fn objections_to_host(&self, host: &HostName, scope: ScopeKind) -> Vec<Objection> {
        let mut objections = match self.names.facts(host) {
            Some(facts) if facts.platform.is_some() && facts.is_tenant(host) => Vec::new(),
            Some(facts) if facts.platform.is_some() => {
                facts.objections_to_platform(host, "everybody on it would be blocked")
            }
            Some(facts) => facts.objections_to_protected(host),
            None => Vec::new(),
        };
        if is_registry_suffix(host.as_str()) {
            objections.push(Objection {
                code: ObjectionCode::PublicSuffix,
                message: format!(
                    "{} is a public suffix, under which anybody registers names; ask for the name below it",
                    host.defanged()
                ),
            });
        }
        if scope == ScopeKind::HostAndBelow
            && objections.is_empty()
            && let Some(below) = self.names.one_below(host)
        {
            objections.push(Objection {
                code: ObjectionCode::ProtectedName,
                message: format!(
                    "{} lies below {} and would be blocked with it; ask for the exact host",
                    defang(below),
                    host.defanged()
                ),
            });
        }
        objections
    }

    fn objection_to_address(&self, address: IpAddr) -> Option<Objection> {
        let shown = defang(&unwrap_address(address).to_string());
        let message = if is_local(address) {
            format!("{shown} is another machine in every network; it is no public address")
        } else {
            let network = self.networks.get(address)?;
            format!(
                "{shown} belongs to {network}, where one address answers for many sites; ask for the host name instead"
            )
        };
        Some(Objection {
            code: ObjectionCode::SharedNetwork,
            message,
        })
    }
}

impl NameFacts<'_> {
    /// Whether a host on a platform is one of its tenants, and not the platform's own.
    fn is_tenant(&self, host: &HostName) -> bool {
        let below = host.as_str().strip_suffix(self.name);
        let label = below.map(|below| below.trim_end_matches('.'));
        self.platform
            .is_some_and(|platform| platform.tenants == Tenants::SubHost)
            && label.is_some_and(|label| !label.is_empty() && label != "www")
    }

    fn objections_to_protected(&self, host: &HostName) -> Vec<Objection> {
        let listing = self.listing.into_iter();
        listing
            .map(|listing| protected_name(host, self.name, listing))
            .collect()
    }

    fn objections_to_platform(&self, host: &HostName, why: &str) -> Vec<Objection> {
        let Some(platform) = self.platform else {
            return Vec::new();
        };
        let instead = match platform.tenants {
            Tenants::SubHost => "ask for the exact host of the tenant, or for a URL",
            Tenants::Path => "ask for the exact URL",
        };
        let code = if platform.is_suffix {
            ObjectionCode::PublicSuffix
        } else {
            ObjectionCode::SharedPlatform
        };
        let shared = Objection {
            code,
            message: format!("{} is shared by many: {why}; {instead}", defang(self.name)),
        };
        let mut objections = self.objections_to_protected(host);
        objections.push(shared);
        objections
    }
}

fn protected_name(host: &HostName, name: &str, listing: &Listing) -> Objection {
    let as_of = match listing.as_of {
        Some(day) => format!(", as of {day}"),
        None => String::new(),
    };
    let below = if host.as_str() == name {
        String::new()
    } else {
        format!(" below {}", defang(name))
    };
    Objection {
        code: ObjectionCode::ProtectedName,
        message: format!(
            "{} is protected{below} ({}: {}{as_of}); write to its owner or host instead",
            host.defanged(),
            listing.reason.as_str(),
            listing.file
        ),
    }
}

/// Set if all that the captures show at the target is the way to another site that answered with content.
fn redirect_hop(item: &BlockItem) -> Option<Objection> {
    let target = item.target.host()?;
    let is_own = |url: &SuspectUrl| item.target.covers(url);
    let mut own = item.evidence.iter().filter(|e| is_own(&e.url)).peekable();
    own.peek()?;
    if own.any(|evidence| !(300..400).contains(&evidence.status)) {
        return None;
    }
    let shows_content = |url: &SuspectUrl, status: u16| {
        (200..300).contains(&status) && url.registrable_domain() != target.registrable_domain()
    };
    let content = item
        .evidence
        .iter()
        .find(|evidence| shows_content(&evidence.url, evidence.status))?;
    Some(Objection {
        code: ObjectionCode::RedirectHop,
        message: format!(
            "the captures show only redirects at {}; the content is at {}: ask for that",
            item.target,
            content.url.defanged()
        ),
    })
}

fn defang(name: &str) -> String {
    name.replace('.', "[.]")
}

#[cfg(test)]
mod tests;

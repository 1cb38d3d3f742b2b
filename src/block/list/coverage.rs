//! Which URLs the entries of a list keep people from.

use super::ListEntry;
use crate::block::guard::predicted_effect;
use crate::block::{BlockTarget, HostName};
use crate::suspect::SuspectUrl;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

/// The entries of a list, so that many URLs can be asked about.
#[derive(Debug, Default)]
pub struct Coverage<'a> {
    urls: HashMap<String, &'a ListEntry>,
    hosts: HashMap<String, &'a ListEntry>,
    parents: HashMap<String, &'a ListEntry>,
    addresses: HashMap<IpAddr, &'a ListEntry>,
    /// URLs that entries are about.
    meant: HashSet<&'a str>,
}

impl<'a> Coverage<'a> {
    /// What the entries are meant to hit.
    pub fn of(entries: &'a [ListEntry]) -> Self {
        Self::by(entries, |entry| entry.target.clone())
    }

    /// What they really hit: operators that cannot see paths block the host.
    pub fn of_effects(entries: &'a [ListEntry]) -> Self {
        Self::by(entries, |entry| predicted_effect(&entry.target).hits)
    }

    fn by(entries: &'a [ListEntry], hit: impl Fn(&ListEntry) -> BlockTarget) -> Self {
        let mut coverage = Self::default();
        for entry in entries {
            match hit(entry) {
                BlockTarget::Url(url) => {
                    coverage.urls.insert(url.as_str().to_owned(), entry);
                }
                BlockTarget::Host(name) => {
                    coverage.hosts.insert(name.into(), entry);
                }
                BlockTarget::HostAndBelow(name) => {
                    coverage.parents.insert(name.into(), entry);
                }
                BlockTarget::Address(address) => {
                    coverage.addresses.insert(address, entry);
                }
            }
            let meant = entry.urls.iter().map(SuspectUrl::as_str);
            coverage.meant.extend(meant);
            if let BlockTarget::Url(url) = &entry.target {
                coverage.meant.insert(url.as_str());
            }
        }
        coverage
    }

    /// The entry that keeps people from `url`, the narrowest if several do. `address` is where the host was found,
    /// if that is known: a blocked address blocks every host at it.
    pub fn hits(&self, url: &SuspectUrl, address: Option<IpAddr>) -> Option<&'a ListEntry> {
        if let Some(entry) = self.urls.get(url.as_str()) {
            return Some(entry);
        }
        if let Ok(host) = HostName::parse(url.host()) {
            if let Some(entry) = self.hosts.get(host.as_str()) {
                return Some(entry);
            }
            let mut rest = host.as_str();
            loop {
                if let Some(entry) = self.parents.get(rest) {
                    return Some(entry);
                }
                match rest.split_once('.') {
                    Some((_, parent)) => rest = parent,
                    None => break,
                }
            }
        }
        let literal = url.host().trim_matches(['[', ']']).parse().ok();
        [literal, address]
            .into_iter()
            .flatten()
            .find_map(|address: IpAddr| self.addresses.get(&address).copied())
    }

    /// As [`Coverage::hits`], for URLs that no entry is about: what is hit beside the target.
    pub fn hits_beside(&self, url: &SuspectUrl, address: Option<IpAddr>) -> Option<&'a ListEntry> {
        if self.meant.contains(url.as_str()) {
            return None;
        }
        self.hits(url, address)
    }
}

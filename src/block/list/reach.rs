//! Which URLs the entries of a list keep people from.

use super::ListEntry;
use crate::block::{BlockTarget, HostName};
use crate::suspect::SuspectUrl;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

/// The entries of a list, so that many URLs can be asked about.
#[derive(Debug, Default)]
pub struct Reach<'a> {
    urls: HashMap<&'a str, &'a ListEntry>,
    hosts: HashMap<&'a str, &'a ListEntry>,
    parents: HashMap<&'a str, &'a ListEntry>,
    addresses: HashMap<IpAddr, &'a ListEntry>,
    /// URLs that entries are about.
    meant: HashSet<&'a str>,
}

impl<'a> Reach<'a> {
    /// Takes the entries of a list.
    pub fn of(entries: &'a [ListEntry]) -> Self {
        let mut reach = Self::default();
        for entry in entries {
            match &entry.target {
                BlockTarget::Url(url) => {
                    reach.urls.insert(url.as_str(), entry);
                }
                BlockTarget::Host(name) => {
                    reach.hosts.insert(name.as_str(), entry);
                }
                BlockTarget::HostAndBelow(name) => {
                    reach.parents.insert(name.as_str(), entry);
                }
                BlockTarget::Address(address) => {
                    reach.addresses.insert(*address, entry);
                }
            }
            reach
                .meant
                .extend(entry.urls.iter().map(SuspectUrl::as_str));
        }
        reach
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

    /// As [`Reach::hits`], for URLs that no entry is about: what is hit beside the target.
    pub fn hits_beside(&self, url: &SuspectUrl, address: Option<IpAddr>) -> Option<&'a ListEntry> {
        if self.meant.contains(url.as_str()) {
            return None;
        }
        self.hits(url, address)
            .filter(|entry| !matches!(entry.target, BlockTarget::Url(_)))
    }
}

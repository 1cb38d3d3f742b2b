//! Which entries a format takes, which it leaves out, and which another entry covers already.

use super::{BlockList, ExportReport, ListEntry, ListFormat, Omission};
use crate::block::{BlockTarget, HostName, ScopeKind};
use crate::suspect::SuspectUrl;
use std::collections::HashMap;
use url::Host;

/// Whose names make other entries superfluous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Covering {
    /// Nobody's: everything is written.
    None,
    /// Those of entries for a name and every name below it.
    Parents,
    /// Those of entries for single names as well.
    Hosts,
}

/// What is written, in the order of the list, and the report about the rest.
#[derive(Debug)]
pub(super) struct Selection<'a> {
    pub(super) entries: Vec<&'a ListEntry>,
    pub(super) report: ExportReport,
}

impl<'a> Selection<'a> {
    /// Takes the entries that `format` can express at their scope and for which `fit` has no reason against it.
    pub(super) fn of(
        format: ListFormat,
        list: &'a BlockList,
        covering: Covering,
        fit: impl Fn(&BlockTarget) -> Result<(), String>,
    ) -> Self {
        let check = |target: &BlockTarget| {
            check_target(format, target)?;
            fit(target)
        };
        let mut covers = Covers::default();
        let mut reasons: Vec<Option<String>> = Vec::with_capacity(list.entries.len());
        for entry in &list.entries {
            let reason = check(&entry.target).err();
            if reason.is_none() {
                covers.add(&entry.target, covering);
            }
            reasons.push(reason);
        }
        let mut selection = Self {
            entries: Vec::with_capacity(list.entries.len()),
            report: ExportReport::default(),
        };
        for (entry, reason) in list.entries.iter().zip(reasons) {
            let left_out = |reason| Omission {
                item: entry.item.clone(),
                target: entry.target.clone(),
                reason,
            };
            if let Some(by) = covers.covering(&entry.target) {
                let covered = left_out(format!("the entry {by} covers it"));
                selection.report.covered.push(covered);
            } else if let Some(reason) = reason {
                selection.report.omitted.push(left_out(reason));
            } else {
                selection.entries.push(entry);
            }
        }
        selection.report.written = selection.entries.len();
        selection
    }
}

/// Names whose entries are written.
#[derive(Debug, Default)]
struct Covers<'a> {
    names: HashMap<&'a str, ScopeKind>,
}

impl<'a> Covers<'a> {
    fn add(&mut self, target: &'a BlockTarget, covering: Covering) {
        match target {
            BlockTarget::HostAndBelow(name) if covering != Covering::None => {
                self.names.insert(name.as_str(), ScopeKind::HostAndBelow);
            }
            BlockTarget::Host(name) if covering == Covering::Hosts => {
                self.names.entry(name.as_str()).or_insert(ScopeKind::Host);
            }
            _ => {}
        }
    }

    /// The other entry that blocks everything that this one would, defanged.
    fn covering(&self, target: &BlockTarget) -> Option<String> {
        if self.names.is_empty() {
            return None;
        }
        let name = target.host()?;
        let mut rest = match target {
            // No entry covers itself.
            BlockTarget::HostAndBelow(_) => parent_of(name.as_str()),
            _ => Some(name.as_str()),
        };
        while let Some(parent) = rest {
            if self.names.get(parent) == Some(&ScopeKind::HostAndBelow) {
                return Some(format!("*.{}", parent.replace('.', "[.]")));
            }
            rest = parent_of(parent);
        }
        let is_of_host = target.scope() == ScopeKind::Url && self.names.contains_key(name.as_str());
        is_of_host.then(|| name.defanged())
    }
}

fn parent_of(name: &str) -> Option<&str> {
    name.split_once('.').map(|(_, parent)| parent)
}

/// What speaks against a target in any list for filters.
fn check_target(format: ListFormat, target: &BlockTarget) -> Result<(), String> {
    let scope = target.scope();
    if !format.can_express(scope) {
        return Err(cannot_express(format, scope));
    }
    match target {
        BlockTarget::HostAndBelow(name) if is_public_suffix(name) => Err(format!(
            "{} is a public suffix: it and everything below it belongs to many",
            name.defanged()
        )),
        BlockTarget::Url(url) => check_url(url),
        _ => Ok(()),
    }
}

fn cannot_express(format: ListFormat, scope: ScopeKind) -> String {
    let name = format.as_str();
    match (format, scope) {
        (ListFormat::Dnsmasq | ListFormat::Unbound, ScopeKind::Host) => {
            format!("{name} always blocks the names below, too")
        }
        (ListFormat::Hosts, ScopeKind::HostAndBelow) => {
            "a hosts file knows single names only".to_owned()
        }
        (ListFormat::Nftables, _) => "nftables knows addresses only".to_owned(),
        (_, ScopeKind::Url) => format!("{name} knows names, not URLs"),
        (_, ScopeKind::Address) => format!("{name} cannot block an address"),
        _ => format!("{name} cannot express the scope {}", scope.as_str()),
    }
}

/// URLs may have hosts that no name server would answer for and no list can carry (`a";b.example`).
fn check_url(url: &SuspectUrl) -> Result<(), String> {
    let is_plain = match url.as_url().host() {
        Some(Host::Domain(name)) => HostName::parse(name).is_ok_and(|host| host.as_str() == name),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    if !is_plain {
        return Err("its host is not a name as lists carry it".to_owned());
    }
    if !url.as_str().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it holds characters that lists cannot carry".to_owned());
    }
    Ok(())
}

/// Whether the whole name is a public suffix (Public Suffix List, private section included).
pub(super) fn is_public_suffix(name: &HostName) -> bool {
    psl::suffix_str(name.as_str()) == Some(name.as_str())
}

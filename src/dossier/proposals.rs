//! What came of blocks: sites that came back, and sites that moved. Proposed; only a person acts on it.

use super::RequestFile;
use crate::block::{BlockItem, ItemState};
use crate::entity::EntityKind;
use crate::flag::Flag;
use crate::id::{FlagId, ItemId, RequestId};
use crate::reach::{Purpose, Reach};
use crate::suspect::{SuspectUrl, registrable_domain};
use crate::verify::{BlockVerdict, Verification};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What more sites share than this (a widget's counter, a payment bot) proves nothing about two of them.
const MAX_SHARING: usize = 8;
/// Shared entities that are told of one proposal.
const MAX_TOLD: usize = 10;

/// What a site did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalKind {
    /// It is reached again after a block that was verified.
    Back,
    /// Its content seems to stand at another host.
    Mirror,
}

/// Something that two sites have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedEntity {
    /// What it is.
    pub kind: EntityKind,
    /// Its value.
    pub value: String,
    /// How many flagged sites have it.
    pub sites: usize,
}

/// A child request that a person might open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// What the site did.
    pub kind: ProposalKind,
    /// The site that a request would be about.
    pub site: String,
    /// Its flag, if it has one.
    pub flag: Option<FlagId>,
    /// The request whose site came back or moved.
    pub parent: RequestId,
    /// … and its item.
    pub item: ItemId,
    /// Whether its flag is confirmed.
    pub is_confirmed: bool,
    /// Whether the blocked site sends its visitors there.
    pub is_redirected: bool,
    /// What it shares with the blocked site.
    pub shared: Vec<SharedEntity>,
}

impl Proposal {
    /// The commands to type next, in order. A child request needs a fresh capture, and a mirror its own flag
    /// and its own confirmation.
    pub fn next(&self) -> Vec<String> {
        let mut next = vec![format!("tazy scan {}", self.site)];
        if !self.is_confirmed {
            next.push(format!("tazy review confirm {}", self.site));
        }
        next.push(format!(
            "tazy block draft {} --parent {}",
            self.site, self.parent
        ));
        next
    }
}

/// What the records say about blocked sites: which came back, and which flagged sites look like mirrors of
/// them. What already has a child request is not proposed again.
pub fn proposals(
    files: &[RequestFile],
    flags: &[Flag],
    is_confirmed: impl Fn(&FlagId) -> bool,
) -> Vec<Proposal> {
    let asked = Asked::of(files);
    let sharing = Sharing::of(flags);
    let mut proposals = Vec::new();
    for file in files.iter().filter(|file| file.superseded_by.is_none()) {
        for item in &file.request.items {
            let state = file.state(&item.id);
            if state.is_in_force() || state == ItemState::Removed {
                proposals.extend(back(file, item, &asked));
                proposals.extend(redirected(file, item, &asked, &sharing));
                proposals.extend(mirrors(file, item, &asked, &sharing));
            }
        }
    }
    for proposal in &mut proposals {
        proposal.is_confirmed = proposal.flag.as_ref().is_some_and(&is_confirmed);
    }
    let mut told = BTreeSet::new();
    proposals.retain(|proposal| told.insert((proposal.site.clone(), proposal.parent.clone())));
    proposals
}

/// What requests ask for already.
struct Asked<'a> {
    /// Sites of all requests that stand.
    sites: BTreeSet<&'a str>,
    /// Sites of children, by parent, with the time of their draft.
    children: BTreeMap<&'a RequestId, Vec<(&'a str, jiff::Timestamp)>>,
}

impl<'a> Asked<'a> {
    fn of(files: &'a [RequestFile]) -> Self {
        let mut asked = Self {
            sites: BTreeSet::new(),
            children: BTreeMap::new(),
        };
        for file in files.iter().filter(|file| file.superseded_by.is_none()) {
            for item in &file.request.items {
                let state = file.state(&item.id);
                if !matches!(state, ItemState::Withdrawn | ItemState::Refused) {
                    asked.sites.insert(&item.site);
                }
                if let Some(parent) = &file.request.parent {
                    let child = (item.site.as_str(), file.request.drafted);
                    asked.children.entry(parent).or_default().push(child);
                }
            }
        }
        asked
    }
}

/// Which flagged sites have which identifiers.
struct Sharing<'a> {
    flags: &'a [Flag],
    by_id: BTreeMap<&'a FlagId, usize>,
    holders: BTreeMap<(EntityKind, &'a str), Vec<usize>>,
}

impl<'a> Sharing<'a> {
    fn of(flags: &'a [Flag]) -> Self {
        let mut holders: BTreeMap<(EntityKind, &str), Vec<usize>> = BTreeMap::new();
        for (at, flag) in flags.iter().enumerate() {
            for entity in &flag.entities {
                let sites = holders.entry((entity.kind, &entity.value)).or_default();
                if proves(entity.kind) && sites.last() != Some(&at) {
                    sites.push(at);
                }
            }
        }
        let by_id = flags.iter().enumerate().map(|(at, flag)| (&flag.id, at));
        Self {
            flags,
            by_id: by_id.collect(),
            holders,
        }
    }

    /// Flagged sites that share rare identifiers with a flag, with what they share.
    fn relatives(&self, flag: &FlagId) -> BTreeMap<usize, Vec<SharedEntity>> {
        let mut relatives: BTreeMap<usize, Vec<SharedEntity>> = BTreeMap::new();
        let Some(own) = self.by_id.get(flag) else {
            return relatives;
        };
        for ((kind, value), sites) in self.identifiers_of(*own) {
            if sites.len() > MAX_SHARING {
                continue;
            }
            for site in sites.iter().filter(|site| *site != own) {
                let shared = relatives.entry(*site).or_default();
                if shared.len() < MAX_TOLD {
                    shared.push(SharedEntity {
                        kind,
                        value: value.to_owned(),
                        sites: sites.len(),
                    });
                }
            }
        }
        relatives
    }

    fn identifiers_of(&self, at: usize) -> impl Iterator<Item = ((EntityKind, &str), &Vec<usize>)> {
        let entities = self.flags.get(at).map_or(&[][..], |flag| &flag.entities);
        let keys: BTreeSet<(EntityKind, &str)> = entities
            .iter()
            .map(|entity| (entity.kind, entity.value.as_str()))
            .collect();
        keys.into_iter()
            .filter_map(|key| Some((key, self.holders.get(&key)?)))
    }

    fn flag_of(&self, site: &str) -> Option<&'a Flag> {
        self.flags.iter().find(|flag| flag.site == site)
    }
}

/// Identifiers that are stored masked are not the same because they look so.
fn proves(kind: EntityKind) -> bool {
    kind.is_identifier() && !matches!(kind, EntityKind::BankCard | EntityKind::Iin)
}

fn proposal(file: &RequestFile, item: &BlockItem, kind: ProposalKind, site: &str) -> Proposal {
    Proposal {
        kind,
        site: site.to_owned(),
        flag: None,
        parent: file.request.id.clone(),
        item: item.id.clone(),
        is_confirmed: false,
        is_redirected: false,
        shared: Vec::new(),
    }
}

/// Reached again, after a look that found it blocked or removed.
fn back(file: &RequestFile, item: &BlockItem, asked: &Asked<'_>) -> Option<Proposal> {
    let looks: Vec<&Verification> = file.verifications_of(&item.id).collect();
    let latest = looks.iter().max_by_key(|look| look.at)?;
    let was_gone = looks.iter().any(|look| {
        look.at < latest.at
            && (look.verdict.is_blocked() || look.verdict == BlockVerdict::RemovedByOwner)
    });
    let since = looks
        .iter()
        .filter(|look| look.verdict.is_blocked() || look.verdict == BlockVerdict::RemovedByOwner)
        .map(|look| look.at)
        .max();
    let children = asked.children.get(&file.request.id);
    let has_child = children
        .into_iter()
        .flatten()
        .any(|(site, drafted)| *site == item.site && Some(*drafted) >= since);
    (was_gone && latest.is_open() && !has_child).then(|| Proposal {
        flag: Some(item.flag.clone()),
        ..proposal(file, item, ProposalKind::Back, &item.site)
    })
}

/// The site itself sends its visitors to another host.
fn redirected(
    file: &RequestFile,
    item: &BlockItem,
    asked: &Asked<'_>,
    sharing: &Sharing<'_>,
) -> Vec<Proposal> {
    let latest = file.verifications_of(&item.id).max_by_key(|look| look.at);
    let targets: BTreeSet<String> = latest
        .into_iter()
        .flat_map(|look| &look.reaches)
        .flat_map(own_redirects)
        .map(SuspectUrl::authority)
        .collect();
    let is_new = |site: &&String| !asked.sites.contains(site.as_str());
    targets
        .iter()
        .filter(is_new)
        .map(|site| Proposal {
            flag: sharing.flag_of(site).map(|flag| flag.id.clone()),
            is_redirected: true,
            ..proposal(file, item, ProposalKind::Mirror, site)
        })
        .collect()
}

/// Where a site leads to another domain, said by the site itself: over https with its own certificate.
fn own_redirects(reach: &Reach) -> impl Iterator<Item = &SuspectUrl> {
    let own = registrable_domain(reach.input.host());
    let is_own = |address: &str, number: u8| {
        reach.tls_handshakes.iter().any(|hands| {
            hands.x_purpose == Purpose::Target
                && hands.x_try == number
                && hands.address == address
                && hands.is_verified()
        })
    };
    reach.requests.iter().filter_map(move |page| {
        let location = page.response.as_ref()?.x_location.as_ref()?;
        let leads_away = location.registrable_domain() != own;
        let is_secure = page.request.url.as_url().scheme() == "https";
        (leads_away && is_secure && is_own(&page.address, page.x_try)).then_some(location)
    })
}

/// Sites flagged since that share rare identifiers with the blocked one.
fn mirrors(
    file: &RequestFile,
    item: &BlockItem,
    asked: &Asked<'_>,
    sharing: &Sharing<'_>,
) -> Vec<Proposal> {
    let relatives = sharing.relatives(&item.flag).into_iter();
    relatives
        .filter_map(|(at, shared)| {
            let flag = sharing.flags.get(at)?;
            let is_later = flag.raised > file.request.drafted;
            let is_new = !asked.sites.contains(flag.site.as_str());
            (is_later && is_new).then(|| Proposal {
                flag: Some(flag.id.clone()),
                shared,
                ..proposal(file, item, ProposalKind::Mirror, &flag.site)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;

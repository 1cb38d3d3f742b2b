//! The list that went out last, and since when each of its entries is on it.

use super::list_issue::{IssueError, list_at};
use crate::block::list::{BlockList, ListEntry, ListIssue, digest_of};
use crate::block::profile::BlockRules;
use crate::block::{BlockStep, BlockTarget, item_state};
use crate::id::{ItemId, RequestId};
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// The list that went out last.
#[derive(Debug, Clone)]
pub struct PublishedList {
    /// How it went out.
    pub issue: ListIssue,
    /// What it says, with the issue's number and time.
    pub list: BlockList,
    /// When the first list went out.
    pub first_issued: Timestamp,
    /// With which issue each entry came, or came back, or last changed.
    pub since: HashMap<ItemId, Timestamp>,
    /// Entries of earlier lists that are not on this one, with the issue that left them out first.
    pub withdrawn: Vec<(ListEntry, Timestamp)>,
}

/// Why the list that went out last cannot be given out.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The list cannot be made again.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The records give other entries.
    #[error(
        "the records do not give the entries of list {0} any more, by their digest; issue the list again with `tazy export`"
    )]
    OtherEntries(u64),
}

/// Finds it; none if no list went out. Its entries follow from the records up to the issue and have the digest that
/// was recorded with it.
pub fn published_list(
    store: &Store,
    rules: &BlockRules,
    title: &str,
    unit: &str,
) -> Result<Option<PublishedList>, PublishError> {
    let issues = store.list_issues()?;
    let (Some(first), Some(last)) = (issues.first(), issues.last()) else {
        return Ok(None);
    };
    let files = store.request_files_at(last.log_size)?;
    let list = BlockList {
        title: title.to_owned(),
        unit: unit.to_owned(),
        contact: None,
        serial: last.serial,
        generated: last.at,
        entries: list_at(store, rules, last.serial)?,
    };
    if !digest_of(&list.entries).is_ok_and(|digest| digest == last.digest) {
        return Err(PublishError::OtherEntries(last.serial));
    }
    let steps = steps_by_request(store, last.log_size)?;
    let issued_after = |seq: u64| {
        let after = issues.iter().find(|issue| issue.log_size >= seq);
        after.map_or(last.at, |issue| issue.at)
    };
    let mut changed: HashMap<BlockTarget, u64> = HashMap::new();
    let mut withdrawn = Vec::new();
    for file in &files {
        let none = Vec::new();
        let steps = steps.get(&file.request.id).unwrap_or(&none);
        for item in &file.request.items {
            let past = ItemPast::of(&item.id, steps);
            let latest = changed.entry(item.target.clone()).or_default();
            *latest = past.last_change.max(*latest);
            let was_out = |(from, to): &&(u64, u64)| {
                issues.iter().any(|i| (*from..*to).contains(&i.log_size))
            };
            if !past.is_in_force
                && let Some((_, end)) = past.stretches.iter().rev().find(was_out)
            {
                withdrawn.push((file.list_entry(item), issued_after(*end)));
            }
        }
    }
    // Of two items with one target the list carries one: the other may take its place without a step of its own.
    let since = list.entries.iter().map(|entry| {
        let change = changed.get(&entry.target).copied().unwrap_or_default();
        (entry.item.clone(), issued_after(change))
    });
    Ok(Some(PublishedList {
        since: since.collect(),
        issue: last.clone(),
        first_issued: first.at,
        list,
        withdrawn,
    }))
}

type PlacedSteps = Vec<(u64, BlockStep)>;

fn steps_by_request(
    store: &Store,
    log_size: u64,
) -> Result<BTreeMap<RequestId, PlacedSteps>, StoreError> {
    let mut steps: BTreeMap<RequestId, PlacedSteps> = BTreeMap::new();
    for (seq, step) in store.placed_steps(log_size)? {
        steps
            .entry(step.request.clone())
            .or_default()
            .push((seq, step));
    }
    Ok(steps)
}

/// When an item was in force, in numbers of the journal.
struct ItemPast {
    /// From the step that put it in force up to the one that ended it, which is not included.
    stretches: Vec<(u64, u64)>,
    last_change: u64,
    is_in_force: bool,
}

impl ItemPast {
    fn of(item: &ItemId, steps: &[(u64, BlockStep)]) -> Self {
        let concerns =
            |(_, step): &&(u64, BlockStep)| step.items.is_empty() || step.items.contains(item);
        let own: Vec<&(u64, BlockStep)> = steps.iter().filter(concerns).collect();
        let mut past = Self {
            stretches: Vec::new(),
            last_change: 0,
            is_in_force: false,
        };
        let mut so_far = Vec::with_capacity(own.len());
        let mut began = None;
        for (seq, step) in own {
            so_far.push(step.clone());
            past.last_change = *seq;
            past.is_in_force = item_state(item, &so_far).is_in_force();
            match (past.is_in_force, began) {
                (true, None) => began = Some(*seq),
                (false, Some(from)) => {
                    past.stretches.push((from, *seq));
                    began = None;
                }
                _ => {}
            }
        }
        past
    }
}

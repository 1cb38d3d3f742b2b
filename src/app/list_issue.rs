//! The list that goes out: what is in force, its number, and what stops it.

use crate::block::guard::Objection;
use crate::block::list::{
    BlockList, GrowthError, GrowthLimit, ListDiff, ListEntry, ListIssue, digest_of, next_serial,
};
use crate::block::profile::BlockRules;
use crate::block::{BlockItem, BlockTarget};
use crate::dossier::RequestFile;
use crate::id::ItemId;
use crate::review::Reviewer;
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;

/// What stands in the head of a list, and how fast it may grow.
#[derive(Debug, Clone)]
pub struct IssueSettings {
    /// Its title.
    pub title: String,
    /// The unit that issues it.
    pub unit: String,
    /// Where the unit is reached.
    pub contact: Option<String>,
    /// Who issues it.
    pub by: Reviewer,
    /// How fast it may grow.
    pub growth: GrowthLimit,
    /// Why it may grow faster this once.
    pub accept_growth: Option<String>,
}

/// An entry in force that may not enter a list as the guards are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// The item.
    pub item: ItemId,
    /// Its target.
    #[serde(flatten)]
    pub target: BlockTarget,
    /// What speaks against it, and was not set aside.
    pub objections: Vec<Objection>,
}

/// A list as it goes out, or would.
#[derive(Debug, Clone)]
pub struct IssuedList {
    /// The list.
    pub list: BlockList,
    /// Its issue.
    pub issue: ListIssue,
    /// Whether it differs from the issue before, so that it has a number of its own.
    pub is_new: bool,
    /// What changed since the issue before.
    pub diff: ListDiff,
    /// Entries that were left out.
    pub withheld: Vec<Withheld>,
    /// What stops it: it grew too fast.
    pub stopped: Option<GrowthError>,
}

/// A list that cannot go out.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It grew too fast.
    #[error("the list does not go out: {0}")]
    Growth(#[from] GrowthError),
    /// It was accepted that it grows, without a reason.
    #[error("say why the list may grow so fast: --accept-growth REASON")]
    NoReason,
    /// An entry that cannot be written down.
    #[error("an entry cannot be written as JSON: {0}")]
    Entry(#[from] serde_json::Error),
    /// No list of this number went out.
    #[error("no list {0} went out; tazy export issues names those that did")]
    UnknownSerial(u64),
}

/// Issues the list of what is in force now: it takes a new number if its entries differ from those of the issue
/// before, and that is recorded. Otherwise the former number and time stand again, so that the same state gives the
/// same bytes.
///
/// # Errors
/// If the store fails, or the list grew faster than is usual and nobody accepted it.
pub fn issue_list(
    store: &Store,
    rules: &BlockRules,
    settings: &IssueSettings,
    now: Timestamp,
) -> Result<IssuedList, IssueError> {
    let reason = settings.accept_growth.as_deref().map(str::trim);
    if reason == Some("") {
        return Err(IssueError::NoReason);
    }
    let mut issued = weigh_issue(store, rules, settings, now)?;
    if let Some(stopped) = issued.stopped.take() {
        let Some(reason) = reason else {
            return Err(stopped.into());
        };
        issued.issue.growth_accepted = Some(reason.to_owned());
    }
    if issued.is_new {
        store.record_list_issue(&issued.issue)?;
    }
    Ok(issued)
}

/// The list as [`issue_list`] would issue it, without recording anything.
///
/// # Errors
/// If the store fails.
pub fn weigh_issue(
    store: &Store,
    rules: &BlockRules,
    settings: &IssueSettings,
    now: Timestamp,
) -> Result<IssuedList, IssueError> {
    let last = store.list_issues()?.pop();
    let log_size = store.log_size();
    let state = State::at(store, Some(rules), log_size)?;
    let digest = digest_of(&state.entries)?;
    let same = last.as_ref().filter(|last| last.digest == digest);
    let is_new = same.is_none();
    let (diff, stopped) = match &last {
        Some(last) if is_new => {
            let before = entries_of(store, rules, last)?;
            let diff = ListDiff::between(&before, &state.entries);
            let stopped = settings.growth.check(last.entries, diff.added.len()).err();
            (diff, stopped)
        }
        Some(_) => (ListDiff::default(), None),
        // Nothing to compare the first list with.
        None => (ListDiff::between(&[], &state.entries), None),
    };
    let issue = same.cloned().unwrap_or_else(|| ListIssue {
        serial: next_serial(
            last.as_ref().map(|last| last.serial),
            now.to_zoned(TimeZone::UTC).date(),
        ),
        at: now,
        by: settings.by.clone(),
        log_size,
        entries: u64::try_from(state.entries.len()).unwrap_or(u64::MAX),
        digest,
        growth_accepted: None,
    });
    Ok(IssuedList {
        list: BlockList {
            title: settings.title.clone(),
            unit: settings.unit.clone(),
            contact: settings.contact.clone(),
            serial: issue.serial,
            generated: issue.at,
            entries: state.entries,
        },
        issue,
        is_new,
        diff,
        withheld: state.withheld,
        stopped,
    })
}

/// The entries of the list that went out with this number.
///
/// # Errors
/// If the store fails, or no such list went out.
pub fn list_at(
    store: &Store,
    rules: &BlockRules,
    serial: u64,
) -> Result<Vec<ListEntry>, IssueError> {
    let mut issues = store.list_issues()?;
    issues.retain(|issue| issue.serial == serial);
    let issue = issues.pop().ok_or(IssueError::UnknownSerial(serial))?;
    entries_of(store, rules, &issue)
}

/// The entries of a former issue. What the guards withheld then is not recorded: of the entries with and without
/// those that they withhold now, those count that have the digest of the issue.
fn entries_of(
    store: &Store,
    rules: &BlockRules,
    issue: &ListIssue,
) -> Result<Vec<ListEntry>, IssueError> {
    let state = State::at(store, Some(rules), issue.log_size)?;
    if !state.withheld.is_empty() && digest_of(&state.entries)? != issue.digest {
        let everything = State::at(store, None, issue.log_size)?;
        if digest_of(&everything.entries)? == issue.digest {
            return Ok(everything.entries);
        }
    }
    Ok(state.entries)
}

/// What is in force, and what of it may not enter a list.
#[derive(Default)]
struct State {
    entries: Vec<ListEntry>,
    withheld: Vec<Withheld>,
}

impl State {
    /// Requests are looked at one at a time: a list is much smaller than what it rests on.
    fn at(store: &Store, rules: Option<&BlockRules>, log_size: u64) -> Result<Self, StoreError> {
        let mut state = Self::default();
        store.each_request_until(log_size, |file| state.take(&file, rules))?;
        state.entries = sorted(state.entries);
        Ok(state)
    }

    /// Every entry passes the guards once more, whatever they said when it was asked for.
    fn take(&mut self, file: &RequestFile, rules: Option<&BlockRules>) {
        let items = file.request.items.iter();
        let items: BTreeMap<&ItemId, &BlockItem> = items.map(|item| (&item.id, item)).collect();
        for entry in file.list_entries() {
            let objections = rules.map_or_else(Vec::new, |rules| {
                rules.protection.objections_to_target(&entry.target)
            });
            let standing = match items.get(&entry.item) {
                Some(item) => item.standing_objections(objections),
                None => objections,
            };
            if standing.is_empty() {
                self.entries.push(entry);
            } else {
                self.withheld.push(Withheld {
                    item: entry.item,
                    target: entry.target,
                    objections: standing,
                });
            }
        }
    }
}

/// In the order of lists, each target once.
fn sorted(entries: Vec<ListEntry>) -> Vec<ListEntry> {
    let mut list = BlockList {
        title: String::new(),
        unit: String::new(),
        contact: None,
        serial: 0,
        generated: Timestamp::UNIX_EPOCH,
        entries,
    };
    list.sort();
    list.entries
}

//! What changed rules would do to what was decided: stored captures examined again.

use crate::flag::{SiteVerdict, Visit};
use crate::id::{FlagId, RunId};
use crate::review::{Choice, Decision, Reason};
use crate::rules::{Category, Ruleset};
use crate::store::{Store, StoreError};
use crate::verdict::{Band, Examined, Verdict, examine, judge};
use serde::Serialize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What is examined again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplaySettings {
    /// Sites judged clear: a sample of so many, always the same.
    pub clear: usize,
    /// Also flags that nobody decided about.
    pub open: bool,
    /// How many threads examine.
    pub threads: usize,
}

/// What people said of a visit that is examined again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReplayKind {
    /// Its flag was confirmed.
    Confirmed {
        /// As what.
        category: Category,
    },
    /// Its flag was dismissed.
    Dismissed {
        /// A reason says that the site is honest.
        honest: bool,
        /// A reason says that it is press, law, medicine, help, licensed business or a warning.
        protected: bool,
    },
    /// Nobody decided, or it was deferred.
    Open,
    /// It was judged clear.
    Clear,
}

/// What rules say of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outlook {
    /// Highest band of any category.
    pub band: Band,
    /// The category with the highest score.
    pub category: Option<Category>,
    /// Its score.
    pub score: f64,
}

impl Outlook {
    /// Whether a person would be asked to look.
    pub fn is_flagged(&self) -> bool {
        self.band > Band::Clear
    }
}

/// A visit that was examined again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replayed {
    /// Host as given in the list.
    pub site: String,
    /// Its flag, if it has one.
    pub flag: Option<FlagId>,
    /// What people said.
    #[serde(flatten)]
    pub kind: ReplayKind,
    /// With the rules as they are.
    pub before: Outlook,
    /// With the changed rules.
    pub after: Outlook,
    /// Whether the watched rule holds on any page, with the changed rules.
    #[serde(skip)]
    pub holds: bool,
}

/// What came of a replay.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replay {
    /// Every visit that was examined, in order of flags, then of sites.
    pub visits: Vec<Replayed>,
    /// Sites whose captures cannot all be read; they were left out.
    pub unreadable: Vec<String>,
    /// It was stopped before its end.
    pub stopped: bool,
}

impl Replay {
    /// Clear sites that only the changed rules flag.
    pub fn newly_flagged(&self) -> impl Iterator<Item = &Replayed> {
        self.turned(|kind| kind == ReplayKind::Clear, true)
    }

    /// Confirmed flags that only the rules as they are flag.
    pub fn lost(&self) -> impl Iterator<Item = &Replayed> {
        self.turned(|kind| matches!(kind, ReplayKind::Confirmed { .. }), false)
    }

    /// Dismissed flags that only the changed rules flag.
    pub fn reflagged(&self) -> impl Iterator<Item = &Replayed> {
        self.turned(|kind| matches!(kind, ReplayKind::Dismissed { .. }), true)
    }

    /// Dismissed flags that only the rules as they are flag.
    pub fn freed(&self) -> impl Iterator<Item = &Replayed> {
        self.turned(|kind| matches!(kind, ReplayKind::Dismissed { .. }), false)
    }

    /// Open flags that only the rules as they are flag.
    pub fn open_dropped(&self) -> impl Iterator<Item = &Replayed> {
        self.turned(|kind| kind == ReplayKind::Open, false)
    }

    fn turned(
        &self,
        wanted: impl Fn(ReplayKind) -> bool,
        flagged: bool,
    ) -> impl Iterator<Item = &Replayed> {
        self.visits.iter().filter(move |visit| {
            wanted(visit.kind)
                && visit.after.is_flagged() == flagged
                && visit.before.is_flagged() != flagged
        })
    }
}

/// How far a replay is, and the way to stop it; shared with whoever watches.
#[derive(Debug, Default)]
pub struct ReplayWork {
    /// Visits to examine; 0 until they are gathered.
    pub total: AtomicUsize,
    /// Visits examined.
    pub done: AtomicUsize,
    /// Set to stop: visits under way are finished, no new one begins.
    pub stop: AtomicBool,
}

impl ReplayWork {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// A visit to be examined again.
#[derive(Debug)]
struct Task {
    run: RunId,
    site: String,
    flag: Option<FlagId>,
    kind: ReplayKind,
}

/// Examines the visits that were decided on, those of open flags, and a sample of clear ones, with the rules
/// as they are and with the changed ones. Nothing is written. `watched` is a rule whose hits are to be noted.
pub fn replay(
    store: &Store,
    before: &Ruleset,
    after: &Ruleset,
    watched: Option<&str>,
    settings: &ReplaySettings,
    work: &ReplayWork,
) -> Result<Replay, StoreError> {
    let tasks = gather(store, settings, work)?;
    work.total.store(tasks.len(), Ordering::Relaxed);
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(tasks.len()));
    std::thread::scope(|scope| {
        for _ in 0..settings.threads.clamp(1, 64) {
            scope.spawn(|| {
                while !work.is_stopped() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(index) else { break };
                    let replayed = replay_task(store, task, before, after, watched);
                    work.done.fetch_add(1, Ordering::Relaxed);
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push((index, replayed));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    let mut replay = Replay {
        stopped: results.len() < tasks.len() || work.is_stopped(),
        ..Replay::default()
    };
    for (index, replayed) in results {
        match replayed {
            Some(visit) => replay.visits.push(visit),
            None => replay.unreadable.push(tasks[index].site.clone()),
        }
    }
    Ok(replay)
}

fn gather(
    store: &Store,
    settings: &ReplaySettings,
    work: &ReplayWork,
) -> Result<Vec<Task>, StoreError> {
    let mut tasks = Vec::new();
    store.each_flag(|flag| {
        let decision = store.current_decision(&flag.id)?;
        let kind = decision.as_ref().map_or(ReplayKind::Open, kind_of);
        if work.is_stopped() || (kind == ReplayKind::Open && !settings.open) {
            return Ok(());
        }
        let decided = decision.filter(|_| kind != ReplayKind::Open);
        tasks.push(Task {
            run: decided.map_or(flag.run, |decision| decision.grounds.run),
            site: flag.site,
            flag: Some(flag.id),
            kind,
        });
        Ok::<(), StoreError>(())
    })?;
    let mut left = settings.clear;
    if left > 0 {
        store.each_latest_visit(|visit| {
            if visit.verdict == SiteVerdict::Clear && !visit.captures.is_empty() {
                left -= 1;
                tasks.push(Task {
                    run: visit.run,
                    site: visit.site,
                    flag: None,
                    kind: ReplayKind::Clear,
                });
            }
            left > 0 && !work.is_stopped()
        })?;
    }
    Ok(tasks)
}

fn kind_of(decision: &Decision) -> ReplayKind {
    match decision.choice {
        Choice::Confirm { category, .. } => ReplayKind::Confirmed { category },
        Choice::Dismiss => ReplayKind::Dismissed {
            honest: decision.lesson().is_some(),
            protected: decision.reasons.iter().copied().any(Reason::is_protected),
        },
        Choice::Defer { .. } => ReplayKind::Open,
    }
}

/// `None` if a capture cannot be read: half a site judged would tell nothing.
fn replay_task(
    store: &Store,
    task: &Task,
    before: &Ruleset,
    after: &Ruleset,
    watched: Option<&str>,
) -> Option<Replayed> {
    let visit: Visit = store.visit(&task.run, &task.site).ok()??;
    let (mut was, mut is): (Vec<Examined>, Vec<Examined>) = (Vec::new(), Vec::new());
    for id in &visit.captures {
        let capture = store.capture(id).ok()?;
        for (pages, ruleset) in [(&mut was, before), (&mut is, after)] {
            let mut examined = examine(&capture, ruleset);
            examined.forget_content();
            pages.push(examined);
        }
    }
    let (was, is_now) = (judge(&was, before), judge(&is, after));
    let holds = |rule: &str| {
        let pages = is.iter().flat_map(|page| &page.findings);
        // What only whole sites show stands in the verdict alone.
        let scores = is_now.categories.iter();
        let judged = scores.flat_map(|score| score.findings.iter().chain(&score.against));
        pages.chain(judged).any(|finding| finding.rule == rule) || is_now.shadow.contains_key(rule)
    };
    Some(Replayed {
        site: task.site.clone(),
        flag: task.flag.clone(),
        kind: task.kind,
        holds: watched.is_some_and(holds),
        before: outlook(&was),
        after: outlook(&is_now),
    })
}

fn outlook(verdict: &Verdict) -> Outlook {
    let top = verdict.top();
    Outlook {
        band: verdict.band(),
        category: top.map(|top| top.category),
        score: top.map_or(0.0, |top| top.score),
    }
}

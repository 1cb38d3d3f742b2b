//! The queue of one site's visit.

use super::link::{Trap, is_action, is_file, plain_trap};
use super::shape::{Shape, Suspicion};
use super::telling::telling;
use super::{HostBudget, Scope};
use crate::suspect::SuspectUrl;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};

/// Links waiting at once.
const MAX_QUEUE: usize = 10_000;
/// Bytes of their URLs together.
const MAX_QUEUE_BYTES: usize = 8 << 20;
/// Shapes counted; beyond it new shapes are treated as unknown.
const MAX_SHAPES: usize = 100_000;
/// Different sets of parameters that one path may have.
const MAX_PARAMETER_SETS: u32 = 24;
/// A trap's example is cut to this many characters.
const MAX_EXAMPLE: usize = 120;

/// A URL waiting to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What to fetch.
    pub url: SuspectUrl,
    /// Links followed from the entry page to here; 0 for the entry page.
    pub depth: usize,
    /// The page that linked here.
    pub referrer: Option<SuspectUrl>,
}

/// A link as found on a page, before anyone decided to follow it.
#[derive(Debug, Clone, Copy)]
pub struct Discovered<'a> {
    /// Where it points, resolved.
    pub url: &'a SuspectUrl,
    /// Its text, which tells what to expect behind it.
    pub text: &'a str,
}

/// The targets of one site's visit. In memory; the visit is bounded by its [`HostBudget`].
///
/// A target's worth is what its link tells, less its depth, less how many pages of the same shape were
/// taken before: `/p/1.html` to `/p/500.html` are all fetched if the budget allows, but not before the
/// one `/contacts`. Equal worth keeps the order of discovery. Only what is clearly a trap is dropped.
#[derive(Debug)]
pub struct Frontier {
    scope: Scope,
    budget: HostBudget,
    entries: VecDeque<Target>,
    waiting: BinaryHeap<Waiting>,
    waiting_bytes: usize,
    seen: HashSet<u128>,
    /// Pages taken, by shape.
    taken_of_shape: HashMap<u64, u32>,
    /// Links accepted that may belong to a trap, by shape or path.
    suspicious: HashMap<u64, u32>,
    /// Shapes known, and how many sets of parameters each path has.
    shapes: HashSet<u64>,
    parameter_sets: HashMap<u64, u32>,
    traps: BTreeMap<Trap, (usize, String)>,
    discovered: u64,
    taken: usize,
}

/// A target in the heap: the greatest worth first, then the earliest found.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    /// Worth when it was put here; it can only have fallen since.
    worth: i32,
    order: Reverse<u64>,
    /// Worth without what other pages of its shape take from it.
    basis: i32,
    shape: u64,
    url: SuspectUrl,
    depth: usize,
    referrer: SuspectUrl,
}

impl Frontier {
    /// An empty frontier.
    pub fn new(scope: Scope, budget: &HostBudget) -> Self {
        Self {
            scope,
            budget: budget.clone(),
            entries: VecDeque::new(),
            waiting: BinaryHeap::new(),
            waiting_bytes: 0,
            seen: HashSet::new(),
            taken_of_shape: HashMap::new(),
            suspicious: HashMap::new(),
            shapes: HashSet::new(),
            parameter_sets: HashMap::new(),
            traps: BTreeMap::new(),
            discovered: 0,
            taken: 0,
        }
    }

    /// Adds an entry page (depth 0, before everything else).
    pub fn add_entry(&mut self, url: SuspectUrl) {
        if self.mark_seen(&url) {
            self.entries.push_back(Target {
                url,
                depth: 0,
                referrer: None,
            });
        }
    }

    /// Adds the links of the page `referrer` that are in scope, within depth and not seen yet.
    pub fn discover(&mut self, referrer: &Target, links: &[Discovered<'_>]) {
        let depth = referrer.depth + 1;
        if depth > self.budget.max_depth {
            return;
        }
        for link in links {
            if self.scope.contains(link.url)
                && !is_file(link.url)
                && !is_action(link.url, link.text)
            {
                self.consider(referrer, depth, link);
            }
        }
    }

    fn consider(&mut self, referrer: &Target, depth: usize, link: &Discovered<'_>) {
        let shape = Shape::of(link.url);
        if self.seen.contains(&shape.identity) {
            if shape.had_session {
                self.note(Trap::Sessions, link.url);
            }
            return;
        }
        if let Some(trap) = plain_trap(link.url).or_else(|| self.counted_trap(&shape)) {
            self.note(trap, link.url);
            return;
        }
        let size = link.url.as_str().len() + referrer.url.as_str().len();
        if self.waiting.len() >= MAX_QUEUE || self.waiting_bytes + size > MAX_QUEUE_BYTES {
            self.note(Trap::QueueFull, link.url);
            return;
        }
        self.seen.insert(shape.identity);
        self.waiting_bytes += size;
        self.discovered += 1;
        let basis = basis_of(depth, telling(link.url, link.text), shape.suspicion);
        self.waiting.push(Waiting {
            worth: basis - self.penalty(shape.hash),
            order: Reverse(self.discovered),
            basis,
            shape: shape.hash,
            url: link.url.clone(),
            depth,
            referrer: referrer.url.clone(),
        });
    }

    /// Counts a link that may belong to a trap; a trap is where there are too many of them.
    fn counted_trap(&mut self, shape: &Shape) -> Option<Trap> {
        if self.shapes.len() < MAX_SHAPES && self.shapes.insert(shape.hash) {
            *self.parameter_sets.entry(shape.path_hash).or_default() += 1;
        }
        let sets = self.parameter_sets.get(&shape.path_hash).copied();
        if sets.unwrap_or_default() > MAX_PARAMETER_SETS {
            return Some(Trap::Parameters);
        }
        let pages = self.budget.max_pages;
        let (key, limit, trap) = match shape.suspicion? {
            Suspicion::Calendar => (shape.hash, (pages / 10).max(24), Trap::Calendar),
            Suspicion::Paging => (shape.hash, (pages / 2).max(20), Trap::Paging),
            Suspicion::Parameters => (shape.path_hash, (pages / 4).max(10), Trap::Parameters),
        };
        if self.suspicious.len() >= MAX_SHAPES && !self.suspicious.contains_key(&key) {
            return Some(trap);
        }
        let accepted = self.suspicious.entry(key).or_default();
        *accepted = accepted.saturating_add(1);
        (usize::try_from(*accepted).unwrap_or(usize::MAX) > limit).then_some(trap)
    }

    fn note(&mut self, trap: Trap, url: &SuspectUrl) {
        let entry = self.traps.entry(trap).or_insert_with(|| {
            let example: String = url.defanged().chars().take(MAX_EXAMPLE).collect();
            (0, example)
        });
        entry.0 += 1;
    }

    /// The traps met, in words, each with the number of links and an example (defanged).
    pub fn traps(&self) -> Vec<String> {
        self.traps
            .iter()
            .map(|(trap, (count, example))| format!("{count} {}: {example}", trap.words()))
            .collect()
    }

    /// Marks a URL as fetched that was reached by another way (a redirect). False if it was known
    /// already: fetched, or waiting to be.
    pub fn mark_seen(&mut self, url: &SuspectUrl) -> bool {
        self.seen.insert(Shape::of(url).identity)
    }

    /// Adds the host that the site sends its visitors to.
    pub fn admit_host(&mut self, host: &str) {
        self.scope.admit(host);
    }

    /// The most telling target, or `None` when nothing is left or the page budget is spent.
    #[expect(
        clippy::should_implement_trait,
        reason = "not an iterator: what is next depends on what is discovered in between"
    )]
    pub fn next(&mut self) -> Option<Target> {
        if self.taken >= self.budget.max_pages {
            return None;
        }
        let target = match self.entries.pop_front() {
            Some(entry) => entry,
            None => self.pop_worthiest()?,
        };
        self.taken += 1;
        Some(target)
    }

    /// Worth falls while a target waits, by at most a few steps, so that each is put back a few times.
    fn pop_worthiest(&mut self) -> Option<Target> {
        loop {
            let mut best = self.waiting.pop()?;
            let worth = best.basis - self.penalty(best.shape);
            if worth < best.worth {
                best.worth = worth;
                self.waiting.push(best);
                continue;
            }
            let size = best.url.as_str().len() + best.referrer.as_str().len();
            self.waiting_bytes = self.waiting_bytes.saturating_sub(size);
            if self.taken_of_shape.len() < MAX_SHAPES {
                *self.taken_of_shape.entry(best.shape).or_default() += 1;
            }
            return Some(Target {
                url: best.url,
                depth: best.depth,
                referrer: Some(best.referrer),
            });
        }
    }

    /// 2 for the first page taken of a shape and 2 more each time their number doubles.
    fn penalty(&self, shape: u64) -> i32 {
        let taken = self.taken_of_shape.get(&shape).copied().unwrap_or_default();
        let doublings = u32::BITS - taken.leading_zeros();
        2 * i32::try_from(doublings).unwrap_or_default()
    }
}

/// A page one link further away must tell clearly more; suspicious shapes come late.
fn basis_of(depth: usize, telling: i32, suspicion: Option<Suspicion>) -> i32 {
    let depth = i32::try_from(depth.min(1_000)).unwrap_or_default();
    let suspicion = match suspicion {
        None => 0,
        Some(Suspicion::Paging) => 4,
        Some(Suspicion::Calendar | Suspicion::Parameters) => 10,
    };
    4 * telling - 3 * depth - suspicion
}

#[cfg(test)]
mod tests;

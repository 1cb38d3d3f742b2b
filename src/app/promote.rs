//! Whether a shadow rule may go live, and the line of its file that says so.

use super::eval::Rate;
use super::replay::{Replay, ReplayKind, Replayed};
use crate::rules::{RuleInfo, Status};
use regex::Regex;

/// Sites that are named in a refusal.
const NAMED_SITES: usize = 5;

/// What decides on a promotion.
#[derive(Debug, Clone, PartialEq)]
pub struct Promotion {
    /// Decided visits on which the rule holds and which say whether it is right.
    pub decided: usize,
    /// … in which it is right.
    pub right: usize,
    /// The same with its interval.
    pub rate: Rate,
    /// Why it may not go live, each in words; empty if it may.
    pub refusals: Vec<String>,
}

/// Weighs what a replay with the rule live says of it.
///
/// It may go live only if all of this holds:
/// 1. it is in shadow;
/// 2. it holds on at least `decided` visits that were confirmed (for its family) or dismissed as honest;
/// 3. the lower end of the Wilson 95 % interval of the share in which it is right is at least `bar`;
/// 4. it holds on none that was dismissed as press, law, medicine, help, licensed business or a warning
///    (rules that speak for a category only);
/// 5. every decided visit can be read again;
/// 6. with it no confirmed flag would be lost, and no dismissed one would be flagged that is not already.
pub fn weigh_promotion(rule: &RuleInfo, replay: &Replay, bar: f64, decided: usize) -> Promotion {
    let lessons: Vec<bool> = replay
        .visits
        .iter()
        .filter(|visit| visit.holds)
        .filter_map(|visit| lesson(rule, visit))
        .collect();
    let right = lessons.iter().filter(|right| **right).count();
    let rate = Rate::of(right, lessons.len());
    let mut refusals = refusals_by_figures(rule, rate, bar, decided);
    refusals.extend(refusals_by_sites(rule, replay));
    Promotion {
        decided: lessons.len(),
        right,
        rate,
        refusals,
    }
}

fn refusals_by_figures(rule: &RuleInfo, rate: Rate, bar: f64, decided: usize) -> Vec<String> {
    let mut refusals = Vec::new();
    match rule.status {
        Status::Shadow => {}
        Status::Live => refusals.push("it is live already".to_owned()),
        Status::Draft => refusals.push("it is a draft; let it run in shadow first".to_owned()),
        Status::Deprecated => refusals.push("it is deprecated".to_owned()),
    }
    let Rate { hits, n, low, .. } = rate;
    if n < decided {
        refusals.push(format!(
            "it holds on {n} decided visits; {decided} are asked for"
        ));
    }
    if low < bar {
        refusals.push(format!(
            "it was right in {hits} of {n}; the lower end of the interval is {low:.3}, the bar is {bar:.3}"
        ));
    }
    refusals
}

fn refusals_by_sites(rule: &RuleInfo, replay: &Replay) -> Vec<String> {
    let is_protected = |visit: &&Replayed| {
        let protected = matches!(
            visit.kind,
            ReplayKind::Dismissed {
                protected: true,
                ..
            }
        );
        protected && visit.holds && rule.category.is_some()
    };
    let harms = [
        (
            "it holds on sites of a protected kind",
            sites(replay.visits.iter().filter(is_protected)),
        ),
        ("confirmed flags would be lost", sites(replay.lost())),
        (
            "dismissed flags would be raised again",
            sites(replay.reflagged()),
        ),
    ];
    let mut refusals: Vec<String> = harms
        .into_iter()
        .filter_map(|(harm, sites)| Some(format!("{harm}: {}", sites?)))
        .collect();
    if !replay.unreadable.is_empty() {
        let count = replay.unreadable.len();
        refusals.push(format!("{count} decided visits cannot be read again"));
    }
    if replay.stopped {
        refusals.push("the replay was stopped before its end".to_owned());
    }
    refusals
}

/// Whether the rule is right to hold on a visit; `None` if the decision says nothing about that.
fn lesson(rule: &RuleInfo, visit: &Replayed) -> Option<bool> {
    match (visit.kind, rule.category) {
        (ReplayKind::Confirmed { category }, Some(own)) => {
            (category.family() == own.family()).then_some(true)
        }
        (ReplayKind::Confirmed { .. }, None) => Some(false),
        (ReplayKind::Dismissed { honest: true, .. }, own) => Some(own.is_none()),
        _ => None,
    }
}

fn sites<'a>(visits: impl Iterator<Item = &'a Replayed>) -> Option<String> {
    let sites: Vec<&str> = visits.map(|visit| visit.site.as_str()).collect();
    let mut text = sites[..sites.len().min(NAMED_SITES)].join(", ");
    if sites.len() > NAMED_SITES {
        text.push_str(", …");
    }
    (!sites.is_empty()).then(|| format!("{} ({text})", sites.len()))
}

/// The text of a rule file in which the rule that begins on `line` (from 1) is live instead of in shadow.
/// Nothing else changes. `None` if its status cannot be found; the caller checks that the right rule changed.
pub fn live_text(text: &str, line: usize) -> Option<String> {
    // As a key: at the beginning of a line or an item, or within braces.
    let status = Regex::new(r#"(?m)(?:^\s*(?:-\s+)?|[{,]\s*)status:\s*["']?(shadow)\b"#).ok()?;
    let start: usize = text
        .split_inclusive('\n')
        .take(line.checked_sub(1)?)
        .map(str::len)
        .sum();
    let found = status.captures(text.get(start..)?)?.get(1)?;
    let mut changed = text.to_owned();
    changed.replace_range(start + found.start()..start + found.end(), "live");
    Some(changed)
}

#[cfg(test)]
#[path = "promote_tests.rs"]
mod tests;

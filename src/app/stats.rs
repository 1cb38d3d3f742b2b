//! What decisions say of each rule.

use super::eval::Rate;
use crate::flag::{SiteVerdict, Visit};
use crate::review::{Choice, Decision};
use crate::rules::{Category, Family, Ruleset, Status};
use crate::store::{Store, StoreError};
use crate::verdict::{Band, score_without};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A rule without a hit for this long is stale.
const STALE: SignedDuration = SignedDuration::from_hours(180 * 24);
/// Decisions from which on a rule may be called noisy.
const ENOUGH_DECISIONS: usize = 10;

/// What is counted, and what is asked of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StatsSettings {
    /// Only flags and visits seen, and decisions taken, since.
    pub since: Option<Timestamp>,
    /// The time now.
    pub now: Timestamp,
    /// The lower end of the interval of its precision that a shadow rule must reach to go live.
    pub bar: f64,
    /// Decided hits that it must have.
    pub decided: usize,
}

/// What decisions say of a rule (the object that `tazy rules stats --json` prints).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleStats {
    /// Rule id.
    pub rule: String,
    /// Its version; `None` for a rule that only old findings name.
    pub version: Option<u32>,
    /// Whether it counts; `None` for a rule that is gone.
    pub status: Option<&'static str>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The category that it speaks for; `None` for evidence against.
    pub category: Option<Category>,
    /// Flags in whose findings it stands, as they were decided on, else as they are.
    pub hits: usize,
    /// … of which confirmed, for a category of its family.
    pub confirmed: usize,
    /// … of which dismissed as honest.
    pub dismissed: usize,
    /// The share of the decided ones in which it was right: confirmed for evidence for, dismissed for evidence
    /// against. `None` without decisions.
    pub precision: Option<f64>,
    /// Wilson 95 % interval of the precision.
    pub interval: Option<(f64, f64)>,
    /// What hangs on it alone: flags that would fall below the review band without it; for evidence against,
    /// clear sites that would be flagged without it.
    pub unique: usize,
    /// Sites judged clear on which it holds.
    pub clear: usize,
    /// When it was last seen to hold.
    pub last_hit: Option<Timestamp>,
    /// Steps of the engine a page; `None` where the engine does not count them.
    pub cost: Option<u64>,
    /// What should be done about it.
    pub hygiene: Vec<Hygiene>,
}

/// What should be done about a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hygiene {
    /// It never held on anything.
    Silent,
    /// Ten decisions or more, and even the upper end of its interval is below the bar.
    Noisy,
    /// It did not hold on anything for half a year.
    Stale,
    /// Nobody answers for it.
    NoOwner,
    /// In shadow, with the decisions that going live asks for.
    Ready,
}

impl Hygiene {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Silent,
        Self::Noisy,
        Self::Stale,
        Self::NoOwner,
        Self::Ready,
    ];

    /// Its name, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Noisy => "noisy",
            Self::Stale => "stale",
            Self::NoOwner => "no_owner",
            Self::Ready => "ready",
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Count {
    hits: usize,
    confirmed: usize,
    dismissed: usize,
    unique: usize,
    clear: usize,
    last_hit: Option<Timestamp>,
}

/// Counts every rule over the flags and the latest visits of a store, in the order of hits.
pub fn rule_stats(
    store: &Store,
    ruleset: &Ruleset,
    settings: &StatsSettings,
) -> Result<Vec<RuleStats>, StoreError> {
    let families: BTreeMap<String, Family> = ruleset
        .rules()
        .into_iter()
        .filter_map(|rule| Some((rule.id, rule.category?.family())))
        .collect();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let is_late = |time: Timestamp| settings.since.is_none_or(|since| time >= since);
    store.each_flag(|flag| {
        let decision = store
            .current_decision(&flag.id)?
            .filter(|decision| !matches!(decision.choice, Choice::Defer { .. }));
        let run = decision.as_ref().map_or(&flag.run, |d| &d.grounds.run);
        let Some(visit) = store.visit(run, &flag.site)? else {
            return Ok(());
        };
        let decision = decision.filter(|decision| is_late(decision.decided));
        if decision.is_some() || is_late(flag.seen) {
            count_flag(&mut counts, &visit, decision.as_ref(), &families, ruleset);
        }
        Ok::<(), StoreError>(())
    })?;
    store.each_latest_visit(|visit| {
        if is_late(visit.finished) {
            count_visit(&mut counts, &visit, ruleset);
        }
        true
    })?;
    let mut stats = stats_of(ruleset, counts, settings);
    stats.sort_by(|a, b| b.hits.cmp(&a.hits).then_with(|| a.rule.cmp(&b.rule)));
    Ok(stats)
}

/// Every rule that a visit names, shadow rules among them.
fn rules_of(visit: &Visit) -> BTreeSet<&str> {
    let scores = visit.categories.iter();
    let named = scores.flat_map(|score| score.findings.iter().chain(&score.against));
    named
        .map(|finding| finding.rule.as_str())
        .chain(visit.shadow.keys().map(String::as_str))
        .collect()
}

fn count_flag(
    counts: &mut BTreeMap<String, Count>,
    visit: &Visit,
    decision: Option<&Decision>,
    families: &BTreeMap<String, Family>,
    ruleset: &Ruleset,
) {
    for rule in rules_of(visit) {
        let count = counts.entry(rule.to_owned()).or_default();
        count.hits += 1;
        match decision.and_then(Decision::lesson) {
            Some(true) => {
                // A rule for fraud learns nothing from a site confirmed for drugs.
                let confirmed = decision.and_then(Decision::confirmed_category);
                let family = families.get(rule);
                let is_its = family.is_none_or(|f| confirmed.is_some_and(|c| c.family() == *f));
                count.confirmed += usize::from(is_its);
            }
            Some(false) => count.dismissed += 1,
            None => {}
        }
        count.unique += usize::from(hangs_on(visit, rule, ruleset));
    }
}

/// Whether a flagged visit would not be flagged without a rule.
fn hangs_on(visit: &Visit, rule: &str, ruleset: &Ruleset) -> bool {
    let scoring = ruleset.scoring();
    let mut raised = visit.categories.iter().filter(|c| c.band > Band::Clear);
    !visit.shadow.contains_key(rule)
        && raised.all(|score| {
            let stands = score.findings.iter().any(|finding| finding.rule == rule);
            stands && score_without(score, rule, ruleset) < scoring.review
        })
}

fn count_visit(counts: &mut BTreeMap<String, Count>, visit: &Visit, ruleset: &Ruleset) {
    let scoring = ruleset.scoring();
    for rule in rules_of(visit) {
        let count = counts.entry(rule.to_owned()).or_default();
        count.last_hit = count.last_hit.max(Some(visit.finished));
        if visit.verdict == SiteVerdict::Clear {
            count.clear += 1;
            let kept_clear = visit.categories.iter().any(|score| {
                let against = score.against.iter().any(|finding| finding.rule == rule);
                against && score_without(score, rule, ruleset) >= scoring.review
            });
            count.unique += usize::from(kept_clear);
        }
    }
}

fn stats_of(
    ruleset: &Ruleset,
    mut counts: BTreeMap<String, Count>,
    settings: &StatsSettings,
) -> Vec<RuleStats> {
    let mut stats = Vec::new();
    for rule in ruleset.rules() {
        let count = counts.remove(&rule.id).unwrap_or_default();
        let mut line = line_of(rule.id, &count, rule.category);
        line.version = Some(rule.version);
        line.status = Some(rule.status.as_str());
        line.owner = Some(rule.owner);
        line.hygiene = hygiene_of(&line, &count, rule.status, settings);
        stats.push(line);
    }
    let gone = counts.into_iter();
    stats.extend(gone.map(|(rule, count)| {
        // The id begins with what it speaks for.
        let category = rule.split('.').next().and_then(Category::named);
        line_of(rule, &count, category)
    }));
    stats
}

fn line_of(rule: String, count: &Count, category: Option<Category>) -> RuleStats {
    let right = if category.is_some() {
        count.confirmed
    } else {
        count.dismissed
    };
    let decided = count.confirmed + count.dismissed;
    let rate = (decided > 0).then(|| Rate::of(right, decided));
    RuleStats {
        rule,
        version: None,
        status: None,
        owner: None,
        category,
        hits: count.hits,
        confirmed: count.confirmed,
        dismissed: count.dismissed,
        precision: rate.map(Rate::share),
        interval: rate.map(|rate| (rate.low, rate.high)),
        unique: count.unique,
        clear: count.clear,
        last_hit: count.last_hit,
        cost: None,
        hygiene: Vec::new(),
    }
}

fn hygiene_of(
    line: &RuleStats,
    count: &Count,
    status: Status,
    settings: &StatsSettings,
) -> Vec<Hygiene> {
    if !matches!(status, Status::Live | Status::Shadow) {
        return Vec::new();
    }
    let decided = count.confirmed + count.dismissed;
    let (low, high) = line.interval.unwrap_or((0.0, 1.0));
    let is_stale = |last: Timestamp| settings.now.duration_since(last) > STALE;
    let found = [
        (
            Hygiene::Silent,
            count.hits + count.clear == 0 && line.last_hit.is_none(),
        ),
        (
            Hygiene::Noisy,
            decided >= ENOUGH_DECISIONS && high < settings.bar,
        ),
        (Hygiene::Stale, line.last_hit.is_some_and(is_stale)),
        (
            Hygiene::NoOwner,
            line.owner
                .as_deref()
                .is_none_or(|owner| owner.trim().is_empty()),
        ),
        (
            Hygiene::Ready,
            status == Status::Shadow && decided >= settings.decided && low >= settings.bar,
        ),
    ];
    let held = found.into_iter().filter(|(_, holds)| *holds);
    held.map(|(hygiene, _)| hygiene).collect()
}

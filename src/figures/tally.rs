//! Records → figures, in one pass.

use super::number::{Counts, Duration, Figures, Number, RulePrecision};
use super::requests::count_requests;
use super::{Measure, Period, Span, wilson_interval};
use crate::dossier::RequestFile;
use crate::flag::{Flag, Visit};
use crate::id::{FlagId, RunId};
use crate::review::{Choice, Decision};
use crate::rules::{Category, Finding};
use crate::text::{Language, fold, guess_language};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Words of findings that the language is guessed from, bytes: more would not change it.
const ENOUGH_WORDS: usize = 4096;

/// Takes records in the order in which they were recorded. Of visits only the name of the site is kept, of flags what
/// figures need, whatever the records hold.
#[derive(Debug)]
pub struct Tally {
    period: Period,
    groups: Groups,
    flags: BTreeMap<FlagId, FlagFacts>,
    /// Rules of a flag as a run saw it: what a decision was about.
    rules: BTreeMap<(FlagId, RunId), BTreeSet<String>>,
    decisions: BTreeMap<FlagId, Decided>,
}

/// What figures need of a flag.
#[derive(Debug)]
struct FlagFacts {
    raised: Timestamp,
    category: String,
    language: &'static str,
}

/// What figures need of the decisions about a flag.
#[derive(Debug, Default)]
struct Decided {
    /// The first that settled it.
    settled: Option<Timestamp>,
    /// The last of the period.
    last: Option<Decision>,
}

/// Counts over all and in groups.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub(super) total: Counts,
    pub(super) by_category: BTreeMap<String, Counts>,
    pub(super) by_month: BTreeMap<String, Counts>,
    pub(super) by_language: BTreeMap<String, Counts>,
    pub(super) times: BTreeMap<Span, BTreeMap<String, u64>>,
}

impl Groups {
    /// Counts a dossier under a measure, over all and by month, and by category and language where they are known.
    pub(super) fn count(
        &mut self,
        measure: Measure,
        dossier: &str,
        month: String,
        category: Option<&str>,
        language: Option<&str>,
    ) {
        let add = |counts: &mut Counts| counts.entry(measure).or_default().add(dossier);
        add(&mut self.total);
        add(self.by_month.entry(month).or_default());
        if let Some(category) = category {
            add(self.by_category.entry(category.to_owned()).or_default());
        }
        if let Some(language) = language {
            add(self.by_language.entry(language.to_owned()).or_default());
        }
    }

    /// Notes how long something took; what would have ended before it began took no time.
    pub(super) fn time(&mut self, span: Span, dossier: &str, from: Timestamp, to: Timestamp) {
        let minutes = u64::try_from(to.duration_since(from).as_mins()).unwrap_or(0);
        let times = self.times.entry(span).or_default();
        times.insert(dossier.to_owned(), minutes);
    }
}

impl Tally {
    /// Begins to count for a period.
    pub fn new(period: Period) -> Self {
        Self {
            period,
            groups: Groups::default(),
            flags: BTreeMap::new(),
            rules: BTreeMap::new(),
            decisions: BTreeMap::new(),
        }
    }

    /// Takes a visit.
    pub fn take_visit(&mut self, visit: &Visit) {
        if self.period.contains(visit.finished) {
            let month = self.period.month_of(visit.finished);
            let groups = &mut self.groups;
            groups.count(Measure::Examined, &visit.site, month, None, None);
        }
    }

    /// Takes a flag as a visit raised it.
    pub fn take_flag(&mut self, flag: &Flag) {
        if !self.period.is_reached(flag.seen) {
            return;
        }
        let facts = self.flags.entry(flag.id.clone()).or_insert_with(|| {
            let category = flag.categories.first().map(|top| top.category);
            FlagFacts {
                raised: flag.raised,
                category: category.map_or("none", Category::as_str).to_owned(),
                language: language_of(flag),
            }
        });
        if self.period.contains(facts.raised) {
            let month = self.period.month_of(facts.raised);
            let (category, language) = (Some(facts.category.as_str()), Some(facts.language));
            let id = flag.id.as_str();
            self.groups
                .count(Measure::Flagged, id, month, category, language);
        }
        let findings = flag.categories.iter().flat_map(|score| &score.findings);
        let rules = findings.map(|finding: &Finding| finding.rule.clone());
        let seen = (flag.id.clone(), flag.run.clone());
        self.rules.insert(seen, rules.collect());
    }

    /// Takes a decision.
    pub fn take_decision(&mut self, decision: &Decision) {
        if !self.period.is_reached(decision.decided) {
            return;
        }
        let decided = self.decisions.entry(decision.flag.clone()).or_default();
        if !matches!(decision.choice, Choice::Defer { .. }) && decided.settled.is_none() {
            decided.settled = Some(decision.decided);
        }
        if self.period.contains(decision.decided) {
            decided.last = Some(decision.clone());
        }
    }

    /// The figures, with what came of the requests.
    pub fn finish(mut self, files: &[RequestFile]) -> Figures {
        let decisions = std::mem::take(&mut self.decisions);
        let mut rules: BTreeMap<String, (Number, Number)> = BTreeMap::new();
        for (flag, decided) in &decisions {
            self.count_decision(flag, decided);
            if let Some(decision) = &decided.last {
                self.count_rules(decision, &mut rules);
            }
        }
        let languages = |flag: &FlagId| self.flags.get(flag).map(|facts| facts.language);
        count_requests(files, &self.period, languages, &mut self.groups);
        let times = self.groups.times.into_iter();
        Figures {
            period: self.period,
            total: self.groups.total,
            by_category: self.groups.by_category,
            by_month: self.groups.by_month,
            by_language: self.groups.by_language,
            times: times.map(|(span, all)| (span, Duration::of(all))).collect(),
            rules: rules.into_iter().map(precision_of).collect(),
        }
    }

    fn count_decision(&mut self, flag: &FlagId, decided: &Decided) {
        let facts = self.flags.get(flag);
        let language = facts.map(|facts| facts.language);
        if let Some(decision) = &decided.last {
            let measure = match decision.choice {
                Choice::Confirm { .. } => Measure::Confirmed,
                Choice::Dismiss => Measure::Dismissed,
                Choice::Defer { .. } => Measure::Deferred,
            };
            let confirmed = decision.confirmed_category().map(Category::as_str);
            let category = confirmed.or(facts.map(|facts| facts.category.as_str()));
            let month = self.period.month_of(decision.decided);
            let id = flag.as_str();
            self.groups.count(measure, id, month, category, language);
        }
        if let (Some(facts), Some(settled)) = (facts, decided.settled)
            && self.period.contains(settled)
        {
            let id = flag.as_str();
            self.groups
                .time(Span::FlagToDecision, id, facts.raised, settled);
        }
    }

    /// What the decision says of the rules that the flag rested on.
    fn count_rules(&self, decision: &Decision, counted: &mut BTreeMap<String, (Number, Number)>) {
        let Some(is_right) = decision.lesson() else {
            return;
        };
        let seen = (decision.flag.clone(), decision.grounds.run.clone());
        for rule in self.rules.get(&seen).into_iter().flatten() {
            // The id begins with what it speaks for. A rule for fraud learns nothing from a site confirmed for drugs.
            let own = rule.split('.').next().and_then(Category::named);
            let confirmed = decision.confirmed_category();
            let is_its = own.is_none_or(|own| confirmed.is_none_or(|c| c.family() == own.family()));
            if is_its {
                let (confirmed, dismissed) = counted.entry(rule.clone()).or_default();
                let number = if is_right { confirmed } else { dismissed };
                number.add(decision.flag.as_str());
            }
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of flags are far below 2^52"
)]
fn precision_of(
    (rule, (confirmed, dismissed)): (String, (Number, Number)),
) -> (String, RulePrecision) {
    let decided = confirmed.count + dismissed.count;
    let (low, high) = wilson_interval(confirmed.count, decided);
    let precision = RulePrecision {
        precision: confirmed.count as f64 / decided.max(1) as f64,
        low,
        high,
        confirmed,
        dismissed,
    };
    (rule, precision)
}

/// The language of the words that rules found.
fn language_of(flag: &Flag) -> &'static str {
    let mut words = String::new();
    let findings = flag.categories.iter().flat_map(|score| &score.findings);
    for finding in findings {
        if words.len() > ENOUGH_WORDS {
            break;
        }
        words.push_str(&finding.excerpt);
        words.push(' ');
    }
    match guess_language(&fold(&words).text) {
        Language::Ru => "ru",
        Language::Kk => "kk",
        Language::En => "en",
        Language::Other => "other",
    }
}

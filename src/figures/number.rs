//! Numbers with what stands behind them.

use super::interval::nearest_rank;
use super::{Measure, Period, Span};
use crate::digest::Digest;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A count, with the dossiers behind it: sites, flags (`f-…`), items of requests (`b-…/i-…`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Number {
    /// How many.
    pub count: usize,
    /// Which.
    pub dossiers: BTreeSet<String>,
}

impl Number {
    pub(super) fn add(&mut self, dossier: &str) {
        self.dossiers.insert(dossier.to_owned());
        self.count = self.dossiers.len();
    }
}

/// One number a measure; those of nothing are left out.
pub type Counts = BTreeMap<Measure, Number>;

/// How long something took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Duration {
    /// Half of them took at most so many minutes.
    pub median_minutes: u64,
    /// Nine of ten took at most so many minutes.
    pub ninetieth_minutes: u64,
    /// Minutes by dossier.
    pub dossiers: BTreeMap<String, u64>,
}

impl Duration {
    pub(super) fn of(dossiers: BTreeMap<String, u64>) -> Self {
        let mut sorted: Vec<u64> = dossiers.values().copied().collect();
        sorted.sort_unstable();
        Self {
            median_minutes: nearest_rank(&sorted, 50).unwrap_or(0),
            ninetieth_minutes: nearest_rank(&sorted, 90).unwrap_or(0),
            dossiers,
        }
    }
}

/// How often a rule was right in the flags that were decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RulePrecision {
    /// Flags confirmed for a category of its family.
    pub confirmed: Number,
    /// Flags dismissed as honest.
    pub dismissed: Number,
    /// Confirmed among both.
    pub precision: f64,
    /// Lower end of its Wilson 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The figures of a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Which period.
    pub period: Period,
    /// Over all.
    pub total: Counts,
    /// By category: of the decision where there is one, else the flag's first.
    pub by_category: BTreeMap<String, Counts>,
    /// By month (`2026-11`) of the time zone.
    pub by_month: BTreeMap<String, Counts>,
    /// By the language of the words that rules found (`ru`, `kk`, `en`, `other`).
    pub by_language: BTreeMap<String, Counts>,
    /// How long it took.
    pub times: BTreeMap<Span, Duration>,
    /// How often each rule was right.
    pub rules: BTreeMap<String, RulePrecision>,
}

impl Figures {
    /// Canonical JSON: keys in their order, no white space. The same records give the same bytes.
    ///
    /// # Errors
    /// Only if a number is none, which does not happen.
    pub fn canonical(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Digest of the canonical JSON.
    ///
    /// # Errors
    /// As [`Figures::canonical`].
    pub fn digest(&self) -> Result<Digest, serde_json::Error> {
        Ok(Digest::of(&self.canonical()?))
    }

    /// The count of a measure over all.
    pub fn count(&self, measure: Measure) -> usize {
        self.total.get(&measure).map_or(0, |number| number.count)
    }

    /// The numbers of a table with their names, in the order of reports: `category.drug_sale.confirmed`.
    pub fn numbers(&self) -> impl Iterator<Item = (String, &Number)> {
        let total = self
            .total
            .iter()
            .map(|(measure, number)| (measure.as_str().to_owned(), number));
        let grouped = [
            ("category", &self.by_category),
            ("month", &self.by_month),
            ("language", &self.by_language),
        ];
        let grouped = grouped.into_iter().flat_map(|(kind, groups)| {
            groups.iter().flat_map(move |(group, counts)| {
                counts.iter().map(move |(measure, number)| {
                    (format!("{kind}.{group}.{}", measure.as_str()), number)
                })
            })
        });
        let rules = self.rules.iter().flat_map(|(rule, precision)| {
            [
                (format!("rule.{rule}.confirmed"), &precision.confirmed),
                (format!("rule.{rule}.dismissed"), &precision.dismissed),
            ]
        });
        total.chain(grouped).chain(rules)
    }

    /// Every number by its name, times in minutes.
    pub fn flat(&self) -> BTreeMap<String, u64> {
        let counts = self
            .numbers()
            .map(|(name, number)| (name, number.count as u64));
        let times = self.times.iter().flat_map(|(span, time)| {
            let name = span.as_str();
            [
                (format!("time.{name}.median_minutes"), time.median_minutes),
                (
                    format!("time.{name}.ninetieth_minutes"),
                    time.ninetieth_minutes,
                ),
                (format!("time.{name}.count"), time.dossiers.len() as u64),
            ]
        });
        counts.chain(times).collect()
    }
}

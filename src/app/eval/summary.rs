//! Verdicts → figures.

use super::manifest::Label;
use super::run::Judged;
use crate::figures::wilson_interval;
use serde::Serialize;
use std::collections::BTreeMap;

/// Figures of one evaluation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// How many samples were judged.
    pub samples: usize,
    /// How many lines or files could not be used.
    pub errors: usize,
    /// By label.
    pub labels: BTreeMap<Label, Counts>,
    /// By label and language.
    pub languages: BTreeMap<Label, BTreeMap<String, Counts>>,
    /// Flagged among the positives.
    pub recall: f64,
    /// Flagged among the negatives.
    pub false_positive_rate: f64,
    /// Positives among the flagged.
    pub precision: f64,
    /// The same with numbers and Wilson 95 % intervals.
    pub intervals: BTreeMap<&'static str, Rate>,
    /// Shadow rules that held; they count for nothing else.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub shadow: BTreeMap<String, ShadowCounts>,
}

/// On how many samples a shadow rule held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ShadowCounts {
    /// Samples that should be flagged.
    pub positives: usize,
    /// Samples that should not.
    pub negatives: usize,
}

/// Counts of one label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Samples.
    pub n: usize,
    /// Flagged, in any band.
    pub flagged: usize,
    /// Flagged as urgent.
    pub urgent: usize,
    /// Flagged for the family that the label names.
    pub right_family: usize,
}

/// A share with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// How many.
    pub hits: usize,
    /// Of how many.
    pub n: usize,
    /// Lower end of the Wilson 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Counts {
    fn add(&mut self, judged: &Judged) {
        self.n += 1;
        self.flagged += usize::from(judged.is_flagged());
        self.urgent += usize::from(judged.is_urgent());
        self.right_family += usize::from(judged.has_right_family());
    }
}

impl Rate {
    /// The share of `hits` in `n`.
    pub fn of(hits: usize, n: usize) -> Self {
        let (low, high) = wilson_interval(hits, n);
        Self { hits, n, low, high }
    }

    /// The share; 0 of nothing is 0.
    pub fn share(self) -> f64 {
        share(self.hits, self.n)
    }
}

impl Summary {
    /// Adds up verdicts.
    pub fn of(judged: &[Judged], errors: usize) -> Self {
        let mut labels: BTreeMap<Label, Counts> = BTreeMap::new();
        let mut languages: BTreeMap<Label, BTreeMap<String, Counts>> = BTreeMap::new();
        for sample in judged {
            labels.entry(sample.label).or_default().add(sample);
            languages
                .entry(sample.label)
                .or_default()
                .entry(sample.language.clone())
                .or_default()
                .add(sample);
        }
        let sum = |positive: bool| {
            labels
                .iter()
                .filter(|(label, _)| label.is_positive() == positive)
                .fold((0, 0), |(flagged, n), (_, c)| {
                    (flagged + c.flagged, n + c.n)
                })
        };
        let (found, positives) = sum(true);
        let (wrong, negatives) = sum(false);
        let recall = Rate::of(found, positives);
        let false_positive_rate = Rate::of(wrong, negatives);
        let precision = Rate::of(found, found + wrong);
        Self {
            samples: judged.len(),
            errors,
            labels,
            languages,
            recall: recall.share(),
            false_positive_rate: false_positive_rate.share(),
            precision: precision.share(),
            shadow: count_shadow(judged),
            intervals: BTreeMap::from([
                ("recall", recall),
                ("false_positive_rate", false_positive_rate),
                ("precision", precision),
            ]),
        }
    }
}

fn count_shadow(judged: &[Judged]) -> BTreeMap<String, ShadowCounts> {
    let mut shadow: BTreeMap<String, ShadowCounts> = BTreeMap::new();
    for sample in judged {
        for rule in sample.verdict.shadow.keys() {
            let counts = shadow.entry(rule.clone()).or_default();
            if sample.label.is_positive() {
                counts.positives += 1;
            } else {
                counts.negatives += 1;
            }
        }
    }
    shadow
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
fn share(hits: usize, n: usize) -> f64 {
    if n == 0 { 0.0 } else { hits as f64 / n as f64 }
}

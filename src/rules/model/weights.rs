//! Weights of facts and words.

use super::{Counts, Features, Key};
use crate::rules::Category;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Words are kept in so many buckets, as a power of two.
pub const WORD_BITS: u32 = 17;

/// A linear model over facts and words, fitted by `tazy rules fit`.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Log-odds of a site of which nothing is known.
    pub bias: f64,
    /// The share that what rules add up to counts with.
    pub tally: f64,
    /// What a fact adds to the log-odds that a site should be flagged, by key of its name.
    pub facts: HashMap<Key, (String, f64)>,
    /// What words add.
    pub words: WordWeights,
    /// What each measure of writing and building adds, in the order of [`super::measure_name`].
    pub measures: Vec<MeasureWeight>,
    /// What all words together can add or take away, a positive number.
    pub word_cap: f64,
    /// From margin to calibrated log-odds: `slope * margin + intercept` (Platt 1999).
    pub slope: f64,
    /// See [`Self::slope`].
    pub intercept: f64,
    /// Which category a site belongs to, if it should be flagged.
    pub categories: Vec<CategoryHead>,
    /// How it was fitted.
    pub fitted: FitNote,
}

/// What a measure adds: `weight` for each `spread` that it lies above `usual`, up to three either way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasureWeight {
    /// Its mean over the samples.
    pub usual: f64,
    /// Its standard deviation over the samples.
    pub spread: f64,
    /// Log-odds.
    pub weight: f64,
}

impl MeasureWeight {
    /// How far a value lies from the usual one, in spreads.
    pub fn distance(usual: f64, spread: f64, value: f64) -> f64 {
        ((value - usual) / spread).clamp(-3.0, 3.0)
    }
}

/// Weights of words by bucket: a quantized byte times a step.
#[derive(Debug, Clone, PartialEq)]
pub struct WordWeights {
    /// Log-odds a unit.
    pub step: f64,
    /// One weight a bucket, `1 << WORD_BITS` of them.
    pub units: Vec<i8>,
}

/// What speaks for one category among sites that should be flagged.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryHead {
    /// Which.
    pub category: Category,
    /// Log-odds of the category before anything is known.
    pub bias: f64,
    /// The share that what rules add up to for it counts with.
    pub tally: f64,
    /// What facts add.
    pub facts: HashMap<Key, (String, f64)>,
}

/// How a model was fitted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitNote {
    /// Labelled samples.
    pub samples: usize,
    /// Those that should be flagged.
    pub positives: usize,
    /// Share of these that were flagged by a model that had not seen them.
    pub recall: f64,
    /// Share of the others that were flagged by a model that had not seen them.
    pub false_positive_rate: f64,
}

/// On few words, rules that do not hold say no more than this, log-odds.
const LEAST_OF_RULES: f64 = -4.0;
/// What rules add up to is counted within these bounds.
const TALLY_BOUNDS: (f64, f64) = (-8.0, 8.0);

impl Model {
    /// What rules add up to where none speaks for a category, log-odds.
    pub const NO_RULE: f64 = TALLY_BOUNDS.0;

    /// What rules add up to, as the model takes it.
    pub fn bounded_tally(tally: f64) -> f64 {
        tally.clamp(TALLY_BOUNDS.0, TALLY_BOUNDS.1)
    }

    /// Calibrated log-odds that a site with these features should be flagged. `tally` is what rules add up to
    /// for the category that they favor, log-odds.
    pub fn log_odds(&self, features: &Features, tally: f64) -> f64 {
        let calibrated = self.slope * self.margin(features, tally) + self.intercept;
        Self::shared(calibrated, tally, &features.counts)
    }

    /// The judgement on few words is shared with the rules, whose caps see to it that no single word flags.
    pub fn shared(calibrated: f64, tally: f64, counts: &Counts) -> f64 {
        let share = counts.share();
        share * calibrated + (1.0 - share) * tally.max(LEAST_OF_RULES)
    }

    /// Log-odds before calibration.
    pub fn margin(&self, features: &Features, tally: f64) -> f64 {
        self.bias
            + self.tally * Self::bounded_tally(tally)
            + self.sum_facts(features)
            + self.sum_words(features)
            + self.measured(&features.counts).into_iter().sum::<f64>()
    }

    /// What facts add together.
    pub fn sum_facts(&self, features: &Features) -> f64 {
        sum(&self.facts, features) * features.counts.dilution()
    }

    /// What a rule adds by holding, beside its share of what rules add up to.
    pub fn weight_of_rule(&self, rule: &str) -> f64 {
        let fact = self.facts.get(&Key::of_rule(rule));
        fact.map_or(0.0, |(_, weight)| *weight)
    }

    /// What each measure adds; nothing on a page without text.
    pub fn measured(&self, counts: &Counts) -> Vec<f64> {
        if counts.is_empty() {
            return Vec::new();
        }
        let values = counts.values();
        let measures = self.measures.iter().zip(values);
        let confidence = counts.confidence() * counts.dilution();
        measures
            .map(|(m, value)| {
                confidence * m.weight * MeasureWeight::distance(m.usual, m.spread, value)
            })
            .collect()
    }

    /// What words add together, capped.
    pub fn sum_words(&self, features: &Features) -> f64 {
        let sum: f64 = features
            .word_vector()
            .map(|(word, value)| value * self.words.weight(word))
            .sum();
        sum.clamp(-self.word_cap, self.word_cap)
    }
}

impl WordWeights {
    /// What a word adds, log-odds a unit of the word vector.
    pub fn weight(&self, word: Key) -> f64 {
        let unit = self.units.get(word.bucket(WORD_BITS)).copied();
        f64::from(unit.unwrap_or(0)) * self.step
    }
}

impl CategoryHead {
    /// Log-odds that a site that should be flagged belongs to the category.
    pub fn log_odds(&self, features: &Features, tally: f64) -> f64 {
        self.bias + self.tally * Model::bounded_tally(tally) + sum(&self.facts, features)
    }
}

fn sum(weights: &HashMap<Key, (String, f64)>, features: &Features) -> f64 {
    let known = features
        .facts
        .iter()
        .filter_map(|fact| weights.get(&fact.key));
    known.map(|(_, weight)| weight).sum()
}

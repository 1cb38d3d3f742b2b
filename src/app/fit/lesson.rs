//! Samples → lessons.

use crate::app::eval::{Label, LineError, Sample, examine_sample, for_each_sample};
use crate::rules::{Category, Features, Model, Ruleset};
use crate::verdict::evidence_of_site;
use std::collections::BTreeMap;

/// What a model learns from one labelled sample.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Id of the sample.
    pub id: String,
    /// What it is.
    pub label: Label,
    /// Language as given.
    pub language: String,
    /// Which category, if it is to be flagged and the label says so.
    pub category: Option<Category>,
    /// How much it counts; 1 unless the manifest says otherwise.
    pub weight: f64,
    /// What rules add up to, log-odds.
    pub by_rules: BTreeMap<Category, f64>,
    /// What the model sees.
    pub features: Features,
}

impl Lesson {
    /// Whether it is a sample of what is to be judged, and so counts in what is reported; others only help.
    pub fn counts_in_full(&self) -> bool {
        self.weight >= 1.0
    }

    /// What rules add up to for the category that they favor; nothing without one.
    pub fn best_tally(&self) -> f64 {
        let best = self
            .by_rules
            .values()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        Model::bounded_tally(best)
    }

    /// What rules add up to for one category.
    pub fn tally(&self, category: Category) -> f64 {
        let tally = self.by_rules.get(&category).copied();
        Model::bounded_tally(tally.unwrap_or(f64::NEG_INFINITY))
    }
}

/// Examines samples on `threads` threads; lessons stand in the order of the samples.
pub fn read_lessons(
    samples: &[Sample],
    ruleset: &Ruleset,
    threads: usize,
) -> (Vec<Lesson>, Vec<LineError>) {
    for_each_sample(samples, threads, |sample| lesson_of(sample, ruleset))
}

fn lesson_of(sample: &Sample, ruleset: &Ruleset) -> (Option<Lesson>, Vec<LineError>) {
    let (pages, errors) = examine_sample(sample, ruleset);
    let lesson = (!pages.is_empty()).then(|| {
        let (by_rules, features) = evidence_of_site(&pages, ruleset);
        Lesson {
            id: sample.id.clone(),
            label: sample.label,
            language: sample.language.clone().unwrap_or_else(|| "?".to_owned()),
            category: sample.category.filter(|_| sample.label.is_positive()),
            weight: sample.weight,
            by_rules,
            features,
        }
    });
    (lesson, errors)
}

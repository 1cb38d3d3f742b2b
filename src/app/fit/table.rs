//! Lessons → columns, and weights of columns → model.

use super::lesson::Lesson;
use super::solver::{Column, Problem, Solution};
use super::train::FitSettings;
use crate::rules::{
    CategoryHead, FitNote, Key, MEASURES, MeasureWeight, Model, Ruleset, WORD_BITS, WordWeights,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A weight without bounds.
const FREE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
/// Words weigh so much more than facts: a vector of length 1 spreads over hundreds of words.
const WORD_SCALE: f64 = 12.0;
/// Measures are priced so much lower than facts: each stands for a habit, not for one word.
const MEASURE_SCALE: f64 = 0.6;
/// What only one sample has teaches nothing about others.
const LEAST_SAMPLES: usize = 2;

/// What a column stands for.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    Tally,
    Fact(Key, String),
    Word(usize),
    Measure(f64, f64),
}

/// The lessons as columns.
pub(super) struct Table {
    pub(super) problem: Problem,
    pub(super) meanings: Vec<Meaning>,
}

impl Table {
    pub(super) fn of(lessons: &[Lesson], ruleset: &Ruleset) -> Self {
        let mut table = Self {
            problem: Problem {
                columns: Vec::new(),
                labels: lessons
                    .iter()
                    .map(|lesson| lesson.label.is_positive())
                    .collect(),
                weights: lessons.iter().map(|lesson| lesson.weight).collect(),
            },
            meanings: Vec::new(),
        };
        let tally = (0..).zip(lessons);
        let tally = tally.map(|(row, lesson)| (row, narrow(lesson.best_tally())));
        table.add(Meaning::Tally, tally.collect(), (0.0, f64::INFINITY));
        table.add_facts(lessons, ruleset);
        table.add_measures(lessons);
        table.add_words(lessons);
        table
    }

    fn add_facts(&mut self, lessons: &[Lesson], ruleset: &Ruleset) {
        let mut cells: BTreeMap<Key, Vec<(u32, f32)>> = BTreeMap::new();
        for (row, lesson) in (0..).zip(lessons) {
            let tells = narrow(lesson.features.counts.dilution());
            for fact in &lesson.features.facts {
                cells.entry(fact.key).or_default().push((row, tells));
            }
        }
        let signs = sign_bounds(ruleset);
        for name in ruleset.fact_names() {
            let key = Key::of(&name);
            let column = cells.remove(&key);
            if let Some(column) = column.filter(|column| column.len() >= LEAST_SAMPLES) {
                let bounds = signs.get(name.as_str()).copied().unwrap_or(FREE);
                self.add(Meaning::Fact(key, name), column, bounds);
            }
        }
    }

    fn add_measures(&mut self, lessons: &[Lesson]) {
        let measures: Vec<_> = lessons.iter().map(|l| l.features.counts.values()).collect();
        for index in 0..MEASURES {
            let values: Vec<f64> = measures.iter().map(|values| values[index]).collect();
            let (usual, spread) = usual_and_spread(&values);
            let cells = (0..).zip(&values).zip(lessons);
            let cells = cells.map(|((row, value), lesson)| {
                let distance = MeasureWeight::distance(usual, spread, *value);
                let counts = &lesson.features.counts;
                let tells = counts.confidence() * counts.dilution();
                (row, narrow(distance * tells * MEASURE_SCALE))
            });
            self.add(Meaning::Measure(usual, spread), cells.collect(), FREE);
        }
    }

    fn add_words(&mut self, lessons: &[Lesson]) {
        let mut words: BTreeMap<usize, Vec<(u32, f32)>> = BTreeMap::new();
        let spread = words_of_several(lessons);
        for (row, lesson) in (0..).zip(lessons) {
            let mut own: BTreeMap<usize, f64> = BTreeMap::new();
            for (word, value) in lesson.features.word_vector() {
                if spread.contains(&word) {
                    *own.entry(word.bucket(WORD_BITS)).or_default() += value * WORD_SCALE;
                }
            }
            for (bucket, value) in own {
                words.entry(bucket).or_default().push((row, narrow(value)));
            }
        }
        for (bucket, column) in words {
            self.add(Meaning::Word(bucket), column, FREE);
        }
    }

    fn add(&mut self, meaning: Meaning, cells: Vec<(u32, f32)>, (low, high): (f64, f64)) {
        self.problem.columns.push(Column { cells, low, high });
        self.meanings.push(meaning);
    }

    pub(super) fn model_of(
        &self,
        found: &Solution,
        categories: Vec<CategoryHead>,
        settings: FitSettings,
    ) -> Model {
        let mut words = vec![0.0; 1 << WORD_BITS];
        let mut measures = Vec::with_capacity(MEASURES);
        let (mut facts, mut tally) = (HashMap::new(), 0.0);
        for (meaning, &weight) in self.meanings.iter().zip(&found.weights) {
            match meaning {
                Meaning::Tally => tally = weight,
                Meaning::Fact(key, name) => {
                    if weight.abs() >= 0.005 {
                        facts.insert(*key, (name.clone(), weight));
                    }
                }
                &Meaning::Measure(usual, spread) => measures.push(MeasureWeight {
                    usual,
                    spread,
                    weight: weight * MEASURE_SCALE,
                }),
                Meaning::Word(bucket) => words[*bucket] = weight * WORD_SCALE,
            }
        }
        Model {
            bias: found.bias,
            tally,
            facts,
            words: quantize(&words),
            word_cap: settings.word_cap,
            measures,
            slope: 1.0,
            intercept: 0.0,
            categories,
            fitted: FitNote::default(),
        }
    }
}

fn usual_and_spread(values: &[f64]) -> (f64, f64) {
    let n = f64::from(u32::try_from(values.len().max(1)).unwrap_or(u32::MAX));
    let usual = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - usual).powi(2)).sum::<f64>() / n;
    // Not zero, so that what never varies is not taken for remarkable.
    (usual, variance.sqrt() + 0.05)
}

/// Words that stand in several samples.
fn words_of_several(lessons: &[Lesson]) -> BTreeSet<Key> {
    let mut counts: HashMap<Key, usize> = HashMap::new();
    for lesson in lessons {
        for &(word, _) in &lesson.features.words {
            *counts.entry(word).or_default() += 1;
        }
    }
    let spread = counts
        .into_iter()
        .filter(|(_, count)| *count >= LEAST_SAMPLES);
    spread.map(|(word, _)| word).collect()
}

/// A rule that speaks for a category never lowers, one that speaks against never raises.
fn sign_bounds(ruleset: &Ruleset) -> BTreeMap<String, (f64, f64)> {
    let bounds = |against: bool| {
        if against {
            (f64::NEG_INFINITY, 0.0)
        } else {
            (0.0, f64::INFINITY)
        }
    };
    let rules = ruleset.rules().into_iter();
    rules
        .map(|rule| (format!("rule:{}", rule.id), bounds(rule.category.is_none())))
        .collect()
}

fn quantize(weights: &[f64]) -> WordWeights {
    let most = weights
        .iter()
        .fold(0.0_f64, |most, weight| most.max(weight.abs()));
    let step = if most > 0.0 { most / 127.0 } else { 1.0 };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a weight by its largest over 127 is between -127 and 127"
    )]
    let units = weights
        .iter()
        .map(|weight| (weight / step).round() as i8)
        .collect();
    WordWeights { step, units }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "seven digits are enough to learn from"
)]
pub(super) fn narrow(value: f64) -> f32 {
    value as f32
}

//! Lessons → model.

use super::calibrate::{Seen, calibration_error, fit_platt};
use super::heads::{family_rate, fit_heads};
use super::lesson::Lesson;
use super::solver::{Column, Problem, Solution, probability, solve};
use crate::digest::Digest;
use crate::rules::{
    CategoryHead, FitNote, Key, MEASURES, MeasureWeight, Model, Ruleset, WORD_BITS, WordWeights,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How a model is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitSettings {
    /// Price of large weights.
    pub penalty: f64,
    /// Into how many parts the samples are split; each is judged by a model fitted on the others.
    pub folds: usize,
    /// What all words together can add or take away, log-odds.
    pub word_cap: f64,
}

impl Default for FitSettings {
    fn default() -> Self {
        Self {
            penalty: 5.0,
            folds: 5,
            word_cap: 6.0,
        }
    }
}

/// A model and what it is worth.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// Fitted on all lessons.
    pub model: Model,
    /// Measured on predictions for lessons that the model had not seen.
    pub report: FitReport,
}

/// Scores of lessons by models that had not seen them.
#[derive(Debug, Clone)]
pub struct FitReport {
    /// One a lesson: its score by rules and model, by rules alone, and without words.
    pub scores: Vec<FitScore>,
    /// Expected calibration error.
    pub calibration_error: f64,
    /// How often the family of the likeliest category is right among positives.
    pub right_family: f64,
}

/// The scores of one lesson.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitScore {
    /// By rules, facts and words.
    pub joined: f64,
    /// By rules alone.
    pub by_rules: f64,
    /// By rules and facts, without words.
    pub without_words: f64,
}

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

/// Fits a model on lessons, and measures by cross-validation what it is worth.
pub fn fit_model(lessons: &[Lesson], ruleset: &Ruleset, settings: FitSettings) -> Fitted {
    let table = Table::of(lessons, ruleset);
    let folds: Vec<usize> = lessons
        .iter()
        .map(|lesson| fold_of(&lesson.id, settings.folds))
        .collect();
    let mut margins = vec![(0.0, 0.0); lessons.len()];
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..settings.folds)
            .map(|fold| {
                let (table, folds) = (&table, &folds);
                scope.spawn(move || {
                    let found = solve(&table.problem, settings.penalty, |row| folds[row] != fold);
                    table.model_of(&found, Vec::new(), settings)
                })
            })
            .collect();
        for (fold, part) in parts.into_iter().enumerate() {
            let Ok(model) = part.join() else { continue };
            for (index, lesson) in lessons
                .iter()
                .enumerate()
                .filter(|(i, _)| folds[*i] == fold)
            {
                let margin = model.margin(&lesson.features, lesson.best_tally());
                margins[index] = (margin, margin - model.sum_words(&lesson.features));
            }
        }
    });
    let labelled = |pick: fn(&(f64, f64)) -> f64| -> Vec<Seen> {
        let seen = margins.iter().map(pick).zip(lessons);
        seen.map(|(margin, lesson)| Seen {
            margin,
            positive: lesson.label.is_positive(),
            weight: lesson.weight,
        })
        .collect()
    };
    let (slope, intercept) = fit_platt(&labelled(|m| m.0));
    let (slope_without, intercept_without) = fit_platt(&labelled(|m| m.1));
    let scores: Vec<FitScore> = lessons
        .iter()
        .zip(&margins)
        .map(|(lesson, (margin, without))| FitScore {
            joined: probability(Model::shared(
                slope * margin + intercept,
                lesson.best_tally(),
                &lesson.features.counts,
            )),
            by_rules: probability(lesson.by_rules.values().copied().fold(-8.0, f64::max)),
            without_words: probability(Model::shared(
                slope_without * without + intercept_without,
                lesson.best_tally(),
                &lesson.features.counts,
            )),
        })
        .collect();
    let heads = fit_heads(lessons, &table, settings);
    let right_family = family_rate(lessons, &table, &folds, settings);
    let found = solve(&table.problem, settings.penalty, |_| true);
    let mut model = table.model_of(&found, heads, settings);
    (model.slope, model.intercept) = (slope, intercept);
    let judged: Vec<(f64, bool)> = scores
        .iter()
        .zip(lessons)
        .filter(|(_, lesson)| lesson.counts_in_full())
        .map(|(score, lesson)| (score.joined, lesson.label.is_positive()))
        .collect();
    let rate = |wanted: bool| {
        let of: Vec<_> = judged
            .iter()
            .filter(|(_, label)| *label == wanted)
            .collect();
        let flagged = of
            .iter()
            .filter(|(score, _)| *score >= ruleset.scoring().review)
            .count();
        ratio(flagged, of.len())
    };
    model.fitted = FitNote {
        samples: lessons.len(),
        positives: judged.iter().filter(|(_, label)| *label).count(),
        recall: rate(true),
        false_positive_rate: rate(false),
    };
    Fitted {
        model,
        report: FitReport {
            calibration_error: calibration_error(&judged),
            scores,
            right_family,
        },
    }
}

/// Which part a sample belongs to: the same for every run, whatever else is in the manifest.
fn fold_of(id: &str, folds: usize) -> usize {
    let hex = Digest::of(id.as_bytes()).hex();
    let number = u64::from_str_radix(&hex[..8], 16).unwrap_or(0);
    usize::try_from(number).unwrap_or(0) % folds.max(1)
}

pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    let as_f64 = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    if whole == 0 {
        0.0
    } else {
        as_f64(part) / as_f64(whole)
    }
}

/// The lessons as columns.
pub(super) struct Table {
    pub(super) problem: Problem,
    pub(super) meanings: Vec<Meaning>,
}

impl Table {
    fn of(lessons: &[Lesson], ruleset: &Ruleset) -> Self {
        let mut cells: BTreeMap<Key, Vec<(u32, f32)>> = BTreeMap::new();
        let mut words: BTreeMap<usize, Vec<(u32, f32)>> = BTreeMap::new();
        let spread = words_of_several(lessons);
        let mut tally = Vec::with_capacity(lessons.len());
        for (row, lesson) in (0..).zip(lessons) {
            tally.push((row, narrow(lesson.best_tally())));
            for fact in &lesson.features.facts {
                cells.entry(fact.key).or_default().push((row, 1.0));
            }
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
        let measures: Vec<_> = lessons.iter().map(|l| l.features.counts.values()).collect();
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
        table.add(Meaning::Tally, tally, (0.0, f64::INFINITY));
        let signs = sign_bounds(ruleset);
        for name in ruleset.fact_names() {
            let key = Key::of(&name);
            let column = cells
                .remove(&key)
                .filter(|column| column.len() >= LEAST_SAMPLES);
            if let Some(column) = column {
                let free = (f64::NEG_INFINITY, f64::INFINITY);
                let bounds = signs.get(name.as_str()).copied().unwrap_or(free);
                table.add(Meaning::Fact(key, name), column, bounds);
            }
        }
        for index in 0..MEASURES {
            let values: Vec<f64> = measures.iter().map(|values| values[index]).collect();
            let (usual, spread) = usual_and_spread(&values);
            let cells = (0..)
                .zip(&values)
                .zip(lessons)
                .map(|((row, value), lesson)| {
                    let distance = MeasureWeight::distance(usual, spread, *value);
                    let confidence = lesson.features.counts.confidence();
                    (row, narrow(distance * confidence * MEASURE_SCALE))
                });
            let meaning = Meaning::Measure(usual, spread);
            table.add(meaning, cells.collect(), (f64::NEG_INFINITY, f64::INFINITY));
        }
        for (bucket, column) in words {
            table.add(
                Meaning::Word(bucket),
                column,
                (f64::NEG_INFINITY, f64::INFINITY),
            );
        }
        table
    }

    fn add(&mut self, meaning: Meaning, cells: Vec<(u32, f32)>, (low, high): (f64, f64)) {
        self.problem.columns.push(Column { cells, low, high });
        self.meanings.push(meaning);
    }

    fn model_of(
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

//! Lessons → model.

use super::calibrate::{Seen, calibration_error, fit_platt};
use super::heads::{family_rate, fit_heads};
use super::lesson::Lesson;
use super::solver::{probability, solve};
use super::table::Table;
use crate::app::eval::Label;
use crate::digest::Digest;
use crate::rules::{Features, FitNote, Model, Ruleset};

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

/// Fits a model on lessons, and measures by cross-validation what it is worth.
pub fn fit_model(lessons: &[Lesson], ruleset: &Ruleset, settings: FitSettings) -> Fitted {
    let given = lessons.len();
    let lessons = &with_company(lessons, settings.folds);
    let table = Table::of(lessons, ruleset);
    let folds: Vec<usize> = lessons
        .iter()
        .map(|lesson| fold_of(&lesson.id, settings.folds))
        .collect();
    let margins = margins_unseen(lessons, &table, &folds, settings);
    let joined = fit_platt(&seen_by(lessons, &margins, |margin| margin.all));
    let without_words = fit_platt(&seen_by(lessons, &margins, |margin| margin.without_words));
    let scores: Vec<FitScore> = lessons
        .iter()
        .zip(&margins)
        .map(|(lesson, margin)| FitScore {
            joined: score_of(lesson, margin.all, joined),
            by_rules: probability(
                lesson
                    .by_rules
                    .values()
                    .copied()
                    .fold(Model::NO_RULE, f64::max),
            ),
            without_words: score_of(lesson, margin.without_words, without_words),
        })
        .collect();
    let heads = fit_heads(lessons, &table, settings);
    let found = solve(&table.problem, settings.penalty, |_| true);
    let mut model = table.model_of(&found, heads, settings);
    (model.slope, model.intercept) = joined;
    let judged: Vec<(f64, bool)> = scores
        .iter()
        .zip(lessons)
        .filter(|(_, lesson)| lesson.counts_in_full())
        .map(|(score, lesson)| (score.joined, lesson.label.is_positive()))
        .collect();
    model.fitted = note_of(&judged, given, ruleset.scoring().review);
    Fitted {
        model,
        report: FitReport {
            calibration_error: calibration_error(&judged),
            scores,
            right_family: family_rate(lessons, &table, &folds, settings),
        },
    }
}

/// How much a lesson in company counts.
const COMPANY_WEIGHT: f64 = 0.3;

/// The lessons, and behind them each of full weight once more with an ordinary page around it: what a site is
/// does not change by the menus, teasers and footers that it carries. Company is of the same fold.
fn with_company(lessons: &[Lesson], folds: usize) -> Vec<Lesson> {
    let ordinary: Vec<&Lesson> = lessons
        .iter()
        .filter(|lesson| lesson.label == Label::Benign && lesson.counts_in_full())
        .collect();
    let mut all = lessons.to_vec();
    for (index, lesson) in lessons
        .iter()
        .enumerate()
        .filter(|(_, l)| l.counts_in_full())
    {
        let fold = fold_of(&lesson.id, folds);
        let same = ordinary
            .iter()
            .filter(|other| other.id != lesson.id && fold_of(&other.id, folds) == fold);
        let same: Vec<_> = same.collect();
        if let Some(company) = same.get(index % same.len().max(1)) {
            let mut noisy = lesson.clone();
            noisy.features = Features::union([&lesson.features, &company.features]);
            noisy.weight = COMPANY_WEIGHT;
            all.push(noisy);
        }
    }
    all
}

/// Log-odds before calibration, by a model that had not seen the lesson.
#[derive(Debug, Clone, Copy, Default)]
struct Margin {
    all: f64,
    without_words: f64,
}

fn margins_unseen(
    lessons: &[Lesson],
    table: &Table,
    folds: &[usize],
    settings: FitSettings,
) -> Vec<Margin> {
    let mut margins = vec![Margin::default(); lessons.len()];
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..settings.folds)
            .map(|fold| {
                scope.spawn(move || {
                    let found = solve(&table.problem, settings.penalty, |row| folds[row] != fold);
                    table.model_of(&found, Vec::new(), settings)
                })
            })
            .collect();
        for (fold, part) in parts.into_iter().enumerate() {
            let Ok(model) = part.join() else { continue };
            let held_out = lessons.iter().zip(folds).zip(&mut margins);
            for ((lesson, _), margin) in held_out.filter(|((_, of), _)| **of == fold) {
                margin.all = model.margin(&lesson.features, lesson.best_tally());
                margin.without_words = margin.all - model.sum_words(&lesson.features);
            }
        }
    });
    margins
}

fn seen_by(lessons: &[Lesson], margins: &[Margin], pick: fn(&Margin) -> f64) -> Vec<Seen> {
    let seen = margins.iter().map(pick).zip(lessons);
    seen.map(|(margin, lesson)| Seen {
        margin,
        positive: lesson.label.is_positive(),
        weight: lesson.weight,
    })
    .collect()
}

fn score_of(lesson: &Lesson, margin: f64, (slope, intercept): (f64, f64)) -> f64 {
    let counts = &lesson.features.counts;
    let calibrated = slope * margin + intercept;
    probability(Model::shared(calibrated, lesson.best_tally(), counts))
}

fn note_of(judged: &[(f64, bool)], samples: usize, review: f64) -> FitNote {
    let rate = |wanted: bool| {
        let of = judged.iter().filter(|(_, label)| *label == wanted);
        let (flagged, clear): (Vec<&(f64, bool)>, Vec<_>) =
            of.partition(|(score, _)| *score >= review);
        ratio(flagged.len(), flagged.len() + clear.len())
    };
    FitNote {
        samples,
        positives: judged.iter().filter(|(_, label)| *label).count(),
        recall: rate(true),
        false_positive_rate: rate(false),
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

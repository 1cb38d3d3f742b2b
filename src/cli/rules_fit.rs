//! `tazy rules fit`

use super::{CliError, Exit, Terminal};
use crate::app::eval::{Sample, read_manifest};
use crate::app::fit::{FitScore, FitSettings, Fitted, Lesson, fit_model, read_lessons};
use crate::figures::wilson_interval;
use crate::rules::Ruleset;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `tazy rules fit`.
#[derive(Debug, clap::Args)]
pub(super) struct FitAction {
    /// JSON Lines that name labelled pages (docs/evaluation.md); several are read as one
    #[arg(required = true, value_name = "MANIFEST")]
    manifests: Vec<PathBuf>,
    /// Write the model there; without this only what it would be worth is shown
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Price of large weights: higher trusts the data less
    #[arg(long, value_name = "N", default_value_t = FitSettings::default().penalty)]
    penalty: f64,
    /// Into how many parts samples are split; each is judged by a model that was fitted on the others
    #[arg(long, value_name = "N", default_value_t = FitSettings::default().folds)]
    folds: usize,
    /// What all words together can add or take away, log-odds
    #[arg(long, value_name = "N", default_value_t = FitSettings::default().word_cap)]
    word_cap: f64,
    /// Write one line a sample with its score by a model that had not seen it
    #[arg(long, value_name = "FILE")]
    scores: Option<PathBuf>,
    /// How many threads read pages
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
}

impl FitAction {
    pub(super) fn run(
        &self,
        ruleset: Ruleset,
        json: bool,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        if !(2..=20).contains(&self.folds) || self.penalty <= 0.0 || self.word_cap < 0.0 {
            return Err(CliError::usage(
                "--folds is 2 to 20, --penalty above 0, --word-cap not below 0",
            ));
        }
        // What a model teaches must not rest on an earlier one.
        let ruleset = ruleset.with_model(None);
        let samples = self.read_samples(terminal)?;
        writeln!(terminal.err, "reading {} samples …", samples.len())?;
        let (lessons, errors) = read_lessons(&samples, &ruleset, self.threads);
        for error in &errors {
            writeln!(terminal.err, "tazy: {}", error.message)?;
        }
        let positives = lessons
            .iter()
            .filter(|lesson| lesson.label.is_positive())
            .count();
        if positives < self.folds || lessons.len() - positives < self.folds {
            return Err(CliError::failure(format!(
                "{positives} samples to flag and {} others are too few to fit and to measure",
                lessons.len() - positives
            )));
        }
        writeln!(terminal.err, "fitting on {} lessons …", lessons.len())?;
        let settings = FitSettings {
            penalty: self.penalty,
            folds: self.folds,
            word_cap: self.word_cap,
        };
        let fitted = fit_model(&lessons, &ruleset, settings);
        if let Some(path) = &self.scores {
            write(path, &score_lines(&lessons, &fitted)?)?;
        }
        if let Some(path) = &self.out {
            write(path, &fitted.model.to_text())?;
        }
        if json {
            writeln!(terminal.out, "{}", json_of(&lessons, &fitted))?;
        } else {
            print_report(&lessons, &fitted, terminal)?;
        }
        Ok(Exit::Done)
    }

    fn read_samples(&self, terminal: &mut Terminal) -> Result<Vec<Sample>, CliError> {
        let mut samples = Vec::new();
        for path in &self.manifests {
            let text = fs::read_to_string(path)
                .map_err(|error| CliError::failure(format!("{}: {error}", path.display())))?;
            let (read, errors) = read_manifest(&text, path.parent().unwrap_or(Path::new(".")));
            for error in errors {
                let (file, line) = (path.display(), error.line);
                writeln!(terminal.err, "tazy: {file}:{line}: {}", error.message)?;
            }
            samples.extend(read);
        }
        Ok(samples)
    }
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    fs::write(path, text).map_err(|error| CliError::failure(format!("{}: {error}", path.display())))
}

fn score_lines(lessons: &[Lesson], fitted: &Fitted) -> Result<String, CliError> {
    let mut lines = String::new();
    for (lesson, score) in lessons.iter().zip(&fitted.report.scores) {
        let line = serde_json::json!({
            "id": lesson.id, "label": lesson.label, "lang": lesson.language,
            "category": lesson.category, "score": score.joined,
            "by_rules": score.by_rules, "without_words": score.without_words,
        });
        lines.push_str(&serde_json::to_string(&line).map_err(CliError::failure)?);
        lines.push('\n');
    }
    Ok(lines)
}

/// From these scores on, how much is found and how much is wrongly flagged.
const STEPS: [f64; 9] = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/// How many of the samples to flag, and of the others, score at least `step`.
fn flagged(lessons: &[Lesson], fitted: &Fitted, step: f64, pick: Pick) -> [(usize, usize); 2] {
    [true, false].map(|wanted| {
        let of: Vec<_> = lessons
            .iter()
            .zip(&fitted.report.scores)
            .filter(|(lesson, _)| lesson.counts_in_full() && lesson.label.is_positive() == wanted)
            .collect();
        let hits = of.iter().filter(|(_, score)| pick(score) >= step).count();
        (hits, of.len())
    })
}

/// Picks one of the scores of a lesson.
type Pick = fn(&FitScore) -> f64;

const WAYS: [(&str, Pick); 3] = [
    ("rules, facts and words", |score| score.joined),
    ("rules and facts", |score| score.without_words),
    ("rules alone", |score| score.by_rules),
];

fn json_of(lessons: &[Lesson], fitted: &Fitted) -> serde_json::Value {
    let rows = WAYS.map(|(way, pick)| {
        let steps = STEPS.map(|step| {
            let [found, wrong] = flagged(lessons, fitted, step, pick);
            serde_json::json!({"score": step, "found": found.0, "of": found.1, "wrong": wrong.0, "of_others": wrong.1})
        });
        serde_json::json!({"by": way, "steps": steps})
    });
    serde_json::json!({
        "samples": fitted.model.fitted.samples,
        "positives": fitted.model.fitted.positives,
        "cross_validation": rows,
        "right_family": fitted.report.right_family,
        "calibration_error": fitted.report.calibration_error,
    })
}

fn print_report(
    lessons: &[Lesson],
    fitted: &Fitted,
    terminal: &mut Terminal,
) -> Result<(), CliError> {
    let model = &fitted.model;
    writeln!(
        terminal.out,
        "{} samples, {} of them to flag; {} facts and {} word buckets weigh something",
        model.fitted.samples,
        model.fitted.positives,
        model.facts.len(),
        model.words.units.iter().filter(|unit| **unit != 0).count()
    )?;
    writeln!(
        terminal.out,
        "\nEvery sample of full weight judged by a model that had not seen it:"
    )?;
    for (way, pick) in WAYS {
        writeln!(
            terminal.out,
            "  {way}\n    score  found              wrongly flagged"
        )?;
        for step in STEPS {
            let [found, wrong] = flagged(lessons, fitted, step, pick);
            writeln!(
                terminal.out,
                "    {step:<5}  {}  {}",
                share(found),
                share(wrong)
            )?;
        }
    }
    writeln!(
        terminal.out,
        "right family {:.3}, calibration error {:.3}",
        fitted.report.right_family, fitted.report.calibration_error
    )?;
    Ok(())
}

fn share((hits, of): (usize, usize)) -> String {
    let (low, high) = wilson_interval(hits, of);
    let rate = f64::from(u32::try_from(hits).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(of.max(1)).unwrap_or(u32::MAX));
    format!("{hits:>4}/{of:<4} {rate:.3} ({low:.3}–{high:.3})")
}

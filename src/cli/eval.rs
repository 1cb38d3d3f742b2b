//! `tazy eval`

use super::open::RulesOption;
use super::{CliError, Exit, Terminal};
use crate::app::eval::{Counts, Judged, LineError, Summary, evaluate, read_manifest};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `tazy eval`.
#[derive(Debug, clap::Args)]
pub(super) struct EvalCommand {
    /// JSON Lines that name labelled pages (docs/evaluation.md); paths are relative to this file
    manifest: PathBuf,
    #[command(flatten)]
    rules: RulesOption,
    /// Local changes to rules
    #[arg(long, value_name = "FILE")]
    overrides: Option<PathBuf>,
    /// Print one summary object
    #[arg(long)]
    json: bool,
    /// Write one line a sample: id, label, verdict, band, category, family, score
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
    /// Write every wrong one with its explanation
    #[arg(long, value_name = "FILE")]
    misses: Option<PathBuf>,
    /// How many threads judge
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
}

impl EvalCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let ruleset = self.rules.load_with(self.overrides.clone(), terminal)?;
        let text = fs::read_to_string(&self.manifest)
            .map_err(|error| CliError::failure(format!("{}: {error}", self.manifest.display())))?;
        let folder = self.manifest.parent().unwrap_or(Path::new("."));
        let (samples, mut errors) = read_manifest(&text, folder);
        let (judged, unreadable) = evaluate(&samples, &ruleset, self.threads);
        errors.extend(unreadable);
        for error in &errors {
            writeln!(terminal.err, "tazy: {}", error_line(error))?;
        }
        let summary = Summary::of(&judged, errors.len());
        if let Some(path) = &self.results {
            write_file(path, &results_of(&judged)?)?;
        }
        if let Some(path) = &self.misses {
            write_file(path, &misses_of(&judged)?)?;
        }
        if self.json {
            let json = serde_json::to_string(&summary).map_err(CliError::failure)?;
            writeln!(terminal.out, "{json}")?;
        } else {
            write!(terminal.out, "{}", table_of(&summary))?;
        }
        if judged.is_empty() {
            return Err(CliError::failure("no sample could be judged")
                .with_hint("each line needs id, label and path; label is one of drug_sale, fraud, phishing, scam, benign, benign_hard"));
        }
        Ok(Exit::Done)
    }
}

fn error_line(error: &LineError) -> String {
    if error.line == 0 {
        error.message.clone()
    } else {
        format!("line {}: {}", error.line, error.message)
    }
}

fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    fs::write(path, text).map_err(|error| CliError::failure(format!("{}: {error}", path.display())))
}

fn result_of(judged: &Judged) -> serde_json::Value {
    let top = judged.verdict.top();
    serde_json::json!({
        "id": judged.id,
        "label": judged.label,
        "verdict": if judged.is_flagged() { "flagged" } else { "clear" },
        "band": judged.verdict.band(),
        "category": top.map(|top| top.category),
        "family": top.map(|top| top.family),
        "score": top.map_or(0.0, |top| top.score),
        "lang": judged.language,
    })
}

fn results_of(judged: &[Judged]) -> Result<String, CliError> {
    let mut text = String::new();
    for sample in judged {
        writeln!(text, "{}", result_of(sample)).map_err(CliError::failure)?;
    }
    Ok(text)
}

fn misses_of(judged: &[Judged]) -> Result<String, CliError> {
    let mut text = String::new();
    for sample in judged.iter().filter(|sample| sample.is_wrong()) {
        let mut value = result_of(sample);
        value["verdicts"] = serde_json::to_value(&sample.verdict).map_err(CliError::failure)?;
        value["pages"] = serde_json::to_value(&sample.explanations).map_err(CliError::failure)?;
        writeln!(text, "{value}").map_err(CliError::failure)?;
    }
    Ok(text)
}

fn table_of(summary: &Summary) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header([
        "label",
        "language",
        "n",
        "flagged",
        "urgent",
        "right family",
    ]);
    let row = |label: &str, language: &str, counts: &Counts| {
        [
            label.to_owned(),
            language.to_owned(),
            counts.n.to_string(),
            counts.flagged.to_string(),
            counts.urgent.to_string(),
            counts.right_family.to_string(),
        ]
    };
    for (label, counts) in &summary.labels {
        table.add_row(row(label.as_str(), "all", counts));
        for (language, counts) in summary.languages.get(label).into_iter().flatten() {
            table.add_row(row("", language, counts));
        }
    }
    let mut text = format!("{table}\n\n");
    for name in ["recall", "false_positive_rate", "precision"] {
        if let Some(rate) = summary.intervals.get(name) {
            let _ = writeln!(
                text,
                "{name:<20} {:.3}  ({} of {}; 95 % {:.3} to {:.3})",
                rate.share(),
                rate.hits,
                rate.n,
                rate.low,
                rate.high
            );
        }
    }
    for (rule, counts) in &summary.shadow {
        let _ = writeln!(
            text,
            "shadow  {rule}  held on {} positives, {} negatives",
            counts.positives, counts.negatives
        );
    }
    let _ = writeln!(
        text,
        "{} samples, {} errors",
        summary.samples, summary.errors
    );
    text
}

//! `tazy rules`

use super::eval::load_rules;
use super::explain::ExplainAction;
use super::rules_promote::PromoteAction;
use super::rules_replay::ReplayAction;
use super::rules_stats::StatsAction;
use super::{CliError, Exit, Terminal};
use crate::rules::{RuleError, RuleInfo, Ruleset};
use crate::verdict::{CategoryExplanation, Explanation};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `tazy rules`.
#[derive(Debug, clap::Args)]
pub(super) struct RulesCommand {
    #[command(subcommand)]
    action: Action,
    /// Rules of this directory instead of the built-in ones
    #[arg(long, value_name = "DIR", global = true)]
    rules: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Load and lint all rules
    Check,
    /// Run the examples in the rule files
    Test {
        /// Only rules whose id contains this
        filter: Option<String>,
    },
    /// Show what each rule contributes to a page
    Explain(ExplainAction),
    /// List all rules
    List,
    /// What decisions say of each rule: hits, precision, what hangs on it alone
    Stats(StatsAction),
    /// What changed rules would do to everything that was decided
    Replay(ReplayAction),
    /// Let a shadow rule go live, if decisions carry it
    Promote(PromoteAction),
}

impl RulesCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let directory = self.rules.as_deref();
        match &self.action {
            Action::Check => self.check(directory, terminal),
            Action::Test { filter } => self.test(filter.as_deref(), terminal),
            Action::Explain(action) => action.run(directory, self.json, terminal),
            Action::List => self.list(terminal),
            Action::Stats(action) => action.run(&load_rules(directory)?, self.json, terminal),
            Action::Replay(action) => {
                self.require_changed_rules("the changed rules")?;
                action.run(load_rules(directory)?, self.json, terminal)
            }
            Action::Promote(action) => {
                let directory = self.require_changed_rules("the rules")?;
                action.run(directory, load_rules(Some(directory))?, self.json, terminal)
            }
        }
    }

    /// What is compared with, or written to, must be named.
    fn require_changed_rules(&self, what: &str) -> Result<&Path, CliError> {
        self.rules.as_deref().ok_or_else(|| {
            CliError::usage(format!("name {what} with --rules DIR"))
                .with_hint("the built-in ones are those that hold now, and cannot be changed")
        })
    }

    fn check(&self, directory: Option<&Path>, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let loaded = match directory {
            Some(directory) => Ruleset::load(directory),
            None => Ruleset::embedded(),
        };
        let (problems, rules) = match &loaded {
            Ok(ruleset) => (ruleset.lint().to_vec(), ruleset.rules().len()),
            Err(errors) => (errors.clone(), 0),
        };
        self.print_problems(&problems, terminal)?;
        if problems.is_empty() {
            if !self.json {
                writeln!(terminal.out, "{rules} rules, no problems")?;
            }
            return Ok(Exit::Done);
        }
        let loads = if loaded.is_ok() {
            "the rules load"
        } else {
            "the rules do not load"
        };
        writeln!(terminal.err, "{} problems; {loads}", problems.len())?;
        Ok(Exit::Failure)
    }

    fn test(&self, filter: Option<&str>, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let report = load_rules(self.rules.as_deref())?.run_examples(filter);
        self.print_problems(&report.failures, terminal)?;
        let summary = format!(
            "{} rules, {} examples, {} failed",
            report.rules,
            report.examples,
            report.failures.len()
        );
        writeln!(terminal.err, "{summary}")?;
        if report.rules == 0 {
            return Err(
                CliError::failure("no rule was tested").with_hint("see `tazy rules list` for ids")
            );
        }
        Ok(if report.failures.is_empty() {
            Exit::Done
        } else {
            Exit::Failure
        })
    }

    fn print_problems(
        &self,
        problems: &[RuleError],
        terminal: &mut Terminal,
    ) -> Result<(), CliError> {
        for problem in problems {
            if self.json {
                let value = serde_json::json!({
                    "file": problem.file,
                    "line": problem.line,
                    "message": problem.message,
                });
                writeln!(terminal.out, "{value}")?;
            } else {
                writeln!(terminal.out, "{problem}")?;
            }
        }
        Ok(())
    }

    fn list(&self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let ruleset = load_rules(self.rules.as_deref())?;
        for rule in ruleset.rules() {
            if self.json {
                writeln!(terminal.out, "{}", json_of(&rule))?;
            } else {
                let speaks = rule.category.map_or_else(
                    || {
                        let families: Vec<_> = rule.lowers.iter().map(|f| f.as_str()).collect();
                        format!("lowers {}", families.join(", "))
                    },
                    |category| category.to_string(),
                );
                writeln!(
                    terminal.out,
                    "{:<44} {:>5.2}  {:<8} {:<10} {speaks}: {}",
                    rule.id,
                    rule.weight,
                    rule.status.as_str(),
                    rule.evidence,
                    rule.titles.en
                )?;
            }
        }
        Ok(Exit::Done)
    }
}

fn json_of(rule: &RuleInfo) -> serde_json::Value {
    serde_json::json!({
        "id": rule.id,
        "version": rule.version,
        "pack": rule.pack,
        "owner": rule.owner,
        "file": rule.file,
        "line": rule.line,
        "status": rule.status.as_str(),
        "title": {"ru": rule.titles.ru, "kk": rule.titles.kk, "en": rule.titles.en},
        "category": rule.category,
        "lowers": rule.lowers,
        "evidence": rule.evidence,
        "weight": rule.weight,
        "legal_basis": rule.legal_basis,
        "false_positives": rule.false_positives,
        "examples": rule.examples,
    })
}

pub(super) fn print_explanation(
    explanation: &Explanation,
    terminal: &mut Terminal,
) -> Result<(), CliError> {
    writeln!(
        terminal.out,
        "{}  language {:?}, rules {}",
        explanation.url, explanation.language, explanation.ruleset
    )?;
    if explanation.categories.is_empty() {
        writeln!(terminal.out, "no rule speaks for any category")?;
    }
    for category in &explanation.categories {
        print_category(category, terminal)?;
    }
    Ok(())
}

fn print_category(category: &CategoryExplanation, terminal: &mut Terminal) -> Result<(), CliError> {
    writeln!(
        terminal.out,
        "\n{}  score {:.3} ({})",
        category.category,
        category.score,
        category.band.as_str()
    )?;
    writeln!(terminal.out, "  {:>6.2}  prior", category.prior)?;
    for line in &category.lines {
        let capped = if (line.counted - line.weight).abs() > 0.005 {
            format!(" of {:.2}", line.weight)
        } else {
            String::new()
        };
        writeln!(
            terminal.out,
            "  {:>6.2}{capped}  {} [{}]  without it {:.3}",
            line.counted, line.rule, line.evidence, line.without
        )?;
        let (start, end) = line.span;
        writeln!(
            terminal.out,
            "          {:?} {start}..{end}: {}",
            line.region,
            mark(&line.excerpt, &line.marks)
        )?;
    }
    writeln!(terminal.out, "  {:>6.2}  sum", category.log_odds)?;
    Ok(())
}

/// The excerpt with what matched in brackets; control characters of the page never reach the terminal.
fn mark(excerpt: &str, marks: &[(usize, usize)]) -> String {
    let mut text = String::with_capacity(excerpt.len() + marks.len() * 6);
    for (at, c) in excerpt.char_indices() {
        if marks.iter().any(|&(_, end)| end == at) {
            text.push('⟧');
        }
        if marks.iter().any(|&(start, _)| start == at) {
            text.push('⟦');
        }
        text.push(if c.is_control() { ' ' } else { c });
    }
    if marks.iter().any(|&(_, end)| end == excerpt.len()) {
        text.push('⟧');
    }
    text
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

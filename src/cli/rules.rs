//! `tazy rules`

use super::explain::ExplainAction;
use super::open::{RulesOption, today};
use super::rule_files::{FormatAction, SchemaAction};
use super::rules_fit::FitAction;
use super::rules_promote::PromoteAction;
use super::rules_replay::ReplayAction;
use super::rules_stats::StatsAction;
use super::{CliError, Exit, Terminal};
use crate::block::profile::BlockRules;
use crate::report::clean_line;
use crate::rules::{RuleError, RuleInfo, Ruleset};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `tazy rules`.
#[derive(Debug, clap::Args)]
pub(super) struct RulesCommand {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    rules: RulesOption,
    /// Local changes to rules: disabled, re-weighed, exempt hosts and texts
    #[arg(long, value_name = "FILE", global = true)]
    overrides: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Load and lint all rules, profiles of jurisdictions and lists of what may not be blocked
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
    /// Fit the statistical model on labelled data, and measure what it is worth
    Fit(FitAction),
    /// Bring rule files into their canonical form
    #[command(name = "fmt")]
    Format(FormatAction),
    /// Print the JSON schema of a kind of rule file
    Schema(SchemaAction),
    /// What decisions say of each rule: hits, precision, what hangs on it alone
    Stats(StatsAction),
    /// What changed rules would do to everything that was decided
    Replay(ReplayAction),
    /// Let a shadow rule go live, if decisions carry it
    Promote(PromoteAction),
}

impl RulesCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match &self.action {
            Action::Check => self.check(terminal),
            Action::Test { filter } => self.test(filter.as_deref(), terminal),
            Action::Explain(action) => action.run(&self.load(terminal)?, self.json, terminal),
            Action::List => self.list(terminal),
            Action::Fit(action) => action.run(self.load(terminal)?, self.json, terminal),
            Action::Format(action) => action.run(self.rules.directory(), terminal),
            Action::Schema(action) => action.run(terminal),
            Action::Stats(action) => action.run(&self.load(terminal)?, self.json, terminal),
            Action::Replay(action) => {
                if self.overrides.is_none() {
                    self.require_directory("the changed rules")?;
                }
                action.run(self.load(terminal)?, self.json, terminal)
            }
            Action::Promote(action) => {
                let directory = self.require_directory("the rules")?;
                action.run(directory, self.load(terminal)?, self.json, terminal)
            }
        }
    }

    /// What is compared with, or written to, must be named.
    fn require_directory(&self, what: &str) -> Result<&Path, CliError> {
        self.rules.directory().ok_or_else(|| {
            CliError::usage(format!("name {what} with --rules DIR"))
                .with_hint("the built-in ones are those that hold now, and cannot be changed")
        })
    }

    fn load(&self, terminal: &mut Terminal) -> Result<Ruleset, CliError> {
        self.rules.load_with(self.overrides.clone(), terminal)
    }

    fn check(&self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let loaded = self.rules.source(self.overrides.clone())?.load(today());
        let (mut problems, rules) = match &loaded {
            Ok(ruleset) => {
                let found = [ruleset.lint(), ruleset.override_notes()].concat();
                let expired = ruleset.expired_rules(today());
                ([found, expired].concat(), ruleset.rules().len())
            }
            Err(errors) => (errors.clone(), 0),
        };
        // A file that cannot be read at all was told already.
        let told: Vec<_> = problems.iter().map(|p| (p.file.clone(), p.line)).collect();
        let of_blocking = blocking_problems(self.rules.directory()).into_iter();
        problems.extend(of_blocking.filter(|p| !told.contains(&(p.file.clone(), p.line))));
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
        let report = self.load(terminal)?.run_examples(filter);
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
        let ruleset = self.load(terminal)?;
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
                if let Some(note) = &rule.overridden {
                    writeln!(terminal.out, "    override: {}", clean_line(note))?;
                }
            }
        }
        Ok(Exit::Done)
    }
}

/// What is wrong with profiles of jurisdictions and with the lists of what may not be blocked.
fn blocking_problems(directory: Option<&Path>) -> Vec<RuleError> {
    let errors = BlockRules::load(directory).err().unwrap_or_default();
    let of_rules = errors.into_iter().map(|error| RuleError {
        file: error.file,
        line: usize::try_from(error.line).unwrap_or(0),
        message: error.message,
    });
    of_rules.collect()
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
        "references": rule.references,
        "expires": rule.expires,
        "scope": if rule.is_of_site { "site" } else { "page" },
        "override": rule.overridden,
        "examples": rule.examples,
    })
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

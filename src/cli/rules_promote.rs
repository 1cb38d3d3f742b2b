//! `tazy rules promote`

use super::open::StoreOption;
use super::review::desk_options;
use super::rules_replay::{Compared, write_replay};
use super::{CliError, Exit, Terminal};
use crate::app::{Promotion, ReplaySettings, live_text, weigh_promotion};
use crate::report::clean_line;
use crate::rules::{RuleInfo, Ruleset, Status};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `tazy rules promote`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tazy rules promote drug_sale.menu_ladder.ru --rules my-rules --dry-run
  tazy rules promote drug_sale.menu_ladder.ru --rules my-rules

A rule goes from shadow to live only if the decisions in the store carry it: enough decided hits, the lower
end of the interval of its precision above the bar ([promotion] bar and decided in tazy.toml, 0.9 and 20), no
hit on a site dismissed as press, law, medicine, help, licensed business or warning, and no decision undone.
One line of its file is changed, nothing else.")]
pub(super) struct PromoteAction {
    /// The rule's id
    rule: String,
    #[command(flatten)]
    store: StoreOption,
    /// Only say whether it may go live
    #[arg(long)]
    dry_run: bool,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How many threads examine
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
}

impl PromoteAction {
    pub(super) fn run(
        &self,
        directory: &Path,
        before: Ruleset,
        json: bool,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let desk = desk_options(self.config.as_deref(), &self.store)?;
        let rule = self.find(&before)?;
        if rule.status != Status::Shadow {
            return Err(CliError::failure(format!(
                "{} is {}, not in shadow",
                rule.id,
                rule.status.as_str()
            ))
            .with_hint("only rules that ran in shadow can go live"));
        }
        let (text, after) = edited(directory, &rule, &before)?;
        let store = self.store.open_existing(terminal)?;
        let compared = Compared {
            store: Arc::new(store),
            before: Arc::new(before),
            after: Arc::new(after),
        };
        let settings = ReplaySettings {
            clear: 0,
            open: false,
            threads: self.threads,
        };
        let replay = compared.replay(Some(&rule.id), settings, true, terminal)?;
        let (bar, decided) = (desk.promotion.bar(), desk.promotion.decided());
        let promotion = weigh_promotion(&rule, &replay, bar, decided);
        let goes_live = promotion.refusals.is_empty() && !self.dry_run;
        if goes_live {
            write_rule(&directory.join(&rule.file), &text)?;
        }
        if json {
            let value = json_of(&rule, &promotion, goes_live);
            writeln!(terminal.out, "{value}")?;
        } else {
            write_replay(&replay, terminal)?;
            self.tell(&rule, &promotion, terminal)?;
        }
        Ok(if replay.stopped {
            Exit::Interrupted
        } else if promotion.refusals.is_empty() {
            Exit::Done
        } else {
            Exit::Failure
        })
    }

    fn find(&self, ruleset: &Ruleset) -> Result<RuleInfo, CliError> {
        let mut rules = ruleset.rules().into_iter();
        rules.find(|rule| rule.id == self.rule).ok_or_else(|| {
            CliError::failure(format!("there is no rule {}", clean_line(&self.rule)))
                .with_hint("see `tazy rules list` for ids")
        })
    }

    fn tell(
        &self,
        rule: &RuleInfo,
        promotion: &Promotion,
        terminal: &mut Terminal,
    ) -> Result<(), CliError> {
        let rate = promotion.rate;
        writeln!(
            terminal.out,
            "{}: right in {} of {} decided hits; precision {:.2} ({:.2}–{:.2})",
            rule.id,
            promotion.right,
            promotion.decided,
            rate.share(),
            rate.low,
            rate.high
        )?;
        for refusal in &promotion.refusals {
            writeln!(terminal.out, "  not yet: {}", clean_line(refusal))?;
        }
        if promotion.refusals.is_empty() {
            let said = if self.dry_run {
                "may go live"
            } else {
                "is live now"
            };
            writeln!(terminal.out, "It {said}: {}:{}", rule.file, rule.line)?;
        } else {
            writeln!(terminal.out, "It stays in shadow.")?;
        }
        terminal.out.flush()?;
        Ok(())
    }
}

/// The rule's file with the rule live, and the rules that this makes: all others as they were.
fn edited(
    directory: &Path,
    rule: &RuleInfo,
    before: &Ruleset,
) -> Result<(String, Ruleset), CliError> {
    let path = directory.join(&rule.file);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| CliError::failure(format!("{}: {error}", path.display())))?;
    let by_hand = || {
        CliError::failure(format!(
            "{}:{}: the line with `status: shadow` cannot be found for certain",
            path.display(),
            rule.line
        ))
        .with_hint("change it by hand; tazy rules replay shows what it does")
    };
    let text = live_text(&text, rule.line).ok_or_else(by_hand)?;
    let after = Ruleset::load_with_text(directory, &rule.file, &text).map_err(|_| by_hand())?;
    let mut expected = before.rules();
    for other in expected.iter_mut().filter(|other| other.id == rule.id) {
        other.status = Status::Live;
    }
    if after.rules() == expected {
        Ok((text, after))
    } else {
        Err(by_hand())
    }
}

/// Whole or not at all: a reader never meets half a file.
fn write_rule(path: &Path, text: &str) -> Result<(), CliError> {
    let new = path.with_extension("yaml.new");
    let written = std::fs::write(&new, text)
        .and_then(|()| std::fs::set_permissions(&new, std::fs::metadata(path)?.permissions()))
        .and_then(|()| std::fs::rename(&new, path));
    written.map_err(|error| CliError::failure(format!("{}: {error}", path.display())))
}

fn json_of(rule: &RuleInfo, promotion: &Promotion, is_live: bool) -> serde_json::Value {
    serde_json::json!({
        "rule": rule.id,
        "file": rule.file,
        "line": rule.line,
        "decided": promotion.decided,
        "right": promotion.right,
        "precision": promotion.rate.share(),
        "interval": [promotion.rate.low, promotion.rate.high],
        "refusals": promotion.refusals,
        "live": is_live,
    })
}

//! `tazy rules stats`

use super::open::{StoreOption, system_clock};
use super::review::desk_options;
use super::time::{Since, parse_since};
use super::{CliError, Exit, Terminal};
use crate::app::{Hygiene, RuleStats, StatsSettings, rule_stats};
use crate::report::{Style, clean_line, fit_width, rule_table, write_json_line};
use crate::rules::Ruleset;
use std::io::Write as _;
use std::path::PathBuf;

/// Rules that are named of each sort.
const NAMED_RULES: usize = 20;

/// Arguments of `tazy rules stats`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tazy rules stats
  tazy rules stats --since 90d --json | jq 'select(.hygiene != [])'

Precision: of the decided flags in which a rule stands, the share in which it was right, with its Wilson
95 % interval. Unique: flags that would fall below the review band without it. docs/rules.md has the rest.")]
pub(super) struct StatsAction {
    #[command(flatten)]
    store: StoreOption,
    /// Only what was seen or decided since: a date like 2026-11-01 (UTC), or how long ago: 24h, 7d, 2w
    #[arg(long, value_name = "WHEN", value_parser = parse_since)]
    since: Option<Since>,
    /// Show rules without a hit too
    #[arg(long)]
    all: bool,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl StatsAction {
    pub(super) fn run(
        &self,
        ruleset: &Ruleset,
        json: bool,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let desk = desk_options(self.config.as_deref(), &self.store)?;
        let store = self.store.open_existing(terminal)?;
        let now = system_clock().now();
        let settings = StatsSettings {
            since: self.since.map(|since| since.resolve(now)),
            now,
            bar: desk.promotion.bar(),
            decided: desk.promotion.decided(),
        };
        let stats = rule_stats(&store, ruleset, &settings)?;
        if json {
            for rule in &stats {
                write_json_line(&mut terminal.out, rule)?;
            }
            return Ok(Exit::Done);
        }
        let shown: Vec<&RuleStats> = stats
            .iter()
            .filter(|rule| self.all || rule.hits + rule.clear > 0)
            .collect();
        if shown.is_empty() {
            writeln!(terminal.out, "No rule held on anything in this store.")?;
        } else {
            let table = rule_table(&shown, Style::of(terminal.color));
            writeln!(terminal.out, "{table}")?;
        }
        write_hygiene(&stats, terminal)?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

fn write_hygiene(stats: &[RuleStats], terminal: &mut Terminal) -> Result<(), CliError> {
    for hygiene in Hygiene::ALL {
        let found: Vec<&str> = stats
            .iter()
            .filter(|rule| rule.hygiene.contains(&hygiene))
            .map(|rule| rule.rule.as_str())
            .collect();
        if found.is_empty() {
            continue;
        }
        let what = match hygiene {
            Hygiene::Silent => "Silent (never held)",
            Hygiene::Noisy => "Noisy (precision surely below the bar)",
            Hygiene::Stale => "Stale (no hit for half a year)",
            Hygiene::NoOwner => "Without owner",
            Hygiene::Ready => "Ready to go live (tazy rules promote)",
        };
        let mut names = found[..found.len().min(NAMED_RULES)].join(", ");
        if found.len() > NAMED_RULES {
            names.push_str(", …");
        }
        let line = fit_width(&clean_line(&names), 2000);
        writeln!(terminal.out, "{what}: {}: {line}", found.len())?;
    }
    Ok(())
}

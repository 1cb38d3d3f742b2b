//! `tazy export diff` and `tazy export issues`

use super::block_profile::load_block_rules;
use super::export_issue::hinted;
use super::open::{RulesOption, StoreOption, system_clock};
use super::{CliError, Exit, Terminal};
use crate::app::{IssueSettings, list_at, weigh_issue};
use crate::block::list::{GrowthLimit, ListDiff, ListEntry};
use crate::block::profile::BlockRules;
use crate::report::{clean_line, write_json_line};
use crate::review::Reviewer;
use crate::store::Store;
use serde_json::json;
use std::io::{self, Write};

const DIFF_EXAMPLES: &str = "\
Examples:
  tazy export diff                                      since the list that went out last
  tazy export diff --from 2026112201                    since that one
  tazy export diff --from 2026112201 --to 2026112302 --json";

const ISSUES_EXAMPLES: &str = "\
Examples:
  tazy export issues
  tazy export issues --json";

/// Arguments of `tazy export diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = DIFF_EXAMPLES)]
pub(super) struct DiffCommand {
    /// Number of the earlier list [default: the one that went out last]
    #[arg(long, value_name = "SERIAL")]
    from: Option<u64>,
    /// Number of the later list [default: what is in force now]
    #[arg(long, value_name = "SERIAL")]
    to: Option<u64>,
    #[command(flatten)]
    store: StoreOption,
    #[command(flatten)]
    rules: RulesOption,
    /// Print one JSON object a target
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy export issues`.
#[derive(Debug, clap::Args)]
#[command(after_help = ISSUES_EXAMPLES)]
pub(super) struct IssuesCommand {
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object a list
    #[arg(long)]
    json: bool,
}

impl DiffCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let rules = load_block_rules(&self.rules)?;
        let store = self.store.open_existing(terminal)?;
        let last = store.list_issues()?.pop().map(|issue| issue.serial);
        let earlier = match self.from.or(last) {
            Some(serial) => list_at(&store, &rules, serial).map_err(hinted)?,
            None => Vec::new(),
        };
        let later = match self.to {
            Some(serial) => list_at(&store, &rules, serial).map_err(hinted)?,
            None => in_force_now(&store, &rules)?,
        };
        let diff = ListDiff::between(&earlier, &later);
        let kinds = [
            ("added", "+", &diff.added),
            ("removed", "-", &diff.removed),
            ("changed", "~", &diff.changed),
        ];
        let out = &mut terminal.out;
        for (kind, sign, entries) in kinds {
            for entry in entries {
                if self.json {
                    write_json_line(out, &json!({"change": kind, "entry": entry}))?;
                } else {
                    tell_entry(sign, entry, out)?;
                }
            }
        }
        if !self.json {
            writeln!(
                out,
                "{} new, {} gone, {} changed; {} entries",
                diff.added.len(),
                diff.removed.len(),
                diff.changed.len(),
                later.len()
            )?;
        }
        out.flush()?;
        Ok(Exit::Done)
    }
}

fn tell_entry(sign: &str, entry: &ListEntry, out: &mut dyn Write) -> io::Result<()> {
    let order = entry.order.as_ref().map_or_else(String::new, |order| {
        format!(", order {} of {}", order.number, order.date)
    });
    let text = format!(
        "{sign} {} ({}, {}{order})",
        entry.target, entry.category, entry.request
    );
    writeln!(out, "{}", clean_line(&text))
}

fn in_force_now(store: &Store, rules: &BlockRules) -> Result<Vec<ListEntry>, CliError> {
    // Nothing is issued, so nobody is named.
    let settings = IssueSettings {
        title: String::new(),
        unit: String::new(),
        contact: None,
        by: Reviewer::named("tazy").map_err(CliError::failure)?,
        growth: GrowthLimit::default(),
        accept_growth: None,
    };
    let now = system_clock().now();
    let weighed = weigh_issue(store, rules, &settings, now).map_err(hinted)?;
    Ok(weighed.list.entries)
}

impl IssuesCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let issues = self.store.open_existing(terminal)?.list_issues()?;
        let out = &mut terminal.out;
        if issues.is_empty() && !self.json {
            writeln!(
                out,
                "No list went out yet. The first: tazy export all --out DIR"
            )?;
        }
        for issue in &issues {
            if self.json {
                write_json_line(out, issue)?;
                continue;
            }
            let accepted = issue
                .growth_accepted
                .as_ref()
                .map_or_else(String::new, |reason| format!(", growth accepted: {reason}"));
            let text = format!(
                "{}  {}  {} entries, by {}{accepted}",
                issue.serial,
                issue.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
                issue.entries,
                issue.by
            );
            writeln!(out, "{}", clean_line(&text))?;
        }
        out.flush()?;
        Ok(Exit::Done)
    }
}

//! `tazy block due`

use super::block_profile::load_block_rules;
use super::open::{RulesOption, StoreOption, system_clock};
use super::{CliError, Exit, Terminal};
use crate::app::{Awaited, awaited_acts};
use crate::report::{Style, due_table, write_json_line};
use crate::store::Store;
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  tazy block due                              everything that is awaited, the latest first
  tazy block due --overdue --json             what is late, for a nightly report
  tazy block due --overdue --fail-on-overdue  exit code 3 if anything is late

A deadline is never acted upon: nothing is filed again by itself. Deadlines come from the profile of the
jurisdiction; those that no lawyer confirmed yet are marked with `?`.";

/// Arguments of `tazy block due`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DueCommand {
    /// Only what is late
    #[arg(long)]
    overdue: bool,
    /// Exit with code 3 if anything is late
    #[arg(long)]
    fail_on_overdue: bool,
    #[command(flatten)]
    rules: RulesOption,
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object for each awaited act
    #[arg(long)]
    json: bool,
}

impl DueCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let rules = load_block_rules(&self.rules)?;
        let store = self.store.open_existing(terminal)?;
        let mut awaited = awaited_acts(&store, &rules, system_clock().now())?;
        let late = awaited.iter().filter(|awaited| awaited.is_late()).count();
        if self.overdue {
            awaited.retain(Awaited::is_late);
        }
        let exit = if self.fail_on_overdue && late > 0 {
            Exit::Flagged
        } else {
            Exit::Done
        };
        if self.json {
            for awaited in &awaited {
                write_json_line(&mut terminal.out, awaited)?;
            }
            return Ok(exit);
        }
        if awaited.is_empty() {
            let text = if self.overdue {
                "Nothing is late."
            } else {
                "Nothing is awaited."
            };
            writeln!(terminal.out, "{text}")?;
        } else {
            writeln!(
                terminal.out,
                "{}",
                due_table(&awaited, Style::of(terminal.color))
            )?;
            writeln!(terminal.out, "{} awaited, {late} late.", awaited.len())?;
        }
        terminal.out.flush()?;
        Ok(exit)
    }
}

/// Says on standard error if something is late; where nothing was ever asked for, nothing is read for it.
pub(super) fn tell_what_is_late(
    store: &Store,
    typed: &StoreOption,
    terminal: &mut Terminal,
) -> Result<(), CliError> {
    if store.request_files()?.is_empty() {
        return Ok(());
    }
    let rules = load_block_rules(&RulesOption::default())?;
    let awaited = awaited_acts(store, &rules, system_clock().now())?;
    let late = awaited.iter().filter(|awaited| awaited.is_late()).count();
    if late > 0 {
        let (plural, verb) = if late == 1 { ("", "is") } else { ("s", "are") };
        writeln!(
            terminal.err,
            "tazy: {late} answer{plural} to block requests {verb} late: tazy block due --overdue{}",
            typed.as_typed()
        )?;
    }
    Ok(())
}

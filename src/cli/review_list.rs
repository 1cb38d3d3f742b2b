//! `tazy review list` and `tazy review show`

use super::block_due::tell_what_is_late;
use super::flags::{find_flag, standing_flags, status_parser};
use super::open::StoreOption;
use super::{CliError, Exit, Terminal};
use crate::report::{
    StandingFlag, Style, clean_line, decision_table, write_history, write_json_line,
};
use crate::review::{Decision, ReviewStatus};
use crate::store::FlagFilter;
use serde::Serialize;
use std::io::Write;

/// Arguments of `tazy review list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListCommand {
    #[command(flatten)]
    store: StoreOption,
    /// Flags that stand so
    #[arg(long, value_name = "STATUS", value_parser = status_parser(), default_value = "open")]
    status: ReviewStatus,
    /// All flags, whatever was decided
    #[arg(long, conflicts_with = "status")]
    all: bool,
    /// Print one JSON object a flag
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy review show`.
#[derive(Debug, clap::Args)]
pub(super) struct ShowCommand {
    /// Id of the flag, the beginning of one, or the site
    #[arg(value_name = "FLAG")]
    flag: String,
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl ListCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let status = (!self.all).then_some(self.status);
        let filter = FlagFilter {
            status,
            ..FlagFilter::default()
        };
        let flags = standing_flags(&store, &filter)?;
        tell_what_is_late(&store, &self.store, terminal)?;
        if self.json {
            for flag in &flags {
                write_json_line(&mut terminal.out, flag)?;
            }
            return Ok(Exit::Done);
        }
        let Some(first) = flags.first() else {
            let text = match status {
                Some(ReviewStatus::Open) => "Nothing waits for a decision.".to_owned(),
                Some(status) => format!("No flag is {}.", status.as_str()),
                None => "No flags in this store yet. Make some: tazy scan --list FILE".to_owned(),
            };
            writeln!(terminal.out, "{text}")?;
            return Ok(Exit::Done);
        };
        writeln!(
            terminal.out,
            "{}",
            decision_table(&flags, Style::of(terminal.color))
        )?;
        let (id, store) = (clean_line(first.flag.id.as_str()), self.store.as_typed());
        let plural = if flags.len() == 1 { "" } else { "s" };
        writeln!(
            terminal.out,
            "{} flag{plural}. Next: tazy flags show {id}{store}, then tazy review confirm, dismiss or defer",
            flags.len()
        )?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

/// Every decision about a flag, the first taken first.
#[derive(Debug, Serialize)]
struct History<'a> {
    flag: &'a str,
    site: &'a str,
    status: ReviewStatus,
    changed_since: bool,
    decisions: &'a [Decision],
}

impl ShowCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let flag = find_flag(&store, &self.flag)?;
        let decisions = store.decisions(&flag.id)?;
        let standing = store.standing(&flag)?;
        if self.json {
            let history = History {
                flag: flag.id.as_str(),
                site: &flag.site,
                status: standing.status,
                changed_since: standing.changed_since,
                decisions: &decisions,
            };
            write_json_line(&mut terminal.out, &history)?;
            return Ok(Exit::Done);
        }
        let flag = StandingFlag { flag, standing };
        write_history(
            &mut terminal.out,
            &flag,
            &decisions,
            Style::of(terminal.color),
        )?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

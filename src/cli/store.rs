//! `tazy store`

use super::open::{StoreOption, system_clock, tell_repairs};
use super::{CliError, Exit, Terminal};
use crate::report::clean_line;
use crate::store::Store;
use std::io::Write;

/// Arguments of `tazy store`.
#[derive(Debug, clap::Args)]
pub(super) struct StoreCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Verify the journal, every capture's digests and the index
    Check(StoreOption),
    /// Make the index anew from the journal (the evidence itself is never changed)
    Rebuild(StoreOption),
}

impl StoreCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Verb::Check(store) => check(&store, terminal),
            Verb::Rebuild(store) => rebuild(&store, terminal),
        }
    }
}

fn check(option: &StoreOption, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let report = option.open_existing(terminal)?.check()?;
    let out = &mut terminal.out;
    for problem in &report.problems {
        writeln!(out, "wrong: {}", clean_line(problem))?;
    }
    if report.more_problems > 0 {
        writeln!(out, "… and {} more", report.more_problems)?;
    }
    writeln!(
        out,
        "Verified: {} journal records, {} captures in {} WARC files, {} index entries.",
        report.records, report.captures, report.warc_files, report.index_entries
    )?;
    if report.is_sound() {
        writeln!(out, "The store is sound.")?;
        out.flush()?;
        return Ok(Exit::Done);
    }
    out.flush()?;
    let wrong = report.problems.len() as u64 + report.more_problems;
    let (directory, store) = (option.directory(), option.as_typed());
    Err(CliError::failure(format!("{}: {wrong} wrong", directory.display())).with_hint(format!(
        "an index can be made anew: tazy store rebuild{store}. Journal and WARC files: restore a backup"
    )))
}

fn rebuild(option: &StoreOption, terminal: &mut Terminal) -> Result<Exit, CliError> {
    option.require_directory()?;
    let (_, repairs) = Store::rebuild(&option.directory(), system_clock())?;
    tell_repairs(&repairs, terminal);
    writeln!(
        terminal.out,
        "The index was made anew. Next: tazy store check{}",
        option.as_typed()
    )?;
    terminal.out.flush()?;
    Ok(Exit::Done)
}

//! `tazy store`

use super::open::{StoreOption, system_clock, tell_repairs};
use super::store_backup::{BackupCommand, RestoreCommand};
use super::store_delete::{DeleteCommand, HoldCommand, HoldsCommand, RetainCommand};
use super::{CliError, Exit, Terminal};
use crate::report::{clean_line, defang_site};
use crate::store::Store;
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  tazy store check                               is everything as it was written?
  tazy store backup /mnt/backup/tazy             copy what is new, while tazy is running
  tazy store restore /mnt/backup/tazy --store new-store
  tazy store retain --clear-days 30 --dry-run    what would be deleted?
  tazy store hold shop.example --reason 'case 123'";

/// Missing captures that are named.
const SHOWN: usize = 20;

/// Arguments of `tazy store`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
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
    /// Copy the store to another disk, or bring such a copy up to date, while tazy may be running
    Backup(BackupCommand),
    /// Make a store of a backup, in a new directory, and verify all of it
    Restore(RestoreCommand),
    /// Delete the content of sites that were kept as long as the policy says
    Retain(RetainCommand),
    /// Delete the content of one site
    Delete(DeleteCommand),
    /// Forbid that anything of a site is deleted
    Hold(HoldCommand),
    /// Allow again that a site's content is deleted
    Unhold(HoldCommand),
    /// List the sites on hold
    Holds(HoldsCommand),
}

impl StoreCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Verb::Check(store) => check(&store, terminal),
            Verb::Rebuild(store) => rebuild(&store, terminal),
            Verb::Backup(command) => command.run(terminal),
            Verb::Restore(command) => command.run(terminal),
            Verb::Retain(command) => command.run(terminal),
            Verb::Delete(command) => command.run(terminal),
            Verb::Hold(command) => command.run(true, terminal),
            Verb::Unhold(command) => command.run(false, terminal),
            Verb::Holds(command) => command.run(terminal),
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
    let deleted = match report.deleted {
        0 => String::new(),
        deleted => format!(" ({deleted} more were deleted by tombstones)"),
    };
    writeln!(
        out,
        "Verified: {} journal records, {} captures{deleted} in {} WARC files, {} index entries, {} signed checkpoints.",
        report.records,
        report.captures,
        report.warc_files,
        report.index_entries,
        report.checkpoints
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
    let (store, repairs) = Store::rebuild(&option.directory(), system_clock())?;
    tell_repairs(&repairs, terminal);
    let found = store.leftovers()?;
    let out = &mut terminal.out;
    writeln!(out, "The index was made anew.")?;
    if found.uncommitted > 0 {
        writeln!(
            out,
            "{} captures of {} sites are in WARC files and not in the journal: a killed scan wrote them and never finished their visits. They are kept and not entered.",
            found.uncommitted,
            found.uncommitted_sites.len()
        )?;
    }
    for id in found.missing.iter().take(SHOWN) {
        let manifest = store.manifest(id)?;
        let (id, site) = (clean_line(id.as_str()), defang_site(&manifest.site));
        writeln!(
            out,
            "missing: capture {id} of {site} is in the journal, and its WARC record is not there"
        )?;
    }
    if found.missing.len() > SHOWN {
        writeln!(out, "… and {} more", found.missing.len() - SHOWN)?;
    }
    writeln!(out, "Next: tazy store check{}", option.as_typed())?;
    out.flush()?;
    Ok(Exit::Done)
}

//! `tazy store backup` and `tazy store restore`

use super::open::{StoreOption, store_as_typed, system_clock};
use super::review::{author, desk_options};
use super::{CliError, Exit, Terminal};
use crate::clock::Clock;
use crate::custody::{CustodyAct, CustodyEvent};
use crate::id::CustodyId;
use crate::report::{clean_line, write_json_line};
use crate::store::{BackupReport, BackupRequest, Store, StoreError, UpkeepStage, backup, restore};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What takes longer than this says how far it is, as often.
const TELL_EVERY: Duration = Duration::from_secs(2);

const BACKUP_EXAMPLES: &str = "\
Examples:
  tazy store backup /mnt/backup/tazy              the first time: everything; then: what is new
  tazy store backup /mnt/backup/tazy --full       and verify all that is there
  tazy store backup DIR --with-keys               also the private keys of the log

It works while tazy scans into the store. A backup that was interrupted is continued by the next. Content that
was deleted from the store is deleted from the backup. A backup of another store, or of one that went another
way, is refused.";

const RESTORE_EXAMPLES: &str = "\
Examples:
  tazy store restore /mnt/backup/tazy --store new-store

The directory must be new or empty: nothing is ever overwritten.";

/// Arguments of `tazy store backup`.
#[derive(Debug, clap::Args)]
#[command(after_help = BACKUP_EXAMPLES)]
pub(super) struct BackupCommand {
    /// Directory of the backup: a new one, or an earlier backup of this store
    #[arg(value_name = "DIR")]
    target: PathBuf,
    #[command(flatten)]
    store: StoreOption,
    /// Verify everything in the backup, not only what is new
    #[arg(long)]
    full: bool,
    /// Also copy the private keys of the log: whoever has them can sign in its name
    #[arg(long)]
    with_keys: bool,
    /// Who makes it [default: `author` under [review] in tazy.toml, else $USER]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy store restore`.
#[derive(Debug, clap::Args)]
#[command(after_help = RESTORE_EXAMPLES)]
pub(super) struct RestoreCommand {
    /// Directory of the backup
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    #[command(flatten)]
    store: StoreOption,
}

/// The report with what became of the custody sheet.
#[derive(Debug, Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    report: &'a BackupReport,
    custody_recorded: bool,
}

impl BackupCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        self.store.require_directory()?;
        let directory = self.store.directory();
        let clock = system_clock();
        let request = BackupRequest {
            store: &directory,
            target: &self.target,
            with_keys: self.with_keys,
            full: self.full,
        };
        let mut progress = Telling::new(clock.clone(), terminal);
        let made = backup(&request, clock.as_ref(), &mut |stage, done, total| {
            progress.tell(stage, done, total);
        });
        let report = made.map_err(|error| match error {
            StoreError::Full(path) => CliError::failure(format!(
                "no space left for {path}; the backup is as good as it was before"
            ))
            .with_hint("free some space there and run the same command again"),
            other => other.into(),
        })?;
        let unrecorded = self.record(&directory, &report, clock.as_ref()).err();
        self.tell(&report, unrecorded, terminal)
    }

    /// Enters the backup in the custody sheet, if nobody else has the store open.
    fn record(
        &self,
        directory: &Path,
        report: &BackupReport,
        clock: &dyn Clock,
    ) -> Result<(), String> {
        let desk = desk_options(None, &self.store).map_err(|error| error.message)?;
        let by = author(self.author.as_deref(), &desk).map_err(|error| error.message)?;
        let at = clock.now();
        let target = self.target.display().to_string();
        let event = CustodyEvent {
            id: CustodyId::of_event(CustodyAct::Backup.as_str(), &target, by.as_str(), at),
            act: CustodyAct::Backup,
            by,
            at,
            flag: None,
            captures: Vec::new(),
            recipient: Some(target),
            digest: None,
            log_size: Some(report.records),
            note: self
                .with_keys
                .then(|| "with the keys of the log".to_owned()),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let recorded = || -> Result<(), StoreError> {
            let (store, _) = Store::open(directory, system_clock())?;
            store.record_custody(&event)
        };
        recorded().map_err(|error| match error {
            StoreError::Locked(_) => "another tazy has the store open".to_owned(),
            other => other.to_string(),
        })
    }

    fn tell(
        &self,
        report: &BackupReport,
        unrecorded: Option<String>,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let out = &mut terminal.out;
        if self.json {
            let told = Told {
                report,
                custody_recorded: unrecorded.is_none(),
            };
            write_json_line(out, &told)?;
        } else {
            for problem in &report.problems {
                writeln!(out, "wrong: {}", clean_line(problem))?;
            }
            writeln!(
                out,
                "Copied {} new records and {} ({} WARC files); {} deletions carried out.",
                report.new_records,
                size_text(report.bytes_copied),
                report.warc_files,
                report.deletions
            )?;
            writeln!(
                out,
                "Verified {} records and {} captures. The backup has {} records.",
                report.verified_records, report.verified_captures, report.records
            )?;
            if let Some(why) = unrecorded {
                let why = clean_line(&why);
                writeln!(out, "The custody sheet has no entry of this backup: {why}.")?;
            }
        }
        out.flush()?;
        if report.problems.is_empty() {
            return Ok(Exit::Done);
        }
        let wrong = report.problems.len();
        Err(
            CliError::failure(format!("{}: {wrong} wrong", self.target.display())).with_hint(
                format!(
                    "see whether the store has it, too: tazy store check{}",
                    self.store.as_typed()
                ),
            ),
        )
    }
}

impl RestoreCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let directory = self.store.directory();
        let clock = system_clock();
        let mut progress = Telling::new(clock.clone(), terminal);
        let restored = restore(
            &self.backup,
            &directory,
            clock,
            &mut |stage, done, total| {
                progress.tell(stage, done, total);
            },
        )?;
        let check = &restored.check;
        let out = &mut terminal.out;
        for problem in &check.problems {
            writeln!(out, "wrong: {}", clean_line(problem))?;
        }
        writeln!(
            out,
            "Restored {}. Verified: {} journal records, {} captures in {} WARC files.",
            size_text(restored.bytes),
            check.records,
            check.captures,
            check.warc_files
        )?;
        if check.is_sound() {
            let store = store_as_typed(&directory);
            writeln!(out, "The store is sound. Next: tazy flags list{store}")?;
            out.flush()?;
            return Ok(Exit::Done);
        }
        out.flush()?;
        let wrong = check.problems.len() as u64 + check.more_problems;
        Err(CliError::failure(format!(
            "{}: restored, with {wrong} wrong that the backup has, too",
            directory.display()
        )))
    }
}

/// Says on standard error how far something is, every two seconds.
pub(super) struct Telling<'t> {
    clock: Arc<dyn Clock>,
    told: Instant,
    terminal: &'t mut Terminal,
}

impl<'t> Telling<'t> {
    pub(super) fn new(clock: Arc<dyn Clock>, terminal: &'t mut Terminal) -> Self {
        Self {
            told: clock.instant(),
            clock,
            terminal,
        }
    }

    fn tell(&mut self, stage: UpkeepStage, done: u64, total: u64) {
        if self.clock.instant().duration_since(self.told) < TELL_EVERY {
            return;
        }
        self.told = self.clock.instant();
        let text = match stage {
            UpkeepStage::Journal => {
                format!("journal read: {} of {}", size_text(done), size_text(total))
            }
            UpkeepStage::Captures => format!(
                "captures copied: {} of {}",
                size_text(done),
                size_text(total)
            ),
            UpkeepStage::Verify => format!("records verified: {done} of {total}"),
        };
        // A closed standard error changes nothing about the work.
        let _ = writeln!(self.terminal.err, "tazy: {text}");
    }
}

/// Bytes in the largest unit that leaves a number of at least 1.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn size_text(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")];
    let unit = UNITS.into_iter().find(|(size, _)| bytes >= *size);
    match unit {
        Some((size, name)) => format!("{:.1} {name}", bytes as f64 / size as f64),
        None => format!("{bytes} bytes"),
    }
}

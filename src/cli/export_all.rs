//! `tazy export all`: every format into one directory.

use super::export_dry_run::tell_dry_run;
use super::export_issue::IssueOptions;
use super::export_write::{
    PendingFile, Unwritten, WrittenList, at, sign, signature_of, tell_written, write_pending,
};
use super::{CliError, Exit, Terminal};
use crate::app::Withheld;
use crate::block::list::ListFormat;
use crate::digest::Digest;
use crate::report::{clean_line, write_json_line};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  tazy export all --out /srv/lists
  tazy export all --out /srv/lists --accept-growth 'order 17/2026 of the committee, 400 sites'
  tazy export all --dry-run --json

Writes rpz.zone, hosts.txt, dnsmasq.conf … each with FILE.sig, and export-report.json with everything that
a format left out. Each file is there whole or not at all.";

/// What was written, in `export-report.json`.
#[derive(Debug, Serialize)]
struct WholeReport<'a> {
    serial: u64,
    generated: Timestamp,
    /// Digest over the entries.
    entries_digest: Digest,
    entries: usize,
    withheld: &'a [Withheld],
    formats: &'a [WrittenList],
    /// Formats that cannot hold the list, with the reason; their files are taken away.
    unfit: &'a BTreeMap<&'static str, String>,
}

/// Arguments of `tazy export all`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct AllCommand {
    /// Write into this directory, which is made if it is not there
    #[arg(long, value_name = "DIR", required_unless_present = "dry_run")]
    out: Option<PathBuf>,
    #[command(flatten)]
    issue: IssueOptions,
}

impl AllCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let opened = self.issue.issue(terminal)?;
        let Some(directory) = self.out.filter(|_| !self.issue.dry_run) else {
            return tell_dry_run(&opened, &ListFormat::ALL, self.issue.json, terminal);
        };
        std::fs::create_dir_all(&directory).map_err(|error| at(&directory, &error))?;
        let (mut pending, mut formats) = (Vec::new(), Vec::new());
        let mut unfit = BTreeMap::new();
        for format in ListFormat::ALL {
            let path = directory.join(format.file_name());
            let (file, written) = match write_pending(&opened, format, &path) {
                Ok(written) => written,
                Err(Unwritten::Unfit(reason)) => {
                    unfit.insert(format.as_str(), reason);
                    continue;
                }
                Err(Unwritten::Failed(error)) => return Err(error),
            };
            let signature = sign(&opened, &written)?;
            pending.push(file);
            pending.push(PendingFile::filled(
                &signature_of(&path),
                signature.as_bytes(),
            )?);
            formats.push(written);
        }
        let list = &opened.issued.list;
        let report = WholeReport {
            serial: list.serial,
            generated: list.generated,
            entries_digest: opened.issued.issue.digest,
            entries: list.entries.len(),
            withheld: &opened.issued.withheld,
            formats: &formats,
            unfit: &unfit,
        };
        let mut json = serde_json::to_vec_pretty(&report).map_err(CliError::failure)?;
        json.push(b'\n');
        pending.push(PendingFile::filled(
            &directory.join("export-report.json"),
            &json,
        )?);
        // Nothing is replaced before everything is written.
        for file in pending {
            file.publish()?;
        }
        take_away(&directory, unfit.keys().copied())?;
        if self.issue.json {
            write_json_line(&mut terminal.out, &report)?;
            return Ok(Exit::Done);
        }
        for written in &formats {
            tell_written(&opened, written, &mut terminal.out)?;
        }
        for (format, reason) in &unfit {
            writeln!(
                terminal.out,
                "{format}: not written: {}",
                clean_line(reason)
            )?;
        }
        let place = clean_line(&directory.display().to_string());
        writeln!(terminal.out, "All of it: {place}/export-report.json")?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

/// Removes the files of formats that cannot hold this list: one of an earlier list would go on to be used.
fn take_away(
    directory: &Path,
    formats: impl Iterator<Item = &'static str>,
) -> Result<(), CliError> {
    for name in formats {
        let known = ListFormat::ALL.into_iter();
        for format in known.filter(|format| format.as_str() == name) {
            let path = directory.join(format.file_name());
            for path in [signature_of(&path), path] {
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        return Err(at(&path, &error));
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

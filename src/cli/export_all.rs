//! `tazy export all`: every format into one directory.

use super::export_dry_run::tell_dry_run;
use super::export_issue::IssueOptions;
use super::export_write::{
    PendingFile, WrittenList, at, sign, signature_of, tell_written, write_pending,
};
use super::{CliError, Exit, Terminal};
use crate::app::Withheld;
use crate::block::list::ListFormat;
use crate::digest::Digest;
use crate::report::{clean_line, write_json_line};
use jiff::Timestamp;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

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
        for format in ListFormat::ALL {
            let path = directory.join(format.file_name());
            let (file, written) = write_pending(&opened, format, &path)?;
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
        if self.issue.json {
            write_json_line(&mut terminal.out, &report)?;
            return Ok(Exit::Done);
        }
        for written in &formats {
            tell_written(&opened, written, &mut terminal.out)?;
        }
        let place = clean_line(&directory.display().to_string());
        writeln!(terminal.out, "All of it: {place}/export-report.json")?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

//! `tazy export FORMAT`: one list into one file, with its signature.

use super::export_dry_run::tell_dry_run;
use super::export_issue::{Issue, IssueOptions};
use super::{CliError, Exit, Terminal};
use crate::app::Withheld;
use crate::block::list::{ExportReport, ListError, ListFormat, ListOptions, ListSeal, Omission};
use crate::digest::{Digest, RunningDigest};
use crate::report::{clean_line, write_json_line};
use jiff::Timestamp;
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Entries left out that are named one by one.
const SHOWN: usize = 10;

/// Where a list goes.
#[derive(Debug, clap::Args)]
pub(super) struct FormatOutput {
    /// Write to this file, whole or not at all; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// Write the signature to this file [default: FILE.sig beside --out FILE]
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

/// What came of writing one list. The same list gives the same record.
#[derive(Debug, Serialize)]
pub(super) struct WrittenList {
    pub(super) format: ListFormat,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    pub(super) digest: Digest,
    pub(super) bytes: u64,
    #[serde(flatten)]
    pub(super) report: ExportReport,
}

/// One written list with the list's own facts, for `--json`.
#[derive(Debug, Serialize)]
struct Told<'a> {
    serial: u64,
    generated: Timestamp,
    entries: usize,
    #[serde(flatten)]
    written: &'a WrittenList,
    withheld: &'a [Withheld],
}

/// Issues the list and writes it in one format.
pub(super) fn write_format(
    format: ListFormat,
    choose: impl FnOnce(&mut ListOptions),
    output: &FormatOutput,
    issue: &IssueOptions,
    terminal: &mut Terminal,
) -> Result<Exit, CliError> {
    let to_stdout = output.out == Path::new("-");
    if to_stdout && issue.json && !issue.dry_run {
        return Err(
            CliError::usage("--json reports on standard output, where the list goes, too")
                .with_hint("write the list to a file: --out FILE"),
        );
    }
    let mut opened = issue.issue(terminal)?;
    choose(&mut opened.options);
    if issue.dry_run {
        return tell_dry_run(&opened, &[format], issue.json, terminal);
    }
    let signature = output.signature.clone();
    let (written, signed_at) = if to_stdout {
        let mut sealing = Sealing::of(BufWriter::new(&mut *terminal.out));
        let report = write_list(&opened, format, &mut sealing)?;
        sealing.inner.flush()?;
        let written = sealing.finish(format, None, report);
        if let Some(path) = &signature {
            PendingFile::filled(path, sign(&opened, &written)?.as_bytes())?.publish()?;
        }
        drop(sealing);
        (written, signature)
    } else {
        let path = signature.unwrap_or_else(|| signature_of(&output.out));
        let (pending, written) = write_pending(&opened, format, &output.out)?;
        let signature = PendingFile::filled(&path, sign(&opened, &written)?.as_bytes())?;
        pending.publish()?;
        signature.publish()?;
        (written, Some(path))
    };
    if issue.json {
        let list = &opened.issued.list;
        let told = Told {
            serial: list.serial,
            generated: list.generated,
            entries: list.entries.len(),
            written: &written,
            withheld: &opened.issued.withheld,
        };
        write_json_line(&mut terminal.out, &told)?;
        return Ok(Exit::Done);
    }
    let say: &mut dyn Write = if to_stdout {
        &mut terminal.err
    } else {
        &mut terminal.out
    };
    tell_written(&opened, &written, say)?;
    if let (Some(signature), false) = (&signed_at, to_stdout) {
        let text = format!(
            "Check it: tazy export check {} --signature {}{}",
            output.out.display(),
            signature.display(),
            issue.store_as_typed()
        );
        writeln!(say, "{}", clean_line(&text))?;
    }
    say.flush()?;
    Ok(Exit::Done)
}

/// A list that is not there: tazy failed, or the format cannot hold it.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// Why the format cannot hold it.
    Unfit(String),
    Failed(CliError),
}

impl From<CliError> for Unwritten {
    fn from(error: CliError) -> Self {
        Self::Failed(error)
    }
}

impl From<Unwritten> for CliError {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::Unfit(reason) => Self::failure(reason),
            Unwritten::Failed(error) => error,
        }
    }
}

pub(super) fn write_list(
    opened: &Issue,
    format: ListFormat,
    out: &mut dyn Write,
) -> Result<ExportReport, Unwritten> {
    let written = format.write_with(&opened.issued.list, &opened.options, out);
    written.map_err(|error| match error {
        ListError::Unfit(reason) => Unwritten::Unfit(reason),
        ListError::Io(error) => Unwritten::Failed(error.into()),
    })
}

/// Writes one format beside its place.
pub(super) fn write_pending(
    opened: &Issue,
    format: ListFormat,
    path: &Path,
) -> Result<(PendingFile, WrittenList), Unwritten> {
    let pending = PendingFile::beside(path)?;
    let file = File::create(&pending.beside).map_err(|error| at(&pending.beside, &error))?;
    let mut sealing = Sealing::of(BufWriter::new(file));
    let report = write_list(opened, format, &mut sealing)?;
    let ended = sealing
        .inner
        .flush()
        .and_then(|()| sealing.inner.get_ref().sync_all());
    ended.map_err(|error| at(path, &error))?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    Ok((pending, sealing.finish(format, name, report)))
}

/// The signature of a list that was written.
pub(super) fn sign(opened: &Issue, written: &WrittenList) -> Result<String, CliError> {
    let list = &opened.issued.list;
    let seal = ListSeal {
        format: written.format,
        serial: list.serial,
        entries: u64::try_from(list.entries.len()).unwrap_or(u64::MAX),
        digest: written.digest,
    };
    Ok(opened.store.sign_note(&seal.to_string())?.to_string())
}

/// `FILE.sig`
pub(super) fn signature_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    PathBuf::from(name)
}

/// How many entries were written, and which were not and why.
pub(super) fn tell_written(
    opened: &Issue,
    written: &WrittenList,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (list, report) = (&opened.issued.list, &written.report);
    let file = written.file.as_deref().unwrap_or(written.format.as_str());
    writeln!(
        out,
        "{}: list {}, {} of {} entries ({} left out, {} covered by wider ones)",
        clean_line(file),
        list.serial,
        report.written,
        list.entries.len(),
        report.omitted.len(),
        report.covered.len(),
    )?;
    let lines = report
        .omitted
        .iter()
        .map(|left: &Omission| clean_line(&format!("{}: {}", left.target, left.reason)));
    for line in lines.take(SHOWN) {
        writeln!(out, "  left out: {line}")?;
    }
    if report.omitted.len() > SHOWN {
        let more = report.omitted.len() - SHOWN;
        writeln!(out, "  and {more} more; --json names every one")?;
    }
    Ok(())
}

/// A file that is there only when it is complete.
#[derive(Debug)]
pub(super) struct PendingFile {
    beside: PathBuf,
    path: PathBuf,
    is_published: bool,
}

impl PendingFile {
    fn beside(path: &Path) -> Result<Self, CliError> {
        let name = path
            .file_name()
            .ok_or_else(|| CliError::usage(format!("{}: this names no file", path.display())))?;
        let name = format!(".{}.{}.new", name.to_string_lossy(), std::process::id());
        Ok(Self {
            beside: path.with_file_name(name),
            path: path.to_owned(),
            is_published: false,
        })
    }

    /// With this content.
    pub(super) fn filled(path: &Path, bytes: &[u8]) -> Result<Self, CliError> {
        let pending = Self::beside(path)?;
        let written = || {
            let mut file = File::create(&pending.beside)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        written().map_err(|error| at(path, &error))?;
        Ok(pending)
    }

    /// Puts it in its place, where it replaces what is there in one step.
    pub(super) fn publish(mut self) -> Result<(), CliError> {
        std::fs::rename(&self.beside, &self.path).map_err(|error| at(&self.path, &error))?;
        self.is_published = true;
        Ok(())
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        if !self.is_published {
            // What was not published is of no use; one that stays is replaced next time.
            let _ = std::fs::remove_file(&self.beside);
        }
    }
}

pub(super) fn at(path: &Path, error: &io::Error) -> CliError {
    CliError::failure(format!("{}: {error}", path.display()))
}

/// Passes bytes on and digests them.
struct Sealing<W> {
    inner: W,
    digest: RunningDigest,
    bytes: u64,
}

impl<W: Write> Sealing<W> {
    fn of(inner: W) -> Self {
        Self {
            inner,
            digest: RunningDigest::default(),
            bytes: 0,
        }
    }

    fn finish(
        &self,
        format: ListFormat,
        file: Option<String>,
        report: ExportReport,
    ) -> WrittenList {
        WrittenList {
            format,
            file,
            digest: self.digest.so_far(),
            bytes: self.bytes,
            report,
        }
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        self.digest.update(&bytes[..taken]);
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

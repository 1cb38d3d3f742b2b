//! `tazy evidence export`

use super::evidence::ActorOptions;
use super::flags::find_flag;
use super::open::system_clock;
use super::{CliError, Exit, Terminal};
use crate::evidence::{ExportError, ExportOptions, Exported, export};
use crate::flag::Flag;
use crate::report::{clean_line, write_json_line};
use std::io::Write;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  tazy evidence export shop.example
  tazy evidence export f-3f0 --out case-17.wacz --recipient 'Court of Almaty' --note 'letter 5/112'
  tazy evidence export shop.example --at 1024 --out again.wacz

The file is a WACZ: ReplayWeb.page shows it. The same --at gives the same file, byte for byte; sizes of the
log for which there is a checkpoint are in log/checkpoints of the store. Every export is entered into the
custody sheet.";

/// Arguments of `tazy evidence export`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExportCommand {
    /// Id of the flag, the beginning of one, or the site
    #[arg(value_name = "FLAG")]
    flag: String,
    /// Write to this file [default: <site>-<flag>.wacz]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only the first N records of the log; there must be a checkpoint over them [default: all]
    #[arg(long, value_name = "N")]
    at: Option<u64>,
    /// Who receives it
    #[arg(long, value_name = "NAME")]
    recipient: Option<String>,
    /// What for
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Leave out the records of runs whose lists name other sites
    #[arg(long)]
    withhold_lists: bool,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    actor: ActorOptions,
    /// Print what was written as one JSON object
    #[arg(long)]
    json: bool,
}

impl ExportCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let (by, desk) = self.actor.read()?;
        let store = self.actor.store.open_existing(terminal)?;
        let flag = find_flag(&store, &self.flag)?;
        let options = ExportOptions {
            path: self.out.unwrap_or_else(|| file_name(&flag)),
            at: self.at,
            origin: desk.evidence.origin,
            withhold_lists: self.withhold_lists,
            force: self.force,
            by,
            recipient: self.recipient,
            note: self.note,
        };
        let exported = export(&store, &flag.id, &options, system_clock().now()).map_err(hinted)?;
        if self.json {
            write_json_line(&mut terminal.out, &exported)?;
            return Ok(Exit::Done);
        }
        tell(&exported, options.recipient.as_deref(), terminal)?;
        Ok(Exit::Done)
    }
}

fn tell(
    exported: &Exported,
    recipient: Option<&str>,
    terminal: &mut Terminal,
) -> std::io::Result<()> {
    let out = &mut terminal.out;
    let path = clean_line(&exported.path.display().to_string());
    writeln!(out, "{path}: {} bytes", exported.bytes)?;
    writeln!(out, "{}", exported.digest)?;
    writeln!(
        out,
        "{} pages, {} captures, the first {} records of the log",
        exported.pages, exported.captures, exported.log_size
    )?;
    for left in &exported.left_out {
        let which = left.which.as_deref().map(clean_line).unwrap_or_default();
        let why = clean_line(&left.why);
        writeln!(out, "left out: {} {} {which}: {why}", left.count, left.what)?;
    }
    let recipient = recipient.map_or_else(
        || "nobody named as recipient".to_owned(),
        |name| format!("for {}", clean_line(name)),
    );
    writeln!(out, "Custody sheet: {} ({recipient})", exported.custody)?;
    writeln!(out, "Check it: tazy evidence verify {path}")?;
    out.flush()
}

/// `<site>-<flag>.wacz`, in the working directory.
fn file_name(flag: &Flag) -> PathBuf {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') => c,
        _ => '_',
    };
    let site: String = flag.site.chars().map(plain).take(100).collect();
    let id: String = flag.id.as_str().chars().map(plain).collect();
    PathBuf::from(format!("{}-{id}.wacz", site.trim_start_matches(['.', '-'])))
}

fn hinted(error: ExportError) -> CliError {
    let hint = match &error {
        ExportError::Exists(_) => Some("name another file with --out, or replace it with --force"),
        ExportError::NotSigned(_) => Some(
            "sizes with a checkpoint are the names of the files in log/checkpoints of the store",
        ),
        _ => None,
    };
    let error = CliError::failure(error);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

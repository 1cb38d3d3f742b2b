//! `tazy report`

use super::block_profile::load_block_rules;
use super::evidence_log::sign_after_decision;
use super::open::{RulesOption, StoreOption, system_clock};
use super::review::{author, desk_options};
use super::{CliError, Exit, Terminal};
use crate::app::{Recomputed, StoreFigures, figures_at, recompute};
use crate::figures::{FrozenReport, Period};
use crate::report::{
    Style, clean_line, figures_csv, figures_html, figures_paper, write_figures, write_json_line,
};
use crate::store::Store;
use std::io::Write;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  tazy report --period 2026                       the year, as tables
  tazy report --period 2026-Q3 --dossiers         with the dossiers behind every number
  tazy report --period 2026-11 --format csv --out november.csv
  tazy report --period 2026-01-01..2026-06-30 --format html --out half.html
  tazy report --period 2026 --format docx --out 2026.docx --freeze
  tazy report --list                              what was frozen
  tazy report --recompute rep-3f0c9a1b22d4        the same numbers from the records that there were?
  tazy report --recompute all";

/// Arguments of `tazy report`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option as it is typed"
)]
pub(super) struct ReportCommand {
    /// Which period: 2026, 2026-Q3, 2026-11, or first and last day: 2026-01-01..2026-03-31
    #[arg(long, value_name = "PERIOD", required_unless_present_any = ["list", "recompute"])]
    period: Option<String>,
    /// In which form
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    format: Form,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// List the dossiers behind every number (text; the other forms always do)
    #[arg(long)]
    dossiers: bool,
    /// The jurisdiction by whose time zone days count [default: as set in tazy.toml, else kz]
    #[arg(long, value_name = "CODE")]
    jurisdiction: Option<String>,
    /// Record that these figures were reported, so that anybody can compute them again
    #[arg(long, conflicts_with_all = ["list", "recompute"])]
    freeze: bool,
    /// Who reports [default: as set in tazy.toml, else who is logged in]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// List the frozen reports
    #[arg(long, conflicts_with_all = ["period", "recompute"])]
    list: bool,
    /// Compute a frozen report again, or all of them, and say what differs; exit code 1 if anything does
    #[arg(long, value_name = "ID|all", conflicts_with = "period")]
    recompute: Option<String>,
    /// One JSON object; with --list and --recompute one a report
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    rules: RulesOption,
    #[command(flatten)]
    store: StoreOption,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// Tables for a terminal
    Text,
    /// A page with bars
    Html,
    /// A paper for word processors
    Docx,
    /// One row a number and one a dossier behind it
    Csv,
    /// Everything as one object
    Json,
}

impl ReportCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        if let Some(which) = &self.recompute {
            let store = self.store.open_existing(terminal)?;
            return self.compare(which, &store, terminal);
        }
        if self.list {
            let store = self.store.open_existing(terminal)?;
            return self.list_frozen(&store, terminal);
        }
        let period = self.period()?;
        let store = self.store.open_existing(terminal)?;
        let found = figures_at(&store, &period, store.log_size())?;
        let frozen = self.freeze(&found, &store, terminal)?;
        self.write(&found, frozen.as_ref(), terminal)?;
        if let Some(report) = frozen {
            let (id, size) = (clean_line(&report.id), report.log_size);
            writeln!(
                terminal.err,
                "frozen as {id} from {size} records, {}; compute it again: tazy report --recompute {id}{}",
                report.digest,
                self.store.as_typed()
            )?;
        }
        Ok(Exit::Done)
    }

    fn period(&self) -> Result<Period, CliError> {
        let rules = load_block_rules(&self.rules)?;
        let desk = desk_options(self.config.as_deref(), &self.store)?;
        let code = self.jurisdiction.as_deref();
        let code = code.unwrap_or(desk.block.jurisdiction());
        let profile = rules.profile(code).ok_or_else(|| {
            let code = clean_line(code);
            CliError::usage(format!("there is no jurisdiction {code}"))
                .with_hint("see which there are: tazy block profile")
        })?;
        let written = self.period.as_deref().unwrap_or_default();
        Period::parse(written, &profile.time_zone)
            .map_err(|error| CliError::usage(clean_line(&error.to_string())))
    }

    fn freeze(
        &self,
        found: &StoreFigures,
        store: &Store,
        terminal: &mut Terminal,
    ) -> Result<Option<FrozenReport>, CliError> {
        if !self.freeze {
            return Ok(None);
        }
        let desk = desk_options(self.config.as_deref(), &self.store)?;
        let by = author(self.author.as_deref(), &desk)?;
        let now = system_clock().now();
        let report =
            FrozenReport::of(&found.figures, found.log_size, by, now).map_err(CliError::failure)?;
        store.record_frozen_report(&report)?;
        sign_after_decision(store, &desk, terminal);
        Ok(Some(report))
    }

    fn write(
        &self,
        found: &StoreFigures,
        frozen: Option<&FrozenReport>,
        terminal: &mut Terminal,
    ) -> Result<(), CliError> {
        let mut bytes = Vec::new();
        let form = if self.json { Form::Json } else { self.format };
        match form {
            Form::Text => {
                let is_colored = terminal.color && self.out.is_none();
                write_figures(&mut bytes, found, self.dossiers, Style::of(is_colored))?;
            }
            Form::Html => bytes.extend(figures_html(found).into_bytes()),
            Form::Docx if self.out.is_none() => {
                return Err(CliError::usage("a DOCX file is not printed")
                    .with_hint("name where it goes: --out FILE"));
            }
            Form::Docx => {
                let mut paper = figures_paper(found).map_err(CliError::failure)?;
                paper.reference = frozen.map(|report| report.id.clone()).unwrap_or_default();
                bytes.extend(paper.docx());
            }
            Form::Csv => bytes.extend(figures_csv(&found.figures).into_bytes()),
            Form::Json => {
                let object = serde_json::json!({
                    "figures": found.figures,
                    "digest": found.figures.digest().map_err(CliError::failure)?,
                    "log_size": found.log_size,
                    "deleted": found.deleted,
                    "frozen": frozen.map(|report| &report.id),
                });
                write_json_line(&mut bytes, &object)?;
            }
        }
        if let Some(path) = &self.out {
            return std::fs::write(path, bytes)
                .map_err(|error| CliError::failure(format!("{}: {error}", path.display())));
        }
        terminal.out.write_all(&bytes)?;
        Ok(terminal.out.flush()?)
    }

    fn list_frozen(&self, store: &Store, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let reports = store.frozen_reports()?;
        let out = &mut terminal.out;
        for report in &reports {
            if self.json {
                write_json_line(out, report)?;
            } else {
                let (id, by) = (clean_line(&report.id), clean_line(report.by.as_str()));
                let (period, size) = (&report.period, report.log_size);
                writeln!(out, "{id}  {period}  {size} records  {by}  {}", report.at)?;
            }
        }
        if reports.is_empty() && !self.json {
            writeln!(
                out,
                "No report was frozen. Freeze one: tazy report --period 2026 --freeze"
            )?;
        }
        out.flush()?;
        Ok(Exit::Done)
    }

    fn compare(
        &self,
        which: &str,
        store: &Store,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let mut reports = store.frozen_reports()?;
        if which != "all" {
            reports.retain(|report| report.id.starts_with(which));
        }
        if reports.is_empty() {
            let message = format!("there is no frozen report {}", clean_line(which));
            return Err(CliError::failure(message).with_hint(format!(
                "see which: tazy report --list{}",
                self.store.as_typed()
            )));
        }
        let mut exit = Exit::Done;
        for report in &reports {
            let again = recompute(store, report)?;
            if !again.is_same {
                exit = Exit::Failure;
            }
            self.write_comparison(report, &again, terminal)?;
        }
        terminal.out.flush()?;
        Ok(exit)
    }

    fn write_comparison(
        &self,
        report: &FrozenReport,
        again: &Recomputed,
        terminal: &mut Terminal,
    ) -> Result<(), CliError> {
        let out = &mut terminal.out;
        if self.json {
            let object = serde_json::json!({
                "id": report.id,
                "same": again.is_same,
                "differences": again.differences,
                "deleted": again.now.deleted,
            });
            return Ok(write_json_line(out, &object)?);
        }
        let id = clean_line(&report.id);
        if again.is_same {
            writeln!(out, "{id}: the same figures, {}", report.digest)?;
            return Ok(());
        }
        writeln!(out, "{id}: other figures than were reported")?;
        for difference in &again.differences {
            let name = clean_line(&difference.name);
            writeln!(
                out,
                "  {name}: {} reported, {} now",
                difference.reported, difference.found
            )?;
        }
        if again.differences.is_empty() {
            writeln!(
                out,
                "  every number is the same, other dossiers stand behind them"
            )?;
        }
        if again.now.deleted > 0 {
            let deleted = again.now.deleted;
            writeln!(
                out,
                "  {deleted} records were deleted by retention: `tazy store check` vouches for them"
            )?;
        }
        Ok(())
    }
}

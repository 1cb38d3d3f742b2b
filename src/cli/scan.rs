//! `tazy scan`

use super::block_due::tell_what_is_late;
use super::evidence_log::seal_after_scan;
use super::open::{RulesOption, StoreOption, system_clock};
use super::provenance::{OrderOptions, store_options};
use super::review::desk_options;
use super::session::{Display, Ended, Work, run_session};
use super::suspects::gather_suspects;
use super::{CliError, Exit, Terminal};
use crate::app::{App, ScanSettings, ScanSummary};
use crate::config::{Config, EvidenceOptions, ScanOptions, read_options_file};
use crate::fetch::DnsResolver;
use crate::render::RenderSettings;
use crate::report::Style;
use crate::rules::Ruleset;
use crate::store::{RunState, Store};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const EXAMPLES: &str = "\
Examples:
  tazy scan shop.example https://forum.example/topic/7
  tazy scan --list suspects.csv --store case-17
  cut -f2 table.tsv | tazy scan - --json > visits.jsonl
  tazy scan --resume --store case-17         go on where Ctrl-C stopped

A list is one URL a line (`#` begins a comment) or CSV with a header that names a column `url`;
columns `reported_by` and `basis` are kept. UTF-8, UTF-16 and windows-1251 are recognized.
URLs may be defanged: hxxps://shop[.]example. Settings may also stand under [scan] in tazy.toml in
the store's directory (max_pages = 50); the command line wins.

tazy only looks: it never logs in, orders, pays, posts, or solves captchas.";

/// Arguments of `tazy scan`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ScanCommand {
    /// Sites to visit; `-` reads a list from standard input
    #[arg(value_name = "URL")]
    urls: Vec<String>,
    /// Read a list of sites; `-` is standard input; may be repeated
    #[arg(long, value_name = "FILE")]
    list: Vec<String>,
    /// Go on with the unfinished scan of the store
    #[arg(long, conflicts_with_all = ["urls", "list"])]
    resume: bool,
    #[command(flatten)]
    store: StoreOption,
    #[command(flatten)]
    rules: RulesOption,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    display: Display,
    /// Photograph flagged sites in Chromium, with everything that it loads kept as evidence
    #[arg(long)]
    screenshots: bool,
    /// Let Chromium run as root, without its sandbox (in a container of its own only)
    #[arg(long, requires = "screenshots")]
    browser_as_root: bool,
    /// End with exit code 3 if something was flagged
    #[arg(long)]
    fail_on_flag: bool,
    #[command(flatten)]
    options: ScanOptions,
    #[command(flatten)]
    order: OrderOptions,
}

impl ScanCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        // Everything typed is checked before a store is made or rules are read.
        let options = self.merged_options()?;
        options.clone().into_config()?;
        let desk = desk_options(self.config.as_deref(), &self.store)?;
        let writing = store_options(&desk.evidence);
        let (store, ruleset, work, options) = if self.resume {
            let store = self.store.open_existing_with(writing, terminal)?;
            let (work, options) = self.resumed(&store, options)?;
            let ruleset = self.load_rules(&options, terminal)?;
            (store, ruleset, work, options)
        } else {
            let suspects = gather_suspects(&self.urls, &self.list, terminal)?;
            let ruleset = self.load_rules(&options, terminal)?;
            let store = self.store.open(writing, terminal)?;
            self.tell_unfinished(&store, terminal)?;
            (store, ruleset, Work::List(suspects), options)
        };
        let app = App {
            store: Arc::new(store),
            ruleset: Arc::new(ruleset),
            clock: system_clock(),
            resolver: Arc::new(DnsResolver::from_system()),
        };
        let display = self.display;
        let provenance = self.order.clone().provenance(&desk.evidence, &options)?;
        let settings = ScanSettings {
            provenance: Some(provenance),
            keep_clear_details: desk.evidence.keep_clear_details,
            render: self.render_settings(&desk.evidence),
            ..settings_of(options.into_config()?)
        };
        let ended = block_on(run_session(
            &app,
            work,
            settings,
            display,
            terminal,
            &mut |_| {},
        ))??;
        seal_after_scan(&app.store, &desk, terminal);
        tell_what_is_late(&app.store, &self.store, terminal)?;
        self.finish(ended, terminal)
    }

    fn render_settings(&self, evidence: &EvidenceOptions) -> Option<RenderSettings> {
        let wanted = self.screenshots || evidence.screenshots.unwrap_or(false);
        wanted.then(|| RenderSettings {
            allow_root: self.browser_as_root,
            ..RenderSettings::default()
        })
    }

    /// The command line over the file.
    fn merged_options(&self) -> Result<ScanOptions, CliError> {
        let in_store = self.store.directory().join("tazy.toml");
        let file = match &self.config {
            Some(path) => read_options_file(path)?,
            None if in_store.is_file() => read_options_file(&in_store)?,
            None => ScanOptions::default(),
        };
        Ok(self.options.clone().over(file))
    }

    /// The rules with the overrides that were named, or that stand beside the settings.
    fn load_rules(
        &self,
        options: &ScanOptions,
        terminal: &mut Terminal,
    ) -> Result<Ruleset, CliError> {
        let folder = match &self.config {
            Some(path) => path.parent().map(Path::to_path_buf).unwrap_or_default(),
            None => self.store.directory(),
        };
        let beside = folder.join("overrides.yaml");
        let overrides = match &options.overrides {
            Some(named) => Some(named.clone()),
            None => beside.is_file().then_some(beside),
        };
        self.rules.load_with(overrides, terminal)
    }

    /// The unfinished run, with what was set for the whole of it.
    fn resumed(
        &self,
        store: &Store,
        options: ScanOptions,
    ) -> Result<(Work, ScanOptions), CliError> {
        let Some(state) = store.unfinished_run()? else {
            let directory = self.store.directory();
            let message = format!(
                "nothing to resume: every scan of {} is finished",
                directory.display()
            );
            return Err(
                CliError::failure(message).with_hint("begin a new one: tazy scan --list FILE")
            );
        };
        let changed = |name: &str, was: &str| {
            CliError::usage(format!(
                "{name} cannot change within a scan; it began with {was}"
            ))
            .with_hint(format!("leave {name} out, or begin a new scan"))
        };
        let robots = state.run.robots;
        if self.options.robots.is_some_and(|typed| typed != robots) {
            return Err(changed("--robots", &format!("{robots:?}").to_lowercase()));
        }
        if self
            .options
            .profile
            .as_ref()
            .is_some_and(|typed| *typed != state.run.profile)
        {
            return Err(changed("--profile", &state.run.profile));
        }
        let options = ScanOptions {
            robots: Some(robots),
            profile: Some(state.run.profile.clone()),
            ..options
        };
        Ok((Work::Resume(Box::new(state)), options))
    }

    fn tell_unfinished(&self, store: &Store, terminal: &mut Terminal) -> Result<(), CliError> {
        if let Some(RunState {
            run,
            finished_sites,
        }) = store.unfinished_run()?
        {
            let _ = writeln!(
                terminal.err,
                "tazy: the scan begun {} stopped after {} sites; it can go on with: tazy scan --resume{}",
                run.started.strftime("%Y-%m-%d %H:%M UTC"),
                finished_sites.len(),
                self.store.as_typed()
            );
        }
        Ok(())
    }

    fn finish(&self, ended: Ended, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let Ended {
            summary,
            report,
            unwritten,
        } = ended;
        // With --store the next command is given in full, so that it can be pasted anywhere.
        let store = self.store.as_typed();
        if summary.interrupted {
            let _ = writeln!(terminal.err, "{}", interruption(&summary, &store));
        }
        match unwritten {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
            Some(_) => return Ok(Exit::Interrupted),
            None => {}
        }
        let written = write_results(&summary, report, &store, self.display.json, terminal);
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written?,
        }
        Ok(if summary.interrupted {
            Exit::Interrupted
        } else if self.fail_on_flag && summary.flagged > 0 {
            Exit::Flagged
        } else {
            Exit::Done
        })
    }
}

/// The table and what to type next; with JSON one line on standard error.
pub(super) fn write_results(
    summary: &ScanSummary,
    mut report: crate::report::ScanReport,
    store: &str,
    json: bool,
    terminal: &mut Terminal,
) -> std::io::Result<()> {
    let counts = format!(
        "Sites: {} visited, {} flagged, {} clear, {} gated, {} unreachable.",
        summary.sites, summary.flagged, summary.clear, summary.gated, summary.unreachable
    );
    tell_shadow(summary, terminal);
    if json {
        let _ = writeln!(terminal.err, "{counts}");
        return Ok(());
    }
    let style = Style::of(terminal.color);
    let out = &mut terminal.out;
    if summary.sites == 0 {
        return out.flush();
    }
    report.write(out, style)?;
    writeln!(out, "{counts} A flag is a reason to look, not a proof.")?;
    if let Some(flag) = report.best_flag() {
        writeln!(
            out,
            "\nNext:\n  tazy flags show {flag}{store}\n  tazy flags list{store}"
        )?;
    }
    out.flush()
}

/// Shadow rules are told on standard error: they are of interest to whoever writes rules, and no result.
fn tell_shadow(summary: &ScanSummary, terminal: &mut Terminal) {
    if summary.shadow.is_empty() {
        return;
    }
    let rules: Vec<String> = summary
        .shadow
        .iter()
        .map(|(rule, sites)| format!("{rule} ({sites})"))
        .collect();
    let _ = writeln!(
        terminal.err,
        "Shadow rules that held, counting for nothing (sites): {}",
        rules.join(", ")
    );
}

fn interruption(summary: &ScanSummary, store: &str) -> String {
    let left = summary.remaining;
    format!(
        "Stopped: {} finished and kept, {left} left. Go on with: tazy scan --resume{store}",
        summary.sites
    )
}

fn settings_of(config: Config) -> ScanSettings {
    ScanSettings {
        concurrency: config.concurrency,
        budget: config.budget,
        politeness: config.politeness,
        robots: config.robots,
        fetch: config.fetch,
        provenance: None,
        keep_clear_details: false,
        render: None,
    }
}

/// Runs a future on a runtime of its own. What is still blocked at the end is not waited for.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failure(format!("threads cannot be started: {error}")))?;
    let output = runtime.block_on(future);
    runtime.shutdown_background();
    Ok(output)
}

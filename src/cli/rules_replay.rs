//! `tazy rules replay`

use super::open::RulesOption;
use super::open::{StoreOption, system_clock};
use super::scan::block_on;
use super::signals::Interrupts;
use super::{CliError, Exit, Terminal};
use crate::app::{Replay, ReplaySettings, ReplayWork, Replayed, replay};
use crate::report::{band_word, defang_site, fit_width, write_json_line};
use crate::rules::Ruleset;
use crate::store::{Store, StoreError};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Shorter replays are not worth a line.
const QUIET: Duration = Duration::from_secs(2);
/// How often the line is written where it cannot be written in place.
const PLAIN_PACE: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(500);
/// Sites that are shown of each sort.
const SHOWN: usize = 50;

/// Arguments of `tazy rules replay`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tazy rules replay --rules my-rules
  tazy rules replay --rules my-rules --clear 5000 --json | jq .lost

The stored captures of every decided and open flag, and of a sample of sites judged clear, are examined with
the rules as they are (built in, or --baseline) and with the changed ones (--rules). Nothing is written and
no site is asked. Exit code 3: confirmed flags would be lost.")]
pub(super) struct ReplayAction {
    #[command(flatten)]
    store: StoreOption,
    /// The rules as they are [default: the built-in ones]
    #[arg(long, value_name = "DIR")]
    baseline: Option<PathBuf>,
    /// Examine so many of the sites judged clear; always the same ones
    #[arg(long, value_name = "N", default_value_t = 500)]
    clear: usize,
    /// Leave out flags that nobody decided about
    #[arg(long)]
    decided_only: bool,
    /// How many threads examine
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
    /// Do not show progress
    #[arg(long)]
    no_progress: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    baseline: &'a str,
    ruleset: &'a str,
    examined: usize,
    newly_flagged: Vec<&'a Replayed>,
    lost: Vec<&'a Replayed>,
    reflagged: Vec<&'a Replayed>,
    freed: Vec<&'a Replayed>,
    open_dropped: Vec<&'a Replayed>,
    unreadable: &'a [String],
    stopped: bool,
}

impl ReplayAction {
    pub(super) fn run(
        &self,
        after: Ruleset,
        json: bool,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let before = match &self.baseline {
            Some(directory) => RulesOption::of_directory(directory).load()?,
            None => RulesOption::default().load()?,
        };
        let store = self.store.open_existing(terminal)?;
        let settings = ReplaySettings {
            clear: self.clear,
            open: !self.decided_only,
            threads: self.threads,
        };
        let compared = Compared {
            store: Arc::new(store),
            before: Arc::new(before),
            after: Arc::new(after),
        };
        let replay = compared.replay(None, settings, !self.no_progress, terminal)?;
        if json {
            let summary = compared.summary(&replay);
            write_json_line(&mut terminal.out, &summary)?;
        } else {
            write_replay(&replay, terminal)?;
        }
        Ok(if replay.stopped {
            Exit::Interrupted
        } else if replay.lost().next().is_some() {
            Exit::Lossy
        } else {
            Exit::Done
        })
    }
}

/// Two rulesets and the store whose captures tell them apart.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) store: Arc<Store>,
    pub(super) before: Arc<Ruleset>,
    pub(super) after: Arc<Ruleset>,
}

impl Compared {
    /// Replays with a line of progress after two seconds. Ctrl-C ends it after the visits under way, and once
    /// more at once.
    pub(super) fn replay(
        &self,
        watched: Option<&str>,
        settings: ReplaySettings,
        shows_progress: bool,
        terminal: &mut Terminal,
    ) -> Result<Replay, CliError> {
        let work = Arc::new(ReplayWork::default());
        let (store, before, after) = (
            Arc::clone(&self.store),
            Arc::clone(&self.before),
            Arc::clone(&self.after),
        );
        let (watched, shared) = (watched.map(str::to_owned), Arc::clone(&work));
        let examine = move || {
            replay(
                &store,
                &before,
                &after,
                watched.as_deref(),
                &settings,
                &shared,
            )
        };
        block_on(watch(examine, &work, shows_progress, terminal))?
    }

    fn summary<'a>(&'a self, replay: &'a Replay) -> Summary<'a> {
        Summary {
            baseline: self.before.version(),
            ruleset: self.after.version(),
            examined: replay.visits.len(),
            newly_flagged: replay.newly_flagged().collect(),
            lost: replay.lost().collect(),
            reflagged: replay.reflagged().collect(),
            freed: replay.freed().collect(),
            open_dropped: replay.open_dropped().collect(),
            unreadable: &replay.unreadable,
            stopped: replay.stopped,
        }
    }
}

async fn watch(
    examine: impl FnOnce() -> Result<Replay, StoreError> + Send + 'static,
    work: &ReplayWork,
    shows_progress: bool,
    terminal: &mut Terminal,
) -> Result<Replay, CliError> {
    let mut examined = tokio::task::spawn_blocking(examine);
    let mut interrupts = Interrupts::listen().map_err(CliError::failure)?;
    let mut tick = tokio::time::interval(TICK);
    let clock = system_clock();
    let began = clock.instant();
    let mut told = None;
    let ended = loop {
        tokio::select! {
            biased;
            () = interrupts.next() => {
                if work.stop.swap(true, Ordering::Relaxed) {
                    return Err(CliError { exit: Exit::Interrupted, ..CliError::failure("stopped at once; nothing was written") });
                }
                let _ = writeln!(terminal.err, "Stopping: visits under way are finished first.");
            }
            ended = &mut examined => break ended,
            _ = tick.tick() => {
                let now = clock.instant();
                let pace = if terminal.interactive { TICK } else { PLAIN_PACE };
                let is_due = told.is_none_or(|last| now.saturating_duration_since(last) >= pace);
                let elapsed = now.saturating_duration_since(began);
                if shows_progress && is_due && elapsed >= QUIET {
                    told = Some(now);
                    tell_progress(work, elapsed, terminal);
                }
            }
        }
    };
    if told.is_some() && terminal.interactive {
        let _ = write!(terminal.err, "\r\x1b[2K");
    }
    let ended = ended.map_err(|error| CliError::failure(format!("internal failure: {error}")))?;
    Ok(ended?)
}

/// Progress is a courtesy: a closed standard error stops nothing.
fn tell_progress(work: &ReplayWork, elapsed: Duration, terminal: &mut Terminal) {
    let (done, total) = (
        work.done.load(Ordering::Relaxed),
        work.total.load(Ordering::Relaxed),
    );
    let seconds = elapsed.as_secs();
    let doing = if total == 0 {
        "gathering visits".to_owned()
    } else {
        format!("{done} of {total} visits examined")
    };
    let line = format!("{doing}, {}:{:02}", seconds / 60, seconds % 60);
    let _ = if terminal.interactive {
        write!(terminal.err, "\r\x1b[2K{line}")
    } else {
        writeln!(terminal.err, "{line}")
    };
    let _ = terminal.err.flush();
}

/// Writes the lists and the line that sums them up.
pub(super) fn write_replay(replay: &Replay, terminal: &mut Terminal) -> Result<(), CliError> {
    let lists: [(&str, Vec<&Replayed>); 5] = [
        (
            "Clear sites that would be flagged",
            replay.newly_flagged().collect(),
        ),
        (
            "Confirmed flags that would be lost",
            replay.lost().collect(),
        ),
        (
            "Dismissed flags that would be raised again",
            replay.reflagged().collect(),
        ),
        (
            "Dismissed flags that would be raised no more",
            replay.freed().collect(),
        ),
        (
            "Open flags that would be raised no more",
            replay.open_dropped().collect(),
        ),
    ];
    for (title, visits) in &lists {
        write_list(title, visits, terminal)?;
    }
    if !replay.unreadable.is_empty() {
        writeln!(
            terminal.err,
            "tazy: {} visits were left out: their captures cannot be read (tazy store check)",
            replay.unreadable.len()
        )?;
    }
    let stopped = if replay.stopped { "Stopped. " } else { "" };
    writeln!(
        terminal.out,
        "{stopped}{} visits examined: would newly flag {}, lose {} confirmed, re-flag {} dismissed.",
        replay.visits.len(),
        lists[0].1.len(),
        lists[1].1.len(),
        lists[2].1.len()
    )?;
    terminal.out.flush()?;
    Ok(())
}

fn write_list(title: &str, visits: &[&Replayed], terminal: &mut Terminal) -> Result<(), CliError> {
    if visits.is_empty() {
        return Ok(());
    }
    writeln!(terminal.out, "{title}: {}", visits.len())?;
    for visit in visits.iter().take(SHOWN) {
        let shown = if visit.after.is_flagged() {
            visit.after
        } else {
            visit.before
        };
        let category = shown.category.map_or("", |category| category.as_str());
        writeln!(
            terminal.out,
            "  {}  {} {category}  score {:.2} → {:.2}",
            fit_width(&defang_site(&visit.site), 60),
            band_word(shown.band),
            visit.before.score,
            visit.after.score
        )?;
    }
    if visits.len() > SHOWN {
        writeln!(terminal.out, "  … and {} more", visits.len() - SHOWN)?;
    }
    writeln!(terminal.out)?;
    Ok(())
}

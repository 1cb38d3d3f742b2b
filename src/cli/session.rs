//! One scan on a terminal: progress, results, Ctrl-C. Shared by `scan` and `demo`.

use super::signals::Interrupts;
use super::{CliError, Terminal};
use crate::app::{App, ScanEvent, ScanSettings, ScanSummary, Stop, scan};
use crate::flag::Visit;
use crate::report::{
    Progress, ProgressMode, RuleTitles, ScanReport, Style, decision_text, defang_site, fit_width,
    write_json_line,
};
use crate::store::{RunState, Store};
use crate::suspect::Suspect;
use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

/// How often the clock of the progress line advances.
const TICK: Duration = Duration::from_millis(500);

/// What is visited: a list, or what is left of a run.
#[derive(Debug)]
pub(super) enum Work {
    List(Vec<Suspect>),
    Resume(Box<RunState>),
}

/// How a scan shows itself.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Display {
    /// Print one JSON object a site as it finishes
    #[arg(long)]
    pub(super) json: bool,
    /// Do not show progress
    #[arg(long)]
    pub(super) no_progress: bool,
}

/// What a scan left behind.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) summary: ScanSummary,
    pub(super) report: ScanReport,
    /// The results could not be written any more, which stopped the scan.
    pub(super) unwritten: Option<io::Error>,
}

/// What the scan's observer and the signal handler both write to.
struct Screen<'t> {
    terminal: &'t mut Terminal,
    progress: Progress,
    report: ScanReport,
    json: bool,
    unwritten: Option<io::Error>,
    stop: Stop,
    store: Arc<Store>,
}

impl Screen<'_> {
    fn observe(&mut self, event: &ScanEvent<'_>, on_visit: &mut dyn FnMut(&Visit)) {
        if let ScanEvent::SiteFinished { visit } = event {
            self.report.add(visit);
            on_visit(visit);
            self.tell_decision(visit);
            if self.json && self.unwritten.is_none() {
                self.unwritten = write_json_line(&mut self.terminal.out, visit).err();
                if self.unwritten.is_some() {
                    self.stop.request();
                }
            }
        }
        self.progress.observe(event, &mut self.terminal.err);
    }

    /// A flag that somebody decided about was updated: the decision stands, and it is said that it does.
    fn tell_decision(&mut self, visit: &Visit) {
        let Some(flag) = visit.flag.as_ref().and_then(|id| self.store.flag(id).ok()) else {
            return;
        };
        let Ok(standing) = self.store.standing(&flag) else {
            return;
        };
        if let Some(decision) = &standing.decision {
            let changed = if standing.changed_since {
                "; it is flagged for something else now, look again"
            } else {
                ""
            };
            let message = format!(
                "tazy: {} was flagged again; the decision about it stands: {}{changed}",
                fit_width(&defang_site(&visit.site), 60),
                decision_text(decision)
            );
            self.progress.tell(&message, &mut self.terminal.err);
        }
    }

    fn interrupt(&mut self) {
        let first = !self.stop.is_requested();
        self.stop.request();
        let text = if first {
            "Stopping: sites under way are finished first. Ctrl-C again stops at once; nothing done is lost."
        } else {
            "Stopping at once."
        };
        self.progress.tell(text, &mut self.terminal.err);
    }
}

/// Runs a scan to its end, or to the second Ctrl-C. Each finished visit is also given to `on_visit`.
pub(super) async fn run_session(
    app: &App,
    work: Work,
    settings: ScanSettings,
    display: Display,
    terminal: &mut Terminal,
    on_visit: &mut dyn FnMut(&Visit),
) -> Result<Ended, CliError> {
    let stop = Stop::default();
    let titles = RuleTitles::of_ruleset(&app.ruleset);
    let screen = RefCell::new(Screen {
        progress: new_progress(app, &work, display, terminal),
        terminal,
        report: ScanReport::new(titles),
        json: display.json,
        unwritten: None,
        stop: stop.clone(),
        store: Arc::clone(&app.store),
    });
    let (suspects, resume) = match work {
        Work::List(suspects) => (suspects, None),
        Work::Resume(state) => (Vec::new(), Some(*state)),
    };
    let mut observer = |event: ScanEvent<'_>| screen.borrow_mut().observe(&event, on_visit);
    let ended = {
        let scan = scan(app, suspects, resume, settings, stop, &mut observer);
        tokio::pin!(scan);
        let mut interrupts = Interrupts::listen().map_err(CliError::failure)?;
        let mut tick = tokio::time::interval(TICK);
        loop {
            tokio::select! {
                biased;
                () = interrupts.next() => screen.borrow_mut().interrupt(),
                ended = &mut scan => break ended,
                _ = tick.tick() => {
                    let screen = &mut *screen.borrow_mut();
                    screen.progress.tick(&mut screen.terminal.err);
                }
            }
        }
    };
    let mut screen = screen.into_inner();
    screen.progress.close(&mut screen.terminal.err);
    Ok(Ended {
        summary: ended.map_err(CliError::failure)?,
        report: screen.report,
        unwritten: screen.unwritten,
    })
}

fn new_progress(app: &App, work: &Work, display: Display, terminal: &Terminal) -> Progress {
    let shares_screen = display.json && io::stdout().is_terminal();
    let mode = if display.no_progress {
        ProgressMode::Silent
    } else if terminal.interactive && !shares_screen {
        ProgressMode::Live
    } else {
        ProgressMode::Plain
    };
    let style = Style::of(terminal.color && terminal.interactive);
    let typed = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    let asked = || {
        comfy_table::Table::new()
            .use_stderr()
            .width()
            .map(usize::from)
    };
    // Pseudo terminals may say that they have no columns.
    let columns = typed.or_else(asked).filter(|columns| *columns > 0);
    Progress::new(
        mode,
        style,
        columns.unwrap_or(80),
        count_sites(work),
        app.clock.clone(),
    )
}

fn count_sites(work: &Work) -> usize {
    let (suspects, finished) = match work {
        Work::List(suspects) => (suspects, 0),
        Work::Resume(state) => (&state.run.suspects, state.finished_sites.len()),
    };
    let sites: HashSet<String> = suspects
        .iter()
        .map(|suspect| suspect.url.authority())
        .collect();
    sites.len().saturating_sub(finished)
}

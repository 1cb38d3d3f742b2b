//! What a scan is doing, on standard error.

use super::words::{counted, score_text};
use super::{Style, band_word, defang_site, fit_width, verdict_word};
use crate::app::ScanEvent;
use crate::clock::Clock;
use crate::flag::{SiteVerdict, Visit};
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The screen is redrawn at most this often.
const REDRAW: Duration = Duration::from_millis(100);
/// Sites under way that are shown at once.
const MAX_LIVE_LINES: usize = 12;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressMode {
    /// A line a site that changes in place, for terminals.
    Live,
    /// A line a finished site.
    Plain,
    /// Not at all.
    Silent,
}

/// The progress of one scan.
#[derive(Debug)]
pub struct Progress {
    mode: ProgressMode,
    style: Style,
    clock: Arc<dyn Clock>,
    columns: usize,
    total: usize,
    began: Instant,
    drawn: Option<Instant>,
    live_lines: usize,
    under_way: Vec<UnderWay>,
    /// Lines of finished sites that are not drawn yet.
    pending: String,
    finished: usize,
    flagged: usize,
    pages: usize,
}

#[derive(Debug)]
struct UnderWay {
    site: String,
    pages: usize,
    doing: String,
}

impl Progress {
    /// Progress of a scan of `total` sites on a screen of `columns`.
    pub fn new(
        mode: ProgressMode,
        style: Style,
        columns: usize,
        total: usize,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            mode,
            style,
            columns: columns.max(20),
            total,
            began: clock.instant(),
            clock,
            drawn: None,
            live_lines: 0,
            under_way: Vec::new(),
            pending: String::new(),
            finished: 0,
            flagged: 0,
            pages: 0,
        }
    }

    /// Takes an event in and shows it.
    pub fn observe(&mut self, event: &ScanEvent<'_>, err: &mut dyn Write) {
        match event {
            ScanEvent::SiteStarted { site } => self.under_way.push(UnderWay {
                site: (*site).to_owned(),
                pages: 0,
                doing: "begins".into(),
            }),
            ScanEvent::PageFetched {
                site,
                url,
                outcome,
                pages,
            } => {
                if let Some(entry) = self.under_way.iter_mut().find(|entry| entry.site == *site) {
                    entry.pages = *pages;
                    entry.doing = format!("{outcome} {}", url.defanged());
                }
            }
            ScanEvent::SiteFinished { visit } => self.finish_site(visit),
        }
        match self.mode {
            ProgressMode::Live => self.redraw(err, false),
            ProgressMode::Plain => self.print_pending(err),
            ProgressMode::Silent => self.pending.clear(),
        }
    }

    /// Lets the clock of the live lines advance.
    pub fn tick(&mut self, err: &mut dyn Write) {
        if self.mode == ProgressMode::Live {
            self.redraw(err, false);
        }
    }

    /// Shows a message among the finished sites.
    pub fn tell(&mut self, message: &str, err: &mut dyn Write) {
        self.pending.push_str(message);
        self.pending.push('\n');
        match self.mode {
            ProgressMode::Live => {
                self.drawn = None;
                self.redraw(err, false);
            }
            ProgressMode::Plain | ProgressMode::Silent => self.print_pending(err),
        }
    }

    /// Removes the live lines; finished sites stay on the screen.
    pub fn close(&mut self, err: &mut dyn Write) {
        self.under_way.clear();
        if self.mode == ProgressMode::Live {
            self.redraw(err, true);
        }
    }

    fn finish_site(&mut self, visit: &Visit) {
        self.under_way.retain(|entry| entry.site != visit.site);
        self.finished += 1;
        self.pages += visit.pages;
        self.flagged += usize::from(visit.verdict == SiteVerdict::Flagged);
        let site = fit_width(&defang_site(&visit.site), 48);
        let pages = counted(visit.pages, "page");
        let answer = match visit.categories.first() {
            Some(top) if visit.verdict == SiteVerdict::Flagged => {
                let words = format!(
                    "{} {} {}",
                    band_word(top.band),
                    top.category,
                    score_text(top.score)
                );
                self.style.band(top.band, &words)
            }
            _ => verdict_word(visit.verdict).to_owned(),
        };
        // A string takes whatever is written.
        let _ = writeln!(self.pending, "{site:<32}  {pages:<9} {answer}");
    }

    /// Progress is a courtesy: a closed standard error does not stop a scan.
    fn print_pending(&mut self, err: &mut dyn Write) {
        let _ = err.write_all(self.pending.as_bytes());
        let _ = err.flush();
        self.pending.clear();
    }

    fn redraw(&mut self, err: &mut dyn Write, last: bool) {
        let now = self.clock.instant();
        let is_early = self
            .drawn
            .is_some_and(|drawn| now.saturating_duration_since(drawn) < REDRAW);
        if is_early && !last {
            return;
        }
        self.drawn = Some(now);
        let mut screen = String::new();
        if self.live_lines > 0 {
            // Up over the live lines, then clear to the end of the screen.
            let _ = write!(screen, "\x1b[{}A\r\x1b[0J", self.live_lines);
        }
        screen.push_str(&self.pending);
        self.pending.clear();
        self.live_lines = 0;
        if !last {
            for line in self.live(now) {
                screen.push_str(&line);
                screen.push('\n');
                self.live_lines += 1;
            }
        }
        let _ = err.write_all(screen.as_bytes());
        let _ = err.flush();
    }

    fn live(&self, now: Instant) -> Vec<String> {
        // One column stays free: some terminals wrap when the last one is filled.
        let fit = |line: &str| fit_width(line, self.columns - 1);
        let mut lines: Vec<String> = self
            .under_way
            .iter()
            .take(MAX_LIVE_LINES)
            .map(|entry| {
                let site = fit_width(&defang_site(&entry.site), 48);
                let pages = counted(entry.pages, "page");
                self.style
                    .faint(&fit(&format!("· {site}  {pages}  {}", entry.doing)))
            })
            .collect();
        let seconds = now.saturating_duration_since(self.began).as_secs();
        lines.push(fit(&format!(
            "{} of {} sites, {} under way, {} flagged, {}, {}:{:02}",
            self.finished,
            self.total,
            self.under_way.len(),
            self.flagged,
            counted(self.pages, "page"),
            seconds / 60,
            seconds % 60
        )));
        lines
    }
}

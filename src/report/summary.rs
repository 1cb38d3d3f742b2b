//! The table at the end of a scan.

use super::flags::{band_color, new_table, reasons};
use super::words::score_text;
use super::{
    RuleTitles, Style, band_word, clean_line, defang_site, fit_width, gate_reason, verdict_word,
};
use crate::flag::{SiteVerdict, Visit};
use crate::verdict::Band;
use comfy_table::{Cell, CellAlignment};
use std::io::{self, Write};

/// Rows kept a verdict: more cannot be read from a terminal, and lists may be endless.
const MAX_FLAGGED: usize = 500;
const MAX_OTHERS: usize = 60;
/// More clear sites than this are counted, not listed: the reader looks for the others.
const MAX_CLEAR: usize = 12;

/// The visits of a scan, gathered for a table.
#[derive(Debug)]
pub struct ScanReport {
    titles: RuleTitles,
    rows: Vec<Row>,
    kept: [usize; 4],
    left_off: [usize; 4],
    best_flag: Option<(f64, String)>,
}

#[derive(Debug)]
struct Row {
    verdict: SiteVerdict,
    band: Band,
    score: f64,
    site: String,
    category: String,
    why: String,
    pages: usize,
}

impl ScanReport {
    /// An empty report that names rules by these titles.
    pub fn new(titles: RuleTitles) -> Self {
        Self {
            titles,
            rows: Vec::new(),
            kept: [0; 4],
            left_off: [0; 4],
            best_flag: None,
        }
    }

    /// Takes a finished visit in.
    pub fn add(&mut self, visit: &Visit) {
        let score = visit.categories.first().map_or(0.0, |top| top.score);
        if let Some(flag) = &visit.flag
            && self
                .best_flag
                .as_ref()
                .is_none_or(|(best, _)| score > *best)
        {
            self.best_flag = Some((score, flag.to_string()));
        }
        let place = place(visit.verdict);
        let limit = match visit.verdict {
            SiteVerdict::Flagged => MAX_FLAGGED,
            SiteVerdict::Clear => MAX_CLEAR,
            SiteVerdict::Gated | SiteVerdict::Unreachable => MAX_OTHERS,
        };
        if self.kept[place] >= limit {
            self.left_off[place] += 1;
            return;
        }
        self.kept[place] += 1;
        self.rows.push(self.row_of(visit, score));
    }

    /// The flag with the highest score, to be looked at first.
    pub fn best_flag(&self) -> Option<&str> {
        self.best_flag.as_ref().map(|(_, flag)| flag.as_str())
    }

    /// Writes the table: flagged sites first, the highest score on top.
    pub fn write(&mut self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        let clear = place(SiteVerdict::Clear);
        if self.left_off[clear] > 0 {
            // Some of many would look as if they had been chosen.
            self.left_off[clear] += std::mem::take(&mut self.kept[clear]);
            self.rows.retain(|row| row.verdict != SiteVerdict::Clear);
        }
        self.rows.sort_by(|a, b| {
            (place(a.verdict), b.band)
                .cmp(&(place(b.verdict), a.band))
                .then(b.score.total_cmp(&a.score))
                .then_with(|| a.site.cmp(&b.site))
        });
        let mut table = new_table(
            style,
            &["Site", "Verdict", "Category", "Score", "Why", "Pages"],
        );
        for row in &self.rows {
            let verdict = match row.verdict {
                SiteVerdict::Flagged => format!("flagged, {}", band_word(row.band)),
                other => verdict_word(other).to_owned(),
            };
            let verdict = Cell::new(verdict);
            let verdict = match row.verdict {
                SiteVerdict::Flagged | SiteVerdict::Clear => band_color(verdict, row.band, style),
                SiteVerdict::Gated | SiteVerdict::Unreachable => verdict,
            };
            let shows_score = !row.category.is_empty();
            let score = if shows_score {
                score_text(row.score)
            } else {
                String::new()
            };
            table.add_row([
                Cell::new(&row.site),
                verdict,
                Cell::new(&row.category),
                Cell::new(score).set_alignment(CellAlignment::Right),
                Cell::new(&row.why),
                Cell::new(row.pages).set_alignment(CellAlignment::Right),
            ]);
        }
        if !self.rows.is_empty() {
            writeln!(out, "{table}")?;
        }
        for (verdict, count) in ORDER
            .into_iter()
            .zip(self.left_off)
            .filter(|(_, count)| *count > 0)
        {
            let more = if self.kept[place(verdict)] > 0 {
                " more"
            } else {
                ""
            };
            writeln!(out, "… and {count}{more} {}", verdict_word(verdict))?;
        }
        Ok(())
    }

    fn row_of(&self, visit: &Visit, score: f64) -> Row {
        let top = visit.categories.first();
        let is_flagged = visit.verdict == SiteVerdict::Flagged;
        let why = match visit.verdict {
            SiteVerdict::Flagged => top
                .map(|top| reasons(&top.findings, &self.titles))
                .unwrap_or_default(),
            SiteVerdict::Clear => String::new(),
            SiteVerdict::Gated | SiteVerdict::Unreachable => obstacle(visit),
        };
        Row {
            verdict: visit.verdict,
            band: top.map_or(Band::Clear, |top| top.band),
            score,
            site: fit_width(&defang_site(&visit.site), 60),
            category: top
                .filter(|_| is_flagged)
                .map(|top| top.category.to_string())
                .unwrap_or_default(),
            why,
            pages: visit.pages,
        }
    }
}

/// What asks for a person first.
const ORDER: [SiteVerdict; 4] = [
    SiteVerdict::Flagged,
    SiteVerdict::Gated,
    SiteVerdict::Unreachable,
    SiteVerdict::Clear,
];

fn place(verdict: SiteVerdict) -> usize {
    match verdict {
        SiteVerdict::Flagged => 0,
        SiteVerdict::Gated => 1,
        SiteVerdict::Unreachable => 2,
        SiteVerdict::Clear => 3,
    }
}

/// What kept tazy from judging.
fn obstacle(visit: &Visit) -> String {
    if let Some(gate) = visit.gate {
        return gate_reason(gate).to_owned();
    }
    if let Some(attempt) = visit.attempts.first() {
        return fit_width(&clean_line(&attempt.detail), 120);
    }
    let outcomes: Vec<String> = visit
        .outcomes
        .iter()
        .map(|(outcome, count)| format!("{outcome}×{count}"))
        .collect();
    fit_width(&outcomes.join(" "), 120)
}

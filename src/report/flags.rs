//! Flags as a table.

use super::words::{minute_text, score_text};
use super::{RuleTitles, Style, band_word, defang_site, fit_width};
use crate::flag::Flag;
use crate::review::{Choice, ReviewStatus, Standing};
use crate::rules::Finding;
use crate::verdict::Band;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Width of tables that do not go to a terminal.
const FILE_COLUMNS: u16 = 140;
/// Narrower tables cannot be read; a terminal may wrap them.
const MIN_COLUMNS: u16 = 70;

/// A flag with where it stands (the object that `tazy flags list --json` prints).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StandingFlag {
    /// The flag.
    #[serde(flatten)]
    pub flag: Flag,
    /// Where it stands.
    #[serde(flatten)]
    pub standing: Standing,
}

/// A table of flags, in the order given.
pub fn flag_table(flags: &[StandingFlag], titles: &RuleTitles, style: Style) -> String {
    let header = [
        "Flag",
        "Site",
        "Band",
        "Status",
        "Category",
        "Score",
        "Why",
        "Last seen",
    ];
    let mut table = new_table(style, &header);
    for StandingFlag { flag, standing } in flags {
        let top = flag.categories.first();
        table.add_row([
            Cell::new(fit_width(flag.id.as_str(), 20)),
            Cell::new(fit_width(&defang_site(&flag.site), 60)),
            band_color(Cell::new(band_word(flag.band)), flag.band, style),
            Cell::new(standing_text(standing)),
            Cell::new(top.map(|top| top.category.to_string()).unwrap_or_default()),
            Cell::new(top.map(|top| score_text(top.score)).unwrap_or_default())
                .set_alignment(CellAlignment::Right),
            Cell::new(
                top.map(|top| reasons(&top.findings, titles))
                    .unwrap_or_default(),
            ),
            Cell::new(minute_text(flag.seen)),
        ]);
    }
    table.to_string()
}

/// Where a flag stands, in a few words.
pub fn standing_text(standing: &Standing) -> String {
    let mut text = standing.status.as_str().to_owned();
    if let Some(decision) = &standing.decision {
        if let Choice::Defer { until } = decision.choice {
            let joint = if standing.status == ReviewStatus::Deferred {
                " to"
            } else {
                ", was deferred to"
            };
            let _ = write!(text, "{joint} {}", until.strftime("%Y-%m-%d"));
        } else if standing.changed_since {
            text.push_str(", changed since");
        }
    }
    text
}

/// The titles of the two heaviest rules.
pub(super) fn reasons(findings: &[Finding], titles: &RuleTitles) -> String {
    let mut named: Vec<Cow<'_, str>> = Vec::new();
    for finding in findings {
        let title = titles.title(&finding.rule);
        if !named.contains(&title) {
            named.push(title);
        }
        if named.len() == 2 {
            break;
        }
    }
    fit_width(&named.join("; "), 160)
}

/// An empty table, as wide as the terminal.
pub(super) fn new_table(style: Style, header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic);
    // Pseudo terminals may say that they have no columns; a few would leave one letter a line.
    match table.width().filter(|columns| *columns > 0) {
        Some(columns) => table.set_width(columns.max(MIN_COLUMNS)),
        None => table.set_width(FILE_COLUMNS),
    };
    if style.is_colored() {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    let cells = header.iter().map(|name| {
        let cell = Cell::new(name);
        if style.is_colored() {
            cell.add_attribute(Attribute::Bold)
        } else {
            cell
        }
    });
    table.set_header(cells);
    table
}

/// A cell in the color of a band.
pub(super) fn band_color(cell: Cell, band: Band, style: Style) -> Cell {
    if !style.is_colored() {
        return cell;
    }
    match band {
        Band::Urgent => cell.fg(Color::Red).add_attribute(Attribute::Bold),
        Band::Review => cell.fg(Color::Yellow),
        Band::Clear => cell.fg(Color::Green),
    }
}

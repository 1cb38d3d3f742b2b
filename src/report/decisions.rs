//! Decisions on a terminal.

use super::flags::{band_color, new_table, standing_text};
use super::words::minute_text;
use super::{StandingFlag, Style, band_word, clean_line, defang_site, fit_width};
use crate::review::{Choice, Decision};
use comfy_table::Cell;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Columns of a note in a table.
const NOTE_COLUMNS: usize = 80;

/// A table of flags with the decisions that stand about them, in the order given.
pub fn decision_table(flags: &[StandingFlag], style: Style) -> String {
    let header = ["Flag", "Site", "Band", "Status", "Flagged for", "Decided"];
    let mut table = new_table(style, &header);
    for StandingFlag { flag, standing } in flags {
        let category = flag.categories.first().map(|top| top.category.to_string());
        let decided = standing.decision.as_ref().map(|decision| {
            let mut text = decision_text(decision);
            if let Some(note) = &decision.note {
                let _ = write!(text, "; {}", fit_width(&clean_line(note), NOTE_COLUMNS));
            }
            text
        });
        table.add_row([
            Cell::new(fit_width(flag.id.as_str(), 20)),
            Cell::new(fit_width(&defang_site(&flag.site), 60)),
            band_color(Cell::new(band_word(flag.band)), flag.band, style),
            Cell::new(standing_text(standing)),
            Cell::new(category.unwrap_or_default()),
            Cell::new(decided.unwrap_or_default()),
        ]);
    }
    table.to_string()
}

/// A decision on one line, without its note: `confirmed as drug_sale by a.serikova, 2026-11-22 10:00 UTC`.
pub fn decision_text(decision: &Decision) -> String {
    let mut text = match &decision.choice {
        Choice::Confirm { category, .. } => format!("confirmed as {category}"),
        Choice::Dismiss => "dismissed".to_owned(),
        Choice::Defer { until } => format!("deferred to {}", minute_text(*until)),
    };
    let author = clean_line(decision.author.as_str());
    let _ = write!(text, " by {author}, {}", minute_text(decision.decided));
    let reasons: Vec<&str> = decision.reasons.iter().map(|r| r.as_str()).collect();
    if !reasons.is_empty() {
        let _ = write!(text, " ({})", reasons.join(", "));
    }
    text
}

/// Writes a flag with all decisions about it, the one that stands first.
pub fn write_history(
    out: &mut dyn Write,
    flag: &StandingFlag,
    decisions: &[Decision],
    style: Style,
) -> io::Result<()> {
    let StandingFlag { flag, standing } = flag;
    let site = style.heading(&fit_width(&defang_site(&flag.site), 200));
    let band = style.band(flag.band, band_word(flag.band));
    let status = standing_text(standing);
    writeln!(
        out,
        "{}  {site}  {band}  {status}",
        clean_line(flag.id.as_str())
    )?;
    if decisions.is_empty() {
        return writeln!(out, "Nobody decided about it yet.");
    }
    for (place, decision) in decisions.iter().rev().enumerate() {
        let superseded = if place == 0 { "" } else { "  superseded" };
        writeln!(
            out,
            "\n{}{superseded}",
            style.heading(&decision_text(decision))
        )?;
        writeln!(out, "  decision  {}", clean_line(decision.id.as_str()))?;
        if let Choice::Confirm { elements, .. } = &decision.choice
            && !elements.is_empty()
        {
            let titles: Vec<String> = elements.iter().map(|e| e.titles().en).collect();
            writeln!(out, "  shown     {}", titles.join("; "))?;
        }
        for reason in &decision.reasons {
            writeln!(
                out,
                "  reason    {}: {}",
                reason.as_str(),
                reason.titles().en
            )?;
        }
        if let Some(note) = &decision.note {
            for line in note.lines() {
                writeln!(out, "  note      {}", clean_line(line))?;
            }
        }
        let grounds = &decision.grounds;
        let categories: Vec<&str> = grounds.categories.iter().map(|c| c.as_str()).collect();
        let about = format!(
            "visit of {}, {} {}, rules {}, {} captures",
            clean_line(grounds.run.as_str()),
            band_word(grounds.band),
            categories.join(", "),
            fit_width(&grounds.ruleset, 40),
            grounds.captures.len()
        );
        writeln!(out, "  about     {}", style.faint(&about))?;
        if let Some(previous) = &decision.supersedes {
            writeln!(out, "  supersedes {}", clean_line(previous.as_str()))?;
        }
    }
    Ok(())
}

//! CSV (RFC 4180), for machines and for people.
//!
//! Spreadsheets take a cell that begins with `=`, `+`, `-` or `@` for a formula (OWASP, "CSV Injection"), and one
//! that separates fields by semicolons begins a cell within another. Such places get an apostrophe, in cells that
//! people wrote; the column `guarded` says so, and [`guard`] says how it is taken back.

use super::{all_written, clean_text};
use crate::block::list::{BlockList, ExportReport, ListEntry, ListError};
use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use std::io::Write;

const COLUMNS: [&str; 19] = [
    "item",
    "scope",
    "target",
    "host",
    "category",
    "family",
    "decided",
    "order_number",
    "order_date",
    "order_organ",
    "grounds",
    "urls",
    "reasons",
    "first_seen",
    "last_seen",
    "review_by",
    "request",
    "serial",
    "guarded",
];
/// So that spreadsheets read UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// For whom it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Targets and URLs as they are.
    Machine,
    /// Targets and URLs defanged; every cell guarded.
    Person,
}

/// Writes CSV for machines: targets and URLs live, several in one cell separated by spaces.
pub fn write_csv(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    write(list, Reader::Machine, out)
}

/// Writes CSV for spreadsheets: with a byte order mark, targets and URLs defanged.
pub fn write_human_csv(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    out.write_all(BYTE_ORDER_MARK)?;
    write(list, Reader::Person, out)
}

fn write(list: &BlockList, reader: Reader, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer(out);
    write_record(&mut writer, &COLUMNS)?;
    let serial = list.serial.to_string();
    for entry in &list.entries {
        write_record(&mut writer, &cells(entry, reader, &serial))?;
    }
    writer.flush()?;
    Ok(all_written(list))
}

fn write_record<T: AsRef<[u8]>>(
    writer: &mut Writer<&mut dyn Write>,
    cells: &[T],
) -> Result<(), ListError> {
    writer
        .write_record(cells)
        .map_err(|error| ListError::Io(error.into()))
}

fn cells(entry: &ListEntry, reader: Reader, serial: &str) -> Vec<String> {
    let mut is_guarded = false;
    let mut text = |text: &str| {
        let line = one_line(text);
        let guarded = guard(&line);
        is_guarded |= guarded != line;
        guarded
    };
    let order = |part: fn(&crate::block::list::OrderFacts) -> String| {
        entry.order.as_ref().map(part).unwrap_or_default()
    };
    let (target, urls): (String, Vec<String>) = match reader {
        Reader::Machine => (
            entry.target.live(),
            entry.urls.iter().map(|u| u.as_str().to_owned()).collect(),
        ),
        Reader::Person => (
            text(&entry.target.to_string()),
            entry.urls.iter().map(|url| text(&url.defanged())).collect(),
        ),
    };
    let host = entry.target.host().map(|name| match reader {
        Reader::Machine => name.as_str().to_owned(),
        Reader::Person => name.defanged(),
    });
    let mut cells = vec![
        text(entry.item.as_str()),
        entry.target.scope().as_str().to_owned(),
        target,
        host.unwrap_or_default(),
        entry.category.as_str().to_owned(),
        entry.category.family().as_str().to_owned(),
        entry.decided.to_string(),
        text(&order(|order| order.number.clone())),
        order(|order| order.date.to_string()),
        text(&order(|order| order.organ.clone())),
        text(&entry.grounds.join(" ")),
        urls.join(" "),
        text(&entry.reasons),
        entry.first_seen.to_string(),
        entry.last_seen.to_string(),
        entry.review_by.to_string(),
        text(entry.request.as_str()),
        serial.to_owned(),
    ];
    cells.push(u8::from(is_guarded).to_string());
    cells
}

/// A cell is one line: a line break in a cell begins a cell for readers that do not know better.
fn one_line(text: &str) -> String {
    let cleaned = clean_text(text);
    let words: Vec<&str> = cleaned.split_whitespace().collect();
    words.join(" ")
}

/// Puts an apostrophe wherever a cell begins (at its start, and after `;` or `,` with any blanks and quotes) with
/// a sign that makes a formula, or with an apostrophe. To take it back, remove one apostrophe from where any cell
/// of a row with `guarded` = 1 begins in this sense.
fn guard(cell: &str) -> String {
    let mut guarded = String::with_capacity(cell.len());
    let mut begins = true;
    for c in cell.chars() {
        if begins && (makes_formula(c) || c == '\'') {
            guarded.push('\'');
        }
        begins = match c {
            ';' | ',' => true,
            ' ' | '"' => begins,
            _ => false,
        };
        guarded.push(c);
    }
    guarded
}

/// The signs, with their full-width and small forms, which spreadsheets of some languages take for them.
fn makes_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫' | '−'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken_back(guarded: &str) -> String {
        let mut text = String::new();
        let mut begins = true;
        for c in guarded.chars() {
            if begins && c == '\'' {
                begins = false;
                continue;
            }
            begins = match c {
                ';' | ',' => true,
                ' ' | '"' => begins,
                _ => false,
            };
            text.push(c);
        }
        text
    }

    #[test]
    fn formulas_are_guarded_wherever_a_cell_begins() {
        for (cell, guarded) in [
            ("=1+1", "'=1+1"),
            ("＝cmd", "'＝cmd"),
            ("+7 701 000", "'+7 701 000"),
            ("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0"),
            ("a, \"-2", "a, \"'-2"),
            ("'quoted'", "''quoted'"),
            ("plain - text", "plain - text"),
        ] {
            assert_eq!(guard(cell), guarded);
        }
    }

    #[test]
    fn line_breaks_and_tabs_do_not_begin_cells() {
        assert_eq!(one_line("\t=1\r\n+2\u{0}"), "=1 +2");
    }

    proptest! {
        #[test]
        fn what_was_guarded_can_be_taken_back(text in "[=+@'\", ;a-]{0,12}|.{0,20}") {
            let line = one_line(&text);
            let guarded = guard(&line);
            prop_assert_eq!(taken_back(&guarded), line);
            prop_assert!(!guarded.starts_with(makes_formula));
        }
    }
}

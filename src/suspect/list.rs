//! Lists of suspects as they are sent: one URL a line or CSV, in the encodings that offices use.

mod encoding;
mod table;
#[cfg(test)]
mod tests;

use super::{Suspect, SuspectUrl};
use std::borrow::Cow;
use std::collections::HashSet;

/// Longer lines (and table rows) are refused: nothing that names a site needs them.
const MAX_LINE_BYTES: usize = 16 * 1024;
/// A file of another kind would otherwise give as many problems as it has lines.
const MAX_PROBLEMS: usize = 1000;
/// Characters of a bad line that are kept to show it.
const SHOWN_CHARS: usize = 80;

/// What was read from a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuspectList {
    /// Suspects in the order of the list, each URL once.
    pub suspects: Vec<Suspect>,
    /// Lines that were skipped, and why; the first thousand of them.
    pub problems: Vec<LineProblem>,
    /// Further lines that were skipped.
    pub more_problems: usize,
    /// Lines that repeat an earlier URL.
    pub repeated: usize,
    /// The encoding that was detected, by its WHATWG name.
    pub encoding: &'static str,
}

/// A line that was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// Line number, from 1.
    pub line: usize,
    /// The line as read (shortened).
    pub text: String,
    /// What is wrong and what to write instead.
    pub reason: String,
}

/// Reads a list: one URL a line with `#` comments, or CSV with a header that names a `url` column.
///
/// Encodings: UTF-8, UTF-16 (by byte-order mark or by its zero bytes), windows-1251, and where the text
/// speaks clearly for them KOI8 and code page 866. Never fails: what cannot be read is a problem of its line.
pub fn read_list(bytes: &[u8]) -> SuspectList {
    let mut reading = Reading::default();
    if let Some(reason) = encoding::foreign_format(bytes) {
        reading.list.encoding = "binary";
        reading.refuse(1, "", reason);
        return reading.list;
    }
    let (text, encoding) = encoding::decode(bytes);
    reading.list.encoding = encoding;
    let text = with_line_feeds(text);
    match table::Layout::of_text(&text) {
        Some(layout) => layout.read(&text, &mut reading),
        None => read_lines(&text, &mut reading),
    }
    reading.list
}

/// A list being read.
#[derive(Debug, Default)]
struct Reading {
    list: SuspectList,
    seen: HashSet<SuspectUrl>,
}

impl Reading {
    fn accept(&mut self, suspect: Suspect) {
        if self.seen.insert(suspect.url.clone()) {
            self.list.suspects.push(suspect);
        } else {
            self.list.repeated += 1;
        }
    }

    fn refuse(&mut self, line: usize, text: &str, reason: impl Into<String>) {
        if self.list.problems.len() >= MAX_PROBLEMS {
            self.list.more_problems += 1;
            return;
        }
        self.list.problems.push(LineProblem {
            line,
            text: shorten(text),
            reason: reason.into(),
        });
    }
}

fn read_lines(text: &str, reading: &mut Reading) {
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if line.len() > MAX_LINE_BYTES {
            let reason =
                format!("the line is longer than {MAX_LINE_BYTES} bytes; write one URL a line");
            reading.refuse(number, line, reason);
            continue;
        }
        let written = without_comment(line);
        if written.is_empty() {
            continue;
        }
        match read_url(written) {
            Ok(url) => reading.accept(Suspect::bare(url)),
            Err(reason) => reading.refuse(number, line, reason),
        }
    }
}

/// Files of old Macintoshes end their lines with CR alone.
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\n') || !text.contains('\r') {
        text
    } else {
        Cow::Owned(text.replace('\r', "\n"))
    }
}

/// The line without its comment: from `#` at the start or after white space. A `#` within a URL is its
/// fragment.
fn without_comment(line: &str) -> &str {
    let is_comment = |&(at, _): &(usize, &str)| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    };
    let end = line
        .match_indices('#')
        .find(is_comment)
        .map_or(line.len(), |(at, _)| at);
    line[..end].trim()
}

/// One URL as written, with the punctuation of the list it stood in.
fn read_url(written: &str) -> Result<SuspectUrl, String> {
    let cleaned = written.trim().trim_end_matches([',', ';']).trim();
    if cleaned.contains(char::is_whitespace) {
        return Err(reason_for_several(cleaned));
    }
    let url = SuspectUrl::from_written(cleaned).map_err(|problem| problem.to_string())?;
    if url.host().contains([',', ';', '|']) {
        return Err(reason_for_several(cleaned));
    }
    Ok(url)
}

fn reason_for_several(text: &str) -> String {
    let several_urls = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'))
        .filter(|word| !word.is_empty())
        .all(|word| SuspectUrl::from_written(word).is_ok());
    if several_urls {
        "more than one URL; write one URL a line".into()
    } else {
        "more than a URL; put notes after ` # `, or give the table a header line with a column `url`".into()
    }
}

fn shorten(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

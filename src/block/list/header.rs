//! The comment at the head of a list, and what a comment may hold.

use super::{BlockList, ListFormat};
use std::io::{self, Write};

/// Longer titles and contacts are cut (characters).
const MAX_TEXT: usize = 200;

/// Writes who issued what and when, every line after `mark`.
pub(super) fn write_header(
    list: &BlockList,
    format: ListFormat,
    written: usize,
    mark: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{mark} Title: {}", comment_text(&list.title))?;
    writeln!(out, "{mark} Unit: {}", comment_text(&list.unit))?;
    if let Some(contact) = &list.contact {
        writeln!(out, "{mark} Contact: {}", comment_text(contact))?;
    }
    writeln!(out, "{mark} Serial: {}", list.serial)?;
    writeln!(out, "{mark} Generated: {}", list.generated)?;
    writeln!(
        out,
        "{mark} Entries: {written} of {} ({})",
        list.entries.len(),
        format.as_str()
    )
}

/// A text that stays within its comment whatever it holds: one line, no character that a parser could take for
/// the end of the line or for its continuation.
pub(super) fn comment_text(text: &str) -> String {
    let is_harmless = |c: char| {
        !c.is_control()
            && c != '\\'
            && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let kept: String = text
        .chars()
        .take(MAX_TEXT)
        .map(|c| if is_harmless(c) { c } else { ' ' })
        .collect();
    kept.trim().to_owned()
}

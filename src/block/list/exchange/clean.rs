//! Text that every format can carry.

/// A text without what XML 1.0 §2.2 forbids, other control characters, and characters that turn the direction of
/// writing or hide. Line breaks of every kind become `\n`; tabs stay.
pub(super) fn clean_text(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            '\n' | '\t' => cleaned.push(c),
            c if c.is_control() || is_unseen(c) => {}
            c => cleaned.push(c),
        }
    }
    cleaned
}

/// Bidirectional controls, zero-width signs, and code points that are no characters (Unicode §23.7).
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}'
        | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::clean_text;

    #[test]
    fn what_no_reader_wants_is_dropped_and_kazakh_stays() {
        assert_eq!(
            clean_text("Қазақ\u{0}\u{7}\u{fffe}\u{202e} ә\u{1fffe}"),
            "Қазақ ә"
        );
    }

    #[test]
    fn line_breaks_of_every_kind_become_one_kind() {
        assert_eq!(clean_text("a\r\nb\rc\u{2028}d\te"), "a\nb\nc\nd\te");
    }
}

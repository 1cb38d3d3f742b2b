//! Crawled text made fit for papers.

use unicode_width::UnicodeWidthChar;

/// Marks upon one letter that are kept; no language stacks more, pages made to disturb do.
const MAX_MARKS: usize = 3;

/// One line of at most `limit` characters: without control, invisible and bidirectional characters, without what
/// XML 1.0 forbids, without live links (`http` becomes `hxxp`); runs of white space become one space. What is cut
/// is marked by an ellipsis.
pub fn clean_text(text: &str, limit: usize) -> String {
    let mut line = String::with_capacity(text.len().min(4 * limit));
    let (mut count, mut marks) = (0, 0);
    for c in text.chars() {
        if c.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
                count += 1;
            }
        } else if is_printable(c) {
            marks = if c.width() == Some(0) { marks + 1 } else { 0 };
            if marks <= MAX_MARKS {
                line.push(c);
                count += 1;
            }
        }
        if count > limit {
            let end = line.char_indices().nth(limit.saturating_sub(1));
            line.truncate(end.map_or(0, |(at, _)| at));
            line.push('…');
            break;
        }
    }
    line.truncate(line.trim_end().len());
    defang_links(line)
}

/// Text of several lines, each cleaned, without empty ones; `limit` characters a line.
pub fn clean_lines(text: &str, limit: usize) -> Vec<String> {
    text.lines()
        .map(|line| clean_text(line, limit))
        .filter(|line| !line.is_empty())
        .collect()
}

/// False for what shows nothing, changes how others are shown, or must not stand in XML 1.0 (§2.2).
pub(super) fn is_printable(c: char) -> bool {
    let is_noncharacter = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    !c.is_control()
        && !is_noncharacter
        && !matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
                | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Word processors and viewers make links of whatever has a scheme.
fn defang_links(mut text: String) -> String {
    if text.contains("://") {
        let lower = text.to_ascii_lowercase();
        for scheme in ["http://", "https://"] {
            for (at, _) in lower.match_indices(scheme) {
                text.replace_range(at + 1..at + 3, "xx");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_turns_around_or_hides_text_is_taken_out() {
        assert_eq!(
            clean_text("a\u{202e}b\u{200b}\u{7}\u{0}c\u{fffe}", 99),
            "abc"
        );
        assert_eq!(clean_text(" a \r\n\t b ", 99), "a b");
        assert_eq!(clean_text("HTTPS://shop.kz", 99), "HxxPS://shop.kz");
        assert_eq!(clean_lines("a\n\n\u{7}\nb", 9), ["a", "b"]);
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(clean_text("абвгд", 5), "абвгд");
        assert_eq!(clean_text("абвгде", 5), "абвг…");
    }

    proptest! {
        #[test]
        fn cleaned_text_is_short_and_printable(text in "\\PC*|[\u{0}-\u{ff}]{0,60}", limit in 1usize..40) {
            let line = clean_text(&text, limit);
            prop_assert!(line.chars().count() <= limit);
            prop_assert!(line.chars().all(|c| c == ' ' || is_printable(c)));
        }
    }
}

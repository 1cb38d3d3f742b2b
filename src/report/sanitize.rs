//! Crawled text made fit for a terminal.

use super::Style;
use unicode_width::UnicodeWidthChar;

/// Longest control sequence that is dropped as a whole; of a longer one only the control characters go, so
/// that nothing readable can be hidden in it.
const MAX_SEQUENCE: usize = 32;
/// Marks upon one letter that are kept; no language stacks more, pages made to disturb do.
const MAX_MARKS: usize = 3;

/// One line without live links, control characters, terminal sequences, bidirectional overrides, invisible characters
/// and stacked marks; runs of white space become one space.
pub fn clean_line(text: &str) -> String {
    let cleaned = strip(text);
    let mut line = String::with_capacity(cleaned.len());
    for word in cleaned.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A cleaned line of at most `columns` terminal columns; what is cut is marked by an ellipsis.
pub fn fit_width(text: &str, columns: usize) -> String {
    let line = clean_line(text);
    let mut used = 0;
    let mut kept = 0;
    for (at, c) in line.char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns {
            return format!("{}…", &line[..kept]);
        }
        // The ellipsis needs a column of its own.
        if used < columns {
            kept = at + c.len_utf8();
        }
    }
    line
}

/// A site (host, with its port where unusual) as people may see it: `shop[.]kz:8080`.
pub fn defang_site(site: &str) -> String {
    clean_line(site).replace('.', "[.]")
}

/// An excerpt with its marked spans made visible: in color, or `[[so]]`.
pub fn mark_excerpt(excerpt: &str, marks: &[(usize, usize)], style: Style) -> String {
    let mut marks: Vec<(usize, usize)> = marks.to_vec();
    marks.sort_unstable();
    let mut shown = String::new();
    let mut at = 0;
    for (start, end) in marks {
        let start = start.max(at);
        if end <= start {
            continue;
        }
        // Records may be old or damaged: a span that does not fit is not shown rather than trusted.
        let (Some(before), Some(marked)) = (excerpt.get(at..start), excerpt.get(start..end)) else {
            continue;
        };
        shown.push_str(&collapse(&strip(before)));
        shown.push_str(&style.marked(&collapse(&strip(marked))));
        at = end;
    }
    shown.push_str(&collapse(&strip(excerpt.get(at..).unwrap_or_default())));
    shown.trim().to_owned()
}

/// Like `clean_line`, but a space at either end stays one.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if matches!(c, '\u{1b}' | '\u{9b}') {
            skip_sequence(c, &mut rest);
        } else if c.is_whitespace() {
            out.push(' ');
        } else if !c.is_control() && !is_invisible(c) {
            marks = if c.width() == Some(0) { marks + 1 } else { 0 };
            if marks <= MAX_MARKS {
                out.push(c);
            }
        }
    }
    defang_links(out)
}

/// Terminals make links of whatever has a scheme: `http` becomes `hxxp`.
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

/// Skips the rest of a control sequence (ECMA-48 §5.4: parameters, then one character `@` to `~`).
fn skip_sequence(introducer: char, rest: &mut std::str::Chars<'_>) {
    let mut ahead = rest.clone();
    if introducer == '\u{1b}' && ahead.next() != Some('[') {
        return;
    }
    for _ in 0..MAX_SEQUENCE {
        match ahead.next() {
            Some(' '..='?') => {}
            Some('@'..='~') => {
                *rest = ahead;
                return;
            }
            _ => return,
        }
    }
}

/// Characters that show nothing and change how their neighbors are shown.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terminal_sequences_do_not_reach_the_terminal() {
        assert_eq!(clean_line("\x1b[31mred\x1b[0m \x1b[2J\u{9b}1mx"), "red x");
        assert_eq!(
            clean_line("\x1b]0;owned\x07title\rX\x08"),
            "]0;ownedtitle X",
            "what a title sequence carries is shown as text, not hidden"
        );
        assert_eq!(
            clean_line("\x1b[1;2"),
            "[1;2",
            "an unfinished sequence hides nothing"
        );
    }

    #[test]
    fn text_cannot_be_turned_around_or_hidden() {
        assert_eq!(
            clean_line("gnp.\u{202e}exe\u{200b}\u{2066}!\u{feff}"),
            "gnp.exe!"
        );
        let stacked = format!("а{}б", "\u{301}".repeat(50));
        assert_eq!(clean_line(&stacked).chars().count(), 2 + MAX_MARKS);
    }

    #[test]
    fn links_in_crawled_text_are_defanged() {
        assert_eq!(
            clean_line("см. HTTPS://shop.kz и http://b.kz"),
            "см. HxxPS://shop.kz и hxxp://b.kz"
        );
        assert_eq!(
            mark_excerpt("http://b.kz", &[(0, 11)], Style::PLAIN),
            "[[hxxp://b.kz]]"
        );
    }

    #[test]
    fn lines_fit_their_width_in_columns() {
        assert_eq!(fit_width("короткая", 8), "короткая");
        assert_eq!(fit_width("коротковатая", 8), "коротко…");
        assert_eq!(fit_width("漢字漢字", 5), "漢字…");
        assert_eq!(fit_width("a\n b", 10), "a b");
    }

    #[test]
    fn marked_words_stand_out_without_color() {
        let excerpt = "Продам мефедрон, пишите";
        let start = excerpt.find("мефедрон").unwrap();
        let marks = [(start, start + "мефедрон".len())];
        assert_eq!(
            mark_excerpt(excerpt, &marks, Style::PLAIN),
            "Продам [[мефедрон]], пишите"
        );
        assert_eq!(
            mark_excerpt(excerpt, &marks, Style::COLORED),
            "Продам \x1b[1;7mмефедрон\x1b[0m, пишите"
        );
    }

    #[test]
    fn spans_that_do_not_fit_are_not_trusted() {
        assert_eq!(
            mark_excerpt("ёж", &[(1, 2), (0, 99), (2, 4), (2, 4)], Style::PLAIN),
            "ё[[ж]]"
        );
    }

    proptest! {
        #[test]
        fn nothing_cleaned_moves_the_cursor(text in "\\PC*|[\u{0}-\u{ff}]{0,60}|[\\x1b\\[0-9;mHJ\u{202e}а]{0,60}") {
            let line = clean_line(&text);
            prop_assert!(line.chars().all(|c| !c.is_control() && !is_invisible(c)));
            prop_assert!(!line.contains("  "));
        }

        #[test]
        fn any_marks_leave_the_text_as_it_is(text in "[а-яa-z\u{301} ]{0,30}", marks in proptest::collection::vec((0usize..70, 0usize..70), 0..6)) {
            let shown = mark_excerpt(&text, &marks, Style::PLAIN).replace("[[", "").replace("]]", "");
            let letters = |s: &str| s.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            // Marks may split a stack of accents, which then may be longer by what is kept of each part.
            prop_assert_eq!(letters(&shown), letters(&text));
        }
    }
}

//! Text around a match.

use super::Excerpt;
use std::ops::Range;

/// How many characters an excerpt has at most, and how many of them stand before the match.
const MAX_CHARS: usize = 160;
const CHARS_BEFORE: usize = 50;

/// Cuts an excerpt around `main`; those of `others` that lie within it are marked too.
pub(super) fn excerpt_around(text: &str, main: &Range<usize>, others: &[Range<usize>]) -> Excerpt {
    let mut start = main.start.min(text.len());
    for _ in 0..CHARS_BEFORE {
        match text[..start].chars().next_back() {
            Some(c) => start -= c.len_utf8(),
            None => break,
        }
    }
    let mut end = start;
    for c in text[start..].chars().take(MAX_CHARS) {
        end += c.len_utf8();
    }
    let mut marks: Vec<Range<usize>> = others
        .iter()
        .chain([main])
        .filter(|span| span.start >= start && span.start < end && span.start < span.end)
        .map(|span| span.start..span.end.min(end))
        .collect();
    marks.sort_by_key(|span| (span.start, usize::MAX - span.end));
    let mut excerpt = Excerpt {
        text: String::new(),
        marks: Vec::new(),
    };
    let mut copied = start;
    for mark in marks {
        if mark.start < copied && copied > start {
            continue;
        }
        push_line(&mut excerpt.text, &text[copied..mark.start]);
        let from = excerpt.text.len();
        push_line(&mut excerpt.text, &text[mark.clone()]);
        excerpt.marks.push((from, excerpt.text.len()));
        copied = mark.end;
    }
    push_line(&mut excerpt.text, &text[copied..end]);
    excerpt
}

/// Appends text as one line: control characters become blanks, bidi controls vanish, runs of blanks one.
fn push_line(line: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
        {
            line.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_exact_and_the_line_is_short() {
        let text = format!(
            "{} продам\n\nмефедрон дёшево {}",
            "а ".repeat(200),
            "б".repeat(300)
        );
        let at = text.find("мефедрон").unwrap();
        let sale = text.find("продам").unwrap();
        let main = at..at + "мефедрон".len();
        let other = sale..sale + "продам".len();
        let excerpt = excerpt_around(&text, &main, std::slice::from_ref(&other));
        let marked: Vec<&str> = excerpt
            .marks
            .iter()
            .map(|&(a, b)| &excerpt.text[a..b])
            .collect();
        assert_eq!(marked, ["продам", "мефедрон"]);
        assert!(excerpt.text.chars().count() <= MAX_CHARS);
        assert!(!excerpt.text.contains('\n'));
    }

    #[test]
    fn a_match_at_the_edges_is_marked() {
        let excerpt = excerpt_around("соль", &(0..8), &[]);
        assert_eq!(
            (excerpt.text.as_str(), excerpt.marks.as_slice()),
            ("соль", &[(0, 8)][..])
        );
    }
}

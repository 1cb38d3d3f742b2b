//! Scripts: their string literals, decoded. Nothing is run.

use super::text_builder::MappedText;
use super::walk_attributes::percent_decoded;
use data_encoding::BASE64;
use std::ops::Range;

/// Literals of one script that become regions, and bytes of one literal.
const MOST_LITERALS: usize = 2_000;
const LONGEST_LITERAL: usize = 1024 * 1024;

/// A string literal in code.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    /// Its decoded content.
    pub(super) content: MappedText,
    /// Its span in the code, with quotes.
    pub(super) span: Range<usize>,
}

/// The literals of a script that people may read, with the markup in them.
pub(super) fn readable_literals(code: &MappedText, structured: bool) -> Vec<MappedText> {
    let mut texts = Vec::new();
    for literal in literals(code) {
        if texts.len() >= MOST_LITERALS {
            break;
        }
        let after = code.text.get(literal.span.end..).unwrap_or_default();
        if structured && after.trim_start().starts_with(':') {
            continue;
        }
        let before = code.text.get(..literal.span.start).unwrap_or_default();
        let revealed = revealed(&literal.content.text, before.trim_end().ends_with("atob("));
        let content = match revealed {
            Some(text) => {
                let mut whole = MappedText::default();
                whole.push_atom(&text, code.map.source_span(literal.span));
                whole
            }
            None => literal.content,
        };
        let readable = if structured {
            content.text.chars().any(char::is_alphanumeric)
        } else {
            is_readable(&content.text)
        };
        if readable && content.text.len() <= LONGEST_LITERAL {
            texts.push(content);
        }
    }
    texts
}

/// Beginnings of what tells the id of a visitor counter or an advertising pixel.
const COUNTERS: [&str; 10] = [
    "ym(",
    "mc.yandex.ru/watch/",
    "mc.yandex.com/watch/",
    "yaCounter",
    "facebook.com/tr?id=",
    "fbq(",
    "ttq.load(",
    "UA-",
    "GTM-",
    "G-",
];

/// Short pieces of code around the ids of counters: these link sites of one owner.
pub(super) fn counter_calls(code: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    const MOST_CALLS: usize = 10;
    const LENGTH: usize = 60;
    COUNTERS
        .iter()
        .flat_map(move |mark| {
            code.match_indices(mark)
                .map(move |(at, _)| (at, *mark))
                .take(MOST_CALLS)
        })
        .filter(move |&(at, mark)| {
            let before = code.get(..at).and_then(|b| b.chars().next_back());
            let after = code.get(at + mark.len()..).and_then(|a| a.chars().next());
            !before.is_some_and(|c| c.is_alphanumeric() || c == '-')
                && after.is_some_and(|c| {
                    c.is_ascii_digit() || c.is_ascii_uppercase() || matches!(c, '\'' | '"')
                })
        })
        .map(move |(at, _)| {
            let line = code.get(at..).unwrap_or_default();
            let end = line
                .char_indices()
                .find(|&(offset, c)| offset >= LENGTH || matches!(c, '\n' | ';'))
                .map_or(line.len(), |(offset, _)| offset);
            at..at + end
        })
}

/// Text hidden in a literal by Base64 or percent-encoding.
pub(super) fn revealed(text: &str, is_decoded_by_script: bool) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.len() >= 8 && (is_decoded_by_script || trimmed.len() >= 24) {
        let decoded = BASE64
            .decode(trimmed.as_bytes())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|t| t.chars().all(|c| !c.is_control() || c.is_whitespace()))
            .filter(|t| is_decoded_by_script || is_readable(t));
        if let Some(decoded) = decoded {
            return match decoded
                .contains("%D0")
                .then(|| percent_decoded(&decoded))
                .flatten()
            {
                Some(plain) => Some(plain),
                None => Some(decoded),
            };
        }
    }
    (trimmed.matches('%').count() >= 3)
        .then(|| percent_decoded(trimmed))
        .flatten()
        .filter(|t| t != trimmed && is_readable(t))
}

/// Whether a literal is worth reading: words rather than names of code.
fn is_readable(text: &str) -> bool {
    let foreign = text
        .chars()
        .filter(|c| c.is_alphabetic() && !c.is_ascii())
        .take(3)
        .count();
    if foreign >= 2 {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    if ["t.me/", "http", "wa.me", "@", "tg:", "tel:", ".onion"]
        .iter()
        .any(|sign| lower.contains(sign))
    {
        return true;
    }
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    letters >= 8 && text.trim().contains(' ') && letters * 2 > text.len()
}

/// All string literals of a script. A simple reader: comments and regular expressions are skipped, the
/// literal parts of templates are taken.
pub(super) fn literals(code: &MappedText) -> Vec<Literal> {
    let text = code.text.as_str();
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut before = b';';
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        match byte {
            b'"' | b'\'' | b'`' => {
                let (content, end) = read_literal(code, at, byte);
                found.push(Literal {
                    content,
                    span: at..end,
                });
                at = end;
                before = byte;
            }
            b'/' if next == b'/' => at = position(text, at, "\n"),
            b'/' if next == b'*' => at = position(text, at + 2, "*/"),
            b'/' if b"(,=:[!&|?{};+-*%<>~^".contains(&before) => {
                at = after_pattern(bytes, at);
                before = b'/';
            }
            _ => {
                if !byte.is_ascii_whitespace() {
                    before = byte;
                }
                at += 1;
            }
        }
    }
    found
}

/// Offset behind the next `mark`, or the end.
fn position(text: &str, from: usize, mark: &str) -> usize {
    text.get(from..)
        .and_then(|rest| rest.find(mark))
        .map_or(text.len(), |found| from + found + mark.len())
}

/// Offset behind a regular expression literal, or behind its slash where it is none.
fn after_pattern(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    let mut in_class = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'\n' => return start + 1,
            b'/' if !in_class => return at + 1,
            _ => {}
        }
        at += 1;
    }
    start + 1
}

fn read_literal(code: &MappedText, start: usize, quote: u8) -> (MappedText, usize) {
    let text = code.text.as_str();
    let bytes = text.as_bytes();
    let mut content = MappedText::default();
    let mut plain = start + 1;
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        if byte == quote || (byte == b'\n' && quote != b'`') {
            content.push_mapped(code, plain..at);
            return (content, at + 1);
        }
        if byte == b'\\' {
            content.push_mapped(code, plain..at);
            let (decoded, length) = escape(text.get(at..).unwrap_or_default());
            if let Some(c) = decoded {
                let mut buffer = [0; 4];
                content.push_atom(
                    c.encode_utf8(&mut buffer),
                    code.map.source_span(at..at + length),
                );
            }
            at += length;
            plain = at;
        } else {
            at += 1;
        }
    }
    content.push_mapped(code, plain..text.len());
    (content, text.len())
}

/// The character an escape at the start of `text` stands for, and its length.
fn escape(text: &str) -> (Option<char>, usize) {
    let mut chars = text.chars();
    chars.next();
    let Some(c) = chars.next() else {
        return (None, 1);
    };
    let hex = |from: usize, to: usize| {
        text.get(from..to)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    match c {
        'n' | 'r' | 't' => (Some('\n'), 2),
        'b' | 'f' | 'v' | '0' | '\n' => (None, 2),
        'x' => match hex(2, 4) {
            Some(value) => (char::from_u32(value), 4),
            None => (Some('x'), 2),
        },
        'u' if text.starts_with("\\u{") => match text.find('}').filter(|&end| end <= 10) {
            Some(end) => (hex(3, end).and_then(char::from_u32), end + 1),
            None => (Some('u'), 2),
        },
        'u' => match hex(2, 6) {
            Some(high @ 0xD800..=0xDBFF) => match (text.get(6..8), hex(8, 12)) {
                (Some("\\u"), Some(low @ 0xDC00..=0xDFFF)) => {
                    let value = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                    (char::from_u32(value), 12)
                }
                _ => (None, 6),
            },
            Some(value) => (char::from_u32(value), 6),
            None => (Some('u'), 2),
        },
        other => (Some(other), 1 + other.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::markup::push_without_markup;
    use super::super::text_builder::TextBuilder;
    use super::*;

    fn texts(code: &str) -> Vec<String> {
        let mut mapped = MappedText::default();
        mapped.push_plain(code, 0);
        readable_literals(&mapped, false)
            .into_iter()
            .map(|content| {
                let mut builder = TextBuilder::default();
                push_without_markup(&mut builder, &content);
                builder.take().text
            })
            .collect()
    }

    #[test]
    fn literals_are_decoded_and_only_readable_ones_kept() {
        let code = r#"var a='abc', re=/['"]/g; // "Скрытый комментарий"
            x("\u043f\u0440\u0438\u0432\u0435\u0442 \x41"); y('https://t.me/some_name'); z(`шаблон ${q} строка`);"#;
        assert_eq!(
            texts(code),
            ["привет A", "https://t.me/some_name", "шаблон ${q} строка"]
        );
    }

    #[test]
    fn markup_in_literals_is_stripped_and_base64_revealed() {
        assert_eq!(
            texts("document.write('<p>Купить <b>чай</b></p>')"),
            ["Купить чай"]
        );
        assert_eq!(texts("atob('0YHQutC40LTQutC4IDEwJQ==')"), ["скидки 10%"]);
        assert_eq!(texts("decodeURIComponent('%D1%87%D0%B0%D0%B9')"), ["чай"]);
    }

    #[test]
    fn an_unclosed_literal_ends_with_its_line() {
        assert_eq!(
            texts("a = 'не закрыто\nb = 'второе слово'"),
            ["не закрыто", "второе слово"]
        );
    }
}

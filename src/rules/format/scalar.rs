//! How a scalar is written: plain where that reads back as the same string, else in double quotes.

use std::fmt::Write as _;

/// Words that some readers of YAML take for something else than a string.
const RESERVED: [&str; 12] = [
    "true", "false", "yes", "no", "on", "off", "null", "~", "y", "n", "=", "<<",
];

/// A scalar as written in one line; commas separate within brackets.
pub(super) fn write_scalar(value: &str, plain: bool, in_brackets: bool) -> String {
    if plain && (is_special(value) || value.is_empty()) {
        // A number, a truth value, nothing: as its author wrote it.
        return value.to_owned();
    }
    if reads_back_plain(value) && !(in_brackets && value.contains(',')) {
        value.to_owned()
    } else {
        quote(value)
    }
}

/// The style and the lines of a literal block, for text of several lines that can be written as one.
pub(super) fn literal_lines(value: &str) -> Option<(&'static str, Vec<&str>)> {
    let body = value.strip_suffix('\n');
    let (style, body) = match body {
        Some(body) => ("|", body),
        None => ("|-", value),
    };
    let lines: Vec<&str> = body.split('\n').collect();
    let sound = lines.len() > 1
        && !body.starts_with(|c: char| c.is_whitespace())
        && lines.iter().all(|line| {
            !line.ends_with(|c: char| c.is_whitespace()) && !line.chars().any(needs_escape)
        })
        && lines.last().is_some_and(|line| !line.is_empty());
    sound.then_some((style, lines))
}

/// Whether a plain scalar is no string: number, truth value, null.
fn is_special(value: &str) -> bool {
    let lower = value.to_lowercase();
    RESERVED.contains(&lower.as_str()) || is_number(&lower)
}

/// Anything that a reader of YAML 1.1 or 1.2 may take for a number or a time.
fn is_number(lower: &str) -> bool {
    let digits = lower.trim_start_matches(['+', '-']).replace('_', "");
    let sexagesimal = digits.contains(':')
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ':' | '.'));
    let radix = |prefix: &str| {
        digits
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_hexdigit()))
    };
    digits.parse::<f64>().is_ok()
        || matches!(digits.as_str(), ".inf" | ".nan")
        || sexagesimal
        || radix("0x")
        || radix("0o")
        || radix("0b")
}

fn reads_back_plain(value: &str) -> bool {
    let indicators = "-?:,[]{}#&*!|>'\"%@`=<";
    let Some(first) = value.chars().next() else {
        return false;
    };
    !indicators.contains(first)
        && !first.is_whitespace()
        && !value.ends_with(|c: char| c.is_whitespace() || c == ':')
        && !value.contains(['[', ']', '{', '}', '"', '\\'])
        && !value.contains(": ")
        && !value.contains(" #")
        && !value.starts_with("...")
        && !value.chars().any(needs_escape)
        && !is_special(value)
}

/// Signs that nobody sees, or that change how the line is read.
fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{A0}' | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{FEFF}' | '\u{2000}'..='\u{200F}'
                | '\u{2028}'..='\u{202F}' | '\u{205F}'..='\u{206F}' | '\u{3000}'
        )
}

fn quote(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            // An emoji may be joined of several; as escapes nobody would know it.
            '\u{200D}' => text.push(c),
            c if needs_escape(c) => {
                let _ = write!(text, "\\u{:04X}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

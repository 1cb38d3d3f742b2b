//! Telephone numbers to E.164: Kazakh and Russian spellings, and international ones with a plus.

use super::EntityKind;
use super::context::{Collection, after, before, char_before};

/// Digits of a number of the +7 zone.
const ZONE7_DIGITS: usize = 11;

/// `tel:` links.
pub(super) fn scan_link(text: &str, collection: &mut Collection) {
    let lower = text.to_ascii_lowercase();
    for prefix in ["tel:", "callto:", "sms:"] {
        if let Some(number) = lower.strip_prefix(prefix) {
            let digits: String = number
                .replace("%20", "")
                .chars()
                .take_while(|c| !matches!(c, ';' | '?' | ','))
                .filter(char::is_ascii_digit)
                .collect();
            let value = match (digits.len(), digits.strip_prefix('8')) {
                (ZONE7_DIGITS, Some(rest)) => format!("+7{rest}"),
                (10, None) if digits.starts_with(['7', '9']) => format!("+7{digits}"),
                (9..=15, _) if !digits.starts_with('0') => format!("+{digits}"),
                _ => return,
            };
            collection.add(EntityKind::Phone, value, 0..text.len());
        }
    }
}

/// A run of digits with the separators people write between them.
struct Written {
    digits: String,
    /// Byte offset behind each digit.
    ends: Vec<usize>,
    separated: bool,
}

/// Reads digits from `start`, at most `most`. Two separators may follow one another, a bracket with a blank.
fn read_digits(text: &str, start: usize, most: usize) -> Written {
    let mut written = Written {
        digits: String::new(),
        ends: Vec::new(),
        separated: false,
    };
    let mut gap = 0;
    for (offset, c) in text.get(start..).unwrap_or_default().char_indices() {
        if c.is_ascii_digit() {
            if written.digits.len() == most {
                break;
            }
            written.separated |= gap > 0;
            gap = 0;
            written.digits.push(c);
            written.ends.push(start + offset + 1);
        } else if matches!(
            c,
            ' ' | '-' | '(' | ')' | '.' | '–' | '‑' | '−' | '—' | '\u{2009}'
        ) && gap < 3
        {
            gap += 1;
        } else {
            break;
        }
    }
    written
}

/// Finds numbers in running text.
pub(super) fn scan(text: &str, collection: &mut Collection) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let found = match byte {
            b'+' => international(text, at),
            b'7' | b'8' => domestic(text, at).or_else(|| without_prefix(text, at)),
            _ => None,
        };
        if let Some((number, end)) = found {
            let said = before(text, at, 48);
            let whatsapp = [
                "whatsapp",
                "what'sapp",
                "вотсап",
                "ватсап",
                "воцап",
                "уатсап",
                "wa:",
                "вацап",
            ];
            let line = said.rsplit('\n').next().unwrap_or_default();
            if whatsapp.iter().any(|w| line.contains(w)) {
                collection.add(EntityKind::Whatsapp, number.clone(), at..end);
            }
            collection.add(EntityKind::Phone, number, at..end);
            at = end;
        } else if byte.is_ascii_digit() {
            at += bytes
                .get(at..)
                .unwrap_or_default()
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
        } else {
            at += 1;
        }
    }
}

fn follows_digit(text: &str, end: usize) -> bool {
    text.as_bytes().get(end).is_some_and(u8::is_ascii_digit)
}

fn international(text: &str, plus: usize) -> Option<(String, usize)> {
    if char_before(text, plus).is_some_and(|c| c.is_ascii_digit() || c == '+') {
        return None;
    }
    let first = text.as_bytes().get(plus + 1)?;
    let start = plus + 1 + usize::from(*first == b' ');
    if !text.as_bytes().get(start)?.is_ascii_digit() {
        return None;
    }
    let written = read_digits(text, start, 16);
    if written.digits.starts_with('7') {
        return zone7(text, &written);
    }
    let digits = &written.digits;
    let end = *written.ends.last()?;
    let plausible = (9..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && !digits.ends_with("00000")
        && !follows_digit(text, end)
        && !is_money(&after(text, end, 12));
    plausible.then(|| (format!("+{digits}"), end))
}

fn domestic(text: &str, at: usize) -> Option<(String, usize)> {
    let previous = char_before(text, at);
    if previous
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '#' | '№'))
    {
        return None;
    }
    if matches!(previous, Some('.' | ',' | '-' | ':' | '%'))
        && at >= 2
        && text.as_bytes().get(at - 2).is_some_and(u8::is_ascii_digit)
    {
        return None;
    }
    let written = read_digits(text, at, ZONE7_DIGITS + 1);
    let code = written.digits.get(1..4)?;
    let mobile = is_mobile(code);
    if !written.separated && !mobile {
        return None;
    }
    zone7(text, &written)
}

/// `777 555 01 23`: ten digits of a Kazakh mobile number, grouped as people say them.
fn without_prefix(text: &str, at: usize) -> Option<(String, usize)> {
    let previous = char_before(text, at);
    if previous.is_some_and(|c| {
        c.is_alphanumeric() || !matches!(c, ' ' | '\n' | '\t' | '(' | ':' | ',' | '—')
    }) {
        return None;
    }
    let before_blank = before(text, at, 8);
    let follows_number = before_blank
        .trim_end()
        .ends_with(|c: char| c.is_ascii_digit() || c == '+');
    let written = read_digits(text, at, ZONE7_DIGITS);
    let end = *written.ends.get(9)?;
    let plausible = written.digits.len() == 10
        && !follows_number
        && written
            .digits
            .get(..3)
            .is_some_and(|code| code.starts_with('7') && is_mobile(code))
        && matches!(groups(&written, 10).as_slice(), [3, 3, 2, 2] | [3, 3, 4])
        && !is_money(&after(text, end, 12));
    plausible.then(|| (format!("+7{}", written.digits), end))
}

/// A number of the +7 zone: eleven digits, the first 7 or 8.
fn zone7(text: &str, written: &Written) -> Option<(String, usize)> {
    let digits = written.digits.get(..ZONE7_DIGITS)?;
    let end = *written.ends.get(ZONE7_DIGITS - 1)?;
    let second = *digits.as_bytes().get(1)?;
    let tail = digits.get(4..)?;
    let plausible = matches!(second, b'3' | b'4' | b'6'..=b'9')
        && !follows_digit(text, end)
        && !tail.bytes().all(|b| b == b'0')
        && groups(written, ZONE7_DIGITS) != [4, 4, 3]
        && !is_money(&after(text, end, 12));
    plausible.then(|| (format!("+7{}", digits.get(1..).unwrap_or_default()), end))
}

/// Lengths of the groups of the first digits.
fn groups(written: &Written, digits: usize) -> Vec<usize> {
    let mut groups = vec![0_usize];
    let mut previous: Option<usize> = None;
    for &end in written.ends.iter().take(digits) {
        if previous.is_some_and(|p| p + 1 != end) {
            groups.push(0);
        }
        if let Some(last) = groups.last_mut() {
            *last += 1;
        }
        previous = Some(end);
    }
    groups
}

fn is_money(after: &str) -> bool {
    let after = after.trim_start();
    [
        "₸",
        "тг",
        "тенге",
        "теңге",
        "kzt",
        "₽",
        "руб",
        "$",
        "usd",
        "€",
        "%",
    ]
    .iter()
    .any(|unit| after.starts_with(unit))
}

/// Codes of mobile operators in Kazakhstan, and all of Russia's.
fn is_mobile(code: &str) -> bool {
    matches!(code.as_bytes(), [b'7', b'0', b'0'..=b'8'] | [b'9', _, _])
        || matches!(
            code,
            "747"
                | "750"
                | "751"
                | "760"
                | "761"
                | "762"
                | "763"
                | "764"
                | "771"
                | "775"
                | "776"
                | "777"
                | "778"
        )
}

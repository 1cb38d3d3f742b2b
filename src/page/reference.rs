//! Character references (HTML standard §13.2.5.72 to 80), decoded together with their length in the source.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Longest name of the table with its semicolon is shorter than this.
const LONGEST_NAME: usize = 34;

/// A decoded reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference {
    /// First character it stands for.
    pub(super) first: char,
    /// A few names stand for two.
    pub(super) second: Option<char>,
    /// Bytes of source it takes, with `&` and semicolon.
    pub(super) length: usize,
}

/// Reads the reference at the start of `source`, which begins with `&`. `None` where the ampersand is text.
pub(super) fn reference_at(source: &str, in_attribute: bool) -> Option<Reference> {
    let rest = source.strip_prefix('&')?;
    if let Some(number) = rest.strip_prefix('#') {
        return numeric_reference(number);
    }
    let mut found: Option<(usize, (u32, u32))> = None;
    for (index, byte) in rest.bytes().enumerate().take(LONGEST_NAME) {
        if !byte.is_ascii_alphanumeric() && byte != b';' {
            break;
        }
        match NAMED_ENTITIES.get(rest.get(..=index)?) {
            Some(&(0, _)) => {}
            Some(&points) => found = Some((index + 1, points)),
            None => break,
        }
    }
    let (length, (first, second)) = found?;
    let bytes = rest.as_bytes();
    if in_attribute && bytes.get(length - 1) != Some(&b';') {
        let next = bytes.get(length).copied().unwrap_or(b' ');
        if next == b'=' || next.is_ascii_alphanumeric() {
            return None;
        }
    }
    Some(Reference {
        first: char::from_u32(first)?,
        second: char::from_u32(second).filter(|&c| c != '\0'),
        length: length + 1,
    })
}

fn numeric_reference(number: &str) -> Option<Reference> {
    let (radix, digits, prefix) = match number.as_bytes().first() {
        Some(b'x' | b'X') => (16, number.get(1..)?, 3),
        _ => (10, number, 2),
    };
    let mut value: u32 = 0;
    let mut count = 0;
    for byte in digits.bytes() {
        let Some(digit) = char::from(byte).to_digit(radix) else {
            break;
        };
        value = value.saturating_mul(radix).saturating_add(digit);
        count += 1;
    }
    if count == 0 {
        return None;
    }
    let semicolon = usize::from(digits.as_bytes().get(count) == Some(&b';'));
    let first = match value {
        0 => char::REPLACEMENT_CHARACTER,
        0x80..=0x9F => C1_REPLACEMENTS
            .get((value - 0x80) as usize)
            .copied()
            .flatten()
            .or(char::from_u32(value))
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    Some(Reference {
        first,
        second: None,
        length: prefix + count + semicolon,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(source: &str) -> Option<(char, usize)> {
        reference_at(source, false).map(|r| (r.first, r.length))
    }

    #[test]
    fn references_are_read_with_their_length() {
        assert_eq!(decoded("&amp;x"), Some(('&', 5)));
        assert_eq!(decoded("&ampx"), Some(('&', 4)));
        assert_eq!(decoded("&notit;"), Some(('¬', 4)));
        assert_eq!(decoded("&#1084;"), Some(('м', 7)));
        assert_eq!(decoded("&#x43C "), Some(('м', 6)));
        assert_eq!(decoded("&#150;"), Some(('–', 6)));
        assert_eq!(decoded("&nosuch;"), None);
        assert_eq!(decoded("& "), None);
        assert_eq!(decoded("&#;"), None);
        assert_eq!(decoded("&#99999999999;"), Some(('\u{fffd}', 14)));
    }

    #[test]
    fn an_attribute_keeps_query_parameters_that_look_like_references() {
        assert_eq!(reference_at("&copy=1", true), None);
        assert!(reference_at("&copy;=1", true).is_some());
    }
}

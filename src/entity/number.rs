//! Numbers as people write them: `15 000`, `15.000`, `0,5`, `15к`, `1,5 млн`.

use std::fmt;

/// A decimal number with three places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decimal {
    /// Thousandths.
    pub(super) milli: u64,
}

impl Decimal {
    pub(super) const ONE: Self = Self { milli: 1_000 };
    pub(super) const HALF: Self = Self { milli: 500 };
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.milli / 1_000)?;
        let rest = self.milli % 1_000;
        if rest > 0 {
            let places = format!("{rest:03}");
            write!(f, ".{}", places.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// A number read from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: Decimal,
    /// Offset behind it.
    pub(super) end: usize,
    /// Digits before the decimal point, with those a multiplier stands for.
    pub(super) digits: usize,
    /// True if it was written with a multiplier (`15к`).
    pub(super) multiplied: bool,
}

/// Reads the number that begins at `start`. `None` for dates, addresses and the like.
pub(super) fn number_at(text: &str, start: usize) -> Option<Number> {
    let bytes = text.as_bytes();
    let digit = |at: usize| {
        bytes
            .get(at)
            .filter(|b| b.is_ascii_digit())
            .map(|b| u64::from(b - b'0'))
    };
    let mut at = start;
    let mut whole: u64 = 0;
    while let Some(value) = digit(at) {
        whole = whole.checked_mul(10)?.checked_add(value)?;
        at += 1;
    }
    let first = at - start;
    if first == 0 || first > 12 {
        return None;
    }
    let mut digits = first;
    if first <= 3 {
        let (groups, end) = groups_of_three(bytes, at, whole);
        for group in &groups {
            whole = whole.checked_mul(1_000)?.checked_add(*group)?;
        }
        digits += groups.len() * 3;
        at = end;
    }
    let mut milli = whole.checked_mul(1_000)?;
    if matches!(bytes.get(at), Some(b'.' | b',')) && digit(at + 1).is_some() {
        let mut scale = 100;
        at += 1;
        while let Some(value) = digit(at) {
            milli += value * scale;
            scale /= 10;
            at += 1;
        }
        // A second point: a date, a version, an address.
        if matches!(bytes.get(at), Some(b'.' | b',')) && digit(at + 1).is_some() {
            return None;
        }
    }
    let mut number = Number {
        value: Decimal { milli },
        end: at,
        digits,
        multiplied: false,
    };
    if let Some((factor, end)) = multiplier(text, at) {
        number.value.milli = milli.checked_mul(factor)?;
        number.end = end;
        number.multiplied = true;
        number.digits += if factor == 1_000 { 3 } else { 6 };
    }
    Some(number)
}

/// Groups of three digits, all with the same separator before them, and where they end.
fn groups_of_three(bytes: &[u8], start: usize, whole: u64) -> (Vec<u64>, usize) {
    const MOST_GROUPS: usize = 3;
    let digit = |at: usize| {
        bytes
            .get(at)
            .filter(|b| b.is_ascii_digit())
            .map(|b| u64::from(b - b'0'))
    };
    let separator = bytes.get(start).copied().unwrap_or_default();
    let mut groups = Vec::new();
    let mut at = start;
    // `0.500` is half of something.
    if !matches!(separator, b' ' | b'.' | b',' | b'\'') || (whole == 0 && separator != b' ') {
        return (groups, at);
    }
    while bytes.get(at) == Some(&separator)
        && groups.len() < MOST_GROUPS
        && let (Some(a), Some(b), Some(c), None) =
            (digit(at + 1), digit(at + 2), digit(at + 3), digit(at + 4))
    {
        groups.push(a * 100 + b * 10 + c);
        at += 4;
    }
    (groups, at)
}

/// `к`, `тыс.`, `млн` behind a number.
fn multiplier(text: &str, at: usize) -> Option<(u64, usize)> {
    let rest = text.get(at..)?;
    let word = rest.strip_prefix(' ').unwrap_or(rest);
    let blank = rest.len() - word.len();
    let close = blank == 0;
    for (name, factor, needs_closeness) in [
        ("тысяч", 1_000, false),
        ("тыс.", 1_000, false),
        ("тыс", 1_000, false),
        ("мың", 1_000, false),
        ("млн.", 1_000_000, false),
        ("млн", 1_000_000, false),
        ("миллион", 1_000_000, false),
        ("к", 1_000, true),
        ("k", 1_000, true),
        ("К", 1_000, true),
        ("K", 1_000, true),
    ] {
        let Some(after) = word.strip_prefix(name) else {
            continue;
        };
        if needs_closeness && !close {
            continue;
        }
        let ending = after.len()
            - after
                .trim_start_matches(|c: char| !needs_closeness && c.is_lowercase())
                .len();
        let after = after.get(ending..)?;
        if after.starts_with(char::is_alphabetic) {
            continue;
        }
        return Some((factor, at + blank + name.len() + ending));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, usize)> {
        number_at(text, 0).map(|n| (n.value.to_string(), n.end))
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value, end) in [
            ("15000", "15000", 5),
            ("15 000 тг", "15000", 6),
            ("15.000 тг", "15000", 6),
            ("1,500,000", "1500000", 9),
            ("0,5 г", "0.5", 3),
            ("0.500", "0.5", 5),
            ("1.25", "1.25", 4),
            ("15к", "15000", 4),
            ("15 тыс. тенге", "15000", 10),
            ("1,5 млн", "1500000", 10),
            ("1 г", "1", 1),
            ("2 5000", "2", 1),
            ("15 км", "15", 2),
        ] {
            assert_eq!(read(text), Some((value.to_owned(), end)), "{text}");
        }
        assert_eq!(read("24.05.2024"), None);
        assert_eq!(read("192.168.10.5"), None);
        assert_eq!(read("1234567890123"), None);
    }
}

//! Bank cards and Kazakh identification numbers, stored masked.

use super::EntityKind;
use super::context::{Collection, char_before};

/// Finds runs of 12 to 19 digits that verify.
pub(super) fn scan(text: &str, collection: &mut Collection) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
            continue;
        }
        let (digits, groups, end) = read_groups(bytes, at);
        let bounded = !char_before(text, at)
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | ',' | '/' | '_' | '+' | '='))
            && !text
                .get(end..)
                .and_then(|r| r.chars().next())
                .is_some_and(|c| c.is_alphanumeric() || c == '_');
        if bounded {
            if groups == 1 && digits.len() == 12 {
                add_identification(&digits, at, end, collection);
            } else if is_card(&digits, groups) {
                collection.add(EntityKind::BankCard, mask(&digits, 6, 4), at..end);
            }
        }
        at = end.max(at + 1);
    }
}

/// Digits from `start`: one run, or runs with one blank or hyphen between them as on a card.
fn read_groups(bytes: &[u8], start: usize) -> (String, usize, usize) {
    let mut digits = String::new();
    let mut groups = 1;
    let mut at = start;
    let mut group = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_digit() {
            digits.push(char::from(byte));
            group += 1;
            at += 1;
        } else if matches!(byte, b' ' | b'-')
            && (4..=6).contains(&group)
            && digits.len() < 16
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
        {
            groups += 1;
            group = 0;
            at += 1;
        } else {
            break;
        }
    }
    (digits, groups, at)
}

/// Luhn checksum (ISO/IEC 7812-1), and a range of an issuer whose cards have this many digits.
fn is_card(digits: &str, groups: usize) -> bool {
    let prefix = |length: usize| {
        digits
            .get(..length)
            .and_then(|p| p.parse::<u32>().ok())
            .unwrap_or_default()
    };
    let fits = match digits.len() {
        13 => prefix(1) == 4 && groups > 1,
        15 => matches!(prefix(2), 34 | 37),
        16 => {
            prefix(1) == 4
                || matches!(prefix(2), 51..=55 | 62 | 65)
                || matches!(prefix(4), 2200..=2204 | 2221..=2720 | 6011)
                || matches!(prefix(4), 3528..=3589 | 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763)
        }
        18 | 19 => matches!(prefix(2), 62 | 67) || prefix(4) == 6011,
        _ => false,
    };
    let grouped = groups == 1 || groups >= 3;
    fits && grouped
        && has_luhn_checksum(digits)
        && digits
            .bytes()
            .any(|b| Some(&b) != digits.as_bytes().first())
}

fn has_luhn_checksum(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            match (index % 2, digit) {
                (0, digit) => digit,
                (_, digit) if digit > 4 => digit * 2 - 9,
                (_, digit) => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Twelve digits: an individual's number begins with a date of birth, an entity's has 4 to 6 at the fifth place.
fn add_identification(digits: &str, start: usize, end: usize, collection: &mut Collection) {
    let Some(place) = digits
        .as_bytes()
        .get(4)
        .filter(|_| has_identification_checksum(digits))
    else {
        return;
    };
    if matches!(place, b'4'..=b'6') {
        let month = digits.get(2..4).and_then(|m| m.parse::<u32>().ok());
        if matches!(month, Some(1..=12)) && matches!(digits.as_bytes().get(5), Some(b'0'..=b'3')) {
            collection.add(EntityKind::Bin, digits.to_owned(), start..end);
        }
        return;
    }
    let number = |from: usize| {
        digits
            .get(from..from + 2)
            .and_then(|p| p.parse::<u32>().ok())
    };
    let (Some(month), Some(day)) = (number(2), number(4)) else {
        return;
    };
    let has_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    let has_century = matches!(digits.as_bytes().get(6), Some(b'1'..=b'6'));
    if has_date && has_century {
        collection.add(EntityKind::Iin, mask(digits, 2, 2), start..end);
    }
}

/// The checksum of Kazakh identification numbers: weights 1 to 11, and 3 to 11, 1, 2 where the first gives 10.
fn has_identification_checksum(digits: &str) -> bool {
    let values: Vec<u32> = digits.bytes().map(|b| u32::from(b - b'0')).collect();
    let sum = |weights: [u32; 11]| -> u32 {
        values.iter().zip(weights).map(|(v, w)| v * w).sum::<u32>() % 11
    };
    let mut check = sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    if check == 10 {
        check = sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]);
    }
    check < 10 && values.last() == Some(&check) && values.iter().any(|v| Some(v) != values.first())
}

fn mask(digits: &str, head: usize, tail: usize) -> String {
    digits
        .char_indices()
        .map(|(index, c)| {
            if index < head || index >= digits.len() - tail {
                c
            } else {
                '*'
            }
        })
        .collect()
}

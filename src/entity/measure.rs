//! Measures: prices, weights, yields per period; what belongs together is told in `pairing`.

use super::EntityKind;
use super::context::{Collection, after, before, char_at, char_before};
use super::number::{Decimal, Number, number_at};
use super::pairing::pair;
use super::percent::read_percent;
use super::unit::{CURRENCIES, UNITS, leading_currency, unit_of};
use std::ops::Range;

/// What a number in a text measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Money, with its currency.
    Price(&'static str),
    /// Goods, with their unit.
    Weight(&'static str),
    /// Nothing that was said.
    Bare,
}

/// A number with its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) kind: Kind,
    pub(super) value: Decimal,
    pub(super) span: Range<usize>,
    /// Digits before the decimal point.
    pub(super) digits: usize,
}

/// Finds measures and what they make together.
pub(super) fn scan(text: &str, collection: &mut Collection) {
    let bytes = text.as_bytes();
    let mut measures = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if !byte.is_ascii_digit() {
            at += 1;
            continue;
        }
        let run_end = at
            + bytes
                .get(at..)
                .unwrap_or_default()
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
        let number = if may_begin(text, at) {
            number_at(text, at)
        } else {
            None
        };
        let Some(number) = number else {
            at = past_number(bytes, run_end);
            continue;
        };
        read_percent(text, at, &number, collection);
        let measure = read_measure(text, at, &number);
        at = measure.span.end.max(number.end);
        measures.push(measure);
    }
    add_half_grams(text, &mut measures);
    for measure in &measures {
        let span = measure.span.clone();
        match measure.kind {
            Kind::Price(currency) => collection.add(
                EntityKind::Price,
                format!("{} {currency}", measure.value),
                span,
            ),
            Kind::Weight(unit) => collection.add(
                EntityKind::Weight,
                format!("{} {unit}", measure.value),
                span,
            ),
            Kind::Bare => {}
        }
    }
    pair(text, &measures, collection);
}

/// Offset behind digits that go on after points: `24.05.2024`, `10.0.0.1`.
fn past_number(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b'.' | b',' | b':'))
        && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    {
        at += 1;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
    }
    at
}

/// Whether a number can begin here: not within a word, a code or another number.
fn may_begin(text: &str, at: usize) -> bool {
    match char_before(text, at) {
        Some(c) if c.is_alphabetic() || matches!(c, '_' | '#' | '№' | '@') => {
            // `за1г`, `по500` are written without blanks; Latin letters before digits are names and codes.
            c.is_alphabetic() && !c.is_ascii() && before(text, at, 4).ends_with("за")
        }
        Some('.' | ',' | ':') => !text
            .as_bytes()
            .get(at.wrapping_sub(2))
            .is_some_and(u8::is_ascii_digit),
        _ => true,
    }
}

fn read_measure(text: &str, start: usize, number: &Number) -> Measure {
    let measure = |kind, span| Measure {
        kind,
        value: number.value,
        span,
        digits: number.digits,
    };
    if let Some((currency, length)) = leading_currency(text, start) {
        return measure(Kind::Price(currency), start - length..number.end);
    }
    let window = after(text, number.end, 32);
    let word = window.trim_start_matches([' ', '\u{a0}']);
    let blanks = window.len() - word.len();
    let unit_start = number.end + blanks;
    if let Some((currency, length)) = unit_of(word, &CURRENCIES)
        && !word.starts_with("р-")
    {
        return measure(Kind::Price(currency), start..unit_start + length);
    }
    if let Some((unit, length)) = unit_of(word, &UNITS)
        && blanks <= 1
        && !number.multiplied
        && is_weight(text, start, number, unit, word)
    {
        return measure(Kind::Weight(unit), start..unit_start + length);
    }
    measure(Kind::Bare, start..number.end)
}

/// Years (`2023 г.`), networks (`4G`) and houses are no weights.
fn is_weight(text: &str, start: usize, number: &Number, unit: &str, word: &str) -> bool {
    if unit != "g" {
        return true;
    }
    let thousandths = number.value.milli;
    if thousandths > 1_000_000 || thousandths == 0 {
        return false;
    }
    let short = word.starts_with('г') && !word.starts_with("гр")
        || word.starts_with('g') && !word.starts_with("gr");
    if !short {
        return true;
    }
    let written = char_at(text, number.end);
    if written == Some('G') || (written == Some(' ') && char_at(text, number.end + 1) == Some('G'))
    {
        return false;
    }
    let around = format!(
        "{} {}",
        before(text, start, 24),
        after(text, number.end, 24)
    );
    let network = [
        "интернет",
        "сеть",
        "связь",
        "lte",
        "internet",
        "network",
        "роутер",
        "модем",
        "wifi",
        "wi-fi",
    ];
    let is_network =
        matches!(thousandths, 2_000..=5_000) && network.iter().any(|w| around.contains(w));
    let months = [
        "январ",
        "феврал",
        "март",
        "апрел",
        "ма",
        "июн",
        "июл",
        "август",
        "сентябр",
        "октябр",
        "ноябр",
        "декабр",
        "год",
    ];
    let said = before(text, start, 20);
    let last = said.trim_end().rsplit(' ').next().unwrap_or_default();
    let is_year = word.starts_with("г.")
        && months
            .iter()
            .any(|m| last.starts_with(m) && last.chars().count() > 2);
    !is_network && !is_year
}

/// `полграмма`
fn add_half_grams(text: &str, measures: &mut Vec<Measure>) {
    if !text.contains("пол") && !text.contains("Пол") && !text.contains("ПОЛ") {
        return;
    }
    for spelling in [
        "полграмма",
        "пол грамма",
        "пол-грамма",
        "Полграмма",
        "Пол грамма",
        "ПОЛГРАММА",
        "полграма",
    ] {
        for (at, _) in text.match_indices(spelling) {
            measures.push(Measure {
                kind: Kind::Weight("g"),
                value: Decimal::HALF,
                span: at..at + spelling.len(),
                digits: 1,
            });
        }
    }
    measures.sort_by_key(|m| m.span.start);
}

//! Weight and price that belong together: `1 г — 15 000 тг`, `15000/г`, `$40 per gram`, cells of one row.

use super::EntityKind;
use super::context::{Collection, after};
use super::measure::{Kind, Measure};
use super::number::Decimal;
use super::unit::{UNITS, unit_of};

/// Most bytes between a weight and its price.
const WIDEST_GAP: usize = 28;

/// Words that may stand between a weight and its price.
const LINKING: [&str; 14] = [
    "за",
    "по",
    "цена",
    "стоит",
    "стоимость",
    "от",
    "всего",
    "for",
    "at",
    "price",
    "бағасы",
    "баға",
    "is",
    "всё",
];

/// Finds pairs among the measures of a text, which are in order.
pub(super) fn pair(text: &str, measures: &[Measure], collection: &mut Collection) {
    let mut index = 0;
    while let Some(first) = measures.get(index) {
        if let Some(end) = per_unit(text, first, collection) {
            index += 1 + usize::from(measures.get(index + 1).is_some_and(|m| m.span.start < end));
            continue;
        }
        let Some(second) = measures.get(index + 1) else {
            return;
        };
        index += if join(text, first, second, collection) {
            2
        } else {
            1
        };
    }
}

/// `15000/г`, `$40 per gram`, `9000 за грамм`
fn per_unit(text: &str, price: &Measure, collection: &mut Collection) -> Option<usize> {
    let currency = currency_of(price)?;
    let window = after(text, price.span.end, 24);
    let start = window.trim_start();
    let rest = ["/", "за ", "per ", "a ", "по "]
        .iter()
        .find_map(|sign| start.strip_prefix(sign))?;
    let rest = rest.trim_start_matches([' ', '/']);
    let (unit, length) = unit_of(rest, &UNITS)?;
    let end = price.span.end + (window.len() - rest.len()) + length;
    text.is_char_boundary(end).then_some(())?;
    add(
        price,
        currency,
        Decimal::ONE,
        unit,
        price.span.start..end,
        collection,
    );
    Some(end)
}

fn join(text: &str, first: &Measure, second: &Measure, collection: &mut Collection) -> bool {
    let Some(gap) = text.get(first.span.end..second.span.start) else {
        return false;
    };
    if gap.len() > WIDEST_GAP {
        return false;
    }
    let Some(strength) = gap_strength(gap) else {
        return false;
    };
    let span = first.span.start..second.span.end;
    match (first.kind, second.kind) {
        (Kind::Weight(unit), Kind::Price(currency)) => {
            add(second, currency, first.value, unit, span, collection);
            true
        }
        // A price with its weight behind: only where something says so, or `15000тг 1г 28000тг 2г` pairs askew.
        (Kind::Price(currency), Kind::Weight(unit))
            if strength == Gap::Marked && !gap.contains(['\n', ',', ';']) =>
        {
            add(first, currency, second.value, unit, span, collection);
            true
        }
        (Kind::Weight(unit), Kind::Bare)
            if strength == Gap::Marked && is_plain_price(text, second) =>
        {
            add(second, "", first.value, unit, span, collection);
            true
        }
        (Kind::Bare, Kind::Weight(unit)) if is_plain_price(text, first) && is_slash(gap) => {
            add(first, "", second.value, unit, span, collection);
            true
        }
        _ => false,
    }
}

/// How a gap binds what stands on its sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Blanks and brackets only.
    Loose,
    /// A dash, an equals sign, a cell border, a word like "за".
    Marked,
}

/// `None` where other words or a sentence's end stand between.
fn gap_strength(gap: &str) -> Option<Gap> {
    let mut strength = Gap::Loose;
    for word in gap.split([' ', '\n']) {
        let bare = word.trim_matches(|c: char| !c.is_alphabetic());
        if bare.is_empty() {
            continue;
        }
        if !LINKING.contains(&bare.to_lowercase().as_str()) {
            return None;
        }
        strength = Gap::Marked;
    }
    if gap.contains([
        '-', '–', '—', '=', ':', '\t', '→', '|', '/', '➡', '•', '>', '~', '−', '▪',
    ]) || gap.contains("..")
    {
        strength = Gap::Marked;
    }
    let ends_sentence =
        gap.contains(['!', '?', ';']) || gap.trim_start().starts_with(". ") && gap.len() > 3;
    (!ends_sentence).then_some(strength)
}

fn is_slash(gap: &str) -> bool {
    let gap = gap.trim();
    gap == "/" || gap == "за" || gap == "per"
}

/// A bare number that can only be a price: three to six digits, and no year, unit or percent behind it.
fn is_plain_price(text: &str, number: &Measure) -> bool {
    let thousandths = number.value.milli;
    let following = after(text, number.span.end, 8);
    let rest = following.trim_start_matches([' ', '.']);
    let goes_on = rest.starts_with('%')
        || rest.starts_with(|c: char| c.is_alphabetic()) && following.len() == rest.len()
        || [
            "год", "г.", "г ", "шт", "мл", "см", "мм", "ккал", "kcal", "°", "×", "м",
        ]
        .iter()
        .any(|w| rest.starts_with(w));
    (3..=6).contains(&number.digits)
        && thousandths.is_multiple_of(1_000)
        && thousandths >= 100_000
        && !goes_on
}

fn currency_of(measure: &Measure) -> Option<&'static str> {
    match measure.kind {
        Kind::Price(currency) => Some(currency),
        Kind::Bare if (3..=6).contains(&measure.digits) => Some(""),
        _ => None,
    }
}

fn add(
    price: &Measure,
    currency: &str,
    weight: Decimal,
    unit: &str,
    span: std::ops::Range<usize>,
    collection: &mut Collection,
) {
    let money = format!("{} {currency}", price.value);
    let value = format!("{}/{weight} {unit}", money.trim_end());
    collection.add(EntityKind::PricePerWeight, value, span);
}

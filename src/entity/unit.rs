//! Currencies and units, as people write them.

use super::context::before;

/// Currencies behind a sum, with their ISO 4217 codes (and USDT).
pub(super) const CURRENCIES: [(&str, &str); 42] = [
    ("₸", "KZT"),
    ("тенге", "KZT"),
    ("теңге", "KZT"),
    ("тенгe", "KZT"),
    ("тнг", "KZT"),
    ("тңг", "KZT"),
    ("тг", "KZT"),
    ("tenge", "KZT"),
    ("kzt", "KZT"),
    ("teńge", "KZT"),
    ("teñge", "KZT"),
    ("tg", "KZT"),
    ("₽", "RUB"),
    ("рублей", "RUB"),
    ("рубля", "RUB"),
    ("рубль", "RUB"),
    ("руб", "RUB"),
    ("rub", "RUB"),
    ("р", "RUB"),
    ("usdt", "USDT"),
    ("юсдт", "USDT"),
    ("usd", "USD"),
    ("$", "USD"),
    ("долларов", "USD"),
    ("доллара", "USD"),
    ("доллар", "USD"),
    ("долл", "USD"),
    ("dollars", "USD"),
    ("бакс", "USD"),
    ("eur", "EUR"),
    ("€", "EUR"),
    ("евро", "EUR"),
    ("еуро", "EUR"),
    ("сомов", "KGS"),
    ("сома", "KGS"),
    ("сом", "KGS"),
    ("kgs", "KGS"),
    ("сум", "UZS"),
    ("грн", "UAH"),
    ("£", "GBP"),
    ("gbp", "GBP"),
    ("btc", "BTC"),
];

const LEADING_CURRENCIES: [(&str, &str); 9] = [
    ("$", "USD"),
    ("€", "EUR"),
    ("₸", "KZT"),
    ("₽", "RUB"),
    ("£", "GBP"),
    ("usdt", "USDT"),
    ("usd", "USD"),
    ("kzt", "KZT"),
    ("eur", "EUR"),
];

/// Units of retail drug sale.
pub(super) const UNITS: [(&str, &str); 44] = [
    ("граммов", "g"),
    ("грамма", "g"),
    ("грамму", "g"),
    ("грамм", "g"),
    ("грам", "g"),
    ("гр", "g"),
    ("г", "g"),
    ("grams", "g"),
    ("gram", "g"),
    ("gramm", "g"),
    ("gr", "g"),
    ("g", "g"),
    ("мг", "mg"),
    ("mg", "mg"),
    ("мкг", "mcg"),
    ("mcg", "mcg"),
    ("таблетка", "pcs"),
    ("таблетки", "pcs"),
    ("таблеток", "pcs"),
    ("табл", "pcs"),
    ("таб", "pcs"),
    ("штук", "pcs"),
    ("штуки", "pcs"),
    ("штука", "pcs"),
    ("шт", "pcs"),
    ("капсул", "pcs"),
    ("капсулы", "pcs"),
    ("капс", "pcs"),
    ("колес", "pcs"),
    ("марок", "pcs"),
    ("марки", "pcs"),
    ("дана", "pcs"),
    ("tabs", "pcs"),
    ("tab", "pcs"),
    ("pills", "pcs"),
    ("pcs", "pcs"),
    ("sht", "pcs"),
    ("caps", "pcs"),
    ("мл", "ml"),
    ("ml", "ml"),
    ("oz", "oz"),
    ("унция", "oz"),
    ("ounce", "oz"),
    ("pieces", "pcs"),
];

/// The unit at the start of `word`, as a whole word, and its length.
pub(super) fn unit_of(word: &str, units: &[(&str, &'static str)]) -> Option<(&'static str, usize)> {
    units
        .iter()
        .filter(|(name, _)| {
            word.strip_prefix(name).is_some_and(|rest| {
                let letters = name.chars().next_back().is_some_and(char::is_alphabetic);
                !(letters && rest.starts_with(|c: char| c.is_alphanumeric()))
            })
        })
        .max_by_key(|(name, _)| name.len())
        .map(|&(name, unit)| (unit, name.len()))
}

/// The currency before a sum, and the bytes it takes with its blank.
pub(super) fn leading_currency(text: &str, start: usize) -> Option<(&'static str, usize)> {
    let window = before(text, start, 8);
    let trimmed = window.trim_end_matches(' ');
    let (name, currency) = LEADING_CURRENCIES
        .iter()
        .find(|(name, _)| trimmed.ends_with(name))?;
    let blanks = window.len() - trimmed.len();
    let before_name = trimmed.strip_suffix(name)?;
    let is_sign = !name.chars().all(char::is_alphabetic);
    // `500 $ 600`: the sign belongs to the number before it.
    let belongs_before = before_name
        .trim_end()
        .ends_with(|c: char| c.is_ascii_digit());
    let is_word_part = !is_sign && before_name.ends_with(char::is_alphanumeric);
    (blanks <= 1 && !belongs_before && !is_word_part).then_some((*currency, blanks + name.len()))
}

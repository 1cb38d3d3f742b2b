//! Telegram names without any sign: `Телеграм: name`, `пиши some_name`, `some_name (тг)`.

use super::EntityKind;
use super::context::{Collection, after, before, char_before, run_length};
use super::messenger::{is_name, is_name_byte, name_value, read_spaced};

/// Names of the messenger that may stand before a colon or a dash.
const MESSENGER: [&str; 13] = [
    "telegram",
    "телеграм",
    "телеграмм",
    "телега",
    "телеге",
    "телегу",
    "tele",
    "telega",
    "tg",
    "тг",
    "тгк",
    "жеделхат",
    "телеграмда",
];

/// Beginnings of words after which a name with an underscore is a contact.
const CONTACT: [&str; 20] = [
    "телег",
    "тг",
    "tg",
    "t-g",
    "т-г",
    "tele",
    "писать",
    "пиши",
    "напиш",
    "контакт",
    "связь",
    "связаться",
    "ник",
    "жаз",
    "hmu",
    "dm",
    "contact",
    "write",
    "message",
    "оператор",
];

/// Words that only look like names.
const ORDINARY: [&str; 7] = [
    "channel",
    "group",
    "telegram",
    "https",
    "support",
    "messenger",
    "whatsapp",
];

/// Finds names that words around them tell.
pub(super) fn scan(text: &str, collection: &mut Collection) {
    scan_after_colon(text, collection);
    if !text.contains('_') {
        return;
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = run_length(text.get(at..).unwrap_or_default(), is_name_byte);
        let token = text.get(at..at + length).unwrap_or_default();
        if token.contains('_')
            && is_name(token)
            && stands_alone(text, at, at + length)
            && is_contact(text, at, at + length)
        {
            collection.add(EntityKind::Telegram, name_value(token), at..at + length);
        }
        at += length.max(1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
}

fn scan_after_colon(text: &str, collection: &mut Collection) {
    for (at, separator) in text.match_indices([':', '—', '–']) {
        let said = before(text, at, 40);
        let said = said.trim_end();
        let last = said
            .rsplit(|c: char| !c.is_alphabetic())
            .next()
            .unwrap_or_default();
        let spaced = said.ends_with("т г") || said.ends_with("t g") || said.ends_with("е г а");
        if !MESSENGER.contains(&last) && !spaced && !said.ends_with("t-g") && !said.ends_with("т-г")
        {
            continue;
        }
        let from = at + separator.len();
        let rest = text.get(from..).unwrap_or_default();
        let start = from + run_length(rest, |b| b == b' ');
        let rest = text.get(start..).unwrap_or_default();
        let length = run_length(rest, is_name_byte);
        if length == 1 {
            read_spaced(text, start, start, collection);
            continue;
        }
        let name = rest.get(..length).unwrap_or_default();
        let ordinary = ORDINARY.contains(&name.to_ascii_lowercase().as_str());
        if is_name(name) && !ordinary && stands_alone(text, start, start + length) {
            collection.add(
                EntityKind::Telegram,
                name_value(name),
                start..start + length,
            );
        }
    }
}

/// Not part of an address, a path or a longer word.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let begins = !char_before(text, start).is_some_and(|c| {
        c.is_alphanumeric() || matches!(c, '@' | '/' | '.' | '-' | '=' | '&' | '?' | '#')
    });
    let mut following = text.get(end..).unwrap_or_default().chars();
    let goes_on = match following.next() {
        Some('.') => following.next().is_some_and(char::is_alphanumeric),
        Some(c) => c.is_alphanumeric() || matches!(c, '@' | ':' | '/' | '-' | '='),
        None => false,
    };
    begins && !goes_on
}

fn is_contact(text: &str, start: usize, end: usize) -> bool {
    let said = before(text, start, 40);
    let line = said.rsplit(['\n', '\t']).next().unwrap_or_default();
    let told_before = line
        .split(|c: char| !c.is_alphabetic() && c != '-')
        .rev()
        .take(4)
        .any(|word| {
            CONTACT.iter().any(|c| {
                if c.len() <= 4 {
                    word == *c
                } else {
                    word.starts_with(c)
                }
            })
        });
    let following = after(text, end, 16);
    let following = following.trim_start_matches([' ', '(', '[', ',']);
    told_before
        || ["тг", "tg", "в тг", "в телег", "telegram", "телеграм"]
            .iter()
            .any(|w| following.starts_with(w))
}

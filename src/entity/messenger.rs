//! Telegram and `WhatsApp`: handles, links, invitations, and names said in words.

use super::EntityKind;
use super::context::{Collection, after, before, char_at, char_before, places, run_length};

/// First path segments of `t.me` that name no account.
const SERVICE_PATHS: [&str; 26] = [
    "share",
    "iv",
    "addstickers",
    "addemoji",
    "proxy",
    "socks",
    "setlanguage",
    "c",
    "login",
    "bg",
    "confirmphone",
    "addtheme",
    "addlist",
    "contact",
    "invoice",
    "giftcode",
    "boost",
    "joinchat",
    "s",
    "a",
    "k",
    "widget",
    "js",
    "css",
    "img",
    "blog",
];

/// At-words of style sheets and code that are no handles.
const CODE_WORDS: [&str; 17] = [
    "media",
    "import",
    "keyframes",
    "charset",
    "supports",
    "namespace",
    "layer",
    "context",
    "graph",
    "param",
    "return",
    "license",
    "author",
    "preserve",
    "override",
    "container",
    "property",
];

/// Spellings of the link prefix, disguised ones too.
const LINK_PREFIXES: [&str; 11] = [
    "t.me/",
    "telegram.me/",
    "telegram.dog/",
    "t .me/",
    "t. me/",
    "t . me/",
    "t . me / ",
    "t.me / ",
    "t(.)me/",
    "t[.]me/",
    "tg.me/",
];

/// Bytes of public names.
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether this can be a public name: 5 to 32 letters, digits and underscores, a letter first.
pub(super) fn is_name(name: &str) -> bool {
    (5..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with('_')
        && name.bytes().all(is_name_byte)
}

/// The normalized value of a name.
pub(super) fn name_value(name: &str) -> String {
    format!("@{}", name.to_ascii_lowercase())
}

/// Links to Telegram and `WhatsApp`, in attributes or in text.
pub(super) fn scan_links(text: &str, collection: &mut Collection) {
    let lower = text.to_ascii_lowercase();
    for prefix in LINK_PREFIXES {
        for at in places(&lower, prefix) {
            let is_part = char_before(text, at).is_some_and(|c| c.is_alphanumeric() || c == '-');
            if !is_part {
                read_link(text, at, at + prefix.len(), collection);
            }
        }
    }
    for at in places(&lower, ".t.me") {
        let start = lower
            .get(..at)
            .and_then(|b| b.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
            .map_or(0, |p| p + 1);
        add_name(text, start, at, at + 5, collection);
    }
    for parameter in ["resolve?domain=", "tg://join?invite=", "tg:resolve?domain="] {
        for at in places(&lower, parameter) {
            let start = at + parameter.len();
            let rest = text.get(start..).unwrap_or_default();
            let length = run_length(rest, |b| is_name_byte(b) || b == b'-');
            let Some(name) = rest.get(..length) else {
                continue;
            };
            if parameter.contains("invite") {
                collection.add(EntityKind::Telegram, format!("+{name}"), at..start + length);
            } else if is_name(name) {
                collection.add(
                    EntityKind::Telegram,
                    name_value(name),
                    start..start + length,
                );
            }
        }
    }
    for prefix in [
        "wa.me/",
        "whatsapp.com/send",
        "whatsapp://send",
        "whatsapp:send",
    ] {
        for at in places(&lower, prefix) {
            read_whatsapp(text, &lower, at, at + prefix.len(), collection);
        }
    }
}

fn add_name(text: &str, start: usize, name_end: usize, end: usize, collection: &mut Collection) {
    let name = text.get(start..name_end).unwrap_or_default();
    if is_name(name) && !matches!(name.to_ascii_lowercase().as_str(), "https" | "share") {
        collection.add(EntityKind::Telegram, name_value(name), start..end);
    }
}

fn read_link(text: &str, start: usize, path: usize, collection: &mut Collection) {
    let segment = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.get(..run_length(rest, |b| is_name_byte(b) || b == b'-'))
            .unwrap_or_default()
    };
    let rest = text.get(path..).unwrap_or_default();
    if let Some(invitation) = rest.strip_prefix('+').or_else(|| rest.strip_prefix("%2B")) {
        let from = text.len() - invitation.len();
        let code = segment(from);
        if code.len() >= 10 && code.bytes().all(|b| b.is_ascii_digit()) {
            let number = format!("+{code}");
            collection.add(EntityKind::Phone, number, start..from + code.len());
        } else if code.len() >= 10 {
            collection.add(
                EntityKind::Telegram,
                format!("+{code}"),
                start..from + code.len(),
            );
        }
        return;
    }
    let mut from = path + usize::from(rest.starts_with('@'));
    let mut name = segment(from);
    if name.eq_ignore_ascii_case("joinchat") {
        let from = from + name.len() + 1;
        let code = segment(from);
        if code.len() >= 10 {
            collection.add(
                EntityKind::Telegram,
                format!("+{code}"),
                start..from + code.len(),
            );
        }
        return;
    }
    if name == "s" && text.get(from + 1..).is_some_and(|r| r.starts_with('/')) {
        from += 2;
        name = segment(from);
    }
    let lower = name.to_ascii_lowercase();
    if is_name(name) && !SERVICE_PATHS.contains(&lower.as_str()) {
        collection.add(
            EntityKind::Telegram,
            name_value(name),
            start..from + name.len(),
        );
    }
}

fn read_whatsapp(text: &str, lower: &str, start: usize, path: usize, collection: &mut Collection) {
    let from = if lower.get(start..path).is_some_and(|p| p.ends_with('/')) {
        path
    } else {
        let window = after(text, path, 200);
        match window.find("phone=") {
            Some(found) if !window.get(..found).unwrap_or(" ").contains(' ') => path + found + 6,
            _ => return,
        }
    };
    let rest = text.get(from..).unwrap_or_default();
    let sign = ["+", "%2B", "%2b", " "]
        .iter()
        .find(|sign| rest.starts_with(**sign))
        .map_or(0, |sign| sign.len());
    let digits = rest.get(sign..).unwrap_or_default();
    let length = run_length(digits, |b| b.is_ascii_digit());
    let number = digits.get(..length).unwrap_or_default();
    if (10..=15).contains(&length) && !number.starts_with('0') {
        let number = match number.strip_prefix('8') {
            Some(rest) if length == 11 => format!("+7{rest}"),
            _ => format!("+{number}"),
        };
        collection.add(EntityKind::Whatsapp, number, start..from + sign + length);
    }
}

/// `@name`, also spaced out, and with the at sign in words.
pub(super) fn scan_handles(text: &str, collection: &mut Collection) {
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        let previous = char_before(text, at);
        if previous
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+' | '@'))
        {
            continue;
        }
        read_handle(text, at, at + 1, collection);
    }
    if !text.contains(['(', '[']) {
        return;
    }
    for word in ["(собака)", "[собака]", "(@)", "[@]"] {
        for at in places(text, word) {
            let previous = char_before(text, at);
            if !previous.is_some_and(|c| c.is_ascii_alphanumeric()) {
                read_handle(text, at, at + word.len(), collection);
            }
        }
    }
}

fn read_handle(text: &str, start: usize, from: usize, collection: &mut Collection) {
    let rest = text.get(from..).unwrap_or_default();
    let skipped = usize::from(rest.starts_with(' '));
    let rest = rest.get(skipped..).unwrap_or_default();
    let length = run_length(rest, is_name_byte);
    let name = rest.get(..length).unwrap_or_default();
    if length == 1 {
        read_spaced(text, start, from + skipped, collection);
        return;
    }
    let tail = rest.get(length..).unwrap_or_default();
    let mut following = tail.chars();
    let is_address = match following.next() {
        Some('@') => true,
        Some('.') => following.next().is_some_and(|c| c.is_ascii_alphanumeric()),
        _ => false,
    };
    let lower = name.to_ascii_lowercase();
    if !is_name(name)
        || is_address
        || CODE_WORDS.contains(&lower.as_str())
        || skipped > 0 && !has_mark(name)
    {
        return;
    }
    if elsewhere(&before(text, start, 40)) {
        return;
    }
    let end = from + skipped + length;
    collection.add(EntityKind::Telegram, name_value(name), start..end);
}

/// Whether words before a handle say that it belongs to another network.
fn elsewhere(before: &str) -> bool {
    let networks = [
        "instagram",
        "инстаграм",
        "инста",
        "insta",
        "tiktok",
        "тикток",
        "тик-ток",
        "twitter",
        "твиттер",
        "youtube",
        "ютуб",
        "threads",
        "вконтакте",
    ];
    let telegrams = ["telegram", "телеграм", "тг", "tg"];
    let last = |words: &[&str]| words.iter().filter_map(|w| before.rfind(w)).max();
    match (last(&networks), last(&telegrams)) {
        (Some(network), telegram) => {
            telegram.is_none_or(|t| t < network)
                && !before.get(network..).unwrap_or_default().contains('@')
        }
        _ => false,
    }
}

/// Digits or underscores: words of ordinary language have none.
pub(super) fn has_mark(name: &str) -> bool {
    name.bytes().any(|b| b == b'_' || b.is_ascii_digit())
}

/// `@ n a m e`
pub(super) fn read_spaced(text: &str, start: usize, from: usize, collection: &mut Collection) {
    let mut name = String::new();
    let mut at = from;
    while let Some(c) = char_at(text, at).filter(|c| is_name_byte(u8::try_from(*c).unwrap_or(b' ')))
    {
        let next = char_at(text, at + 1);
        name.push(c);
        at += 1;
        if next != Some(' ') || name.len() > 32 {
            break;
        }
        let lone = !char_at(text, at + 2).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        let fits = char_at(text, at + 1).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        if !(lone && fits) {
            break;
        }
        at += 1;
    }
    if is_name(&name) {
        collection.add(EntityKind::Telegram, name_value(&name), start..at);
    }
}

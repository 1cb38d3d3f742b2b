//! Ids of counters and pixels: sites of one group often share them.

use super::EntityKind;
use super::context::{Collection, char_before, places, run_length};

/// Finds ids in the code of counters.
pub(super) fn scan(text: &str, collection: &mut Collection) {
    for (prefix, least, most) in [
        ("UA-", 6, 14),
        ("GTM-", 4, 9),
        ("G-", 8, 12),
        ("AW-", 8, 12),
    ] {
        for at in places(text, prefix) {
            if char_before(text, at).is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_') {
                continue;
            }
            let rest = text.get(at + prefix.len()..).unwrap_or_default();
            let length = run_length(rest, |b| {
                b.is_ascii_uppercase() || b.is_ascii_digit() || (prefix == "UA-" && b == b'-')
            });
            let id = rest.get(..length).unwrap_or_default();
            let has_digit = id.bytes().any(|b| b.is_ascii_digit());
            let goes_on = rest
                .as_bytes()
                .get(length)
                .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
            if (least..=most).contains(&length) && has_digit && !goes_on {
                let end = at + prefix.len() + length;
                collection.add(
                    EntityKind::GoogleAnalytics,
                    format!("{prefix}{id}"),
                    at..end,
                );
            }
        }
    }
    scan_counters(text, collection);
    scan_pixels(text, collection);
}

fn scan_counters(text: &str, collection: &mut Collection) {
    for (mark, kind) in [
        ("ym(", EntityKind::YandexMetrika),
        ("mc.yandex.ru/watch/", EntityKind::YandexMetrika),
        ("mc.yandex.com/watch/", EntityKind::YandexMetrika),
        ("yaCounter", EntityKind::YandexMetrika),
        ("facebook.com/tr?id=", EntityKind::FacebookPixel),
    ] {
        for at in places(text, mark) {
            add_digits(text, at + mark.len(), kind, collection);
        }
    }
}

fn scan_pixels(text: &str, collection: &mut Collection) {
    for (mark, kind) in [
        ("fbq(", EntityKind::FacebookPixel),
        ("ttq.load(", EntityKind::TiktokPixel),
    ] {
        for at in places(text, mark) {
            let rest = text.get(at + mark.len()..).unwrap_or_default();
            let skipped = run_length(rest, |b| matches!(b, b' ' | b'\'' | b'"'));
            let from = at + mark.len() + skipped;
            let rest = text.get(from..).unwrap_or_default();
            if kind == EntityKind::TiktokPixel {
                let length = run_length(rest, |b| b.is_ascii_alphanumeric());
                if (15..=25).contains(&length) {
                    let value = rest.get(..length).unwrap_or_default().to_owned();
                    collection.add(kind, value, from..from + length);
                }
            } else if let Some(arguments) = rest.strip_prefix("init") {
                let gap = run_length(arguments, |b| matches!(b, b' ' | b'\'' | b'"' | b','));
                add_digits(text, from + 4 + gap, kind, collection);
            }
        }
    }
}

fn add_digits(text: &str, from: usize, kind: EntityKind, collection: &mut Collection) {
    let rest = text.get(from..).unwrap_or_default();
    let length = run_length(rest, |b| b.is_ascii_digit());
    if (5..=17).contains(&length) {
        let value = rest.get(..length).unwrap_or_default().to_owned();
        collection.add(kind, value, from..from + length);
    }
}

//! E-mail addresses, and XMPP addresses, which look the same.

use super::EntityKind;
use super::context::{Collection, before, char_at, run_length};

/// Last labels that are file endings (`logo@2x.png`).
const FILE_ENDINGS: [&str; 10] = [
    "png", "jpg", "jpeg", "gif", "webp", "svg", "css", "js", "ico", "avif",
];

/// XMPP servers whose names alone tell them.
const XMPP_HOSTS: [&str; 12] = [
    "jabb.in",
    "exploit.im",
    "thesecure.biz",
    "xmpp.jp",
    "conversations.im",
    "5222.de",
    "dukgo.com",
    "draugr.de",
    "yax.im",
    "blah.im",
    "jabbim.cz",
    "chatme.im",
];

const AT_SIGNS: [&str; 6] = ["(at)", "[at]", "(собака)", "[собака]", "(@)", "[@]"];

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte)
}

/// Finds addresses with a plain or a disguised at sign.
pub(super) fn scan(text: &str, collection: &mut Collection) {
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        read(text, at, at + 1, collection);
    }
    if text.contains(['(', '[']) {
        for sign in AT_SIGNS {
            for (at, _) in text.match_indices(sign) {
                let blanks = |t: &str| run_length(t, |b| b == b' ');
                let end = at + sign.len();
                let from = end + blanks(text.get(end..).unwrap_or_default());
                let to = text
                    .get(..at)
                    .unwrap_or_default()
                    .trim_end_matches(' ')
                    .len();
                read(text, to, from, collection);
            }
        }
    }
}

fn read(text: &str, local_end: usize, domain_start: usize, collection: &mut Collection) {
    let bytes = text.as_bytes();
    let head = bytes
        .get(local_end.saturating_sub(65)..local_end)
        .unwrap_or_default();
    let local_length = head.iter().rev().take_while(|&&b| is_local(b)).count();
    let start = local_end - local_length;
    let local = text.get(start..local_end).unwrap_or_default();
    let rest = text.get(domain_start..).unwrap_or_default();
    let length = run_length(rest.get(..rest.len().min(254)).unwrap_or(rest), |b| {
        b.is_ascii_alphanumeric() || b == b'.' || b == b'-'
    });
    let domain = rest
        .get(..length)
        .unwrap_or_default()
        .trim_end_matches(['.', '-']);
    let local = local.trim_start_matches(['.', '-', '+', '%']);
    let start = local_end - local.len();
    if local.is_empty() || local.len() > 64 || !is_domain(domain) {
        return;
    }
    // Credentials in a URL: `user:password@host`.
    if before(text, start, 3).ends_with("//")
        || (char_before_is_colon(text, start)
            && rest.get(domain.len()..).is_some_and(|r| r.starts_with('/')))
    {
        return;
    }
    let span = start..domain_start + domain.len();
    let value = format!("{local}@{domain}").to_ascii_lowercase();
    let said = before(text, start, 48);
    let named = ["jabber", "xmpp", "жаббер", "джаббер", "жабер", "omemo"]
        .iter()
        .any(|word| said.contains(word));
    let host = domain.to_ascii_lowercase();
    if named
        || XMPP_HOSTS.contains(&host.as_str())
        || host.contains("jabber")
        || host.starts_with("xmpp.")
    {
        collection.add(EntityKind::Jabber, value.clone(), span.clone());
    }
    collection.add(EntityKind::Email, value, span);
}

fn char_before_is_colon(text: &str, at: usize) -> bool {
    at > 0 && char_at(text, at - 1) == Some(':') && !before(text, at, 7).ends_with("mailto:")
}

fn is_domain(domain: &str) -> bool {
    let Some((rest, last)) = domain.rsplit_once('.') else {
        return false;
    };
    (2..=24).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_alphabetic())
        && !FILE_ENDINGS.contains(&last.to_ascii_lowercase().as_str())
        && rest
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-'))
}

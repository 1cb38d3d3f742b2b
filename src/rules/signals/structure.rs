//! Forms, links, scripts and the amount of text.

use super::Signals;
use crate::page::{FieldKind, Form, LinkKind, Page, RefreshKind, RegionKind};
use crate::rules::signal::Signal;

/// Fewer links than this make no pattern.
const MIN_LINKS: usize = 5;
/// A page with fewer words is thin.
const THIN_WORDS: usize = 60;
/// This many hidden words are much, if they are also this share of the shown ones.
const HIDDEN_WORDS: usize = 50;
const HIDDEN_SHARE: f64 = 0.3;

pub(super) fn add_signals(page: &Page, signals: &mut Signals) {
    for form in &page.forms {
        add_form(page, form, signals);
    }
    add_scripts(page, signals);
    add_links(page, signals);
    add_amount_of_text(page, signals);
    if let Some(refresh) = &page.refresh {
        if refresh.url.registrable_domain() != page.url.registrable_domain() {
            let target = refresh.url.defanged();
            signals.note(Signal::PageRefresh, RegionKind::Href, target);
        }
        if refresh.kind == RefreshKind::Frame {
            let target = refresh.url.defanged();
            signals.note(Signal::PageFrameOnly, RegionKind::Href, target);
        }
    }
}

fn add_form(page: &Page, form: &Form, signals: &mut Signals) {
    let region = page
        .regions
        .iter()
        .position(|region| region.kind == RegionKind::Form && region.block == form.block);
    let mut add = |signal: Signal, note: &str| match region {
        Some(region) => signals.region(signal, page, region),
        None => signals.note(signal, RegionKind::Form, note),
    };
    for field in &form.fields {
        let label = if field.label.is_empty() {
            &field.name
        } else {
            &field.label
        };
        if let Some(signal) = signal_of_field(field.kind) {
            add(signal, label);
        }
    }
    let asks = form
        .fields
        .iter()
        .any(|field| !matches!(field.kind, FieldKind::Search));
    let Some(action) = form.action.as_ref().filter(|_| asks) else {
        return;
    };
    if action.registrable_domain() != page.url.registrable_domain() {
        add(Signal::FormPostsElsewhere, &action.defanged());
    }
    let host = action.host();
    if host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok() {
        add(Signal::FormPostsToIp, &action.defanged());
    }
    if host == "api.telegram.org" {
        add(Signal::FormPostsToTelegram, &action.defanged());
    }
}

fn signal_of_field(kind: FieldKind) -> Option<Signal> {
    Some(match kind {
        FieldKind::Password => Signal::FormPassword,
        FieldKind::CardNumber => Signal::FormCardNumber,
        FieldKind::CardCvv => Signal::FormCardCvv,
        FieldKind::CardExpiry => Signal::FormCardExpiry,
        FieldKind::CardPin => Signal::FormCardPin,
        FieldKind::CardBalance => Signal::FormCardBalance,
        FieldKind::SmsCode => Signal::FormSmsCode,
        FieldKind::SeedPhrase => Signal::FormSeedPhrase,
        FieldKind::Iin => Signal::FormIin,
        FieldKind::Phone => Signal::FormPhone,
        _ => return None,
    })
}

/// Signs in the source of a page, lower case.
const SOURCE_SIGNS: &[(Signal, &[&str])] = &[
    (
        Signal::PageTelegramPreview,
        &[
            "tgme_widget_message",
            "tgme_channel_info",
            "tgme_page_extra",
        ],
    ),
    (Signal::FormPostsToTelegram, &["api.telegram.org/bot"]),
    (
        Signal::PageCountdown,
        &[
            "countdown",
            "data-timer",
            "id=\"timer",
            "class=\"timer",
            "data-deadline",
            "id=timer",
        ],
    ),
    (
        Signal::PageWalletConnect,
        &[
            "walletconnect",
            "eth_requestaccounts",
            "window.ethereum",
            "web3modal",
            "connect wallet",
            "connectwallet",
            "window.solana",
            "tronweb",
        ],
    ),
];

fn add_scripts(page: &Page, signals: &mut Signals) {
    let source = page.source.to_ascii_lowercase();
    for (signal, signs) in SOURCE_SIGNS {
        for sign in *signs {
            if let Some(at) = memchr::memmem::find(source.as_bytes(), sign.as_bytes()) {
                let kind = RegionKind::Script;
                signals.note(*signal, kind, excerpt_at(&page.source, at, sign.len()));
                break;
            }
        }
    }
}

/// The words of the source around a sign. ASCII lower case keeps offsets.
fn excerpt_at(source: &str, at: usize, length: usize) -> String {
    let mut start = at.saturating_sub(20);
    while !source.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (at + length + 20).min(source.len());
    while !source.is_char_boundary(end) {
        end += 1;
    }
    source[start..end]
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn add_links(page: &Page, signals: &mut Signals) {
    let anchors: Vec<_> = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor)
        .collect();
    let is_dead = |href: &str| {
        let href = href.trim();
        href.is_empty() || href == "#" || href.to_ascii_lowercase().starts_with("javascript:")
    };
    let dead = anchors.iter().filter(|link| is_dead(&link.href)).count();
    if anchors.len() >= MIN_LINKS && dead * 10 >= anchors.len() * 6 {
        let note = format!("{dead} of {} links lead nowhere", anchors.len());
        signals.note(Signal::PageDeadLinks, RegionKind::Href, note);
    }
}

fn add_amount_of_text(page: &Page, signals: &mut Signals) {
    let words = |kinds: &[RegionKind]| -> usize {
        page.regions
            .iter()
            .filter(|region| kinds.contains(&region.kind))
            .map(|region| region.text.split_whitespace().count())
            .sum()
    };
    let shown = words(&[RegionKind::Text, RegionKind::Heading]);
    if shown < THIN_WORDS {
        signals.note(Signal::PageThin, RegionKind::Text, format!("{shown} words"));
    }
    let hidden = words(&[RegionKind::Hidden]);
    #[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
    let much = hidden >= HIDDEN_WORDS && hidden as f64 >= shown as f64 * HIDDEN_SHARE;
    if much {
        let region = page
            .regions
            .iter()
            .position(|r| r.kind == RegionKind::Hidden);
        if let Some(region) = region {
            signals.region(Signal::PageHiddenText, page, region);
        }
    }
}

//! What a block really does, and what else it would hit.

use crate::block::{BlockTarget, HostName};
use crate::document::Language;
use crate::suspect::SuspectUrl;
use serde::Serialize;
use std::net::IpAddr;

/// What really happens where a target is blocked by operators that do not look into encrypted connections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// What is hit.
    pub hits: BlockTarget,
    /// Whether that is more than was asked for.
    pub is_wider: bool,
}

/// What blocking a target really does. A URL of an `https` site is encrypted on its way: operators see the host
/// name alone (RFC 8446 §4.2, `server_name`), so that they block all of it, or nothing.
pub fn predicted_effect(target: &BlockTarget) -> Effect {
    let wider = match target {
        BlockTarget::Url(url) if url.as_url().scheme() == "https" => whole_host(url),
        _ => None,
    };
    let is_wider = wider.is_some();
    Effect {
        hits: wider.unwrap_or_else(|| target.clone()),
        is_wider,
    }
}

fn whole_host(url: &SuspectUrl) -> Option<BlockTarget> {
    let address = url.host().trim_matches(['[', ']']).parse::<IpAddr>();
    match address {
        Ok(address) => Some(BlockTarget::Address(address)),
        Err(_) => HostName::parse(url.host()).ok().map(BlockTarget::Host),
    }
}

impl Effect {
    /// What happens, in a sentence; names are defanged.
    pub fn title(&self, language: Language) -> String {
        let what = &self.hits;
        match (what, self.is_wider, language) {
            (BlockTarget::Host(_), true, Language::Ru) => format!(
                "Сайт работает по https: оператор не видит адрес страницы и ограничит доступ ко всему узлу {what}."
            ),
            (BlockTarget::Host(_), true, Language::Kk) => format!(
                "Сайт https арқылы жұмыс істейді: оператор беттің мекенжайын көрмейді және {what} торабына түгел қолжетімділікті шектейді."
            ),
            (BlockTarget::Host(_), true, Language::En) => format!(
                "The site speaks https: an operator cannot see the page's address and blocks all of {what}."
            ),
            (BlockTarget::Url(_), _, Language::Ru) => {
                format!("Ограничивается доступ к одной странице: {what}.")
            }
            (BlockTarget::Url(_), _, Language::Kk) => {
                format!("Бір бетке ғана қолжетімділік шектеледі: {what}.")
            }
            (BlockTarget::Url(_), _, Language::En) => format!("One page is blocked: {what}."),
            (BlockTarget::Host(_), _, Language::Ru) => {
                format!(
                    "Ограничивается доступ ко всем страницам узла {what}, но не к именам ниже него."
                )
            }
            (BlockTarget::Host(_), _, Language::Kk) => format!(
                "{what} торабының барлық беттеріне қолжетімділік шектеледі, одан төменгі атауларға шектелмейді."
            ),
            (BlockTarget::Host(_), _, Language::En) => {
                format!("All pages of {what} are blocked, and none of the names below it.")
            }
            (BlockTarget::HostAndBelow(_), _, Language::Ru) => {
                format!("Ограничивается доступ к домену и ко всем именам ниже него: {what}.")
            }
            (BlockTarget::HostAndBelow(_), _, Language::Kk) => {
                format!(
                    "Доменге және одан төменгі барлық атауларға қолжетімділік шектеледі: {what}."
                )
            }
            (BlockTarget::HostAndBelow(_), _, Language::En) => {
                format!("The domain and every name below it are blocked: {what}.")
            }
            (BlockTarget::Address(_), _, Language::Ru) => {
                format!("Ограничивается доступ ко всем сайтам и службам по адресу {what}.")
            }
            (BlockTarget::Address(_), _, Language::Kk) => {
                format!(
                    "{what} мекенжайындағы барлық сайттар мен қызметтерге қолжетімділік шектеледі."
                )
            }
            (BlockTarget::Address(_), _, Language::En) => {
                format!("Every site and service at {what} is blocked.")
            }
        }
    }
}

/// A URL that is known, with the addresses at which its host was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownUrl {
    /// The URL.
    pub url: SuspectUrl,
    /// Addresses of its host.
    pub addresses: Vec<IpAddr>,
}

/// Which of the `known` URLs a block of `target` would hit by its real effect beside `own`, the URLs that are to
/// be hit. Streams: nothing is kept.
pub fn collateral<'a>(
    target: &BlockTarget,
    own: &'a [SuspectUrl],
    known: impl IntoIterator<Item = KnownUrl> + 'a,
) -> impl Iterator<Item = KnownUrl> + 'a {
    let asked = target.clone();
    let hits = predicted_effect(target).hits;
    known.into_iter().filter(move |known| {
        let is_asked = matches!(&asked, BlockTarget::Url(url) if *url == known.url);
        !is_asked && !own.contains(&known.url) && is_hit(&hits, known)
    })
}

fn is_hit(hits: &BlockTarget, known: &KnownUrl) -> bool {
    let is_at = |address: &IpAddr| {
        let at = |other: &IpAddr| {
            super::network::unwrap_address(*other) == super::network::unwrap_address(*address)
        };
        known.addresses.iter().any(at)
    };
    match hits {
        BlockTarget::Address(address) => hits.covers(&known.url) || is_at(address),
        _ => hits.covers(&known.url),
    }
}

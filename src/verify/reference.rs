//! What a vantage is held against: what others saw that reached the site, and what is known besides.

use super::Fingerprints;
use super::glimpse::{Glimpse, Leg};
use crate::fetch::AddressGuard;
use crate::reach::{HttpResponse, Purpose, Reach, VantageFacts};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What is known before anything is measured.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    /// How block pages give themselves away.
    pub fingerprints: Fingerprints,
    /// Country of the jurisdiction, two letters: what is measured there shows the block, what is measured
    /// elsewhere is the control. Without it, connections of this machine show the block.
    pub country: Option<String>,
    /// Addresses of the site when its evidence was captured.
    pub addresses: Vec<IpAddr>,
}

/// What vantages saw that reached the site.
#[derive(Debug, Default)]
pub(super) struct Reference {
    pub(super) addresses: BTreeSet<IpAddr>,
    pub(super) leaves: BTreeSet<String>,
    pub(super) issuers: BTreeSet<String>,
    pub(super) pages: Vec<HttpResponse>,
}

impl Expectations {
    /// Whether what this vantage sees shows what visitors in the country see; otherwise it is a control.
    /// A name server that is not of the country is a control, because it may tell what the usual one hides.
    pub(super) fn is_subject(&self, facts: &VantageFacts) -> bool {
        let is_own = |country: &Option<String>| match (country, &self.country) {
            (Some(country), Some(own)) => Some(country.eq_ignore_ascii_case(own)),
            _ => None,
        };
        let is_inside = is_own(&facts.country).unwrap_or(facts.is_direct());
        let is_usual = facts.resolver.is_none() || is_own(&facts.resolver_country) == Some(true);
        is_inside && is_usual
    }
}

impl Reference {
    /// Takes what a vantage saw that reached the site.
    pub(super) fn learn(&mut self, reach: &Reach, glimpses: &[Glimpse]) {
        let is_reached = |try_number: u8| {
            let at = usize::from(try_number).saturating_sub(1);
            matches!(
                glimpses.get(at),
                Some(Glimpse::Reached { .. } | Glimpse::Gone)
            )
        };
        for hands in &reach.tls_handshakes {
            if hands.x_purpose == Purpose::Target
                && hands.failure.is_none()
                && is_reached(hands.x_try)
            {
                self.leaves.extend(hands.x_chain_sha256.first().cloned());
                self.issuers.extend(hands.x_issuer.clone());
            }
        }
        for connect in &reach.tcp_connect {
            let is_good = connect.x_purpose == Purpose::Target && connect.status.success;
            if is_good && is_reached(connect.x_try) {
                self.addresses.extend(connect.ip.parse::<IpAddr>());
            }
        }
        let answered = reach
            .requests
            .iter()
            .filter(|request| is_reached(request.x_try));
        self.pages.extend(
            answered
                .filter_map(|request| request.response.clone())
                .take(20),
        );
    }

    /// Whether addresses are those of the site: one is the same, or of the same network (/16, /32 of IPv6).
    /// `None` if nothing is known of the site's.
    pub(super) fn has_near(&self, addresses: &BTreeSet<IpAddr>) -> Option<bool> {
        if self.addresses.is_empty() {
            return None;
        }
        let networks: BTreeSet<Vec<u8>> = self.addresses.iter().map(network_of).collect();
        Some(
            addresses
                .iter()
                .any(|address| networks.contains(&network_of(address))),
        )
    }

    /// Whether a page is one of those that were seen (OONI ts-017): the same status, and the length within
    /// 0.7, or the same header names, or a word of the title in common.
    pub(super) fn has_page_like(&self, page: &HttpResponse) -> Option<bool> {
        if self.pages.is_empty() {
            return None;
        }
        Some(self.pages.iter().any(|own| are_alike(own, page)))
    }

    /// Whether addresses are bogus: special-purpose ones, while the site's are not.
    pub(super) fn are_bogus(&self, addresses: &BTreeSet<IpAddr>) -> bool {
        let guard = AddressGuard {
            allow_private: false,
        };
        let is_special = |address: &IpAddr| guard.check(*address).is_err();
        !addresses.is_empty()
            && addresses.iter().all(is_special)
            && !self.addresses.iter().any(is_special)
    }
}

fn network_of(address: &IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets()[..2].to_vec(),
        IpAddr::V6(address) => address.octets()[..4].to_vec(),
    }
}

/// Words of a title that say something have as many letters.
const MIN_WORD: usize = 5;

fn are_alike(a: &HttpResponse, b: &HttpResponse) -> bool {
    if a.code != b.code {
        return false;
    }
    if a.x_body_sha256 == b.x_body_sha256 {
        return true;
    }
    if a.x_location.is_some() || b.x_location.is_some() {
        let host = |page: &HttpResponse| page.x_location.as_ref().map(|url| url.host().to_owned());
        return host(a) == host(b);
    }
    let (shorter, longer) = (
        a.x_body_length.min(b.x_body_length),
        a.x_body_length.max(b.x_body_length),
    );
    let words = |page: &HttpResponse| -> BTreeSet<String> {
        let title = page.x_title.as_deref().unwrap_or_default().to_lowercase();
        let words = title.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|word| word.chars().count() >= MIN_WORD)
            .map(str::to_owned)
            .collect()
    };
    shorter * 10 > longer * 7
        || a.x_header_names == b.x_header_names
        || !words(a).is_disjoint(&words(b))
}

/// Which leg a page came over.
pub(super) fn is_secure(leg: Leg) -> bool {
    leg == Leg::Secure
}

//! One try from one vantage: how far it came.

use super::fingerprints::Meaning;
use super::reference::Reference;
use super::{Expectations, Fingerprints};
use crate::reach::{DnsQuery, Failure, HttpExchange, HttpResponse, Purpose, Reach, TlsHandshake};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Over which leg a page came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leg {
    Secure,
    Plain,
}

/// How far a try came.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Glimpse {
    /// The vantage reaches nothing, not even the control.
    Offline,
    /// The site answered. Proven if its certificate says so, or its page is the one that a control saw.
    Reached { proven: bool, status: u16 },
    /// The site answered that there is nothing (404, 410), or the name is parked.
    Gone,
    /// A page came that is not the site's, with the fingerprint of a block page.
    BlockPage { fingerprint: String, leg: Leg },
    /// Another page came than to the controls; over http only.
    OtherPage { status: u16 },
    /// No address was told.
    NoAddress(Failure),
    /// Addresses were told that cannot be the site's.
    FalseAddress { why: String },
    /// No address could be connected to.
    NoConnection(Failure),
    /// Connected, but the handshake failed. `by_name`: whether the name is to blame, where that is known.
    NoHandshake {
        failure: Failure,
        by_name: Option<bool>,
    },
    /// Somebody answered with a certificate that is not the site's.
    OtherCertificate {
        issuer: String,
        is_known_other: bool,
    },
    /// Connected, and no page came.
    NoPage { failure: Failure, leg: Leg },
    /// Nothing was connected to, because the guard refuses the addresses.
    NotTried,
}

/// What http shows.
#[derive(Debug)]
enum Plain {
    /// It was not asked for.
    NotAsked,
    /// It leads on to https of the site.
    LeadsOn,
    Seen(Glimpse),
}

/// One try, with what it is held against.
struct Try<'a> {
    reach: &'a Reach,
    number: u8,
    known: &'a Expectations,
    reference: &'a Reference,
}

/// Every try of a measurement. `reference` is empty as long as nobody is known to have reached the site.
pub(super) fn glimpses(reach: &Reach, known: &Expectations, reference: &Reference) -> Vec<Glimpse> {
    (1..=reach.tries)
        .map(|number| {
            let one = Try {
                reach,
                number,
                known,
                reference,
            };
            one.glimpse()
        })
        .collect()
}

impl Try<'_> {
    fn glimpse(&self) -> Glimpse {
        let is_secure_url = self.reach.input.as_url().scheme() == "https";
        let plain = self.plain();
        let leads_on = matches!(plain, Plain::LeadsOn);
        let plain = match plain {
            Plain::Seen(plain) => Some(plain),
            Plain::NotAsked | Plain::LeadsOn => None,
        };
        let found = match (self.secure(), plain) {
            (Some(secure), plain) if is_secure_url || leads_on => best_of(secure, plain),
            (Some(secure @ Glimpse::Reached { proven: true, .. }), Some(plain))
                if outweighs(&plain) =>
            {
                secure
            }
            (_, Some(plain)) => plain,
            (Some(secure), None) => secure,
            (None, None) => Glimpse::NotTried,
        };
        let is_failure = !matches!(
            found,
            Glimpse::Reached { .. } | Glimpse::Gone | Glimpse::BlockPage { .. }
        );
        if is_failure && !self.reaches_control(&found) {
            return Glimpse::Offline;
        }
        found
    }

    /// Whether the vantage reaches the control in the way in which the site failed.
    fn reaches_control(&self, found: &Glimpse) -> bool {
        let of_names = matches!(found, Glimpse::NoAddress(_) | Glimpse::FalseAddress { .. });
        if of_names {
            // The same name server must know the control.
            let mut own = self.queries(Purpose::Control);
            return own.any(|query| query.failure.is_none());
        }
        self.hands(Purpose::Control)
            .any(|hands| hands.failure.is_none())
    }

    fn queries(&self, purpose: Purpose) -> impl Iterator<Item = &DnsQuery> {
        let number = self.number;
        let queries = self.reach.queries.iter();
        queries.filter(move |query| query.x_try == number && query.x_purpose == purpose)
    }

    fn hands(&self, purpose: Purpose) -> impl Iterator<Item = &TlsHandshake> {
        let number = self.number;
        let hands = self.reach.tls_handshakes.iter();
        hands.filter(move |hands| hands.x_try == number && hands.x_purpose == purpose)
    }

    /// Addresses that were told for the site.
    fn addresses(&self) -> BTreeSet<IpAddr> {
        self.queries(Purpose::Target)
            .flat_map(|query| &query.answers)
            .filter_map(crate::reach::Answer::address)
            .collect()
    }

    /// Why there is nothing to connect to, if there is nothing.
    fn of_names(&self) -> Option<Glimpse> {
        let addresses = self.addresses();
        let prints = &self.known.fingerprints;
        if let Some(sinkhole) = addresses
            .iter()
            .find(|address| prints.is_sinkhole(**address))
        {
            let why = format!("{sinkhole} is a known block page or sinkhole");
            return Some(Glimpse::FalseAddress { why });
        }
        if self.reference.are_bogus(&addresses) && !self.reference.addresses.is_empty() {
            let why = format!("{} cannot be a site's", listed(&addresses));
            return Some(Glimpse::FalseAddress { why });
        }
        let is_literal = self
            .reach
            .input
            .host()
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok();
        if addresses.is_empty()
            && !is_literal
            && self
                .queries(Purpose::Target)
                .all(|query| query.engine != "socks5h")
        {
            // What the machine's own programs are told says less than the code of the name server.
            let mut failures: Vec<&Failure> = self
                .queries(Purpose::Target)
                .filter_map(|query| query.failure.as_ref())
                .collect();
            failures.sort_by_key(|failure| !failure.is_of_names());
            let failure = failures
                .first()
                .map_or(Failure::Timeout, |failure| (*failure).clone());
            return Some(Glimpse::NoAddress(failure));
        }
        None
    }

    /// The page over https; `None` if it was not asked for.
    fn secure(&self) -> Option<Glimpse> {
        let page = self.page("https");
        let port = self.port_of("https")?;
        if let Some(glimpse) = self.of_names() {
            return Some(glimpse);
        }
        let hands: Vec<&TlsHandshake> = self.hands(Purpose::Target).collect();
        let is_own = |hands: &&&TlsHandshake| {
            let leaf = hands.x_chain_sha256.first();
            hands.is_verified() || leaf.is_some_and(|leaf| self.reference.leaves.contains(leaf))
        };
        let ended = hands
            .iter()
            .find(is_own)
            .or(hands.iter().find(|h| h.failure.is_none()));
        let Some(ended) = ended else {
            return Some(self.without_hands(&hands, port));
        };
        if is_own(&ended) {
            return Some(self.of_page(page, Leg::Secure, true));
        }
        if let Some(Glimpse::BlockPage { fingerprint, leg }) = page
            .and_then(|page| page.response.as_ref())
            .and_then(|answer| self.not_the_site(answer, Leg::Secure))
        {
            return Some(Glimpse::BlockPage { fingerprint, leg });
        }
        let issuer = ended.x_issuer.clone().unwrap_or_default();
        let is_known_other =
            !self.reference.leaves.is_empty() && !self.reference.issuers.contains(&issuer);
        Some(Glimpse::OtherCertificate {
            issuer,
            is_known_other,
        })
    }

    /// Why no handshake came to an end.
    fn without_hands(&self, hands: &[&TlsHandshake], port: u16) -> Glimpse {
        if let Some(failure) = hands.iter().find_map(|hands| hands.failure.clone()) {
            let by_name = self.is_by_name(&failure);
            return Glimpse::NoHandshake { failure, by_name };
        }
        self.without_connection(port)
    }

    fn without_connection(&self, port: u16) -> Glimpse {
        let connects = self.reach.tcp_connect.iter().filter(|connect| {
            connect.x_try == self.number
                && connect.x_purpose == Purpose::Target
                && connect.port == port
        });
        let mut failures: Vec<&Failure> =
            connects.filter_map(|c| c.status.failure.as_ref()).collect();
        // A machine without IPv6 says nothing about the site.
        failures.sort_by_key(|failure| **failure == Failure::NetworkUnreachable);
        failures.first().map_or(Glimpse::NotTried, |failure| {
            Glimpse::NoConnection((*failure).clone())
        })
    }

    /// Whether the name is to blame for a failed handshake (OONI ts-024).
    fn is_by_name(&self, failure: &Failure) -> Option<bool> {
        let has_answered =
            |hands: &TlsHandshake| matches!(hands.failure, None | Some(Failure::FailedHandshake));
        let is_silent = |hands: &TlsHandshake| {
            matches!(
                hands.failure,
                Some(Failure::Timeout | Failure::ConnectionReset | Failure::Eof)
            )
        };
        let other_name = self.hands(Purpose::ControlName).next();
        let other_address = self.hands(Purpose::TargetNameAtControl).next();
        let control = self
            .hands(Purpose::Control)
            .any(|hands| hands.failure.is_none());
        if other_name.is_some_and(has_answered)
            || (control
                && other_address.is_some_and(|hands| hands.failure.as_ref() == Some(failure)))
        {
            return Some(true);
        }
        let is_for_all =
            other_name.is_some_and(is_silent) && other_address.is_some_and(has_answered);
        is_for_all.then_some(false)
    }

    /// The page over http.
    fn plain(&self) -> Plain {
        let Some(port) = self.port_of("http") else {
            return Plain::NotAsked;
        };
        if let Some(glimpse) = self.of_names() {
            return Plain::Seen(glimpse);
        }
        let page = self.page("http");
        let Some(page) = page else {
            return Plain::Seen(self.without_connection(port));
        };
        if let Some(answer) = &page.response
            && let Some(location) = &answer.x_location
            && location.as_url().scheme() == "https"
            && location.registrable_domain() == self.reach.input.registrable_domain()
            && self.not_the_site(answer, Leg::Plain).is_none()
        {
            return Plain::LeadsOn;
        }
        Plain::Seen(self.of_page(Some(page), Leg::Plain, false))
    }

    /// The port that a scheme was asked for at, if it was.
    fn port_of(&self, scheme: &str) -> Option<u16> {
        if self.reach.input.as_url().scheme() == scheme {
            return self.reach.input.as_url().port_or_known_default();
        }
        // The other scheme stands at the port of its requests or handshakes, where any were made.
        if let Some(page) = self
            .reach
            .requests
            .iter()
            .find(|page| page.request.url.as_url().scheme() == scheme)
        {
            return page.request.url.as_url().port_or_known_default();
        }
        let own = self.reach.input.as_url().port_or_known_default();
        let mut others = self
            .reach
            .tcp_connect
            .iter()
            .filter(|c| c.x_purpose == Purpose::Target && Some(c.port) != own);
        others.next().map(|connect| connect.port)
    }

    fn page(&self, scheme: &str) -> Option<&HttpExchange> {
        let mut pages = self.reach.requests.iter().filter(|page| {
            page.x_try == self.number && page.request.url.as_url().scheme() == scheme
        });
        let first = pages.clone().next();
        pages.find(|page| page.response.is_some()).or(first)
    }

    fn of_page(&self, page: Option<&HttpExchange>, leg: Leg, is_own: bool) -> Glimpse {
        let Some(page) = page else {
            let failure = Failure::Timeout;
            return Glimpse::NoPage { failure, leg };
        };
        let Some(answer) = &page.response else {
            let failure = page.failure.clone().unwrap_or(Failure::Timeout);
            return Glimpse::NoPage { failure, leg };
        };
        if let Some(other) = self.not_the_site(answer, leg) {
            return other;
        }
        if matches!(answer.code, 404 | 410) {
            return Glimpse::Gone;
        }
        let status = answer.code;
        match self.reference.has_page_like(answer) {
            Some(false) if !is_own => Glimpse::OtherPage { status },
            likeness => Glimpse::Reached {
                proven: is_own || likeness == Some(true),
                status,
            },
        }
    }

    fn not_the_site(&self, answer: &HttpResponse, leg: Leg) -> Option<Glimpse> {
        let prints: &Fingerprints = &self.known.fingerprints;
        let (fingerprint, meaning) = prints.of_answer(answer)?;
        Some(match meaning {
            Meaning::Parked => Glimpse::Gone,
            Meaning::Blocked => Glimpse::BlockPage {
                fingerprint: fingerprint.to_owned(),
                leg,
            },
        })
    }
}

/// What https says, unless it failed and http shows a block page.
fn best_of(secure: Glimpse, plain: Option<Glimpse>) -> Glimpse {
    let is_answer = matches!(
        secure,
        Glimpse::Reached { .. } | Glimpse::Gone | Glimpse::BlockPage { .. }
    );
    match plain {
        Some(page @ Glimpse::BlockPage { .. }) if !is_answer => page,
        _ => secure,
    }
}

/// Whether https that is reached says more than what http says: http failed, or shows a block page.
fn outweighs(plain: &Glimpse) -> bool {
    !matches!(
        plain,
        Glimpse::Reached { .. } | Glimpse::Gone | Glimpse::OtherPage { .. }
    )
}

fn listed(addresses: &BTreeSet<IpAddr>) -> String {
    let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

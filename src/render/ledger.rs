//! What the browser may ask for, and the record of what it asked for.

use super::settings::{RenderSettings, StoredAnswer};
use super::wire::Head;
use super::{Blocked, Exchange, Rule};
use crate::suspect::SuspectUrl;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Refusals listed; a page that tries on and on is only counted.
const MAX_BLOCKED: usize = 500;
/// Hosts that Chromium asks on its own account, now and then without saying where a request comes from.
const BROWSER_HOSTS: [&str; 6] = [
    "clients2.google.com",
    "clientservices.googleapis.com",
    "accounts.google.com",
    "update.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "safebrowsing.googleapis.com",
];

/// The book that the proxy keeps for one page.
#[derive(Debug)]
pub(super) struct Ledger {
    max_requests: usize,
    max_bytes: usize,
    own_ports: Vec<u16>,
    stored: HashMap<SuspectUrl, StoredAnswer>,
    canaries: Vec<Canary>,
    entries: Mutex<Entries>,
}

/// A URL that only our proxy can answer, and what it answers.
#[derive(Debug, Clone)]
pub(super) struct Canary {
    pub(super) url: String,
    pub(super) token: String,
}

/// What was asked for so far.
#[derive(Debug)]
pub(super) struct Entries {
    /// False until the canaries have come back: before that nothing but canaries is answered.
    is_open: bool,
    requests: usize,
    bytes: usize,
    latest: Instant,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) from_store: Vec<SuspectUrl>,
    pub(super) under_way: Vec<SuspectUrl>,
    pub(super) blocked: Vec<Blocked>,
    pub(super) blocked_unlisted: usize,
    pub(super) browser_requests: usize,
}

impl Entries {
    fn new() -> Self {
        Self {
            is_open: false,
            requests: 0,
            bytes: 0,
            latest: Instant::now(),
            exchanges: Vec::new(),
            from_store: Vec::new(),
            under_way: Vec::new(),
            blocked: Vec::new(),
            blocked_unlisted: 0,
            browser_requests: 0,
        }
    }
}

impl Ledger {
    /// An empty book for `page` and what the caller has of it already.
    pub(super) fn new(
        settings: &RenderSettings,
        page: Option<&SuspectUrl>,
        stored: Vec<StoredAnswer>,
    ) -> Self {
        let urls = stored.iter().map(|answer| &answer.url).chain(page);
        let own_ports = urls.filter_map(|url| url.as_url().port()).collect();
        // Plain and over TLS; by name, and on loopback, which browsers like to reach past any proxy.
        let places = [
            "http://canary.invalid",
            "https://canary.invalid",
            "http://127.0.0.1",
        ];
        Self {
            max_requests: settings.max_requests,
            max_bytes: settings.max_bytes,
            own_ports,
            stored: stored
                .into_iter()
                .map(|answer| (answer.url.clone(), answer))
                .collect(),
            canaries: places.map(Canary::at).to_vec(),
            entries: Mutex::new(Entries::new()),
        }
    }

    pub(super) fn canaries(&self) -> &[Canary] {
        &self.canaries
    }

    /// What the canary at `url` says, as long as the gate is closed.
    pub(super) fn canary(&self, url: &SuspectUrl) -> Option<&Canary> {
        let mut canaries = self.canaries.iter();
        let found = canaries.find(|canary| canary.url == url.as_str())?;
        (!self.entries().is_open).then_some(found)
    }

    /// The canaries have come back: from now on the page's requests are answered.
    pub(super) fn open_gate(&self) {
        self.entries().is_open = true;
    }

    pub(super) fn stored(&self, url: &SuspectUrl) -> Option<&StoredAnswer> {
        let found = self.stored.get(url)?;
        let mut entries = self.entries();
        entries.latest = Instant::now();
        if !entries.from_store.contains(url) {
            entries.from_store.push(url.clone());
        }
        Some(found)
    }

    /// Why a request is not made, from its head alone.
    pub(super) fn rule_against(&self, head: &Head, url: &SuspectUrl) -> Option<Rule> {
        let says = |name: &str, word: &str| {
            head.header(name)
                .is_some_and(|value| value.to_ascii_lowercase().contains(word))
        };
        // A page's own requests always come from somewhere, except the document itself.
        let is_of_page = head.header("sec-fetch-site").is_some() && !says("sec-fetch-site", "none");
        let is_of_browser = (says("sec-fetch-site", "none") && !says("sec-fetch-dest", "document"))
            || (!is_of_page && BROWSER_HOSTS.contains(&url.host()));
        if !self.entries().is_open || is_of_browser {
            return Some(Rule::Browser);
        }
        if says("upgrade", "websocket") {
            return Some(Rule::WebSocket);
        }
        if head.method != "GET" {
            let method = head.method.chars().take(20).collect();
            return Some(Rule::Method(method));
        }
        if head.header("service-worker").is_some() || says("sec-fetch-dest", "serviceworker") {
            return Some(Rule::ServiceWorker);
        }
        (says("sec-purpose", "prefetch") || says("purpose", "prefetch")).then_some(Rule::Prefetch)
    }

    /// Why a tunnel to this port is not dug.
    pub(super) fn rule_against_port(&self, port: u16) -> Option<Rule> {
        (!matches!(port, 80 | 443) && !self.own_ports.contains(&port)).then_some(Rule::Port)
    }

    /// A request is about to be made, if the page may still make one.
    pub(super) fn begin(&self, url: &SuspectUrl) -> Result<(), Rule> {
        let mut entries = self.entries();
        if entries.requests >= self.max_requests {
            return Err(Rule::TooMany);
        }
        if entries.bytes >= self.max_bytes {
            return Err(Rule::TooLarge);
        }
        entries.requests += 1;
        entries.under_way.push(url.clone());
        entries.latest = Instant::now();
        Ok(())
    }

    /// A request that was begun has ended, with something to keep or with nothing.
    pub(super) fn finish(&self, url: &SuspectUrl, exchange: Option<Exchange>) {
        let mut entries = self.entries();
        if let Some(place) = entries.under_way.iter().position(|other| other == url) {
            entries.under_way.swap_remove(place);
        }
        entries.latest = Instant::now();
        if let Some(exchange) = exchange {
            if let crate::fetch::Outcome::Response(response) = &exchange.outcome {
                entries.bytes += response.body.len();
            }
            entries.exchanges.push(exchange);
        }
    }

    /// A request was refused; `None` if it had no readable URL.
    pub(super) fn block(&self, url: Option<SuspectUrl>, rule: Rule) {
        let mut entries = self.entries();
        match url {
            _ if rule == Rule::Browser => entries.browser_requests += 1,
            Some(url) if entries.blocked.len() < MAX_BLOCKED => {
                entries.blocked.push(Blocked { url, rule });
            }
            _ => entries.blocked_unlisted += 1,
        }
    }

    /// How long nothing has been asked for; `None` while an answer is awaited.
    pub(super) fn quiet_for(&self) -> Option<Duration> {
        let entries = self.entries();
        entries
            .under_way
            .is_empty()
            .then(|| entries.latest.elapsed())
    }

    /// Requests whose answers are awaited.
    pub(super) fn awaited(&self) -> usize {
        self.entries().under_way.len()
    }

    /// Closes the book.
    pub(super) fn take(&self) -> Entries {
        std::mem::replace(&mut *self.entries(), Entries::new())
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Canary {
    fn at(place: &str) -> Self {
        let [name, token] = [(); 2].map(|()| format!("{:032x}", fastrand::u128(..)));
        Self {
            url: format!("{place}/{name}"),
            token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> SuspectUrl {
        SuspectUrl::parse(text).unwrap()
    }

    fn open_ledger(settings: &RenderSettings) -> Ledger {
        let ledger = Ledger::new(
            settings,
            Some(&url("http://shop.example:8443/")),
            Vec::new(),
        );
        ledger.open_gate();
        ledger
    }

    #[test]
    fn only_plain_gets_of_the_page_are_let_through() {
        let ledger = open_ledger(&RenderSettings::default());
        let shop = url("http://shop.example/");
        let rule = |method: &str, headers: &[(&str, &str)]| {
            ledger.rule_against(&Head::of(method, headers), &shop)
        };
        assert_eq!(rule("GET", &[("Accept", "*/*")]), None);
        assert_eq!(
            rule(
                "GET",
                &[("Sec-Fetch-Site", "none"), ("Sec-Fetch-Dest", "document")]
            ),
            None
        );
        assert_eq!(
            rule(
                "GET",
                &[("Sec-Fetch-Site", "none"), ("Sec-Fetch-Dest", "empty")]
            ),
            Some(Rule::Browser)
        );
        assert_eq!(rule("POST", &[]), Some(Rule::Method("POST".into())));
        assert_eq!(
            rule("GET", &[("Upgrade", "WebSocket")]),
            Some(Rule::WebSocket)
        );
        assert_eq!(
            rule("GET", &[("Service-Worker", "script")]),
            Some(Rule::ServiceWorker)
        );
        assert_eq!(
            rule("GET", &[("Sec-Purpose", "prefetch;prerender")]),
            Some(Rule::Prefetch)
        );
        assert_eq!(
            ledger.rule_against(
                &Head::of("GET", &[]),
                &url("http://clients2.google.com/time/1")
            ),
            Some(Rule::Browser)
        );
        assert_eq!(
            [22, 80, 443, 8080, 8443].map(|port| ledger.rule_against_port(port).is_none()),
            [false, true, true, false, true]
        );
    }

    #[test]
    fn before_the_gate_is_open_only_canaries_are_answered() {
        let ledger = Ledger::new(&RenderSettings::default(), None, Vec::new());
        let canary = ledger.canaries()[0].clone();
        assert_eq!(
            ledger.canary(&url(&canary.url)).map(|found| &found.token),
            Some(&canary.token)
        );
        let head = Head::of("GET", &[]);
        assert_eq!(
            ledger.rule_against(&head, &url("http://shop.example/")),
            Some(Rule::Browser)
        );
        ledger.open_gate();
        assert!(ledger.canary(&url(&canary.url)).is_none());
    }

    #[test]
    fn limits_end_a_page_and_a_flood_of_refusals_is_counted() {
        let settings = RenderSettings {
            max_requests: 2,
            ..RenderSettings::default()
        };
        let ledger = open_ledger(&settings);
        let shop = url("http://shop.example/");
        assert_eq!(ledger.begin(&shop), Ok(()));
        assert_eq!(ledger.quiet_for(), None);
        assert_eq!(ledger.begin(&shop), Ok(()));
        assert_eq!(ledger.begin(&shop), Err(Rule::TooMany));
        ledger.finish(&shop, None);
        assert_eq!(ledger.awaited(), 1);
        ledger.finish(&shop, None);
        assert!(ledger.quiet_for().is_some());
        for _ in 0..MAX_BLOCKED + 7 {
            ledger.block(Some(shop.clone()), Rule::WebSocket);
        }
        ledger.block(None, Rule::Url);
        let entries = ledger.take();
        assert_eq!(entries.blocked.len(), MAX_BLOCKED);
        assert_eq!(entries.blocked_unlisted, 8);
    }
}

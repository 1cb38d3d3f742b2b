//! The main job against servers on loopback: what a site does to the crawler is an outcome in the report,
//! and what was found is in the store.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

#[expect(dead_code, reason = "this file needs a part of it")]
mod support;

#[path = "scan/obstacles.rs"]
mod obstacles;
#[path = "scan/rules.rs"]
mod rules;

use std::sync::Arc;
use std::time::Duration;
use support::{Behavior, Names, Site, server::Server};
use tazy::app::{App, ScanEvent, ScanSettings, ScanSummary, Stop, scan};
use tazy::clock::SystemClock;
use tazy::fetch::AddressGuard;
use tazy::flag::{SiteVerdict, Visit};
use tazy::rules::Ruleset;
use tazy::store::{FlagFilter, Store};
use tazy::suspect::{Suspect, SuspectUrl};

/// A page that any ruleset must flag: goods, price, dead drop and contact.
const SHOP: &str = "<html><head><meta charset=utf-8><title>Мефедрон купить Алматы</title></head><body>\
    <h1>Закладки в Алматы</h1><p>Мефедрон кристалл 1 г — 15000 тг, 2 г — 26000 тг. Альфа-ПВП 1 г — 14000 тг.</p>\
    <p>Клады прикоп, магнит. Моментальные закладки, координаты и фото после оплаты.</p>\
    <p>Оператор в телеграм @lavka_primer_bot, оплата биткоин.</p></body></html>";

/// A store, the rules, and a resolver that knows only what it is told.
struct Lab {
    app: App,
    settings: ScanSettings,
    _directory: tempfile::TempDir,
}

impl Lab {
    fn new(names: Names) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(directory.path(), Arc::new(SystemClock)).unwrap();
        let mut settings = ScanSettings::default();
        settings.fetch.guard = AddressGuard {
            allow_private: true,
        };
        settings.fetch.timeout = Duration::from_secs(2);
        settings.politeness.rate_per_host = 1000.0;
        settings.politeness.global_rate = 100_000;
        settings.politeness.allow_any_rate = true;
        settings.politeness.max_wait = Duration::from_secs(5);
        let app = App {
            store: Arc::new(store),
            ruleset: Arc::new(Ruleset::embedded().unwrap()),
            clock: Arc::new(SystemClock),
            resolver: Arc::new(names),
        };
        Self {
            app,
            settings,
            _directory: directory,
        }
    }

    async fn scan(&self, urls: &[SuspectUrl]) -> (ScanSummary, Vec<Visit>) {
        let suspects = urls.iter().cloned().map(Suspect::bare).collect();
        let mut visits = Vec::new();
        let settings = self.settings.clone();
        let mut keep = |event: ScanEvent<'_>| {
            if let ScanEvent::SiteFinished { visit } = event {
                visits.push(visit.clone());
            }
        };
        let summary = scan(
            &self.app,
            suspects,
            None,
            settings,
            Stop::default(),
            &mut keep,
        )
        .await;
        (summary.unwrap(), visits)
    }

    async fn visit(&self, url: SuspectUrl) -> Visit {
        let (_, mut visits) = self.scan(&[url]).await;
        visits.pop().expect("one site was visited")
    }
}

fn lab() -> Lab {
    Lab::new(Names::new())
}

fn targets(server: &Server) -> Vec<String> {
    server.seen().into_iter().map(|seen| seen.target).collect()
}

#[tokio::test]
async fn a_shop_is_flagged_and_its_evidence_can_be_read_back() {
    let server = Site::new().page("/", SHOP).serve().await;
    let lab = lab();
    let visit = lab.visit(server.url("/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Flagged);
    let flag = lab.app.store.flag(&visit.flag.unwrap()).unwrap();
    let capture = lab.app.store.capture(&flag.captures[0]).unwrap();
    assert_eq!(
        capture.body,
        SHOP.as_bytes(),
        "the body is kept as received"
    );
    let finding = &flag.categories[0].findings[0];
    let cited = &SHOP[finding.span.0..finding.span.1];
    let mut marked = finding
        .marks
        .iter()
        .map(|&(from, to)| &finding.excerpt[from..to]);
    assert!(
        marked.any(|words| words.contains(cited)),
        "the span cites what the excerpt marks: {cited}"
    );
    assert!(
        visit
            .entities
            .iter()
            .any(|entity| entity.value == "@lavka_primer_bot")
    );
}

#[tokio::test]
async fn a_second_scan_updates_and_never_duplicates() {
    let server = Site::new().page("/", SHOP).serve().await;
    let lab = lab();
    let first = lab.visit(server.url("/")).await;
    let second = lab.visit(server.url("/")).await;
    assert_eq!(first.flag, second.flag);
    let flags = lab.app.store.flags(&FlagFilter::default()).unwrap();
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].visits, 2);
    assert!(flags[0].raised < flags[0].seen);
}

#[tokio::test]
async fn links_are_followed_once_each_within_the_site_and_its_depth() {
    let server = Site::new()
        .page("/", "<a href=/a>A</a><a href=/a#x>A</a><a href=/b?utm_source=x>B</a><a href=http://other.example/>O</a>")
        .page("/a", "<a href=/>home</a><a href=/deep>deep</a>")
        .page("/b", "<a href=/a>A</a>")
        .page("/deep", "<a href=/deeper>deeper</a>")
        .page("/deeper", "end")
        .serve()
        .await;
    let mut lab = lab();
    lab.settings.budget.max_depth = 2;
    let visit = lab.visit(server.url("/")).await;
    let mut asked = targets(&server);
    asked.sort();
    assert_eq!(asked, ["/", "/a", "/b", "/deep", "/robots.txt"]);
    assert_eq!((visit.verdict, visit.pages), (SiteVerdict::Clear, 4));
}

#[tokio::test]
async fn every_kind_of_redirect_is_followed_and_each_hop_is_captured() {
    let server = Site::new()
        .route("/", Behavior::redirect(302, "/meta"))
        .page(
            "/meta",
            "<meta http-equiv=refresh content='0; url=/script'>",
        )
        .page(
            "/script",
            "<script>window.location.href = '/shop';</script>",
        )
        .page("/shop", SHOP)
        .serve()
        .await;
    let lab = lab();
    let visit = lab.visit(server.url("/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Flagged);
    let store = &lab.app.store;
    let hops: Vec<_> = visit
        .captures
        .iter()
        .map(|id| store.manifest(id).unwrap())
        .collect();
    let ways: Vec<_> = hops
        .iter()
        .map(|hop| (hop.hop, hop.via.as_deref()))
        .collect();
    assert_eq!(
        ways,
        [
            (0, None),
            (1, Some("http")),
            (2, Some("meta")),
            (3, Some("script"))
        ]
    );
    assert_eq!(hops[0].status, 302);
}

#[tokio::test]
async fn a_suspect_that_sends_its_visitors_elsewhere_is_judged_by_what_they_see() {
    let shop = Site::new().page("/", SHOP).serve().await;
    let landing = format!("http://shop.example:{}/", shop.address.port());
    let gate = Site::new()
        .route("/", Behavior::redirect(301, landing))
        .serve()
        .await;
    let lab = Lab::new(
        Names::new()
            .answer("gate.example", &["127.0.0.1:0"])
            .answer("shop.example", &["127.0.0.1:0"]),
    );
    let visit = lab.visit(gate.url_on("gate.example", "/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Flagged);
    assert!(visit.site.starts_with("gate.example"));
    assert_eq!(visit.landed_on.unwrap().host(), "shop.example");
}

#[tokio::test]
async fn a_link_deep_inside_that_leads_elsewhere_is_recorded_and_not_followed() {
    let other = Site::new().page("/", SHOP).serve().await;
    let elsewhere = format!("http://other.example:{}/", other.address.port());
    let site = Site::new()
        .page("/", "<p>Добро пожаловать</p><a href=/go>go</a>")
        .route("/go", Behavior::redirect(302, elsewhere))
        .serve()
        .await;
    let lab = Lab::new(Names::new().answer("other.example", &["127.0.0.1:0"]));
    let visit = lab.visit(site.url("/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Clear);
    assert!(other.seen().is_empty(), "nobody asked to visit it");
    let last = lab
        .app
        .store
        .manifest(visit.captures.last().unwrap())
        .unwrap();
    assert_eq!(last.redirect.unwrap().1.host(), "other.example");
}

#[tokio::test]
async fn text_in_an_old_character_set_is_read_though_nothing_declares_it() {
    for encoding in [encoding_rs::WINDOWS_1251, encoding_rs::KOI8_R] {
        let undeclared = SHOP.replace("<meta charset=utf-8>", "");
        let (body, _, _) = encoding.encode(&undeclared);
        let answer = Behavior::page_with("Content-Type", "text/html", body.into_owned());
        let server = Site::new().route("/", answer).serve().await;
        let visit = lab().visit(server.url("/")).await;
        assert_eq!(visit.verdict, SiteVerdict::Flagged, "{}", encoding.name());
    }
}

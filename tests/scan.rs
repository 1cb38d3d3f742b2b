//! The main job against servers on loopback: what a site does to the crawler is an outcome in the report,
//! and what was found is in the store.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

#[expect(dead_code, reason = "this file needs a part of it")]
mod support;

use std::sync::Arc;
use std::time::Duration;
use support::{Behavior, Names, Site, server::Server, socks5_proxy};
use tazy::app::{App, ScanEvent, ScanSettings, ScanSummary, Stop, scan};
use tazy::clock::SystemClock;
use tazy::fetch::{AddressGuard, RobotsMode, Truncation};
use tazy::flag::{SiteVerdict, Visit};
use tazy::page::Gate;
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
    let marked = &finding.excerpt[finding.marks[0].0..finding.marks[0].1];
    assert_eq!(cited, marked, "the span cites what the excerpt marks");
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
async fn a_redirect_loop_ends_and_a_cookie_wall_is_passed() {
    let server = Site::new()
        .route("/", Behavior::redirect(302, "/turn"))
        .route("/turn", Behavior::redirect(302, "/"))
        .serve()
        .await;
    let visit = lab().visit(server.url("/")).await;
    assert_eq!(
        visit.outcomes.get("redirect_loop"),
        Some(&1),
        "{:?}",
        visit.outcomes
    );
    let wall = Site::new()
        .route("/", Behavior::CookieWall("passed=1", SHOP))
        .serve()
        .await;
    let visit = lab().visit(wall.url("/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Flagged, "{:?}", visit.outcomes);
}

#[tokio::test]
async fn robots_txt_binds_unless_an_investigation_was_asked_for() {
    let site = || {
        Site::new()
            .route(
                "/robots.txt",
                Behavior::page("User-agent: *\nDisallow: /\n"),
            )
            .page("/", SHOP)
    };
    let server = site().serve().await;
    let visit = lab().visit(server.url("/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Gated);
    assert_eq!(visit.outcomes.get("robots"), Some(&1));
    assert_eq!(targets(&server), ["/robots.txt"]);
    let server = site().serve().await;
    let mut lab = lab();
    lab.settings.robots = RobotsMode::Investigate;
    let visit = lab.visit(server.url("/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Flagged);
    let robots = lab
        .app
        .store
        .manifest(&visit.captures[0])
        .unwrap()
        .robots
        .unwrap();
    assert_eq!(
        (robots.mode, robots.allowed),
        (RobotsMode::Investigate, false)
    );
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

#[tokio::test]
async fn a_body_without_end_is_cut_and_judged_by_what_came() {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n{SHOP}");
    let more = "<p>ещё немного текста</p>".repeat(4000);
    let drip = Behavior::Drip(head.into_bytes(), more.into_bytes(), Duration::ZERO);
    let server = Site::new().route("/", drip).serve().await;
    let mut lab = lab();
    lab.settings.fetch.max_body = 300_000;
    let visit = lab.visit(server.url("/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Flagged);
    let manifest = lab.app.store.manifest(&visit.captures[0]).unwrap();
    assert_eq!(
        (manifest.body_bytes, manifest.truncated),
        (300_000, Some(Truncation::Length))
    );
}

#[tokio::test]
async fn what_cannot_be_judged_is_gated_and_what_cannot_be_reached_is_unreachable() {
    let captcha = "<title>Проверка</title><p>Подтвердите, что вы не робот</p>\
        <div class=g-recaptcha data-sitekey=x></div><script src=https://www.google.com/recaptcha/api.js></script>";
    let server = Site::new().page("/", captcha).serve().await;
    let visit = lab().visit(server.url("/")).await;
    assert_eq!(
        (visit.verdict, visit.gate),
        (SiteVerdict::Gated, Some(Gate::Captcha))
    );
    let silent = Site::new()
        .route("/robots.txt", Behavior::Close)
        .route("/", Behavior::Close)
        .serve()
        .await;
    let visit = lab().visit(silent.url("/")).await;
    assert_eq!(
        visit.verdict,
        SiteVerdict::Unreachable,
        "{:?}",
        visit.outcomes
    );
    let visit = lab()
        .visit(SuspectUrl::parse("http://nobody.example/").unwrap())
        .await;
    assert_eq!(visit.verdict, SiteVerdict::Unreachable);
    assert!(visit.outcomes.contains_key("dns"), "{:?}", visit.outcomes);
}

#[tokio::test]
async fn a_public_name_that_leads_into_this_network_is_refused() {
    let server = Site::new().page("/", SHOP).serve().await;
    let mut lab = Lab::new(Names::new().answer("public.example", &["127.0.0.1:0"]));
    lab.settings.fetch.guard = AddressGuard {
        allow_private: false,
    };
    let visit = lab.visit(server.url_on("public.example", "/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Unreachable);
    assert!(
        visit.outcomes.contains_key("blocked_address"),
        "{:?}",
        visit.outcomes
    );
    assert!(server.seen().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_calendar_and_session_ids_do_not_eat_the_budget() {
    let mut site = Site::new().page("/", "<a href='/cal?month=1&year=2026'>calendar</a><a href='/p?PHPSESSID=a1'>p</a><a href='/p?PHPSESSID=b2'>p</a><a href=/prices>Цены</a>");
    for month in 1..400 {
        let links = format!(
            "<p>{month}</p><a href='/cal?month={}&year={}'>next</a>",
            month % 12 + 1,
            2026 + month / 12
        );
        site = site.page(
            format!(
                "/cal?month={}&year={}",
                (month - 1) % 12 + 1,
                2026 + (month - 1) / 12
            ),
            &links,
        );
    }
    let server = site
        .page("/p?PHPSESSID=a1", "p")
        .page("/prices", "p")
        .serve()
        .await;
    let mut lab = lab();
    lab.settings.budget.max_pages = 300;
    lab.settings.budget.max_depth = 300;
    let visit = lab.visit(server.url("/")).await;
    assert!(visit.pages < 60, "{} pages", visit.pages);
    assert!(!visit.traps.is_empty());
    assert!(targets(&server).contains(&"/prices".to_owned()));
}

#[tokio::test]
async fn an_overloaded_server_is_asked_again_after_the_wait_it_names() {
    let busy = Behavior::Answer(503, vec![("Retry-After", "1".to_owned())], Vec::new());
    let server = Site::new().route("/", busy).serve().await;
    let visit = lab().visit(server.url("/")).await;
    let asked = targets(&server)
        .iter()
        .filter(|target| *target == "/")
        .count();
    assert_eq!((asked, visit.outcomes.get("503")), (3, Some(&3)));
    let took = visit.finished.duration_since(visit.started);
    assert!(took.as_secs() >= 2, "{took:?}");
    assert_eq!(visit.verdict, SiteVerdict::Unreachable);
}

#[tokio::test]
async fn a_stopped_scan_finishes_what_is_in_flight_and_resumes_with_the_rest() {
    let server = Site::new().page("/", SHOP).serve().await;
    let hosts: Vec<String> = (0..6).map(|number| format!("s{number}.example")).collect();
    let names = hosts.iter().fold(Names::new(), |names, host| {
        names.answer(host, &["127.0.0.1:0"])
    });
    let mut lab = Lab::new(names);
    lab.settings.concurrency = 1;
    let suspects = hosts
        .iter()
        .map(|host| Suspect::bare(server.url_on(host, "/")))
        .collect();
    let stop = Stop::default();
    let asked = stop.clone();
    let mut first = Vec::new();
    let summary = scan(
        &lab.app,
        suspects,
        None,
        lab.settings.clone(),
        stop,
        &mut |event| match event {
            ScanEvent::SiteStarted { .. } if first.len() == 1 => asked.request(),
            ScanEvent::SiteFinished { visit } => first.push(visit.site.clone()),
            _ => {}
        },
    )
    .await
    .unwrap();
    assert!(summary.interrupted);
    assert_eq!(
        (summary.sites, summary.remaining),
        (2, 4),
        "the visit in flight was finished"
    );
    let state = lab
        .app
        .store
        .unfinished_run()
        .unwrap()
        .expect("it can be resumed");
    let before = server.seen().len();
    let mut rest = Vec::new();
    let summary = scan(
        &lab.app,
        Vec::new(),
        Some(state),
        lab.settings.clone(),
        Stop::default(),
        &mut |event| {
            if let ScanEvent::SiteFinished { visit } = event {
                rest.push(visit.site.clone());
            }
        },
    )
    .await
    .unwrap();
    assert_eq!(
        (summary.sites, summary.remaining, summary.interrupted),
        (4, 0, false)
    );
    assert_eq!(
        server.seen().len() - before,
        8,
        "robots.txt and one page each"
    );
    assert!(rest.iter().all(|site| !first.contains(site)));
    assert!(lab.app.store.unfinished_run().unwrap().is_none());
}

#[tokio::test]
async fn through_a_socks_proxy_names_are_left_to_the_proxy() {
    let server = Site::new().page("/", SHOP).serve().await;
    let (proxy, connected) = socks5_proxy(server.address).await;
    let mut lab = lab();
    lab.settings.fetch.proxy = Some(format!("socks5h://{proxy}"));
    let visit = lab
        .visit(SuspectUrl::parse("http://shop.example/").unwrap())
        .await;
    assert_eq!(visit.verdict, SiteVerdict::Flagged, "{:?}", visit.attempts);
    let connected = connected.lock().unwrap().clone();
    assert!(
        connected.iter().all(|target| target == "shop.example:80"),
        "{connected:?}"
    );
}

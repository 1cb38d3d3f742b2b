//! What sites, and users, put in the way of a scan.

use crate::support::{Behavior, Names, Site, server::Server, socks5_proxy};
use crate::{Lab, SHOP, lab, targets};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::time::Duration;
use tazy::app::{ScanEvent, Stop, scan};
use tazy::fetch::{AddressGuard, RobotsMode, Truncation};
use tazy::flag::SiteVerdict;
use tazy::page::Gate;
use tazy::suspect::{Suspect, SuspectUrl};

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
    assert_eq!(
        visit.outcomes.get("too_large"),
        Some(&1),
        "the report names it"
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
async fn bombs_and_things_that_are_no_page_are_named_in_the_report() {
    let bomb = {
        let mut coder = GzEncoder::new(Vec::new(), Compression::fast());
        let zeros = vec![b' '; 1 << 20];
        for _ in 0..64 {
            coder.write_all(&zeros).unwrap();
        }
        coder.finish().unwrap()
    };
    let bomb = Behavior::Answer(200, vec![("Content-Encoding", "gzip".to_owned())], bomb);
    let picture = Behavior::page_with(
        "Content-Type",
        "image/png",
        b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(),
    );
    let server = Site::new()
        .page(
            "/",
            "<p>Добро пожаловать</p><a href=/bomb>a</a><a href=/view>b</a>",
        )
        .route("/bomb", bomb)
        .route("/view", picture)
        .serve()
        .await;
    let visit = lab().visit(server.url("/")).await;
    assert_eq!(visit.outcomes.get("cut"), Some(&1), "{:?}", visit.attempts);
    assert_eq!(
        visit.outcomes.get("not_html"),
        Some(&1),
        "{:?}",
        visit.attempts
    );
    assert!(visit.bytes < 1 << 20, "what came over the wire");
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
async fn a_capture_tells_of_the_attempts_before_it_and_of_its_robots_txt() {
    let rules = "User-agent: *\nDisallow: /private\n";
    let server = Site::new()
        .route("/", Behavior::Busy(1, Box::new(Behavior::page("open"))))
        .route("/robots.txt", Behavior::page(rules))
        .serve()
        .await;
    let lab = lab();
    let visit = lab.visit(server.url("/")).await;
    let manifest = lab.app.store.manifest(&visit.captures[0]).unwrap();
    let [before] = &manifest.attempts_before[..] else {
        panic!("{:?}", manifest.attempts_before);
    };
    assert_eq!((before.label.as_str(), &before.reason), ("503", &None));
    assert!(before.ended_at < manifest.requested_at);
    let robots = manifest.robots.unwrap();
    let source = robots.source.unwrap();
    assert_eq!((robots.rule, source.status), (None, 200));
    assert_eq!(source.url, server.url("/robots.txt"));
    assert_eq!(source.digest, tazy::digest::Digest::of(rules.as_bytes()));
}

/// Six sites on one server, visited one after the other.
async fn six_sites() -> (Lab, Vec<Suspect>, Server) {
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
    (lab, suspects, server)
}

#[tokio::test]
async fn a_stopped_scan_finishes_what_is_in_flight_and_resumes_with_the_rest() {
    let (lab, suspects, server) = six_sites().await;
    let stop = Stop::default();
    let asked = stop.clone();
    let mut first = Vec::new();
    let mut watch = |event: ScanEvent<'_>| match event {
        ScanEvent::SiteStarted { .. } if first.len() == 1 => asked.request(),
        ScanEvent::SiteFinished { visit } => first.push(visit.site.clone()),
        _ => {}
    };
    let summary = scan(
        &lab.app,
        suspects,
        None,
        lab.settings.clone(),
        stop,
        &mut watch,
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
    let mut watch = |event: ScanEvent<'_>| {
        if let ScanEvent::SiteFinished { visit } = event {
            rest.push(visit.site.clone());
        }
    };
    let settings = lab.settings.clone();
    let summary = scan(
        &lab.app,
        Vec::new(),
        Some(state),
        settings,
        Stop::default(),
        &mut watch,
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

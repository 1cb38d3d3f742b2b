//! What is sent and remembered: headers, redirects, cookies, robots.txt, pace, TLS.

use crate::support::{Behavior, Names, Site, get, noise};
use crate::{fetcher, fetcher_with, lab, response};
use std::sync::Arc;
use std::time::Duration;
use tazy::clock::SystemClock;
use tazy::fetch::{
    FetchSettings, Fetcher, Outcome, PacedFetcher, Profile, Request, RobotsCache, RobotsMode,
    Session,
};
use tazy::frontier::{Politeness, PolitenessSettings};
use tokio::time::Instant;

#[tokio::test]
async fn request_headers_are_recorded_as_the_server_saw_them() {
    let server = Site::new().page("/", "ok").serve().await;
    let request = Request {
        referrer: Some(server.url("/from")),
        cookie: Some("a=1; b=2".into()),
        ..get(&server.url("/"))
    };
    let settings = FetchSettings {
        profile: Profile::MOBILE,
        ..lab()
    };
    let answer = response(fetcher(settings).fetch(&request).await);
    let recorded: Vec<(String, String)> = answer
        .request_headers
        .iter()
        .map(|line| {
            (
                line.name.clone(),
                String::from_utf8(line.value.clone()).unwrap(),
            )
        })
        .collect();
    let seen = server.seen().remove(0);
    assert_eq!(recorded, seen.headers);
    assert_eq!(seen.header("user-agent"), Some(Profile::MOBILE.user_agent));
    assert_eq!(
        seen.header("accept-encoding"),
        Some("gzip, deflate, br, zstd")
    );
    assert_eq!(seen.header("cookie"), Some("a=1; b=2"));
    assert_eq!(seen.header("referer"), Some(server.url("/from").as_str()));
}

#[tokio::test]
async fn a_cookie_that_would_split_the_header_is_not_sent() {
    let server = Site::new().page("/", "ok").serve().await;
    let request = Request {
        cookie: Some("a=1\r\nX-Evil: 1".into()),
        ..get(&server.url("/"))
    };
    response(fetcher(lab()).fetch(&request).await);
    assert_eq!(server.seen()[0].header("cookie"), None);
    assert_eq!(server.seen()[0].header("x-evil"), None);
}

#[tokio::test]
async fn redirects_are_reported_and_followed_by_the_caller_only() {
    let server = Site::new()
        .route("/", Behavior::redirect(301, "/b#top"))
        .route("/b", Behavior::redirect(302, "c?x=1"))
        .route("/c?x=1", Behavior::redirect(307, "http:///"))
        .serve()
        .await;
    let fetcher = fetcher(lab());
    let mut chain = vec![server.url("/")];
    loop {
        let last = chain.last().unwrap().clone();
        match response(fetcher.fetch(&get(&last)).await).redirect_target() {
            Some(next) => chain.push(next),
            None => break,
        }
    }
    assert_eq!(
        chain,
        [server.url("/"), server.url("/b"), server.url("/c?x=1")]
    );
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_cookie_wall_opens_with_the_cookies_of_the_session() {
    let server = Site::new()
        .route("/", Behavior::CookieWall("pass=yes", "behind"))
        .serve()
        .await;
    let fetcher = fetcher(lab());
    let mut session = Session::new();
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let request = Request {
            cookie: session.cookie_header(&server.url("/")),
            ..get(&server.url("/"))
        };
        let answer = response(fetcher.fetch(&request).await);
        session.remember(&answer);
        bodies.push(answer.body);
    }
    assert_eq!(bodies, [b"".to_vec(), b"behind".to_vec()]);
}

#[tokio::test]
async fn requests_to_one_server_share_a_connection() {
    let server = Site::new().page("/", "ok").serve().await;
    let fetcher = fetcher(lab());
    for _ in 0..3 {
        response(fetcher.fetch(&get(&server.url("/"))).await);
    }
    let connections: Vec<usize> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 0, 0]);
}

#[tokio::test]
async fn robots_txt_is_read_from_real_servers() {
    let mut endless = b"User-agent: *\nDisallow: /private\n".to_vec();
    endless.extend(b"# padding\n".repeat(1 << 20));
    endless.extend(b"Disallow: /\n");
    for (behavior, permitted, cause) in [
        (
            Behavior::page("User-agent: *\nDisallow: /p"),
            false,
            "rules: disallow /p",
        ),
        (Behavior::status(404), true, "404: allow"),
        (Behavior::status(500), false, "500: disallow"),
        (Behavior::Hang, false, "unreachable: disallow"),
        (Behavior::page(endless), false, "rules: disallow /private"),
        (Behavior::page(noise(200_000)), true, "rules"),
        (
            Behavior::redirect(301, "/real"),
            false,
            "rules: disallow /*",
        ),
        (
            Behavior::redirect(301, "http://169.254.169.254/"),
            false,
            "unreachable: disallow",
        ),
    ] {
        let server = Site::new()
            .route("/robots.txt", behavior)
            .route("/real", Behavior::page("user-agent: tazy\ndisallow: *"))
            .serve()
            .await;
        let robots = RobotsCache::new(RobotsMode::Respect);
        let decision = robots
            .decide(&fetcher(lab()), &server.url("/private/x"))
            .await;
        assert_eq!(
            (decision.permits(), decision.cause.as_str()),
            (permitted, cause)
        );
    }
}

#[tokio::test]
async fn a_paced_fetcher_keeps_the_rate_and_obeys_retry_after() {
    let busy = Behavior::Answer(429, vec![("Retry-After", "3600".into())], Vec::new());
    let server = Site::new()
        .page("/", "ok")
        .route("/busy", busy)
        .serve()
        .await;
    let politeness = Politeness::new(PolitenessSettings {
        rate_per_host: 5.0,
        ..PolitenessSettings::default()
    });
    let paced = PacedFetcher::new(
        Arc::new(fetcher(lab())),
        Arc::new(politeness),
        Arc::new(SystemClock),
    );
    let begun = Instant::now();
    for target in ["/", "/", "/busy"] {
        response(paced.fetch(&get(&server.url(target))).await);
    }
    assert!(begun.elapsed() >= Duration::from_millis(400));
    let outcome = paced.fetch(&get(&server.url("/"))).await;
    assert_eq!(outcome.label(), "too_long_wait");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn an_invalid_certificate_is_a_failure_and_evidence_if_asked_for() {
    let server = Site::new().page("/", "over TLS").serve_tls().await;
    let names = || Arc::new(Names::new().answer("shop.example", &["127.0.0.1:0"]));
    let target = server.url_on("shop.example", "/");
    let outcome = fetcher_with(lab(), names()).fetch(&get(&target)).await;
    let Outcome::Failed(failure) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(failure.to_string(), "TLS: the certificate is self-signed");
    assert!(server.seen().is_empty());

    let settings = FetchSettings {
        insecure_evidence: true,
        ..lab()
    };
    let answer = response(fetcher_with(settings, names()).fetch(&get(&target)).await);
    assert_eq!(answer.body, b"over TLS");
    let tls = answer.tls.expect("TLS facts");
    assert_eq!(
        tls.invalid.as_deref(),
        Some("the certificate is self-signed")
    );
    assert_eq!(tls.certificate_sha256.len(), 64);
    assert!(tls.subject.contains("CN="), "{}", tls.subject);
    let sent: Vec<&str> = answer
        .request_headers
        .iter()
        .map(|line| line.name.as_str())
        .collect();
    let seen = server.seen().remove(0);
    let names: Vec<&str> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(sent, names);
}

#[tokio::test]
async fn a_server_without_tls_on_a_tls_port_is_told_apart() {
    let server = Site::new().page("/", "plain").serve().await;
    let target = crate::support::url(&format!("https://{}/", server.address));
    let outcome = fetcher(lab()).fetch(&get(&target)).await;
    assert_eq!(outcome.label(), "tls", "{outcome:?}");
}

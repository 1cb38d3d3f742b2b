use super::*;
use crate::fetch::{Failure, Header};
use futures_util::future::{BoxFuture, join_all};
use jiff::Timestamp;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers by URL; what is not listed does not resolve.
#[derive(Debug, Default)]
struct Script {
    answers: HashMap<&'static str, (u16, &'static str, Vec<u8>)>,
    asked: AtomicUsize,
}

impl Script {
    fn with(mut self, url: &'static str, status: u16, detail: &'static str) -> Self {
        let body = detail.as_bytes().to_vec();
        self.answers.insert(url, (status, detail, body));
        self
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Fetcher for Script {
    fn fetch<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            let Some((status, detail, body)) = self.answers.get(request.url.as_str()) else {
                return Outcome::Failed(Failure::Dns("no such name".into()));
            };
            let location = Header {
                name: "location".into(),
                value: detail.as_bytes().to_vec(),
            };
            let is_redirect = (300..400).contains(status);
            Outcome::Response(Box::new(Response {
                url: request.url.clone(),
                started: Timestamp::UNIX_EPOCH,
                duration: Duration::ZERO,
                version: "HTTP/1.1",
                status: *status,
                request_headers: Vec::new(),
                headers: is_redirect.then_some(location).into_iter().collect(),
                body: body.clone(),
                truncated: None,
                remote_addr: None,
                tls: None,
                provenance: crate::fetch::Provenance::default(),
            }))
        })
    }
}

fn url(text: &str) -> SuspectUrl {
    SuspectUrl::parse(text).unwrap()
}

async fn decide(script: &Script, target: &str) -> RobotsDecision {
    let cache = RobotsCache::new(RobotsMode::Respect);
    cache.decide(script, &url(target)).await
}

#[tokio::test]
async fn rules_are_obeyed_with_their_cause_and_crawl_delay() {
    let script = Script::default().with(
        "http://a.example/robots.txt",
        200,
        "\u{feff}User-agent: other\nDisallow: /\n\nUser-agent: TAZY\nDisallow: /private*\nCrawl-delay: 2.5\n",
    );
    let refused = decide(&script, "http://a.example/%70rivate/x").await;
    assert!(!refused.permits());
    assert_eq!(refused.cause, "rules: disallow /private*");
    assert_eq!(refused.rule.as_deref(), Some("disallow /private*"));
    assert_eq!(refused.crawl_delay, Some(Duration::from_millis(2_500)));
    let allowed = decide(&script, "http://a.example/public").await;
    assert!(allowed.permits());
    assert_eq!((allowed.cause.as_str(), allowed.rule), ("rules", None));
}

#[tokio::test]
async fn a_decision_names_the_rule_and_the_file_on_which_it_rests() {
    let rules = "User-agent: *\nDisallow: /shop\nAllow: /shop/open\n";
    let script = Script::default()
        .with(
            "http://a.example/robots.txt",
            301,
            "http://b.example/robots.txt",
        )
        .with("http://b.example/robots.txt", 200, rules)
        .with("http://c.example/robots.txt", 404, "nothing here");
    let allowed = decide(&script, "http://a.example/shop/open/1").await;
    assert_eq!(allowed.rule.as_deref(), Some("allow /shop/open"));
    let source = allowed.source.expect("a source");
    assert_eq!(source.url, url("http://b.example/robots.txt"));
    assert_eq!(
        (source.status, source.fetched_at),
        (200, Timestamp::UNIX_EPOCH)
    );
    assert_eq!(source.digest, Digest::of(rules.as_bytes()));
    let missing = decide(&script, "http://c.example/").await;
    assert_eq!(missing.source.map(|source| source.status), Some(404));
    assert_eq!(missing.rule, None);
    assert_eq!(decide(&script, "http://gone.example/").await.source, None);
}

#[tokio::test]
async fn robots_txt_itself_is_always_allowed() {
    let script = Script::default();
    assert!(decide(&script, "http://a.example/robots.txt").await.allowed);
    assert_eq!(script.asked(), 0);
}

#[tokio::test]
async fn the_status_decides_as_rfc_9309_says() {
    for (status, allowed, cause) in [
        (404, true, "404: allow"),
        (403, true, "403: allow"),
        (429, true, "429: allow"),
        (500, false, "500: disallow"),
        (503, false, "503: disallow"),
    ] {
        let script = Script::default().with(
            "http://a.example/robots.txt",
            status,
            "User-agent: *\nDisallow:",
        );
        let decision = decide(&script, "http://a.example/").await;
        assert_eq!(
            (decision.allowed, decision.cause.as_str()),
            (allowed, cause)
        );
    }
}

#[tokio::test]
async fn an_unreachable_site_is_not_fetched_and_reported_as_unreachable() {
    let (script, cache) = (Script::default(), RobotsCache::new(RobotsMode::Respect));
    let target = url("http://gone.example/");
    let decision = cache.decide(&script, &target).await;
    assert_eq!(decision.cause, "unreachable: disallow");
    assert_eq!(cache.refusal(&target, &decision).label(), "dns");
    assert!(cache.knows(&target));
    cache.forget_failure(&target);
    assert!(!cache.knows(&target));
    let decision = RobotsCache::new(RobotsMode::Investigate)
        .decide(&script, &target)
        .await;
    assert!(decision.permits() && !decision.allowed);
}

#[tokio::test]
async fn redirects_are_followed_five_times_and_what_is_found_is_known_there_too() {
    let hops = [
        (
            "http://a.example/robots.txt",
            301,
            "https://a.example/robots.txt",
        ),
        ("https://a.example/robots.txt", 302, "/r1"),
        ("https://a.example/r1", 307, "/r2"),
        ("https://a.example/r2", 308, "/r3"),
        ("https://a.example/r3", 303, "http://b.example/robots.txt"),
    ];
    let mut script = Script::default();
    for (from, status, to) in hops {
        script = script.with(from, status, to);
    }
    script = script.with(
        "http://b.example/robots.txt",
        200,
        "User-agent: *\nDisallow: /x",
    );
    let cache = RobotsCache::new(RobotsMode::Respect);
    assert!(
        !cache
            .decide(&script, &url("http://a.example/x"))
            .await
            .allowed
    );
    assert_eq!(script.asked(), 6);
    assert!(cache.knows(&url("http://b.example/")));
    assert!(!cache.knows(&url("https://a.example/")));

    let script = Script::default().with("http://l.example/robots.txt", 301, "/robots.txt");
    let decision = decide(&script, "http://l.example/x").await;
    assert_eq!(decision.cause, "too many redirects: allow");
    assert_eq!(script.asked(), 6);
}

#[tokio::test]
async fn robots_txt_is_fetched_once_an_authority_even_if_asked_at_once() {
    let script = Script::default().with(
        "http://a.example/robots.txt",
        200,
        "User-agent: *\nDisallow: /x",
    );
    let cache = RobotsCache::new(RobotsMode::Respect);
    let targets: Vec<SuspectUrl> = (0..20)
        .map(|n| url(&format!("http://a.example/x{n}")))
        .collect();
    let decisions = join_all(targets.iter().map(|target| cache.decide(&script, target))).await;
    assert!(decisions.iter().all(|decision| !decision.allowed));
    assert_eq!(script.asked(), 1);
}

#[tokio::test]
async fn the_cache_is_bounded() {
    let script = Script::default();
    let cache = RobotsCache::new(RobotsMode::Respect);
    for n in 0..MAX_AUTHORITIES + 50 {
        cache
            .decide(&script, &url(&format!("http://h{n}.example/")))
            .await;
    }
    let entries = cache.lock();
    assert_eq!(entries.cells.len(), MAX_AUTHORITIES);
    assert_eq!(entries.order.len(), MAX_AUTHORITIES);
}

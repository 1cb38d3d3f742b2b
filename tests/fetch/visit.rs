//! All of acquisition together, as a visit uses it: frontier, robots.txt, pace, cookies, redirects.

use crate::support::{Behavior, Site};
use crate::{fetcher, lab};
use std::sync::Arc;
use tazy::clock::SystemClock;
use tazy::fetch::{
    Fetcher, Outcome, PacedFetcher, Request, Response, RobotsCache, RobotsMode, Session,
    decode_body,
};
use tazy::frontier::{
    Discovered, Frontier, HostBudget, Politeness, PolitenessSettings, Scope, Target,
};
use tazy::suspect::SuspectUrl;

struct Visit {
    paced: PacedFetcher,
    politeness: Arc<Politeness>,
    robots: RobotsCache,
    session: Session,
    frontier: Frontier,
    outcomes: Vec<String>,
}

impl Visit {
    fn of(entry: &SuspectUrl, budget: &HostBudget) -> Self {
        let politeness = Arc::new(Politeness::new(PolitenessSettings {
            rate_per_host: 1_000.0,
            allow_any_rate: true,
            global_rate: 10_000,
            ..PolitenessSettings::default()
        }));
        let clock = Arc::new(SystemClock);
        let mut frontier = Frontier::new(Scope::of_site(entry.host()), budget);
        frontier.add_entry(entry.clone());
        Self {
            paced: PacedFetcher::new(Arc::new(fetcher(lab())), Arc::clone(&politeness), clock),
            politeness,
            robots: RobotsCache::new(RobotsMode::Respect),
            session: Session::new(),
            frontier,
            outcomes: Vec::new(),
        }
    }

    async fn run(&mut self) {
        while let Some(target) = self.frontier.next() {
            if let Some(page) = self.fetch_following_redirects(&target).await {
                let links = links_of(&page);
                let links: Vec<Discovered<'_>> = links
                    .iter()
                    .map(|url| Discovered { url, text: "" })
                    .collect();
                self.frontier.discover(&target, &links);
            }
        }
    }

    async fn fetch_following_redirects(&mut self, target: &Target) -> Option<Response> {
        let mut url = target.url.clone();
        for _ in 0..10 {
            let decision = self.robots.decide(&self.paced, &url).await;
            if let Some(delay) = decision.crawl_delay {
                self.politeness.set_crawl_delay(&url.authority(), delay);
            }
            let request = Request {
                cookie: self.session.cookie_header(&url),
                referrer: target.referrer.clone(),
                url: url.clone(),
            };
            let outcome = if decision.permits() {
                self.paced.fetch(&request).await
            } else {
                self.robots.refusal(&url, &decision)
            };
            self.outcomes.push(outcome.label());
            let Outcome::Response(response) = outcome else {
                return None;
            };
            self.session.remember(&response);
            match response.redirect_target() {
                Some(next) => url = next,
                None => return Some(*response),
            }
            self.frontier.mark_seen(&url);
        }
        None
    }

    fn count(&self, label: &str) -> usize {
        self.outcomes.iter().filter(|known| *known == label).count()
    }
}

fn links_of(page: &Response) -> Vec<SuspectUrl> {
    let decoded = decode_body(page.header("content-encoding"), &page.body, 1 << 20);
    String::from_utf8_lossy(&decoded.bytes)
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter_map(|href| page.url.join(href).ok())
        .collect()
}

fn budget(max_pages: usize) -> HostBudget {
    HostBudget {
        max_pages,
        max_depth: 100,
        ..HostBudget::default()
    }
}

#[tokio::test]
async fn a_shop_with_a_cookie_wall_a_calendar_and_sessions_is_visited_completely_and_once() {
    let mut site = Site::new()
        .route(
            "/robots.txt",
            Behavior::page("User-agent: *\nDisallow: /admin"),
        )
        .route(
            "/",
            Behavior::CookieWall(
                "pass=1",
                r#"<a href="/admin">a</a><a href="/cal/2031/1/1">c</a><a href="/p/0.html">p</a>"#,
            ),
        );
    for n in 0..40 {
        let session = format!("{n:032x}");
        let next = format!(
            r#"<a href="/p/{}.html">next</a><a href="/p/{n}.html?sid={session}">same</a>"#,
            n + 1
        );
        site = site.page(format!("/p/{n}.html"), &next);
    }
    for n in 0..360 {
        let (month, day) = (n / 30 + 1, n % 30 + 1);
        let next = n + 1;
        let link = format!(
            r#"<a href="/cal/2031/{}/{}">next day</a>"#,
            next / 30 % 12 + 1,
            next % 30 + 1
        );
        site = site.page(format!("/cal/2031/{month}/{day}"), &link);
    }
    let server = site.serve().await;
    let mut visit = Visit::of(&server.url("/"), &budget(200));
    visit.run().await;

    let mut targets: Vec<String> = server.seen().into_iter().map(|seen| seen.target).collect();
    let goods = targets
        .iter()
        .filter(|target| target.starts_with("/p/"))
        .count();
    let days = targets
        .iter()
        .filter(|target| target.starts_with("/cal/"))
        .count();
    assert_eq!((goods, days), (41, 24), "the last of the goods is a 404");
    assert_eq!(
        (
            visit.count("302"),
            visit.count("404"),
            visit.count("robots")
        ),
        (1, 1, 1)
    );
    assert!(!targets.contains(&"/admin".to_owned()));
    targets.retain(|target| target != "/");
    let asked = targets.len();
    targets.sort();
    targets.dedup();
    assert_eq!(targets.len(), asked, "no page twice");
    assert!(visit.frontier.traps().join("\n").contains("calendar"));
}

#[tokio::test]
async fn a_dead_site_is_reported_as_dead_and_not_as_forbidden() {
    let server = Site::new().serve().await;
    let entry = server.url("/");
    drop(server);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let mut visit = Visit::of(&entry, &budget(5));
    visit.run().await;
    assert_eq!(visit.outcomes, ["connect"]);
}

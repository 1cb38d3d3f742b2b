//! robots.txt per RFC 9309, with the cause of every decision.

use super::{Fetcher, Outcome, Refusal, Request, Response, decode_body};
use crate::digest::Digest;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use robotxt::{BYTE_LIMIT, Robots};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// The name under which robots.txt may address us, whatever profile a run uses.
const PRODUCT_TOKEN: &str = "tazy";
/// RFC 9309 §2.3.1.2.
const MAX_REDIRECTS: usize = 5;
/// Authorities remembered; older ones are asked again.
const MAX_AUTHORITIES: usize = 20_000;
/// Memory of all parsed rules together, bytes.
const MAX_WEIGHT: usize = 64 << 20;

/// Whether robots.txt binds this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RobotsMode {
    /// It binds.
    #[default]
    Respect,
    /// It is fetched and recorded, and does not bind. Must be asked for.
    Investigate,
}

/// A decision about one URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RobotsDecision {
    /// In which mode the run was.
    pub mode: RobotsMode,
    /// What robots.txt says.
    pub allowed: bool,
    /// Why: `rules`, `rules: disallow /private`, `404: allow`, `503: disallow`, `unreachable: disallow` …
    pub cause: String,
    /// The rule that decided, if one did: `disallow /private`, `allow /private/map`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// `Crawl-delay`, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crawl_delay: Option<Duration>,
    /// The answer on which it rests; `None` if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RobotsSource>,
}

/// The robots.txt on which a decision rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RobotsSource {
    /// Where it was found in the end, redirects followed.
    pub url: SuspectUrl,
    /// When it was asked for.
    pub fetched_at: Timestamp,
    /// The status that came.
    pub status: u16,
    /// Digest of the body as received.
    pub digest: Digest,
}

impl RobotsDecision {
    /// Whether the URL may be fetched in this run.
    pub fn permits(&self) -> bool {
        self.allowed || self.mode == RobotsMode::Investigate
    }
}

/// The robots.txt files of a run, fetched once an authority (scheme, host and port, as RFC 9309 has it).
#[derive(Debug)]
pub struct RobotsCache {
    mode: RobotsMode,
    entries: Mutex<Entries>,
}

/// What is known of one authority.
#[derive(Debug)]
struct Record {
    rules: Robots,
    cause: String,
    /// Why robots.txt could not be fetched.
    obstacle: Option<Outcome>,
    source: Option<RobotsSource>,
    /// Where it was found in the end, if that is the robots.txt of another authority.
    found_at: Option<String>,
}

type Cell = Arc<OnceCell<Arc<Record>>>;

#[derive(Debug, Default)]
struct Entries {
    cells: HashMap<String, Cell>,
    /// Oldest first.
    order: VecDeque<(String, usize)>,
    weight: usize,
}

impl RobotsCache {
    /// An empty cache for a run in this mode.
    pub fn new(mode: RobotsMode) -> Self {
        Self {
            mode,
            entries: Mutex::default(),
        }
    }

    /// Whether robots.txt of `url`'s authority is already known.
    pub fn knows(&self, url: &SuspectUrl) -> bool {
        self.record(url).is_some()
    }

    /// Decides about `url`, fetching robots.txt first where it is not known; asked twice at once, it
    /// fetches once. `fetcher` keeps the pace ([`super::PacedFetcher`]); redirects go through it too.
    pub async fn decide(&self, fetcher: &dyn Fetcher, url: &SuspectUrl) -> RobotsDecision {
        if url.as_url().path() == "/robots.txt" {
            return self.decision(true, "robots.txt itself".into());
        }
        let authority = origin(url);
        let cell = self
            .lock()
            .cells
            .entry(authority.clone())
            .or_default()
            .clone();
        let mut is_new = false;
        let record = cell
            .get_or_init(|| async {
                is_new = true;
                Arc::new(load(fetcher, url).await)
            })
            .await
            .clone();
        if is_new {
            self.lock().keep(&authority, &record);
        }
        let path = &url.as_url()[url::Position::BeforePath..];
        let allowed = record.rules.is_allowed(path);
        let rule = record
            .rules
            .matching_rule(path)
            .filter(|_| record.cause == "rules")
            .map(|rule| {
                let pattern: String = rule.pattern().chars().take(100).collect();
                let word = if allowed { "allow" } else { "disallow" };
                format!("{word} {pattern}")
            });
        let cause = match &rule {
            Some(rule) if !allowed => format!("rules: {rule}"),
            _ => record.cause.clone(),
        };
        RobotsDecision {
            rule,
            crawl_delay: record.rules.crawl_delay(),
            source: record.source.clone(),
            ..self.decision(allowed, cause)
        }
    }

    /// What a visit reports for a URL that `decision` does not permit: that the site could not be
    /// reached where that kept robots.txt from being read, otherwise the refusal.
    pub fn refusal(&self, url: &SuspectUrl, decision: &RobotsDecision) -> Outcome {
        self.record(url)
            .and_then(|record| record.obstacle.clone())
            .unwrap_or_else(|| Outcome::Refused(Refusal::Robots(decision.cause.clone())))
    }

    /// Forgets a robots.txt that could not be read, so that a second attempt at the site asks again.
    pub fn forget_failure(&self, url: &SuspectUrl) {
        if self
            .record(url)
            .is_some_and(|record| record.obstacle.is_some())
        {
            self.lock().forget(&origin(url));
        }
    }

    fn decision(&self, allowed: bool, cause: String) -> RobotsDecision {
        RobotsDecision {
            mode: self.mode,
            allowed,
            cause,
            rule: None,
            crawl_delay: None,
            source: None,
        }
    }

    fn record(&self, url: &SuspectUrl) -> Option<Arc<Record>> {
        self.lock().cells.get(&origin(url))?.get().cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // Nothing can panic while it is held.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn keep(&mut self, authority: &str, record: &Arc<Record>) {
        self.account(authority, record);
        // `http://x/robots.txt` mostly redirects to `https://x/robots.txt`: that one is known now, too.
        if let Some(found_at) = &record.found_at
            && !self.cells.contains_key(found_at)
        {
            let cell = Arc::new(OnceCell::new_with(Some(Arc::clone(record))));
            self.cells.insert(found_at.clone(), cell);
            self.account(found_at, record);
        }
        while self.weight > MAX_WEIGHT || self.order.len() > MAX_AUTHORITIES {
            let Some((oldest, weight)) = self.order.pop_front() else {
                break;
            };
            self.cells.remove(&oldest);
            self.weight -= weight;
        }
    }

    fn forget(&mut self, authority: &str) {
        self.cells.remove(authority);
        let mut freed = 0;
        self.order.retain(|(known, weight)| {
            let stays = known != authority;
            freed += if stays { 0 } else { *weight };
            stays
        });
        self.weight -= freed;
    }

    fn account(&mut self, authority: &str, record: &Record) {
        let rules = record.rules.rules().iter();
        let sitemaps = record.rules.sitemaps().iter();
        let weight = 256
            + 2 * authority.len()
            + rules.map(|rule| rule.pattern().len() + 64).sum::<usize>()
            + sitemaps.map(|map| map.as_str().len() + 128).sum::<usize>();
        self.weight += weight;
        self.order.push_back((authority.to_owned(), weight));
    }
}

impl Record {
    fn new(rules: Robots, cause: String) -> Self {
        Self {
            rules,
            cause,
            obstacle: None,
            source: None,
            found_at: None,
        }
    }
}

/// Scheme, host and port.
fn origin(url: &SuspectUrl) -> String {
    format!("{}://{}", url.as_url().scheme(), url.authority())
}

async fn load(fetcher: &dyn Fetcher, url: &SuspectUrl) -> Record {
    let Ok(mut target) = url.join("/robots.txt") else {
        return Record::new(Robots::allow_all(), "no robots.txt: allow".into());
    };
    for _ in 0..=MAX_REDIRECTS {
        let request = Request {
            url: target.clone(),
            referrer: None,
            cookie: None,
        };
        let response = match fetcher.fetch(&request).await {
            Outcome::Response(response) => response,
            obstacle => {
                return Record {
                    obstacle: Some(obstacle),
                    ..Record::new(Robots::disallow_all(), "unreachable: disallow".into())
                };
            }
        };
        match response.redirect_target() {
            Some(next) => target = next,
            None => return judge(&response, url),
        }
    }
    Record::new(Robots::allow_all(), "too many redirects: allow".into())
}

fn judge(response: &Response, asked_for: &SuspectUrl) -> Record {
    let status = response.status;
    let record = match status {
        200..=299 => {
            let found = response.url.as_url();
            let elsewhere = origin(&response.url) != origin(asked_for);
            let is_robots = found.path() == "/robots.txt" && found.query().is_none();
            Record {
                found_at: (elsewhere && is_robots).then(|| origin(&response.url)),
                ..Record::new(parse(response), "rules".into())
            }
        }
        300..=499 => Record::new(Robots::allow_all(), format!("{status}: allow")),
        _ => Record::new(Robots::disallow_all(), format!("{status}: disallow")),
    };
    Record {
        source: Some(RobotsSource {
            url: response.url.clone(),
            fetched_at: response.started,
            status,
            digest: Digest::of(&response.body),
        }),
        ..record
    }
}

fn parse(response: &Response) -> Robots {
    let coding = response.header("content-encoding");
    // One byte more than is parsed tells the parser that the last line may be cut.
    let decoded = decode_body(coding, &response.body, BYTE_LIMIT + 1);
    let text = decoded.bytes.strip_prefix(b"\xef\xbb\xbf");
    Robots::parse(text.unwrap_or(&decoded.bytes), PRODUCT_TOKEN)
}

#[cfg(test)]
mod tests;

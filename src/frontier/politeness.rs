//! When the next request to a host may start.

use std::time::Duration;

/// Rates; the defaults are those of a careful visitor.
#[derive(Debug, Clone, PartialEq)]
pub struct PolitenessSettings {
    /// Requests a second to one host.
    pub rate_per_host: f64,
    /// Requests a second to all hosts together.
    pub global_rate: u32,
    /// Longest `Crawl-delay` or `Retry-After` that is waited for within a visit; a longer one ends it.
    pub max_wait: Duration,
}

impl Default for PolitenessSettings {
    fn default() -> Self {
        Self {
            rate_per_host: 1.0,
            global_rate: 50,
            max_wait: Duration::from_secs(300),
        }
    }
}

/// What the server said about our pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// It answered; keep the pace.
    Answered,
    /// 429 or 503, with `Retry-After` if it was given.
    SlowDown(Option<Duration>),
    /// Time-out or reset.
    Failing,
}

/// Permission for one request to one host; while it is held nobody else may ask that host.
#[derive(Debug)]
pub struct Permit {}

impl Permit {
    /// Ends the request and tells the pace what came of it. Dropping a permit counts as `Answered`.
    pub fn finish(self, signal: Signal) {
        let _ = signal;
    }
}

/// The pace of every host. Shared by all visits of a run.
#[derive(Debug)]
pub struct Politeness {
    settings: PolitenessSettings,
}

impl Politeness {
    /// A pace keeper with these settings.
    pub fn new(settings: PolitenessSettings) -> Self {
        Self { settings }
    }

    /// Waits until a request to `authority` may start. `Err` if the wait would exceed the longest wait.
    pub async fn admit(&self, authority: &str) -> Result<Permit, Duration> {
        let _ = (authority, &self.settings);
        todo!()
    }

    /// Honors `Crawl-delay` of robots.txt: never faster than this from now on.
    pub fn set_crawl_delay(&self, authority: &str, delay: Duration) {
        let _ = (authority, delay);
        todo!()
    }
}

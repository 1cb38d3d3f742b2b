//! robots.txt per RFC 9309, with the cause of every decision.

use super::Fetcher;
use crate::suspect::SuspectUrl;
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
    /// Why: `rules`, `404: allow`, `503: disallow`, `unreachable: disallow` …
    pub cause: String,
    /// `Crawl-delay`, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crawl_delay: Option<Duration>,
}

impl RobotsDecision {
    /// Whether the URL may be fetched in this run.
    pub fn permits(&self) -> bool {
        self.allowed || self.mode == RobotsMode::Investigate
    }
}

/// The robots.txt files of a run, fetched once an authority.
#[derive(Debug)]
pub struct RobotsCache {
    mode: RobotsMode,
}

impl RobotsCache {
    /// An empty cache for a run in this mode that introduces itself with this user agent.
    pub fn new(mode: RobotsMode, user_agent: &str) -> Self {
        let _ = user_agent;
        Self { mode }
    }

    /// Whether robots.txt of `url`'s authority is already known.
    pub fn knows(&self, url: &SuspectUrl) -> bool {
        let _ = (url, self.mode);
        todo!()
    }

    /// Decides about `url`, fetching robots.txt first where it is not known (the caller holds the
    /// authority's politeness permit).
    pub async fn decide(&self, fetcher: &dyn Fetcher, url: &SuspectUrl) -> RobotsDecision {
        let _ = (fetcher, url);
        todo!()
    }
}

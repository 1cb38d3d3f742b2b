//! Which URLs belong to a site's visit, and what the visit may cost.

use crate::suspect::SuspectUrl;
use std::time::Duration;

/// The hosts of one site's visit: the host as given, its `www.` twin, and the hosts that the entry page
/// sends its visitors to.
#[derive(Debug, Clone)]
pub struct Scope {
    hosts: Vec<String>,
}

impl Scope {
    /// The scope of the site whose host is `site`.
    pub fn of_site(site: &str) -> Self {
        let _ = site;
        todo!()
    }

    /// Adds the host that the site sends its visitors to.
    pub fn admit(&mut self, host: &str) {
        let _ = (host, &self.hosts);
        todo!()
    }

    /// Whether `url` belongs to the site.
    pub fn contains(&self, url: &SuspectUrl) -> bool {
        let _ = url;
        todo!()
    }
}

/// What one site may cost. Reaching a limit ends the visit; it is not an error.
#[derive(Debug, Clone, PartialEq)]
pub struct HostBudget {
    /// Pages fetched at most (redirect hops do not count, up to their own limit).
    pub max_pages: usize,
    /// Links followed from the entry page at most.
    pub max_depth: usize,
    /// Bytes received at most, over all pages.
    pub max_bytes: u64,
    /// Time from first request to last, waiting for politeness included.
    pub max_time: Duration,
}

impl Default for HostBudget {
    fn default() -> Self {
        Self {
            max_pages: 20,
            max_depth: 3,
            max_bytes: 64 << 20,
            max_time: Duration::from_secs(15 * 60),
        }
    }
}

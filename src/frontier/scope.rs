//! Which URLs belong to a site's visit, and what the visit may cost.

use crate::suspect::SuspectUrl;
use std::time::Duration;

/// A site that sends its visitors to ever new hosts is not followed for ever.
const MAX_HOSTS: usize = 32;

/// The hosts of one site's visit: the host as given, its `www.` twin, and the hosts that the entry page
/// sends its visitors to.
#[derive(Debug, Clone)]
pub struct Scope {
    hosts: Vec<String>,
}

impl Scope {
    /// The scope of the site whose host is `site`.
    pub fn of_site(site: &str) -> Self {
        let mut scope = Self { hosts: Vec::new() };
        scope.admit(site);
        scope
    }

    /// Adds the host that the site sends its visitors to, with its `www.` twin.
    pub fn admit(&mut self, host: &str) {
        let host = host.to_ascii_lowercase();
        let twin = match host.strip_prefix("www.") {
            Some(bare) => bare.to_owned(),
            None => format!("www.{host}"),
        };
        for name in [host, twin] {
            if !self.hosts.contains(&name) && self.hosts.len() < MAX_HOSTS {
                self.hosts.push(name);
            }
        }
    }

    /// Whether `url` belongs to the site, on whatever port.
    pub fn contains(&self, url: &SuspectUrl) -> bool {
        self.hosts.iter().any(|host| host == url.host())
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
            max_time: Duration::from_mins(15),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_its_host_its_www_twin_and_where_it_sends_visitors() {
        let url = |text: &str| SuspectUrl::parse(text).unwrap();
        let mut scope = Scope::of_site("Shop.example");
        assert!(scope.contains(&url("http://shop.example/a")));
        assert!(scope.contains(&url("https://www.shop.example:8443/a")));
        assert!(!scope.contains(&url("http://m.shop.example/")));
        assert!(!scope.contains(&url("http://shop.example.evil.example/")));
        scope.admit("www.mirror.example");
        assert!(scope.contains(&url("http://mirror.example/")));
        for n in 0..100 {
            scope.admit(&format!("h{n}.example"));
        }
        assert_eq!(scope.hosts.len(), MAX_HOSTS);
    }
}

//! The queue of one site's visit.

use super::{HostBudget, Scope};
use crate::suspect::SuspectUrl;

/// A URL waiting to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What to fetch.
    pub url: SuspectUrl,
    /// Links followed from the entry page to here; 0 for the entry page.
    pub depth: usize,
    /// The page that linked here.
    pub referrer: Option<SuspectUrl>,
}

/// A link as found on a page, before anyone decided to follow it.
#[derive(Debug, Clone, Copy)]
pub struct Discovered<'a> {
    /// Where it points, resolved.
    pub url: &'a SuspectUrl,
    /// Its text, which tells what to expect behind it.
    pub text: &'a str,
}

/// The targets of one site's visit. In memory; the visit is bounded by its [`HostBudget`].
#[derive(Debug)]
pub struct Frontier {
    scope: Scope,
    budget: HostBudget,
}

impl Frontier {
    /// An empty frontier.
    pub fn new(scope: Scope, budget: &HostBudget) -> Self {
        Self {
            scope,
            budget: budget.clone(),
        }
    }

    /// Adds an entry page (depth 0, before everything else).
    pub fn add_entry(&mut self, url: SuspectUrl) {
        let _ = url;
        todo!()
    }

    /// Adds the links of the page `referrer` that are in scope, within depth and not seen yet.
    pub fn discover(&mut self, referrer: &Target, links: &[Discovered<'_>]) {
        let _ = (referrer, links, &self.scope, &self.budget);
        todo!()
    }

    /// Marks a URL as fetched that was reached by another way (a redirect). False if it was known already.
    pub fn mark_seen(&mut self, url: &SuspectUrl) -> bool {
        let _ = url;
        todo!()
    }

    /// Adds the host that the site sends its visitors to.
    pub fn admit_host(&mut self, host: &str) {
        self.scope.admit(host);
    }

    /// The most telling target, or `None` when nothing is left or the page budget is spent.
    pub fn next(&mut self) -> Option<Target> {
        todo!()
    }
}

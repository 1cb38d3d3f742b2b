//! The fixture sites, served on loopback: the demo's Internet.

use crate::fetch::Resolver;
use crate::suspect::{Suspect, SuspectUrl};
use std::io;
use std::sync::Arc;

/// A fixture site: a host, what it answers, and what is expected of it.
#[derive(Debug, Clone)]
pub struct FixtureSite {
    /// Name of its folder.
    pub name: String,
    /// Its fictional host.
    pub host: String,
    /// Where a visit begins.
    pub entry: SuspectUrl,
    /// What a scan of it must find.
    pub expected: Expectation,
}

/// `expect.toml`: what a scan of a fixture site must find.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// `flagged`, `clear` or `gated`.
    pub verdict: String,
    /// Why tazy does not do this yet.
    pub known_miss: Option<String>,
}

/// Reads the fixture sites that are built into the program.
pub fn fixture_sites() -> io::Result<Vec<FixtureSite>> {
    todo!()
}

/// Serves the fixture sites until it is dropped.
#[derive(Debug)]
pub struct DemoServer {}

impl DemoServer {
    /// Begins to serve these sites on a free port of loopback.
    pub async fn start(sites: Vec<FixtureSite>) -> io::Result<Self> {
        let _ = sites;
        todo!()
    }

    /// The suspects to scan.
    pub fn suspects(&self) -> Vec<Suspect> {
        todo!()
    }

    /// A resolver that knows the fixture hosts and nothing else.
    pub fn resolver(&self) -> Arc<dyn Resolver> {
        todo!()
    }
}

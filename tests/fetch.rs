//! The fetcher against real servers on loopback that behave as badly as sites do.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

mod support;

#[path = "fetch/addresses.rs"]
mod addresses;
#[path = "fetch/bodies.rs"]
mod bodies;
#[path = "fetch/facts.rs"]
mod facts;
#[path = "fetch/manners.rs"]
mod manners;
#[path = "fetch/name_server.rs"]
mod name_server;
#[path = "fetch/names.rs"]
mod names;
#[path = "fetch/tls_server.rs"]
mod tls_server;
#[path = "fetch/visit.rs"]
mod visit;

use std::sync::Arc;
use std::time::Duration;
use support::Names;
use tazy::clock::SystemClock;
use tazy::fetch::{
    AddressGuard, FetchSettings, HttpFetcher, Outcome, Resolver, Response, SystemResolver,
};

/// Settings of a laboratory: loopback is permitted and nothing takes long.
fn lab() -> FetchSettings {
    FetchSettings {
        timeout: Duration::from_secs(2),
        max_body: 1 << 20,
        guard: AddressGuard {
            allow_private: true,
        },
        ..FetchSettings::default()
    }
}

fn fetcher(settings: FetchSettings) -> HttpFetcher {
    fetcher_with(settings, Arc::new(SystemResolver))
}

fn fetcher_with(settings: FetchSettings, resolver: Arc<dyn Resolver>) -> HttpFetcher {
    HttpFetcher::new(settings, resolver, Arc::new(SystemClock)).expect("a fetcher")
}

/// A resolver that must not be needed.
fn nobody() -> Arc<Names> {
    Arc::new(Names::new())
}

fn response(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Response(response) => *response,
        other => panic!("no response but {other:?}"),
    }
}

//! One request, one answer, nothing more: redirects are followed by the visit, hop by hop.
//!
//! - [`Request`] → [`Outcome`]: what the outside world does is data, never an error.
//! - [`HttpFetcher`]: heads and bodies as received on the wire, limits on header, body and time, proxy, and
//!   the address guard at name resolution and at connect time. It stands on hyper, with connections of its
//!   own (`connect.rs`), because what is evidence happens there: names, addresses, TLS, bytes of the heads.
//! - [`Provenance`]: how an answer was obtained. [`DnsResolver`]: names, with the records that were answered.
//! - [`AddressGuard`]: which addresses may be contacted at all.
//! - [`decode_body`]: gzip, deflate, brotli and zstd with a limit on *decoded* bytes.
//! - [`RobotsCache`]: RFC 9309 decisions with their cause.
//! - [`PacedFetcher`]: a fetcher that waits its turn; all requests of a run go through it.
//! - [`Session`]: the cookies of one visit.
//! - [`TimestampAuthority`]: asks for time stamps (RFC 3161).
//! - [`ClockOffset`]: how far this machine's clock is off, as a time server sees it.

mod client;
mod clock_offset;
mod connect;
mod decode;
mod dns;
mod failure;
mod guard;
mod heads;
mod http;
mod outcome;
mod pace;
mod profile;
mod provenance;
mod proxy;
mod resolver;
mod robots;
mod session;
mod timestamp_authority;
mod tls;

pub use clock_offset::{ClockOffset, LeapWarning, MeasuredOffset};
pub use decode::{DecodedBody, decode_body};
pub use dns::DnsResolver;
pub use guard::{AddressGuard, BlockedAddress};
pub use http::{FetchSettings, HttpFetcher, SetupError};
pub use outcome::{Failure, Header, Outcome, Refusal, Response, TlsFacts, Truncation};
pub use pace::{PacedFetcher, pace_signal, retry_after};
pub use profile::Profile;
pub use provenance::{ConnectionFacts, NameLookup, NameQuestion, NameSource, Provenance};
pub(crate) use proxy::ProxyAddress;
pub use resolver::{Override, Resolved, Resolver, SystemResolver};
pub use robots::{RobotsCache, RobotsDecision, RobotsMode, RobotsSource};
pub use session::Session;
pub(crate) use tls::{TlsClient, printable};

pub use timestamp_authority::{AuthorityError, AuthoritySettings, TimestampAuthority};

use crate::suspect::SuspectUrl;
use futures_util::future::BoxFuture;

/// One GET request.
#[derive(Debug, Clone)]
pub struct Request {
    /// What to fetch.
    pub url: SuspectUrl,
    /// Sent as `Referer`.
    pub referrer: Option<SuspectUrl>,
    /// The `Cookie` header of the visit, if it has cookies for this URL.
    pub cookie: Option<String>,
}

/// Something that answers requests: over HTTP, or through a browser.
pub trait Fetcher: Send + Sync + std::fmt::Debug {
    /// Sends one request and waits for its outcome. Follows no redirect and retries nothing.
    fn fetch<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome>;
}

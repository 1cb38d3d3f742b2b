//! Servers on loopback that behave as badly as sites do.
//!
//! A [`Site`] is a table from request target to [`Behavior`]; [`Site::serve`] starts it on a free port of
//! 127.0.0.1 and gives a [`server::Server`], which ends when it is dropped and tells what it was asked:
//!
//! ```ignore
//! let server = Site::new()
//!     .page("/", "<h1>Shop</h1>")
//!     .route("/slow", Behavior::Hang)
//!     .serve()
//!     .await;
//! let outcome = fetcher.fetch(&get(&server.url("/"))).await;
//! assert_eq!(server.seen()[0].target, "/");
//! ```
//!
//! An HTTP forward proxy is a `Site` whose targets are absolute URLs; [`socks5_proxy`] forwards every
//! connection to one server; [`Names`] is a resolver with scripted answers.
//!
//! A test file that does not use all of it declares it with
//! `#[expect(dead_code, reason = "this file needs a part of it")] mod support;`.

pub(crate) mod proxy;
pub(crate) mod server;

pub(crate) use proxy::{Names, socks5_proxy};
pub(crate) use server::{Behavior, Site};

use tazy::fetch::Request;
use tazy::suspect::SuspectUrl;

/// A URL that must be one.
pub(crate) fn url(text: &str) -> SuspectUrl {
    SuspectUrl::parse(text).expect(text)
}

/// A request for `url` without referrer and cookies.
pub(crate) fn get(url: &SuspectUrl) -> Request {
    Request {
        url: url.clone(),
        referrer: None,
        cookie: None,
    }
}

/// Bytes that look random and hardly compress, the same every time.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
    .take(length)
    .collect()
}

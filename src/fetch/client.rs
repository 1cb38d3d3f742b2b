//! Builds the clients of the HTTP library.

use super::connect::{Connector, Parts};
use super::heads::MAX_HEADER_LINES;
use super::proxy::ProxyAddress;
use super::resolver::GuardedNames;
use super::tls::TlsClient;
use super::{FetchSettings, Resolver, SetupError};
use crate::clock::Clock;
use bytes::Bytes;
use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::sync::Arc;
use std::time::Duration;

const IDLE_CONNECTION: Duration = Duration::from_secs(30);
/// HTTP/2 windows: what a server may send before we have looked at it.
const HTTP2_WINDOW: u32 = 1 << 20;
/// What a head may have beside its lines: names longer than expected, interim answers.
const HEAD_MARGIN: usize = 4 << 10;

/// The client: hyper with connections of our own ([`Connector`]).
pub(super) type HttpClient = Client<Connector, Empty<Bytes>>;

/// A client that follows nothing, decodes nothing, keeps no cookies and asks our resolver.
pub(super) fn build_client(
    settings: &FetchSettings,
    proxy: Option<&ProxyAddress>,
    resolver: &Arc<dyn Resolver>,
    clock: &Arc<dyn Clock>,
    accept_invalid: bool,
) -> Result<HttpClient, SetupError> {
    let connector = Connector::new(Parts {
        names: GuardedNames {
            resolver: Arc::clone(resolver),
            overrides: settings.overrides.as_slice().into(),
            guard: settings.guard,
            clock: Arc::clone(clock),
        },
        proxy: proxy.cloned(),
        tls: TlsClient::new(accept_invalid).map_err(SetupError::Client)?,
        timeout: settings.timeout,
        max_head: settings.max_header.saturating_add(HEAD_MARGIN),
    });
    let max_header = u32::try_from(settings.max_header).unwrap_or(u32::MAX);
    Ok(Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE_CONNECTION)
        .http1_title_case_headers(true)
        .http1_max_headers(MAX_HEADER_LINES)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http2_max_header_list_size(max_header)
        .http2_initial_stream_window_size(HTTP2_WINDOW)
        .http2_initial_connection_window_size(HTTP2_WINDOW)
        .build(connector))
}

//! Builds the clients of the HTTP library.

use super::resolver::GuardedNames;
use super::{FetchSettings, Resolver, SetupError, tls};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Header lines of one answer; the library's own limit of 100 is below what some shops send.
const MAX_HEADER_LINES: usize = 256;
const IDLE_CONNECTION: Duration = Duration::from_secs(30);
/// HTTP/2 windows: what a server may send before we have looked at it.
const HTTP2_WINDOW: u32 = 1 << 20;

/// A proxy as given on the command line.
#[derive(Debug, Clone)]
pub(super) struct ProxyAddress {
    url: Url,
    /// True if the proxy resolves names: then nothing is known here about the addresses of targets.
    pub(super) resolves_names: bool,
}

impl ProxyAddress {
    pub(super) fn from_written(text: &str) -> Result<Self, SetupError> {
        let problem = |reason: &str| SetupError::Proxy(text.to_owned(), reason.to_owned());
        let help = "write it like http://127.0.0.1:8080 or socks5h://127.0.0.1:9050";
        let url = Url::parse(text).map_err(|_| problem(help))?;
        let resolves_names = match url.scheme() {
            "http" | "socks5h" => true,
            "socks5" => false,
            _ => return Err(problem(help)),
        };
        if url.host_str().is_none_or(str::is_empty) {
            return Err(problem(help));
        }
        Ok(Self {
            url,
            resolves_names,
        })
    }

    fn host(&self) -> Option<String> {
        self.url.host_str().map(str::to_ascii_lowercase)
    }
}

/// A client that follows nothing, decodes nothing, keeps no cookies and asks our resolver.
pub(super) fn build_client(
    settings: &FetchSettings,
    proxy: Option<&ProxyAddress>,
    resolver: &Arc<dyn Resolver>,
    accept_invalid: bool,
) -> Result<reqwest::Client, SetupError> {
    let names = GuardedNames {
        resolver: Arc::clone(resolver),
        overrides: settings.overrides.as_slice().into(),
        guard: settings.guard,
        proxy_host: proxy.and_then(ProxyAddress::host),
    };
    let max_header = u32::try_from(settings.max_header).unwrap_or(u32::MAX);
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client_config(accept_invalid).map_err(SetupError::Client)?)
        .tls_info(true)
        .dns_resolver(names)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(settings.timeout)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE_CONNECTION)
        .http1_title_case_headers()
        .http1_max_headers(MAX_HEADER_LINES)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http2_max_header_list_size(max_header)
        .http2_initial_stream_window_size(HTTP2_WINDOW)
        .http2_initial_connection_window_size(HTTP2_WINDOW);
    let builder = match proxy {
        None => builder,
        Some(proxy) => {
            let through = reqwest::Proxy::all(proxy.url.as_str()).map_err(|error| {
                SetupError::Proxy(proxy.url.to_string(), tls::printable(&error.to_string()))
            })?;
            builder.proxy(through)
        }
    };
    builder
        .build()
        .map_err(|error| SetupError::Client(tls::printable(&error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_proxy_is_refused_with_an_example() {
        for wrong in ["127.0.0.1:8080", "ftp://127.0.0.1:1", "socks4://a:1", ""] {
            let error = ProxyAddress::from_written(wrong).unwrap_err().to_string();
            assert!(error.contains("socks5h://127.0.0.1:9050"), "{error}");
        }
        assert!(
            ProxyAddress::from_written("http://127.0.0.1:8080")
                .unwrap()
                .resolves_names
        );
        assert!(
            !ProxyAddress::from_written("socks5://127.0.0.1:1080")
                .unwrap()
                .resolves_names
        );
    }
}

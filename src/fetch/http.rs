//! The HTTP client.

use super::client::{HttpClient, build_client};
use super::connect::LineFacts;
use super::failure::{Trouble, trouble_of};
use super::heads::{ExactHeads, HeadTap, lines_of};
use super::proxy::ProxyAddress;
use super::{
    AddressGuard, Failure, Fetcher, Header, Outcome, Override, Profile, Provenance, Request,
    Resolver, Response, Truncation,
};
use crate::clock::Clock;
use crate::suspect::SuspectUrl;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue,
    PROXY_AUTHORIZATION, REFERER, USER_AGENT,
};
use http::{Uri, Version};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Host;

const ACCEPTED: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const ACCEPTED_CODINGS: &str = "gzip, deflate, br, zstd";

/// How requests are made.
#[derive(Debug, Clone)]
pub struct FetchSettings {
    /// As whom.
    pub profile: Profile,
    /// From first byte sent to last byte received.
    pub timeout: Duration,
    /// Body as received, bytes; what is longer is cut and marked.
    pub max_body: usize,
    /// All header lines together, bytes.
    pub max_header: usize,
    /// Which addresses may be contacted. A proxy that the user named is permitted; behind one that
    /// resolves names itself (`http`, `socks5h`) the addresses of targets are its own affair.
    pub guard: AddressGuard,
    /// `http://…`, `socks5://…` or `socks5h://…`.
    pub proxy: Option<String>,
    /// Fixed addresses.
    pub overrides: Vec<Override>,
    /// Fetch in spite of an invalid certificate, recording why it is invalid.
    pub insecure_evidence: bool,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            profile: Profile::HONEST,
            timeout: Duration::from_secs(20),
            max_body: 8 << 20,
            max_header: 64 << 10,
            guard: AddressGuard {
                allow_private: false,
            },
            proxy: None,
            overrides: Vec::new(),
            insecure_evidence: false,
        }
    }
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The proxy URL is wrong.
    #[error("--proxy {0}: {1}")]
    Proxy(String, String),
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built: {0}")]
    Client(String),
}

/// Fetches over HTTP/1.1 and HTTP/2.
#[derive(Debug)]
pub struct HttpFetcher {
    settings: FetchSettings,
    proxy: Option<ProxyAddress>,
    resolver: Arc<dyn Resolver>,
    clock: Arc<dyn Clock>,
    client: HttpClient,
    /// Accepts every certificate; made when the first invalid one is to be kept as evidence.
    evidence_client: OnceLock<Option<HttpClient>>,
}

impl HttpFetcher {
    /// A fetcher with these settings.
    pub fn new(
        settings: FetchSettings,
        resolver: Arc<dyn Resolver>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let proxy = settings
            .proxy
            .as_deref()
            .map(ProxyAddress::from_written)
            .transpose()?;
        let client = build_client(&settings, proxy.as_ref(), &resolver, &clock, false)?;
        Ok(Self {
            settings,
            proxy,
            resolver,
            clock,
            client,
            evidence_client: OnceLock::new(),
        })
    }

    async fn exchange(&self, request: &Request) -> Outcome {
        match self.exchange_or_trouble(request).await {
            Ok(response) => Outcome::Response(Box::new(response)),
            Err(trouble) => trouble.outcome,
        }
    }

    async fn exchange_or_trouble(&self, request: &Request) -> Result<Response, Trouble> {
        self.check_literal_host(&request.url)?;
        let deadline = Instant::now() + self.settings.timeout;
        match self.attempt(request, &self.client, deadline).await {
            Err(trouble) if trouble.certificate.is_some() && self.settings.insecure_evidence => {
                match self.evidence_client() {
                    Some(client) => self.attempt(request, client, deadline).await,
                    None => Err(trouble),
                }
            }
            result => result,
        }
    }

    fn evidence_client(&self) -> Option<&HttpClient> {
        self.evidence_client
            .get_or_init(|| {
                let proxy = self.proxy.as_ref();
                build_client(&self.settings, proxy, &self.resolver, &self.clock, true).ok()
            })
            .as_ref()
    }

    /// True if the addresses of targets are found and connected to from here.
    fn guards_targets(&self) -> bool {
        self.proxy
            .as_ref()
            .is_none_or(|proxy| !proxy.resolves_names())
    }

    /// The resolver is not asked for hosts that are addresses, in whatever spelling.
    fn check_literal_host(&self, url: &SuspectUrl) -> Result<(), Trouble> {
        let address = match url.as_url().host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            _ => return Ok(()),
        };
        if self.guards_targets() {
            self.settings.guard.check(address)?;
        }
        Ok(())
    }

    async fn attempt(
        &self,
        request: &Request,
        client: &HttpClient,
        deadline: Instant,
    ) -> Result<Response, Trouble> {
        let headers = self.request_headers(request);
        let built = self.built(request, &headers)?;
        let (started, begun) = (self.clock.now(), self.clock.instant());
        let answer = match timeout_at(deadline, client.request(built)).await {
            Err(_) => return Err(Failure::Timeout(self.settings.timeout).into()),
            Ok(Err(error)) => return Err(trouble_of(&error, self.settings.timeout)),
            Ok(Ok(answer)) => answer,
        };
        // At once: the next request over this connection writes over them.
        let line = answer.extensions().get::<LineFacts>().cloned();
        let exact = line
            .as_ref()
            .and_then(|line| line.tap.as_ref())
            .and_then(HeadTap::heads);
        self.check_size(answer.headers())?;
        let status = answer.status().as_u16();
        let version = version_name(answer.version());
        let (head, mut body) = answer.into_parts();
        let (body, truncated) = self.read_body(&mut body, deadline).await;
        let connection = line.map(|line| line.connection);
        let mut response = Response {
            url: request.url.clone(),
            started,
            duration: self.clock.instant().saturating_duration_since(begun),
            version,
            status,
            request_headers: headers_as_sent(&headers, &request.url, version),
            headers: header_lines(&head.headers),
            body,
            truncated,
            remote_addr: connection.as_ref().and_then(|line| line.remote_addr),
            tls: connection.as_ref().and_then(|line| line.tls.clone()),
            provenance: Provenance {
                connection,
                ..Provenance::default()
            },
        };
        if let Some(exact) = exact {
            self.take_exact(&mut response, exact, &head.headers);
        }
        Ok(response)
    }

    /// Heads as they passed over the connection, where they say the same as the library.
    fn take_exact(&self, response: &mut Response, exact: ExactHeads, headers: &HeaderMap) {
        if let Some(head) = exact.response
            && let Some(lines) = lines_of(&head, response.status, headers)
        {
            response.headers = lines;
            response.provenance.response_head = Some(head);
        }
        let tells_secrets = self
            .proxy
            .as_ref()
            .is_some_and(|proxy| proxy.authorization().is_some());
        if !tells_secrets && exact.request.ends_with(b"\r\n\r\n") {
            response.provenance.request_head = Some(exact.request);
        }
    }

    fn built(
        &self,
        request: &Request,
        headers: &HeaderMap,
    ) -> Result<http::Request<Empty<Bytes>>, Trouble> {
        let target = Uri::try_from(request.url.as_str());
        let target = target.map_err(|error| Failure::Protocol(format!("the URL: {error}")))?;
        let mut built = http::Request::new(Empty::new());
        *built.uri_mut() = target;
        *built.headers_mut() = headers.clone();
        let is_plain = request.url.as_url().scheme() == "http";
        if let Some(proxy) = self.proxy.as_ref().filter(|_| is_plain)
            && let Some(authorization) = proxy.authorization()
            && let Ok(mut value) = HeaderValue::from_str(&authorization)
        {
            value.set_sensitive(true);
            built.headers_mut().insert(PROXY_AUTHORIZATION, value);
        }
        Ok(built)
    }

    /// Whether the head is too large, before a byte of the body is read.
    fn check_size(&self, headers: &HeaderMap) -> Result<(), Trouble> {
        let size: usize = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        if size > self.settings.max_header {
            let limit = self.settings.max_header;
            return Err(
                Failure::Protocol(format!("the header is larger than {limit} bytes")).into(),
            );
        }
        Ok(())
    }

    /// Reads until the end or a limit; memory grows with what comes, never with what is announced.
    async fn read_body(
        &self,
        incoming: &mut Incoming,
        deadline: Instant,
    ) -> (Vec<u8>, Option<Truncation>) {
        let mut body = Vec::new();
        loop {
            match timeout_at(deadline, incoming.frame()).await {
                Err(_) => return (body, Some(Truncation::Time)),
                Ok(Some(Err(_))) => return (body, Some(Truncation::Disconnect)),
                Ok(None) => return (body, None),
                Ok(Some(Ok(frame))) => {
                    let Ok(chunk) = frame.into_data() else {
                        continue;
                    };
                    let room = self.settings.max_body - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        return (body, Some(Truncation::Length));
                    }
                }
            }
        }
    }

    fn request_headers(&self, request: &Request) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            // What does not fit a header (a cookie with line ends, say) is left out.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        // Over TLS the library adds it, as `:authority` where the answer comes over HTTP/2.
        if request.url.as_url().scheme() == "http" {
            set(HOST, &request.url.authority());
        }
        set(USER_AGENT, self.settings.profile.user_agent);
        set(ACCEPT, ACCEPTED);
        set(ACCEPT_LANGUAGE, self.settings.profile.accept_language);
        set(ACCEPT_ENCODING, ACCEPTED_CODINGS);
        if let Some(referrer) = &request.referrer {
            set(REFERER, referrer.as_str());
        }
        if let Some(cookie) = &request.cookie {
            set(COOKIE, cookie);
        }
        headers
    }
}

impl Fetcher for HttpFetcher {
    fn fetch<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome> {
        Box::pin(self.exchange(request))
    }
}

fn version_name(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_3 => "HTTP/3",
        _ => "HTTP/1.1",
    }
}

fn header_lines(headers: &HeaderMap) -> Vec<Header> {
    headers
        .iter()
        .map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: value.as_bytes().to_vec(),
        })
        .collect()
}

/// The header lines as they went out: in title case over HTTP/1, and `Host` where the library puts it.
fn headers_as_sent(headers: &HeaderMap, url: &SuspectUrl, version: &str) -> Vec<Header> {
    let is_http2 = version == "HTTP/2";
    let mut lines = header_lines(headers);
    if !headers.contains_key(HOST) {
        let host = Header {
            name: HOST.as_str().to_owned(),
            value: url.authority().into_bytes(),
        };
        // In HTTP/2 it is `:authority`, which comes before all fields.
        let place = if is_http2 { 0 } else { lines.len() };
        lines.insert(place, host);
    }
    if !is_http2 {
        for line in &mut lines {
            line.name = title_case(&line.name);
        }
    }
    lines
}

fn title_case(name: &str) -> String {
    let mut starts_word = true;
    name.chars()
        .map(|c| {
            let cased = if starts_word {
                c.to_ascii_uppercase()
            } else {
                c
            };
            starts_word = c == '-';
            cased
        })
        .collect()
}

//! The HTTP client.

use super::client::{ProxyAddress, build_client};
use super::failure::{Trouble, trouble_of};
use super::resolver::URL_PORT;
use super::{
    AddressGuard, Failure, Fetcher, Header, Outcome, Override, Profile, Request, Resolver,
    Response, Truncation, tls,
};
use crate::clock::Clock;
use crate::suspect::SuspectUrl;
use futures_util::future::BoxFuture;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue,
    REFERER, USER_AGENT,
};
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
    client: reqwest::Client,
    /// Accepts every certificate; made when the first invalid one is to be kept as evidence.
    evidence_client: OnceLock<Option<reqwest::Client>>,
}

/// One exchange: with which client, until when.
struct Attempt<'a> {
    client: &'a reqwest::Client,
    deadline: Instant,
    /// Why the certificate was refused before.
    invalid: Option<String>,
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
        let client = build_client(&settings, proxy.as_ref(), &resolver, false)?;
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
        let attempt = Attempt {
            client: &self.client,
            deadline: Instant::now() + self.settings.timeout,
            invalid: None,
        };
        let deadline = attempt.deadline;
        match self.attempt(request, attempt).await {
            Err(Trouble {
                certificate: Some(reason),
                outcome,
            }) if self.settings.insecure_evidence => {
                let Some(client) = self.evidence_client() else {
                    return Err(Trouble {
                        certificate: Some(reason),
                        outcome,
                    });
                };
                let invalid = Some(reason);
                let attempt = Attempt {
                    client,
                    deadline,
                    invalid,
                };
                self.attempt(request, attempt).await
            }
            result => result,
        }
    }

    fn evidence_client(&self) -> Option<&reqwest::Client> {
        self.evidence_client
            .get_or_init(|| {
                build_client(&self.settings, self.proxy.as_ref(), &self.resolver, true).ok()
            })
            .as_ref()
    }

    /// True if the addresses of targets are found and connected to from here.
    fn guards_targets(&self) -> bool {
        self.proxy
            .as_ref()
            .is_none_or(|proxy| !proxy.resolves_names)
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

    async fn attempt(&self, request: &Request, attempt: Attempt<'_>) -> Result<Response, Trouble> {
        let url = request.url.as_url();
        let headers = self.request_headers(request);
        let built = attempt
            .client
            .get(url.clone())
            .headers(headers.clone())
            .build()
            .map_err(|error| trouble_of(&error, self.settings.timeout))?;
        let (started, begun) = (self.clock.now(), self.clock.instant());
        let port = url.port_or_known_default().unwrap_or_default();
        let sent = URL_PORT.scope(port, attempt.client.execute(built));
        let mut answer = match timeout_at(attempt.deadline, sent).await {
            Err(_) => return Err(Failure::Timeout(self.settings.timeout).into()),
            Ok(Err(error)) => return Err(trouble_of(&error, self.settings.timeout)),
            Ok(Ok(answer)) => answer,
        };
        self.check_answer(&answer)?;
        let (body, truncated) = self.read_body(&mut answer, attempt.deadline).await;
        let version = version_name(answer.version());
        let certificate = answer
            .extensions()
            .get::<reqwest::tls::TlsInfo>()
            .and_then(|info| info.peer_certificate());
        Ok(Response {
            url: request.url.clone(),
            started,
            duration: self.clock.instant().saturating_duration_since(begun),
            version,
            status: answer.status().as_u16(),
            request_headers: headers_as_sent(&headers, &request.url, version),
            headers: header_lines(answer.headers()),
            body,
            truncated,
            remote_addr: answer.remote_addr(),
            tls: certificate.map(|leaf| tls::tls_facts(leaf, attempt.invalid)),
        })
    }

    /// Who answered, and whether the head is too large, before a byte of the body is read.
    fn check_answer(&self, answer: &reqwest::Response) -> Result<(), Trouble> {
        if self.proxy.is_none()
            && let Some(peer) = answer.remote_addr()
        {
            self.settings.guard.check(peer.ip())?;
        }
        let size: usize = answer
            .headers()
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
        answer: &mut reqwest::Response,
        deadline: Instant,
    ) -> (Vec<u8>, Option<Truncation>) {
        let mut body = Vec::new();
        loop {
            match timeout_at(deadline, answer.chunk()).await {
                Err(_) => return (body, Some(Truncation::Time)),
                Ok(Err(_)) => return (body, Some(Truncation::Disconnect)),
                Ok(Ok(None)) => return (body, None),
                Ok(Ok(Some(chunk))) => {
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

fn version_name(version: reqwest::Version) -> &'static str {
    match version {
        reqwest::Version::HTTP_09 => "HTTP/0.9",
        reqwest::Version::HTTP_10 => "HTTP/1.0",
        reqwest::Version::HTTP_2 => "HTTP/2",
        reqwest::Version::HTTP_3 => "HTTP/3",
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

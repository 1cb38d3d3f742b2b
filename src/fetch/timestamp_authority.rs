//! Asks a time stamping authority over HTTP (RFC 3161 §3.4).

use super::Resolver;
use super::proxy::ProxyAddress;
use super::tls::printable;
use crate::digest::Digest;
use crate::timestamp::{MAX_TOKEN, TimestampError, TimestampRequest, Token, read_response};
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use ring::rand::{SecureRandom, SystemRandom};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

const QUERY: &str = "application/timestamp-query";
const REPLY: &str = "application/timestamp-reply";
/// The token and the status around it; what is longer cannot be read anyway.
const MAX_REPLY: usize = MAX_TOKEN + 4096;

/// Which authority is asked, and how.
#[derive(Debug, Clone)]
pub struct AuthoritySettings {
    /// `http://…` or `https://…`; plain HTTP is usual and safe, as the token itself is signed. The host may have a
    /// private address: units run authorities of their own.
    pub url: String,
    /// From first byte sent to last byte received.
    pub timeout: Duration,
    /// `http://…`, `socks5://…` or `socks5h://…`.
    pub proxy: Option<String>,
}

impl AuthoritySettings {
    /// The authority at `url`, without a proxy, with 15 seconds to answer.
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            timeout: Duration::from_secs(15),
            proxy: None,
        }
    }
}

/// Why an authority gave no time stamp, and what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The configured address is not one.
    #[error(
        "time stamping authority {0:?}: not an address; write it like http://tsa.example/timestamp"
    )]
    Address(String),
    /// The HTTP client could not be set up.
    #[error("time stamping authority: {0}")]
    Setup(String),
    /// Nobody answered, or not in time.
    #[error(
        "time stamping authority {url}: {reason}; it is asked again later, and what waits for it stays valid"
    )]
    Unreachable {
        /// The authority.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// It points elsewhere, which is not followed.
    #[error(
        "time stamping authority {url}: redirects to {to}; if that is right, configure that address"
    )]
    Redirected {
        /// The authority.
        url: String,
        /// Where it points.
        to: String,
    },
    /// It answered with a status other than 200.
    #[error(
        "time stamping authority {url}: HTTP status {status}; check the address, or ask its operator"
    )]
    Status {
        /// The authority.
        url: String,
        /// The status.
        status: u16,
    },
    /// What answers is no time stamping authority.
    #[error(
        "time stamping authority {url}: the answer is {found}, not application/timestamp-reply; check the address"
    )]
    NotReply {
        /// The authority.
        url: String,
        /// The content type it sent.
        found: String,
    },
    /// The answer is too long.
    #[error(
        "time stamping authority {url}: the answer {reason}; check the address, or ask its operator"
    )]
    Body {
        /// The authority.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer is not the time stamp that was asked for.
    #[error("time stamping authority {url}: {error}; choose another, or ask its operator")]
    Answer {
        /// The authority.
        url: String,
        /// What is wrong with it.
        error: TimestampError,
    },
}

impl AuthorityError {
    /// Whether asking again later may help without anybody changing anything.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }
}

/// A time stamping authority that is asked over HTTP.
#[derive(Debug)]
pub struct TimestampAuthority {
    url: Url,
    /// The address as it may be shown: without a password.
    shown: String,
    timeout: Duration,
    proxy: Option<reqwest::Proxy>,
    resolver: Arc<dyn Resolver>,
}

/// Names through the resolver that the program uses everywhere.
struct Names(Arc<dyn Resolver>);

impl reqwest::dns::Resolve for Names {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let resolver = Arc::clone(&self.0);
        Box::pin(async move {
            let addresses = resolver.resolve(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// The last link of the chain: those before it name the address.
fn cause_of(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    printable(&cause.to_string())
}

impl TimestampAuthority {
    /// Sets up the client; asks nothing yet.
    pub fn new(
        settings: &AuthoritySettings,
        resolver: &Arc<dyn Resolver>,
    ) -> Result<Self, AuthorityError> {
        let wrong = || AuthorityError::Address(printable(&settings.url));
        let url = Url::parse(&settings.url).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(wrong());
        }
        let proxy = match &settings.proxy {
            None => None,
            Some(written) => {
                let setup = |error: String| AuthorityError::Setup(error);
                ProxyAddress::from_written(written).map_err(|error| setup(error.to_string()))?;
                let proxy = reqwest::Proxy::all(written);
                Some(proxy.map_err(|error| setup(printable(&error.to_string())))?)
            }
        };
        let mut shown = url.clone();
        // Only fails for addresses without a host.
        let _ = shown.set_password(None);
        let authority = Self {
            shown: printable(shown.as_str()),
            url,
            timeout: settings.timeout,
            proxy,
            resolver: Arc::clone(resolver),
        };
        authority.client()?;
        Ok(authority)
    }

    /// A client for one request: stamps are rare, and a connection kept from the last one may be closed at the
    /// other end just when it is used again.
    ///
    /// It is no page that is visited, so the HTTP library's own client does; the host is one that the user named
    /// and may be private, and no redirect is followed.
    fn client(&self) -> Result<reqwest::Client, AuthorityError> {
        let setup =
            |error: &dyn std::fmt::Display| AuthorityError::Setup(printable(&error.to_string()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| setup(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Names(Arc::clone(&self.resolver)))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(self.timeout);
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.clone());
        }
        builder.build().map_err(|error| setup(&error))
    }

    /// The address that is asked, without a password.
    pub fn url(&self) -> &str {
        &self.shown
    }

    /// A time stamp over `digest`: granted, for this digest, with the nonce that was sent. Who signed it is for
    /// [`Token::verify`] or [`Token::strip`] to say.
    pub async fn stamp(&self, digest: &Digest) -> Result<Token, AuthorityError> {
        let mut nonce = [0; 8];
        if SystemRandom::new().fill(&mut nonce).is_err() {
            let reason = "the system gives no random numbers".to_owned();
            return Err(AuthorityError::Setup(reason));
        }
        let request = TimestampRequest::for_digest(digest, nonce);
        let reply = self.exchange(request.to_der()).await?;
        read_response(&reply, &request).map_err(|error| AuthorityError::Answer {
            url: self.shown.clone(),
            error,
        })
    }

    async fn exchange(&self, query: Vec<u8>) -> Result<Vec<u8>, AuthorityError> {
        let deadline = Instant::now() + self.timeout;
        let request = self
            .client()?
            .post(self.url.clone())
            .header(CONTENT_TYPE, QUERY)
            .header(ACCEPT, REPLY)
            .body(query);
        let answer = match timeout_at(deadline, request.send()).await {
            Err(_) => return Err(self.too_slow()),
            Ok(Err(error)) => {
                let reason = cause_of(&error);
                return Err(self.unreachable(reason));
            }
            Ok(Ok(answer)) => answer,
        };
        self.check_head(&answer)?;
        self.body(answer, deadline).await
    }

    fn check_head(&self, answer: &reqwest::Response) -> Result<(), AuthorityError> {
        let url = self.shown.clone();
        let header = |name| {
            let value = answer.headers().get(name);
            let text = value.map(|value| String::from_utf8_lossy(value.as_bytes()));
            text.map(|text| printable(&text))
        };
        let status = answer.status();
        if status.is_redirection()
            && let Some(to) = header(LOCATION)
        {
            return Err(AuthorityError::Redirected { url, to });
        }
        if status != reqwest::StatusCode::OK {
            let status = status.as_u16();
            return Err(AuthorityError::Status { url, status });
        }
        let found = header(CONTENT_TYPE).unwrap_or_else(|| "of no stated type".into());
        let kind = found.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(REPLY) {
            return Err(AuthorityError::NotReply { url, found });
        }
        Ok(())
    }

    /// Reads until the end or a limit; memory grows with what comes, never with what is announced.
    async fn body(
        &self,
        mut answer: reqwest::Response,
        deadline: Instant,
    ) -> Result<Vec<u8>, AuthorityError> {
        let mut body = Vec::new();
        loop {
            match timeout_at(deadline, answer.chunk()).await {
                Err(_) => return Err(self.too_slow()),
                Ok(Err(_)) => return Err(self.unreachable("the answer broke off".into())),
                Ok(Ok(None)) => return Ok(body),
                Ok(Ok(Some(chunk))) if body.len() + chunk.len() > MAX_REPLY => {
                    return Err(AuthorityError::Body {
                        url: self.shown.clone(),
                        reason: format!("is longer than {MAX_REPLY} bytes"),
                    });
                }
                Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
            }
        }
    }

    fn too_slow(&self) -> AuthorityError {
        let seconds = self.timeout.as_secs_f64();
        self.unreachable(format!("no complete answer within {seconds} s"))
    }

    fn unreachable(&self, reason: String) -> AuthorityError {
        AuthorityError::Unreachable {
            url: self.shown.clone(),
            reason,
        }
    }
}

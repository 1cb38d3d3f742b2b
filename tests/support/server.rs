//! The server: one table of behaviors, HTTP/1.1 with keep-alive, plain or TLS.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tazy::suspect::SuspectUrl;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What a server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Behavior {
    /// Answers properly: status, header lines, body.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Sends these bytes as they are and closes.
    Raw(Vec<u8>),
    /// Sends the first bytes, then the others again and again, waiting in between, until nobody listens.
    Drip(Vec<u8>, Vec<u8>, Duration),
    /// Reads the request and never answers.
    Hang,
    /// Closes without an answer.
    Close,
    /// Sets a cookie and redirects to the same target until the cookie comes back, then shows the page.
    CookieWall(&'static str, &'static str),
    /// Has no time (503, `Retry-After: 1`) for so many requests of this target, then does that.
    Busy(usize, Box<Behavior>),
}

impl Behavior {
    /// A page with status 200.
    pub(crate) fn page(body: impl Into<Vec<u8>>) -> Self {
        Self::Answer(200, Vec::new(), body.into())
    }

    /// A page with status 200 and one more header line.
    pub(crate) fn page_with(
        name: &'static str,
        value: impl Into<String>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        Self::Answer(200, vec![(name, value.into())], body.into())
    }

    /// A redirect.
    pub(crate) fn redirect(status: u16, to: impl Into<String>) -> Self {
        Self::Answer(status, vec![("Location", to.into())], Vec::new())
    }

    /// No page, with this status.
    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), Vec::new())
    }
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// The target as written in the request line.
    pub(crate) target: String,
    /// Header lines in order, names as written.
    pub(crate) headers: Vec<(String, String)>,
    /// Which connection it came over, from 0.
    pub(crate) connection: usize,
}

impl Seen {
    /// The value of a header line.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }
}

/// What a server is to do, by request target.
#[derive(Debug, Clone, Default)]
pub(crate) struct Site {
    routes: HashMap<String, Behavior>,
}

impl Site {
    /// A site where nothing is found (404).
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Does this for that target.
    pub(crate) fn route(mut self, target: impl Into<String>, behavior: Behavior) -> Self {
        self.routes.insert(target.into(), behavior);
        self
    }

    /// Shows an HTML page.
    pub(crate) fn page(self, target: impl Into<String>, html: &str) -> Self {
        let page = Behavior::page_with("Content-Type", "text/html; charset=utf-8", html);
        self.route(target, page)
    }

    /// Starts serving on a free port of 127.0.0.1.
    pub(crate) async fn serve(self) -> Server {
        self.start(None).await
    }

    /// Starts serving over TLS with a self-signed certificate for `shop.example`.
    pub(crate) async fn serve_tls(self) -> Server {
        self.start(Some(self_signed_acceptor())).await
    }

    async fn start(self, tls: Option<TlsAcceptor>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (site, log) = (Arc::new(self), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            let connections = AtomicUsize::new(0);
            while let Ok((stream, _)) = listener.accept().await {
                let connection = connections.fetch_add(1, Ordering::SeqCst);
                let (site, log, tls) = (Arc::clone(&site), Arc::clone(&log), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => site.converse(stream, connection, &log).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                site.converse(stream, connection, &log).await;
                            }
                        }
                    }
                });
            }
        });
        Server {
            address,
            scheme,
            seen,
            task,
        }
    }

    /// One connection: request after request until either side has enough.
    async fn converse<S>(&self, stream: S, connection: usize, log: &Mutex<Vec<Seen>>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = BufReader::new(stream);
        while let Some(mut seen) = read_request(&mut stream).await {
            seen.connection = connection;
            let earlier = || {
                let log = log.lock().expect("the log");
                let same = log.iter().filter(|past| past.target == seen.target);
                same.count() - 1
            };
            log.lock().expect("the log").push(seen.clone());
            let missing = Behavior::status(404);
            let busy = Behavior::Answer(503, vec![("Retry-After", "1".to_owned())], Vec::new());
            let behavior = match self.routes.get(&seen.target).unwrap_or(&missing) {
                Behavior::Busy(times, _) if earlier() < *times => &busy,
                Behavior::Busy(_, then) => then,
                other => other,
            };
            if !act(behavior, &seen, stream.get_mut()).await {
                return;
            }
        }
    }
}

/// A running server; ends when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    scheme: &'static str,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// The URL of a target, by address.
    pub(crate) fn url(&self, target: &str) -> SuspectUrl {
        super::url(&format!("{}://{}{target}", self.scheme, self.address))
    }

    /// The URL of a target on a named host, with the server's port.
    pub(crate) fn url_on(&self, host: &str, target: &str) -> SuspectUrl {
        let port = self.address.port();
        super::url(&format!("{}://{host}:{port}{target}", self.scheme))
    }

    /// The requests so far, in order.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the log").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read_request<S>(stream: &mut BufReader<S>) -> Option<Seen>
where
    S: AsyncRead + Unpin,
{
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        lines.push(line.to_owned());
    }
    let target = lines.first()?.split(' ').nth(1)?.to_owned();
    let headers = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Some(Seen {
        target,
        headers,
        connection: 0,
    })
}

/// Does what is to be done; false if the connection is to be closed.
async fn act<S>(behavior: &Behavior, seen: &Seen, stream: &mut S) -> bool
where
    S: AsyncWrite + Unpin,
{
    match behavior {
        Behavior::Answer(status, headers, body) => {
            let answer = answer_bytes(*status, headers, body);
            stream.write_all(&answer).await.is_ok() && stream.flush().await.is_ok()
        }
        Behavior::Raw(bytes) => {
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
            false
        }
        Behavior::Drip(first, again, pause) => {
            let mut next = first;
            while stream.write_all(next).await.is_ok() && stream.flush().await.is_ok() {
                tokio::time::sleep(*pause).await;
                next = again;
            }
            false
        }
        Behavior::Hang => {
            tokio::time::sleep(Duration::from_mins(10)).await;
            false
        }
        Behavior::Close | Behavior::Busy(..) => false,
        Behavior::CookieWall(cookie, page) => {
            let known = seen
                .header("cookie")
                .is_some_and(|sent| sent.contains(cookie));
            let answer = if known {
                answer_bytes(200, &[], page.as_bytes())
            } else {
                let headers = [
                    ("Set-Cookie", format!("{cookie}; Path=/; HttpOnly")),
                    ("Location", seen.target.clone()),
                ];
                answer_bytes(302, &headers, b"")
            };
            stream.write_all(&answer).await.is_ok()
        }
    }
}

fn answer_bytes(status: u16, headers: &[(&'static str, String)], body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {status} Whatever\r\n").into_bytes();
    for (name, value) in headers {
        answer.extend([name, ": ", value, "\r\n"].concat().bytes());
    }
    answer.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
    answer.extend_from_slice(body);
    answer
}

fn self_signed_acceptor() -> TlsAcceptor {
    let certified =
        rcgen::generate_simple_self_signed(vec!["shop.example".to_owned()]).expect("a certificate");
    let key = rustls::pki_types::PrivateKeyDer::try_from(certified.signing_key.serialize_der())
        .expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .expect("a server configuration");
    TlsAcceptor::from(Arc::new(config))
}

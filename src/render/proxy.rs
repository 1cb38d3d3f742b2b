//! The browser's only way out: a forward proxy on loopback that fetches nothing itself.
//!
//! Plain HTTP comes with absolute URLs (RFC 9112 §3.2.2), everything else through `CONNECT`. A tunnel ends
//! here: TLS is answered with a certificate of our own, which this one browser was told to accept, and what
//! is asked for inside is fetched like anything else.

use super::ledger::Ledger;
use super::settings::RenderError;
use super::wire::{Answer, Head, read_head, write_answer};
use super::{Exchange, Rule};
use crate::digest::Digest;
use crate::fetch::{Fetcher, Header, Outcome, Request, Response};
use crate::suspect::SuspectUrl;
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// Requests at once; the fetcher's own pace comes on top.
const FETCHES_AT_ONCE: usize = 6;
/// Connections at once; Chromium opens at most 32 to a proxy.
const MAX_CONNECTIONS: usize = 64;
/// The first byte of a TLS handshake record (RFC 8446 §5.1).
const TLS_HANDSHAKE: u8 = 0x16;
/// What is kept of a URL that is too long.
const URL_BEGINNING: usize = 1 << 10;

/// A running proxy; ends, with all its connections, when dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    /// Base64 of the SHA-256 of our key (SPKI): by this the browser knows our certificate.
    pub(super) key_digest: String,
    task: JoinHandle<()>,
}

/// What every connection needs.
struct Gate {
    fetcher: Arc<dyn Fetcher>,
    ledger: Arc<Ledger>,
    tls: TlsAcceptor,
    fetches: Semaphore,
}

impl Proxy {
    /// Listens on a free port of loopback.
    pub(super) async fn listen(
        fetcher: Arc<dyn Fetcher>,
        ledger: Arc<Ledger>,
    ) -> Result<Self, RenderError> {
        let problem = |error: &dyn std::fmt::Display| RenderError::Proxy(error.to_string());
        let (tls, key_digest) = own_certificate()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|error| problem(&error))?;
        let address = listener.local_addr().map_err(|error| problem(&error))?;
        let gate = Arc::new(Gate {
            fetcher,
            ledger,
            tls,
            fetches: Semaphore::new(FETCHES_AT_ONCE),
        });
        let task = tokio::spawn(accept(listener, gate));
        Ok(Self {
            address,
            key_digest,
            task,
        })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, gate: Arc<Gate>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                if let Ok((stream, _)) = accepted {
                    let gate = Arc::clone(&gate);
                    // A connection that breaks off is the browser's affair.
                    connections.spawn(async move { let _ = gate.serve(BufReader::new(stream)).await; });
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One certificate for all hosts, made for this browser and forgotten with it.
fn own_certificate() -> Result<(TlsAcceptor, String), RenderError> {
    let problem = |error: &dyn std::fmt::Display| RenderError::Proxy(error.to_string());
    let key = KeyPair::generate().map_err(|error| problem(&error))?;
    let key_digest = Digest::of(&key.subject_public_key_info());
    let certificate = CertificateParams::new(vec!["tazy.invalid".to_owned()])
        .and_then(|params| params.self_signed(&key))
        .map_err(|error| problem(&error))?;
    let private = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], private.into())
        })
        .map_err(|error| problem(&error))?;
    let encoded = data_encoding::BASE64.encode(key_digest.as_bytes());
    Ok((TlsAcceptor::from(Arc::new(config)), encoded))
}

impl Gate {
    async fn serve(&self, mut stream: BufReader<TcpStream>) -> io::Result<()> {
        while let Some(head) = read_head(&mut stream).await? {
            if head.method == "CONNECT" {
                return self.tunnel(stream, &head.target).await;
            }
            if !self.reply(&mut stream, &head, &head.target).await? {
                break;
            }
        }
        Ok(())
    }

    async fn tunnel(&self, mut stream: BufReader<TcpStream>, authority: &str) -> io::Result<()> {
        let port = authority.rsplit_once(':').map(|(_, port)| port.parse());
        let Some(Ok(port)) = port else {
            self.ledger.block(None, Rule::Url);
            return write_answer(&mut stream, &Answer::bare(400), true).await;
        };
        if let Some(rule) = self.ledger.rule_against_port(port) {
            let url = SuspectUrl::parse(&format!("https://{authority}/"));
            self.ledger.block(url.ok(), rule);
            return write_answer(&mut stream, &Answer::bare(403), true).await;
        }
        stream.write_all(b"HTTP/1.1 200 \r\n\r\n").await?;
        match stream.fill_buf().await?.first() {
            // Opened ahead of need and never used.
            None => Ok(()),
            Some(&TLS_HANDSHAKE) => {
                let stream = BufReader::new(self.tls.accept(stream).await?);
                self.converse(stream, &format!("https://{authority}")).await
            }
            // WebSockets without TLS are tunneled too.
            Some(byte) if byte.is_ascii_uppercase() => {
                self.converse(stream, &format!("http://{authority}")).await
            }
            Some(_) => {
                let url = SuspectUrl::parse(&format!("https://{authority}/"));
                self.ledger.block(url.ok(), Rule::Protocol);
                Ok(())
            }
        }
    }

    /// Request after request inside a tunnel.
    async fn converse<S>(&self, mut stream: BufReader<S>, origin: &str) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        while let Some(head) = read_head(&mut stream).await? {
            let url = format!("{origin}{}", head.target);
            if !self.reply(&mut stream, &head, &url).await? {
                break;
            }
        }
        Ok(())
    }

    /// Answers one request; false if the connection is to be closed.
    async fn reply<S>(&self, stream: &mut S, head: &Head, url: &str) -> io::Result<bool>
    where
        S: AsyncWrite + Unpin,
    {
        let answer = if let Ok(url) = SuspectUrl::parse(url) {
            self.answer(head, url).await
        } else {
            let beginning: String = url.chars().take(URL_BEGINNING).collect();
            Err((SuspectUrl::parse(&beginning).ok(), Rule::Url))
        };
        let answer = answer.unwrap_or_else(|(url, rule)| {
            self.ledger.block(url, rule);
            Answer::bare(403)
        });
        // The body of a request that is not GET is not read.
        let close = head.method != "GET";
        write_answer(stream, &answer, close).await?;
        Ok(!close)
    }

    async fn answer(
        &self,
        head: &Head,
        url: SuspectUrl,
    ) -> Result<Answer, (Option<SuspectUrl>, Rule)> {
        if let Some(canary) = self.ledger.canary(&url) {
            return Ok(canary_answer(&canary.token));
        }
        if let Some(rule) = self.ledger.rule_against(head, &url) {
            return Err((Some(url), rule));
        }
        if let Some(stored) = self.ledger.stored(&url) {
            return Ok(Answer {
                status: stored.status,
                headers: stored.headers.clone(),
                body: stored.body.clone(),
            });
        }
        let request = Request {
            referrer: head
                .header("referer")
                .and_then(|text| SuspectUrl::parse(text).ok()),
            cookie: head.header("cookie").map(str::to_owned),
            url,
        };
        match self.ledger.begin(&request.url) {
            Ok(()) => self.fetch(request).await,
            Err(rule) => Err((Some(request.url), rule)),
        }
    }

    async fn fetch(&self, request: Request) -> Result<Answer, (Option<SuspectUrl>, Rule)> {
        let outcome = match self.fetches.acquire().await {
            Ok(_permit) => self.fetcher.fetch(&request).await,
            Err(_) => return Ok(Answer::bare(502)),
        };
        let Request { url, referrer, .. } = request;
        let answer = match &outcome {
            Outcome::Refused(refusal) => {
                self.ledger.finish(&url, None);
                return Err((Some(url), Rule::Refused(refusal.to_string())));
            }
            Outcome::Failed(_) => Ok(Answer::bare(502)),
            Outcome::Response(response) if is_download(response) => {
                Err((Some(url.clone()), Rule::Download))
            }
            Outcome::Response(response) => Ok(Answer {
                status: response.status,
                headers: response.headers.clone(),
                body: response.body.clone(),
            }),
        };
        let exchange = Exchange {
            url: url.clone(),
            referrer,
            outcome,
        };
        self.ledger.finish(&url, Some(exchange));
        answer
    }
}

fn canary_answer(token: &str) -> Answer {
    Answer {
        status: 200,
        headers: vec![Header {
            name: "Content-Type".into(),
            value: b"text/html".to_vec(),
        }],
        // With an icon of its own, or the browser would ask for one later.
        body: format!("<link rel=icon href=data:,>{token}").into_bytes(),
    }
}

fn is_download(response: &Response) -> bool {
    let disposition = response.header("content-disposition").unwrap_or_default();
    disposition
        .get(..10)
        .is_some_and(|word| word.eq_ignore_ascii_case("attachment"))
}

//! A TLS server with a chain of certificates, in every protocol that tazy speaks.

use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tazy::suspect::SuspectUrl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Leaf (for `shop.example`), intermediate and root, with the key of the leaf.
#[derive(Debug)]
pub(crate) struct Chain {
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl std::ops::Deref for Chain {
    type Target = [CertificateDer<'static>];

    fn deref(&self) -> &Self::Target {
        &self.certificates
    }
}

/// A new chain.
pub(crate) fn with_chain() -> Chain {
    let authority = |name: &str| {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    };
    let key = || KeyPair::generate().expect("a key");
    let root = CertifiedIssuer::self_signed(authority("root"), key()).expect("a root");
    let middle = CertifiedIssuer::signed_by(authority("middle"), key(), &root).expect("a link");
    let leaf_key = key();
    let leaf = CertificateParams::new(vec!["shop.example".to_owned()])
        .and_then(|params| params.signed_by(&leaf_key, &middle))
        .expect("a leaf");
    Chain {
        certificates: vec![leaf.der().clone(), middle.der().clone(), root.der().clone()],
        key: PrivateKeyDer::try_from(leaf_key.serialize_der()).expect("a key"),
    }
}

/// What a server speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoken {
    is_tls13: bool,
    alpn: Option<&'static str>,
}

impl Spoken {
    /// TLS 1.2 and 1.3, each with HTTP/2, HTTP/1.1 and no choice of protocol.
    pub(crate) const ALL: [Self; 6] = [
        Self::new(true, Some("http/1.1")),
        Self::new(true, Some("h2")),
        Self::new(true, None),
        Self::new(false, Some("http/1.1")),
        Self::new(false, Some("h2")),
        Self::new(false, None),
    ];

    const fn new(is_tls13: bool, alpn: Option<&'static str>) -> Self {
        Self { is_tls13, alpn }
    }

    pub(crate) fn http2(self) -> bool {
        self.alpn == Some("h2")
    }

    pub(crate) fn alpn(self) -> Option<&'static str> {
        self.alpn
    }

    pub(crate) fn version(self) -> &'static str {
        if self.is_tls13 { "TLSv1.3" } else { "TLSv1.2" }
    }

    /// The one cipher suite that the server has.
    pub(crate) fn cipher(self) -> &'static str {
        if self.is_tls13 {
            "TLS13_CHACHA20_POLY1305_SHA256"
        } else {
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        }
    }

    fn acceptor(self, chain: &Chain) -> TlsAcceptor {
        let mut provider = rustls::crypto::ring::default_provider();
        provider
            .cipher_suites
            .retain(|suite| suite.suite().as_str() == Some(self.cipher()));
        let version = if self.is_tls13 {
            &rustls::version::TLS13
        } else {
            &rustls::version::TLS12
        };
        let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[version])
            .expect("a version")
            .with_no_client_auth()
            .with_single_cert(chain.certificates.clone(), chain.key.clone_key())
            .expect("a configuration");
        config.alpn_protocols = self
            .alpn
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A running server with one page; ends when dropped.
#[derive(Debug)]
pub(crate) struct TlsSite {
    port: u16,
    handshakes: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl TlsSite {
    pub(crate) async fn serve(chain: &Chain, spoken: Spoken) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let acceptor = spoken.acceptor(chain);
        let handshakes = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&handshakes);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, count) = (acceptor.clone(), Arc::clone(&count));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    if spoken.http2() {
                        converse_http2(stream, &count).await;
                    } else {
                        converse(stream, &count).await;
                    }
                });
            }
        });
        Self {
            port,
            handshakes,
            task,
        }
    }

    pub(crate) fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self, host: &str) -> SuspectUrl {
        crate::support::url(&format!("https://{host}:{}/", self.port))
    }

    /// Connections over which something was asked.
    pub(crate) fn handshakes(&self) -> usize {
        self.handshakes.load(Ordering::SeqCst)
    }
}

impl Drop for TlsSite {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut stream: TlsStream<TcpStream>, count: &AtomicUsize) {
    let mut asked = Vec::new();
    let mut is_first = true;
    let mut buffer = [0; 1024];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        count.fetch_add(usize::from(is_first), Ordering::SeqCst);
        is_first = false;
        asked.extend_from_slice(&buffer[..length]);
        if asked.ends_with(b"\r\n\r\n") {
            asked.clear();
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nover TLS";
            if stream.write_all(answer).await.is_err() || stream.flush().await.is_err() {
                return;
            }
        }
    }
}

async fn converse_http2(stream: TlsStream<TcpStream>, count: &AtomicUsize) {
    let is_first = AtomicUsize::new(1);
    let answer = service_fn(|_| {
        count.fetch_add(is_first.swap(0, Ordering::SeqCst), Ordering::SeqCst);
        async {
            let answer = http::Response::builder()
                .header("x-second", "2")
                .header("x-first", "1")
                .header("set-cookie", "a=1")
                .header("set-cookie", "b=2")
                .body(Full::new(bytes::Bytes::from_static(b"over TLS")));
            Ok::<_, Infallible>(answer.expect("an answer"))
        }
    });
    // A client that leaves is of no interest.
    let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

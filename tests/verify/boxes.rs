//! What stands between visitors and sites: honest servers, and boxes that block.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What a box does with a TLS connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Lets it pass.
    Pass,
    /// Says nothing more once it has read the name of the site.
    DropName,
    /// Resets once it has read the name of the site.
    ResetName,
    /// Closes once it has read the name of the site.
    CloseName,
    /// Says nothing, whatever the name.
    DropAll,
    /// Resets at once, whatever the name.
    ResetAll,
    /// Answers with a certificate of its own once it has read the name of the site.
    OwnCertificate,
}

/// A certificate authority with a certificate for every name of the laboratory.
#[derive(Debug, Clone)]
pub(crate) struct Authority {
    pub(crate) root: Vec<u8>,
    config: Arc<rustls::ServerConfig>,
}

impl Authority {
    pub(crate) fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = || KeyPair::generate().expect("a key");
        let root = CertifiedIssuer::self_signed(params, key()).expect("a root");
        let names = ["shop.example", "control.example", "clean.example"].map(str::to_owned);
        let leaf_key = key();
        let leaf = CertificateParams::new(names)
            .and_then(|params| params.signed_by(&leaf_key, &root))
            .expect("a leaf");
        let key = PrivateKeyDer::try_from(leaf_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .expect("a configuration");
        Self {
            root: root.der().to_vec(),
            config: Arc::new(config),
        }
    }
}

/// An answer over HTTP/1.1 that ends the connection.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}")
        .into_bytes()
}

/// Answers every request over TLS.
pub(crate) async fn serve_tls(
    tasks: &mut JoinSet<()>,
    at: SocketAddr,
    authority: &Authority,
    page: Vec<u8>,
) {
    let acceptor = TlsAcceptor::from(Arc::clone(&authority.config));
    accept(tasks, at, move |stream| {
        let (acceptor, page) = (acceptor.clone(), page.clone());
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                reply(stream, &page).await;
            }
        }
    })
    .await;
}

/// Answers every request.
pub(crate) async fn serve_plain(tasks: &mut JoinSet<()>, at: SocketAddr, page: Vec<u8>) {
    accept(tasks, at, move |stream| {
        let page = page.clone();
        async move { reply(stream, &page).await }
    })
    .await;
}

/// Reads the request and resets the connection.
pub(crate) async fn serve_resets(tasks: &mut JoinSet<()>, at: SocketAddr) {
    accept(tasks, at, |mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
        stream.set_zero_linger().expect("linger");
    })
    .await;
}

/// A box before `site`: what it does with the name of the shop.
pub(crate) async fn serve_box(
    tasks: &mut JoinSet<()>,
    at: SocketAddr,
    site: SocketAddr,
    does: Tls,
    own: &Authority,
) {
    let acceptor = TlsAcceptor::from(Arc::clone(&own.config));
    accept(tasks, at, move |stream| {
        let acceptor = acceptor.clone();
        async move { pass(stream, site, does, acceptor).await }
    })
    .await;
}

async fn pass(mut stream: TcpStream, site: SocketAddr, does: Tls, acceptor: TlsAcceptor) {
    if does == Tls::ResetAll {
        let _ = stream.peek(&mut [0; 16]).await;
        stream.set_zero_linger().expect("linger");
        return;
    }
    if does == Tls::DropAll {
        return silence(stream).await;
    }
    let mut hello = [0; 4096];
    let Ok(length) = stream.peek(&mut hello).await else {
        return;
    };
    let names_shop = hello[..length]
        .windows(12)
        .any(|window| window == b"shop.example");
    match does {
        Tls::DropName if names_shop => silence(stream).await,
        Tls::ResetName if names_shop => stream.set_zero_linger().expect("linger"),
        Tls::CloseName if names_shop => {
            // What was received is read, so that closing does not reset.
            let _ = stream.read(&mut hello).await;
        }
        Tls::OwnCertificate if names_shop => {
            if let Ok(stream) = acceptor.accept(stream).await {
                reply(stream, &answer(200, "", "<title>someone else</title>")).await;
            }
        }
        _ => {
            if let Ok(mut other) = TcpStream::connect(site).await {
                let _ = copy_bidirectional(&mut stream, &mut other).await;
            }
        }
    }
}

async fn silence(mut stream: TcpStream) {
    let mut rest = [0; 4096];
    while matches!(stream.read(&mut rest).await, Ok(1..)) {}
}

async fn reply<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, page: &[u8]) {
    let mut asked = Vec::new();
    let mut buffer = [0; 1024];
    while !asked.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(length @ 1..) => asked.extend_from_slice(&buffer[..length]),
            _ => return,
        }
    }
    // A client that leaves is of no interest.
    let _ = stream.write_all(page).await;
    let _ = stream.shutdown().await;
}

async fn accept<F, R>(tasks: &mut JoinSet<()>, at: SocketAddr, serve: F)
where
    F: Fn(TcpStream) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(at).await.expect("the port is free");
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(stream));
        }
    });
}

/// A listener that never accepts and whose backlog is full: packets to it vanish.
pub(crate) async fn swallow(tasks: &mut JoinSet<()>, at: SocketAddr) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option");
    socket.bind(at).expect("the port is free");
    let listener = socket.listen(0).expect("a listener");
    let first = TcpStream::connect(at).await.expect("room for one");
    tasks.spawn(async move {
        let _kept = (listener, first);
        std::future::pending::<()>().await;
    });
}

/// A SOCKS5 proxy (RFC 1928) with names of its own.
pub(crate) async fn serve_socks(
    tasks: &mut JoinSet<()>,
    names: Vec<(String, IpAddr)>,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let names = Arc::new(names);
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let names = Arc::clone(&names);
            connections.spawn(async move {
                // A client that breaks off is of no interest.
                let _ = forward(stream, &names).await;
            });
        }
    });
    address
}

async fn forward(mut client: TcpStream, names: &[(String, IpAddr)]) -> std::io::Result<()> {
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting).await?;
    let mut methods = vec![0; usize::from(greeting[1])];
    client.read_exact(&mut methods).await?;
    client.write_all(&[5, 0]).await?;
    let mut request = [0; 4];
    client.read_exact(&mut request).await?;
    let address: Option<IpAddr> = if request[3] == 1 {
        let mut address = [0; 4];
        client.read_exact(&mut address).await?;
        Some(address.into())
    } else {
        let mut name = vec![0; usize::from(client.read_u8().await?)];
        client.read_exact(&mut name).await?;
        let name = String::from_utf8_lossy(&name).into_owned();
        let known = names.iter().find(|(known, _)| *known == name);
        known.map(|(_, address)| *address)
    };
    let port = client.read_u16().await?;
    let refuse = |code: u8| [5, code, 0, 1, 0, 0, 0, 0, 0, 0];
    let Some(address) = address else {
        return client.write_all(&refuse(4)).await;
    };
    match TcpStream::connect((address, port)).await {
        Err(_) => client.write_all(&refuse(5)).await,
        Ok(mut upstream) => {
            client.write_all(&refuse(0)).await?;
            copy_bidirectional(&mut client, &mut upstream)
                .await
                .map(|_| ())
        }
    }
}

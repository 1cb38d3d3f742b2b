//! Connections: name, guard, proxy, TCP, TLS, and what is known of each.
//!
//! A connection carries its facts with it ([`LineFacts`] in the extensions of every answer that comes over
//! it), so that the second answer over a kept connection has the same ones and they are forgotten with it.

use super::heads::HeadTap;
use super::proxy::ProxyAddress;
use super::resolver::{BoxError, GuardedNames, Resolved};
use super::tls::{Session, TlsClient};
use super::{ConnectionFacts, NameLookup, NameSource};
use futures_util::future::BoxFuture;
use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower_service::Service;

/// Makes the connections of one client.
#[derive(Debug, Clone)]
pub(super) struct Connector(Arc<Parts>);

/// What a connector is made of.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) names: GuardedNames,
    pub(super) proxy: Option<ProxyAddress>,
    pub(super) tls: TlsClient,
    /// Limit for TCP, shared among the addresses of a name.
    pub(super) timeout: Duration,
    /// Heads up to this size are kept byte by byte.
    pub(super) max_head: usize,
}

impl Connector {
    pub(super) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Line>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let parts = Arc::clone(&self.0);
        Box::pin(async move { parts.connect(&target).await.map(TokioIo::new) })
    }
}

impl Parts {
    async fn connect(&self, target: &Uri) -> Result<Line, BoxError> {
        let is_tls = target.scheme() == Some(&Scheme::HTTPS);
        let host = bare_host(target);
        let (stream, names) = self.reach(target, host, is_tls).await?;
        let remote_addr = stream.peer_addr().ok();
        if self.proxy.is_none()
            && let Some(peer) = remote_addr
        {
            self.names.guard.check(peer.ip())?;
        }
        let local_addr = stream.local_addr().ok();
        let mut is_http2 = false;
        let (stream, session) = if is_tls {
            let now = self.names.clock.now();
            let (stream, session) = self.tls.shake_hands(host, stream, now).await?;
            is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            (Stream::Tls(Box::new(stream)), Some(session))
        } else {
            (Stream::Plain(stream), None)
        };
        let Session {
            facts: tls,
            certificates,
        } = session.unwrap_or_default();
        let connection = ConnectionFacts {
            established: self.names.clock.now(),
            local_addr,
            remote_addr,
            through: self.proxy.as_ref().map(ProxyAddress::url),
            names,
            tls,
            certificates,
        };
        let is_proxied = !is_tls && self.proxy.as_ref().is_some_and(ProxyAddress::is_http);
        Ok(Line {
            stream,
            facts: LineFacts {
                connection: Arc::new(connection),
                tap: (!is_http2).then(|| HeadTap::new(self.max_head)),
            },
            is_http2,
            is_proxied,
        })
    }

    /// A TCP connection to the target, straight or through the proxy, and how its name was resolved.
    async fn reach(
        &self,
        target: &Uri,
        host: &str,
        is_tls: bool,
    ) -> Result<(TcpStream, Option<NameLookup>), BoxError> {
        let usual = if is_tls { 443 } else { 80 };
        let port = target.port_u16().unwrap_or(usual);
        let is_name = host.parse::<IpAddr>().is_err();
        let leaves_names = self
            .proxy
            .as_ref()
            .is_some_and(ProxyAddress::resolves_names);
        let resolved = if is_name && !leaves_names {
            Some(self.names.target(host, port).await?)
        } else {
            None
        };
        let (addresses, names) = match resolved {
            Some(Resolved { addresses, lookup }) => (addresses, Some(lookup)),
            None if is_name => (Vec::new(), Some(NameLookup::new(host, NameSource::Proxy))),
            None => (Vec::new(), None),
        };
        let Some(proxy) = &self.proxy else {
            let stream = self.tcp(addresses).call(target.clone()).await?;
            return Ok((stream.into_inner(), names));
        };
        let first = addresses.first().map(SocketAddr::ip);
        let stream = self.reach_through(proxy, host, port, first, is_tls).await?;
        Ok((stream, names))
    }

    async fn reach_through(
        &self,
        proxy: &ProxyAddress,
        host: &str,
        port: u16,
        resolved: Option<IpAddr>,
        is_tls: bool,
    ) -> Result<TcpStream, BoxError> {
        let addresses = if proxy.host.parse::<IpAddr>().is_err() {
            self.names.unguarded(&proxy.host).await?.addresses
        } else {
            Vec::new()
        };
        let mut tcp = self.tcp(addresses);
        let proxy_uri: Uri = proxy.url().parse()?;
        let host = match resolved.or_else(|| host.parse().ok()) {
            Some(address) => address_in_url(address),
            None => host.to_owned(),
        };
        let target: Uri = format!("http://{host}:{port}").parse()?;
        let stream = if !proxy.is_http() {
            let mut socks = SocksV5::new(proxy_uri, tcp);
            if let Some((user, password)) = proxy.credentials() {
                socks = socks.with_auth(user.clone(), password.clone());
            }
            socks.call(target).await?
        } else if is_tls {
            let mut tunnel = Tunnel::new(proxy_uri, tcp);
            if let Some(authorization) = proxy.authorization() {
                tunnel = tunnel.with_auth(authorization.parse()?);
            }
            tunnel.call(target).await?
        } else {
            tcp.call(proxy_uri).await?
        };
        Ok(stream.into_inner())
    }

    fn tcp(&self, addresses: Vec<SocketAddr>) -> HttpConnector<Known> {
        let mut connector = HttpConnector::new_with_resolver(Known(addresses));
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(self.timeout));
        connector
    }
}

/// The host of a target, IPv6 without brackets.
fn bare_host(target: &Uri) -> &str {
    target.host().unwrap_or_default().trim_matches(['[', ']'])
}

fn address_in_url(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// A resolver for names that have been resolved.
#[derive(Debug, Clone)]
struct Known(Vec<SocketAddr>);

impl Service<Name> for Known {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        ready(Ok(self.0.clone().into_iter()))
    }
}

/// What a connection tells with every answer.
#[derive(Debug, Clone)]
pub(super) struct LineFacts {
    pub(super) connection: Arc<ConnectionFacts>,
    /// `None` over HTTP/2, whose heads are compressed and have no textual form.
    pub(super) tap: Option<HeadTap>,
}

/// A connection that knows its facts.
#[derive(Debug)]
pub(super) struct Line {
    stream: Stream,
    facts: LineFacts,
    is_http2: bool,
    /// Requests name the whole URL, as HTTP proxies want it.
    is_proxied: bool,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

impl Connection for Line {
    fn connected(&self) -> Connected {
        let connected = Connected::new()
            .proxy(self.is_proxied)
            .extra(self.facts.clone());
        if self.is_http2 {
            connected.negotiated_h2()
        } else {
            connected
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        let before = buffer.filled().len();
        let read = match &mut line.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        };
        if let (Some(tap), Some(bytes)) = (&line.facts.tap, buffer.filled().get(before..))
            && !bytes.is_empty()
        {
            tap.note_received(bytes);
        }
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let written = match &mut line.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        };
        if let (Some(tap), Poll::Ready(Ok(count))) = (&line.facts.tap, &written) {
            tap.note_sent(&bytes[..*count]);
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

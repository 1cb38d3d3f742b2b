//! Proxies (SOCKS5, CONNECT) and a resolver with scripted answers.

use futures_util::future::BoxFuture;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tazy::fetch::Resolver;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// A resolver that answers what it was told; a name with several answers gives them in turn and stays
/// with the last one (as a rebinding name server does). Remembers what it was asked.
#[derive(Debug, Default)]
pub(crate) struct Names {
    answers: Mutex<HashMap<String, VecDeque<Vec<SocketAddr>>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    /// A resolver that knows no name.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// One more answer for `host`: addresses with ports, port 0 for the URL's own.
    pub(crate) fn answer(self, host: &str, addresses: &[&str]) -> Self {
        let parsed = addresses
            .iter()
            .map(|address| address.parse().expect("an address with a port"))
            .collect();
        let mut answers = self.answers.lock().expect("the answers");
        answers
            .entry(host.to_owned())
            .or_default()
            .push_back(parsed);
        drop(answers);
        self
    }

    /// The names that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the log").clone()
    }
}

impl Resolver for Names {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, std::io::Result<Vec<SocketAddr>>> {
        self.asked.lock().expect("the log").push(host.to_owned());
        let mut answers = self.answers.lock().expect("the answers");
        let answer = answers.get_mut(host).and_then(|turns| {
            if turns.len() > 1 {
                turns.pop_front()
            } else {
                turns.front().cloned()
            }
        });
        let answer = answer.ok_or_else(|| std::io::Error::other("no such name"));
        Box::pin(async move { answer })
    }
}

/// Starts a SOCKS5 proxy (RFC 1928, no authentication) that leads every connection to `server`. Gives
/// its address and the list of what it was asked to connect to (`host:port`).
pub(crate) async fn socks5_proxy(server: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                // A client that breaks off is of no interest.
                let _ = forward(stream, server, &log).await;
            });
        }
    });
    (address, asked)
}

async fn forward(
    mut client: TcpStream,
    server: SocketAddr,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting).await?;
    let mut methods = vec![0; usize::from(greeting[1])];
    client.read_exact(&mut methods).await?;
    client.write_all(&[5, 0]).await?;
    let mut request = [0; 4];
    client.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => {
            let mut address = [0; 4];
            client.read_exact(&mut address).await?;
            std::net::Ipv4Addr::from(address).to_string()
        }
        3 => {
            let mut name = vec![0; usize::from(client.read_u8().await?)];
            client.read_exact(&mut name).await?;
            String::from_utf8_lossy(&name).into_owned()
        }
        _ => return Ok(()),
    };
    let port = client.read_u16().await?;
    log.lock().expect("the log").push(format!("{host}:{port}"));
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    let mut upstream = TcpStream::connect(server).await?;
    copy_bidirectional(&mut client, &mut upstream).await?;
    Ok(())
}

/// Starts an HTTP proxy that opens tunnels (RFC 9110 §9.3.6), all of them to `server`. Gives its address and
/// the heads that it was sent.
pub(crate) async fn tunnel_proxy(server: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                // A client that breaks off is of no interest.
                let _ = tunnel(client, server, &log).await;
            });
        }
    });
    (address, asked)
}

async fn tunnel(
    mut client: TcpStream,
    server: SocketAddr,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    log.lock().expect("the log").push(head);
    client.write_all(b"HTTP/1.1 200 Go on\r\n\r\n").await?;
    let mut upstream = TcpStream::connect(server).await?;
    copy_bidirectional(&mut client, &mut upstream).await?;
    Ok(())
}

//! Connections, and what each may cost.

use super::{AccessLine, Site};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

/// Connections at a time; further ones wait.
const MAX_CONNECTIONS: usize = 64;
/// Bytes and number of the headers of one request.
const MAX_HEADER_BYTES: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
/// For the head of a request, and for a connection that asks for nothing.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection, however slow its reader, ends after this.
const CONNECTION_TIMEOUT: Duration = Duration::from_mins(10);
/// Answers under way at the end have this long.
const GRACE: Duration = Duration::from_secs(5);
/// After an accept that failed (no file handles left), connections are given time to end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Listens, and answers from a site.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    site: Site,
    log: mpsc::Sender<AccessLine>,
}

impl Server {
    /// Begins to listen at `address`. Each answered request is told to `log`, as long as it has room.
    pub async fn listen(
        address: SocketAddr,
        site: Site,
        log: mpsc::Sender<AccessLine>,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self {
            listener,
            site,
            log,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` says true; then no request is taken any more, and those under way are answered.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            let accepted = async {
                let place = places.clone().acquire_owned().await.ok()?;
                Some((self.listener.accept().await, place))
            };
            let accepted = tokio::select! {
                accepted = accepted => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Some((Ok((stream, _)), place)) => {
                    let connection = serve(
                        stream,
                        self.site.clone(),
                        self.log.clone(),
                        stop.clone(),
                        place,
                    );
                    tokio::spawn(connection);
                }
                Some((Err(_), _)) => tokio::time::sleep(ACCEPT_PAUSE).await,
                None => break,
            }
        }
        drop(self.listener);
        // All places are free when the last connection has ended.
        let most = u32::try_from(MAX_CONNECTIONS).unwrap_or(u32::MAX);
        let _ = tokio::time::timeout(GRACE, places.acquire_many(most)).await;
    }
}

async fn serve(
    stream: TcpStream,
    site: Site,
    log: mpsc::Sender<AccessLine>,
    mut stop: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
) {
    let service = service_fn(move |request| {
        let (site, log) = (site.clone(), log.clone());
        async move {
            let (response, line) = site.answer(request).await;
            // A log that is not read must not stop answers.
            let _ = log.try_send(line);
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEADER_BYTES)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let deadline = tokio::time::sleep(CONNECTION_TIMEOUT);
    let mut deadline = std::pin::pin!(deadline);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            // How a connection ends is the client's affair.
            _ = connection.as_mut() => return,
            () = deadline.as_mut() => return,
            _ = stop.wait_for(|stop| *stop), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

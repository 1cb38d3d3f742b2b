//! One page over one connection.

use super::Failure;
use super::log::{Meter, Occasion};
use super::page_facts::facts_of;
use super::record::{HttpExchange, HttpRequest, HttpResponse};
use crate::suspect::SuspectUrl;
use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONNECTION, HOST, USER_AGENT};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::error::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Who we are, truthfully.
const USER_AGENT_TEXT: &str = concat!(
    "tazy/",
    env!("CARGO_PKG_VERSION"),
    " (checks whether this page can be reached)"
);

impl Meter<'_> {
    /// Asks for a page over a connection that is there, entered among the events. True if an answer came.
    pub(super) async fn ask_page<S>(
        &self,
        occasion: Occasion,
        stream: S,
        url: &SuspectUrl,
        address: String,
    ) -> bool
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let t0 = self.seconds();
        let asking = self.exchange(stream, url);
        let answered = timeout(self.settings.timeout, asking)
            .await
            .unwrap_or(Err(Failure::Timeout));
        let (response, failure) = match answered {
            Ok(response) => (Some(response), None),
            Err(failure) => (None, Some(failure)),
        };
        let is_answered = response.is_some();
        let event = HttpExchange {
            failure,
            request: HttpRequest {
                method: "GET".to_owned(),
                url: url.clone(),
            },
            response,
            address,
            t0,
            t: self.seconds(),
            x_try: occasion.try_number,
        };
        self.note(|events| events.requests.push(event));
        is_answered
    }

    async fn exchange<S>(&self, stream: S, url: &SuspectUrl) -> Result<HttpResponse, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| failure_of(&error))?;
        // Ends with this function, whatever becomes of the connection.
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // What goes wrong with the connection is told to the request, too.
            let _ = connection.await;
        });
        let target = &url.as_url()[url::Position::BeforePath..url::Position::AfterQuery];
        let request = http::Request::get(target)
            .header(HOST, url.authority())
            .header(USER_AGENT, USER_AGENT_TEXT)
            .header(ACCEPT, "text/html,*/*;q=0.8")
            .header(ACCEPT_LANGUAGE, "ru,kk;q=0.9,en;q=0.7")
            .header(CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .map_err(|error| Failure::other(&format!("unknown_failure: {error}")))?;
        let answer = sender
            .send_request(request)
            .await
            .map_err(|error| failure_of(&error))?;
        let (head, mut body) = answer.into_parts();
        let (body, is_cut) = self.read_body(&mut body).await;
        Ok(facts_of(url, &head, &body, is_cut))
    }

    /// The body up to the limit, and whether that is not all of it.
    async fn read_body(&self, body: &mut Incoming) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                return (bytes, true);
            };
            if let Some(data) = frame.data_ref() {
                let room = self.settings.max_body.saturating_sub(bytes.len());
                bytes.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room {
                    return (bytes, true);
                }
            }
        }
        (bytes, false)
    }
}

/// What an error of the HTTP library means.
fn failure_of(error: &hyper::Error) -> Failure {
    if error.is_incomplete_message() {
        return Failure::Eof;
    }
    let mut link: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = link {
        if cause.is::<std::io::Error>() {
            return Failure::of_error(cause);
        }
        link = cause.source();
    }
    Failure::other(&format!("unknown_failure: {error}"))
}

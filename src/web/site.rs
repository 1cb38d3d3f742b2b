//! Routes, and who may use them.

use super::answer::{JSON, answer, problem, secure};
use super::{AccessTokens, Shelf, lists, taxii};
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{HOST, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use std::sync::Arc;
use tower_service::Service;

/// Longest path that the access log repeats.
const MAX_LOGGED_PATH: usize = 200;

/// What is served, and to whom.
#[derive(Debug, Clone)]
pub struct Site {
    router: Router,
    tokens: Arc<AccessTokens>,
}

/// A line of the access log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLine {
    /// Name of the client's token; none where none is asked for, or none fits.
    pub client: Option<String>,
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The status that was answered.
    pub status: u16,
}

impl Site {
    /// A site that serves what is on the shelf. Without tokens everybody on this machine may ask.
    pub fn new(shelf: Arc<Shelf>, tokens: AccessTokens) -> Self {
        let router = Router::new()
            .route("/lists/", get(lists::index))
            .route("/lists/{name}", get(lists::list))
            .merge(taxii::routes())
            .fallback(not_found)
            .method_not_allowed_fallback(read_only)
            .with_state(shelf);
        Self {
            router,
            tokens: Arc::new(tokens),
        }
    }

    /// Answers one request.
    pub async fn answer<B>(&self, request: Request<B>) -> (Response, AccessLine)
    where
        B: HttpBody<Data = axum::body::Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let path = request.uri().path();
        let mut line = AccessLine {
            client: None,
            method: request.method().to_string(),
            path: path.chars().take(MAX_LOGGED_PATH).collect(),
            status: 0,
        };
        let mut response =
            if path == "/health" && matches!(*request.method(), Method::GET | Method::HEAD) {
                answer(StatusCode::OK, JSON, "{\"status\":\"ok\"}\n")
            } else {
                match self.admit(request.headers()) {
                    Ok(client) => {
                        line.client = client;
                        // A router never fails, and is always ready.
                        let answered = self.router.clone().call(request.map(Body::new)).await;
                        answered.unwrap_or_else(|never| match never {})
                    }
                    Err(refusal) => refusal_at(path, refusal),
                }
            };
        secure(&mut response);
        line.status = response.status().as_u16();
        (response, line)
    }

    /// Lets a request in, and says whose it is.
    fn admit(&self, headers: &HeaderMap) -> Result<Option<String>, Refusal> {
        if !self.tokens.is_empty() {
            let client = self.tokens.client(headers).ok_or(Refusal::NoToken)?;
            return Ok(Some(client.to_owned()));
        }
        // Only this machine can ask. A page in a browser here must not be able to, by a name of its own that
        // leads to this machine.
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        if host.is_some_and(is_loopback_name) {
            Ok(None)
        } else {
            Err(Refusal::OtherHost)
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Refusal {
    NoToken,
    OtherHost,
}

fn refusal_at(path: &str, refusal: Refusal) -> Response {
    let (status, message) = match refusal {
        Refusal::NoToken => (
            StatusCode::UNAUTHORIZED,
            "a token is needed: as Bearer, or as password with the name that it was made for",
        ),
        Refusal::OtherHost => (
            StatusCode::MISDIRECTED_REQUEST,
            "ask for 127.0.0.1 or localhost; other names need tokens",
        ),
    };
    let mut response = problem_at(path, status, message);
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"tazy\", charset=\"UTF-8\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

async fn not_found(uri: Uri) -> Response {
    let message = "nothing is here; begin with /lists/ or /taxii2/";
    problem_at(uri.path(), StatusCode::NOT_FOUND, message)
}

async fn read_only(uri: Uri) -> Response {
    let message = "this server only gives out: GET and HEAD";
    problem_at(uri.path(), StatusCode::METHOD_NOT_ALLOWED, message)
}

/// A problem in the words of whatever is at the path.
fn problem_at(path: &str, status: StatusCode, message: &'static str) -> Response {
    if path.starts_with("/taxii2") {
        taxii::Refused(status, message).into_response()
    } else {
        problem(status, message)
    }
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

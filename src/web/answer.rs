//! Answers, with the headers that all of them have.

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

/// Bytes of a file that are in memory at a time.
const PIECE: usize = 64 * 1024;
pub(super) const JSON: &str = "application/json";
pub(super) const TEXT: &str = "text/plain; charset=utf-8";

/// An answer with a short body.
pub(super) fn answer(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// An answer in JSON.
pub(super) fn json(
    status: StatusCode,
    kind: &'static str,
    value: &impl serde::Serialize,
) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => answer(status, kind, body),
        Err(_) => problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the answer cannot be written",
        ),
    }
}

/// What went wrong, for people.
pub(super) fn problem(status: StatusCode, message: &str) -> Response {
    answer(status, TEXT, format!("{message}\n"))
}

/// Sets a header whose value is made of ours; one that cannot be a header is left out.
pub(super) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The headers that every answer has. Nothing that is served is a page.
pub(super) fn secure(response: &mut Response) {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    let mut fixed = |name, value| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    fixed(X_CONTENT_TYPE_OPTIONS, "nosniff");
    fixed(
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    fixed(REFERRER_POLICY, "no-referrer");
    if is_error {
        fixed(CACHE_CONTROL, "no-store");
    } else if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
}

/// What a client may keep: which bytes, since when.
#[derive(Debug)]
pub(super) struct Validators {
    /// With its quotes.
    pub(super) tag: String,
    pub(super) modified: Timestamp,
}

impl Validators {
    /// Whether the client has it already (RFC 9110 §13.2.2).
    pub(super) fn is_known_to(&self, request: &HeaderMap) -> bool {
        let mut tags = request.get_all(IF_NONE_MATCH).iter().peekable();
        if tags.peek().is_some() {
            let named = tags.filter_map(|value| value.to_str().ok());
            return named.flat_map(|value| value.split(',')).any(|tag| {
                let tag = tag.trim();
                tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.tag
            });
        }
        let since = request
            .get(IF_MODIFIED_SINCE)
            .and_then(|value| value.to_str().ok());
        let since =
            since.and_then(|text| rfc2822::DateTimeParser::new().parse_timestamp(text).ok());
        since.is_some_and(|since| self.modified.as_second() <= since.as_second())
    }

    pub(super) fn write(&self, headers: &mut HeaderMap) {
        set(headers, ETAG, &self.tag);
        let printer = rfc2822::DateTimePrinter::new();
        if let Ok(text) = printer.timestamp_to_rfc9110_string(&self.modified) {
            set(headers, LAST_MODIFIED, &text);
        }
    }
}

/// A file, read piece by piece; `owner` is kept as long as it is read.
pub(super) fn file<T: Send + Sync + 'static>(
    kind: &'static str,
    file: File,
    length: u64,
    owner: Arc<T>,
) -> Response {
    let pieces = stream::try_unfold(
        (file, length, owner),
        |(mut file, left, owner)| async move {
            if left == 0 {
                return Ok(None);
            }
            let read = tokio::task::spawn_blocking(move || {
                let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
                let mut piece = vec![0; most];
                file.read_exact(&mut piece)?;
                Ok::<_, std::io::Error>((piece, file))
            });
            let (piece, file) = read.await.map_err(std::io::Error::other)??;
            let left = left - piece.len() as u64;
            Ok::<_, std::io::Error>(Some((Bytes::from(piece), (file, left, owner))))
        },
    );
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

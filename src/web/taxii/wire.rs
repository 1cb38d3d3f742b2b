//! Media types, headers and errors of TAXII.

use super::super::answer::{json, set};
use axum::response::{IntoResponse, Response};
use http::header::ACCEPT;
use http::{HeaderMap, StatusCode};
use serde::Serialize;

/// The media type of every answer (§1.6.8.1).
pub(super) const TAXII: &str = "application/taxii+json;version=2.1";
/// The media type of what the collection holds.
pub(super) const STIX: &str = "application/stix+json;version=2.1";

/// An error message (§3.6.1).
#[derive(Serialize)]
struct ErrorMessage<'a> {
    title: &'a str,
    http_status: &'a str,
}

/// A request that is not answered, in the words of TAXII.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Refused(
    pub(in crate::web) StatusCode,
    pub(in crate::web) &'static str,
);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, title) = self;
        let message = ErrorMessage {
            title,
            http_status: status.as_str(),
        };
        json(status, TAXII, &message)
    }
}

/// Whether the client takes what is answered (§1.6.8.1): this type without a version or with this one, or any.
pub(super) fn check_accept(headers: &HeaderMap) -> Result<(), Refused> {
    let mut values = headers.get_all(ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    let written = values.filter_map(|value| value.to_str().ok());
    let takes = written.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let is_kind = matches!(
            kind.as_str(),
            "*/*" | "application/*" | "application/taxii+json"
        );
        is_kind
            && parts.all(|parameter| match parameter.split_once('=') {
                Some(("version", version)) => version.trim_matches('"') == "2.1",
                Some(("q", weight)) => weight.parse::<f32>().is_ok_and(|weight| weight > 0.0),
                _ => true,
            })
    });
    if takes {
        return Ok(());
    }
    let message = "this is TAXII 2.1: Accept: application/taxii+json;version=2.1";
    Err(Refused(StatusCode::NOT_ACCEPTABLE, message))
}

/// Sets a header.
pub(super) fn set_header(response: &mut Response, name: &'static str, value: &str) {
    set(
        response.headers_mut(),
        http::HeaderName::from_static(name),
        value,
    );
}

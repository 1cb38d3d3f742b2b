//! `/lists/`: the list in every format.

use super::answer::{JSON, TEXT, Validators, answer, file, json, problem, set};
use super::edition::EditionFile;
use super::{Edition, Shelf};
use crate::block::list::ListFormat;
use crate::digest::Digest;
use axum::extract::{Path, State};
use axum::response::Response;
use http::header::CONTENT_DISPOSITION;
use http::{HeaderMap, HeaderName, StatusCode};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

pub(super) const SERIAL: HeaderName = HeaderName::from_static("x-tazy-serial");
pub(super) const NO_LIST: &str =
    "no list was issued yet; `tazy export` issues one, and this server finds it by itself";

#[derive(Serialize)]
struct Index<'a> {
    title: &'a str,
    unit: &'a str,
    serial: u64,
    issued: Timestamp,
    entries: u64,
    digest: Digest,
    formats: Vec<Format<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Format<'a> {
    Written {
        format: &'a str,
        href: String,
        bytes: u64,
        digest: Digest,
        written: usize,
        omitted: usize,
        covered: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    Unfit {
        format: &'a str,
        reason: &'a str,
    },
}

/// `GET /lists/`
pub(super) async fn index(State(shelf): State<Arc<Shelf>>, request: HeaderMap) -> Response {
    let Some(edition) = shelf.edition() else {
        return problem(StatusCode::NOT_FOUND, NO_LIST);
    };
    let formats = edition.files.iter().map(|(format, file)| match file {
        Ok(file) => Format::Written {
            format,
            href: format!("/lists/{format}"),
            bytes: file.bytes,
            digest: file.digest,
            written: file.written,
            omitted: file.omitted,
            covered: file.covered,
            signature: file
                .signature
                .as_ref()
                .map(|_| format!("/lists/{format}.sig")),
        },
        Err(reason) => Format::Unfit { format, reason },
    });
    let issue = &edition.issue;
    let response = json(
        StatusCode::OK,
        JSON,
        &Index {
            title: &edition.title,
            unit: &edition.unit,
            serial: issue.serial,
            issued: issue.at,
            entries: issue.entries,
            digest: issue.digest,
            formats: formats.collect(),
        },
    );
    let tag = format!("\"{}-{}\"", issue.serial, &issue.digest.hex()[..32]);
    unless_known(&edition, tag, &request, response)
}

/// `GET /lists/{format}` and `GET /lists/{format}.sig`
pub(super) async fn list(
    State(shelf): State<Arc<Shelf>>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> Response {
    let Some(edition) = shelf.edition() else {
        return problem(StatusCode::NOT_FOUND, NO_LIST);
    };
    let (format, is_signature) = match name.strip_suffix(".sig") {
        Some(format) => (format, true),
        None => (name.as_str(), false),
    };
    let known = ListFormat::ALL.into_iter().find(|f| f.as_str() == format);
    let Some((format, found)) = known.zip(edition.files.get(format)) else {
        return problem(
            StatusCode::NOT_FOUND,
            "there is no such format; /lists/ names them",
        );
    };
    let found = match found {
        Ok(found) => found,
        Err(reason) => return problem(StatusCode::NOT_FOUND, reason),
    };
    if is_signature {
        return match &found.signature {
            Some(signature) => {
                let tag = format!("\"{}\"", Digest::of(signature.as_bytes()).hex());
                let response = answer(StatusCode::OK, TEXT, signature.clone());
                unless_known(&edition, tag, &request, response)
            }
            None => problem(StatusCode::NOT_FOUND, "this list is not signed"),
        };
    }
    let tag = format!("\"{}\"", found.digest.hex());
    let response = contents(&edition, format, found).await;
    if !response.status().is_success() {
        return response;
    }
    unless_known(&edition, tag, &request, response)
}

async fn contents(edition: &Arc<Edition>, format: ListFormat, found: &EditionFile) -> Response {
    let path = found.path.clone();
    let opened = tokio::task::spawn_blocking(move || std::fs::File::open(path)).await;
    let Ok(Ok(opened)) = opened else {
        return problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the file of this list cannot be read",
        );
    };
    let mut response = file(media_type(format), opened, found.bytes, edition.clone());
    let name = format!(
        "attachment; filename=\"{}-{}\"",
        edition.serial(),
        format.as_str()
    );
    set(response.headers_mut(), CONTENT_DISPOSITION, &name);
    response
}

/// The answer, or that nothing changed since the client asked last.
fn unless_known(
    edition: &Edition,
    tag: String,
    request: &HeaderMap,
    response: Response,
) -> Response {
    let validators = Validators {
        tag,
        modified: edition.issued(),
    };
    let mut response = if validators.is_known_to(request) {
        let mut unchanged = Response::new(axum::body::Body::empty());
        *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
        unchanged
    } else {
        response
    };
    let headers = response.headers_mut();
    validators.write(headers);
    set(headers, SERIAL, &edition.serial().to_string());
    response
}

fn media_type(format: ListFormat) -> &'static str {
    match format {
        ListFormat::Csv => "text/csv; charset=utf-8; header=present",
        ListFormat::Jsonl | ListFormat::Xarf => "application/x-ndjson",
        ListFormat::Stix => "application/stix+json;version=2.1",
        ListFormat::Misp => JSON,
        // The document says which encoding it is in.
        ListFormat::Register => "application/xml",
        ListFormat::Rpz => "text/dns; charset=utf-8",
        _ => TEXT,
    }
}

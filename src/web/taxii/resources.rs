//! What TAXII clients ask for.

use super::super::answer::{answer, json};
use super::super::lists::NO_LIST;
use super::super::objects::StoredObject;
use super::super::{Edition, Shelf};
use super::filter::{Filter, Page};
use super::wire::{Refused, STIX, TAXII, check_accept, set_header};
use crate::block::list::exchange::stix_time;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::json as value;
use std::sync::Arc;
use uuid::Uuid;

/// The collection never changes its identifier.
const COLLECTION: Uuid = uuid::uuid!("0f6d3c52-9a1e-4b7c-8d40-6e2b95c1a7f3");
/// Nothing is taken in; the number must be there (§4.2.1).
const MAX_CONTENT_BYTES: u32 = 1024;

type Answer = Result<Response, Refused>;
type OnShelf = State<Arc<Shelf>>;

/// What is asked for where.
pub(in crate::web) fn routes() -> Router<Arc<Shelf>> {
    Router::new()
        .route("/taxii2/", get(discovery))
        .route("/taxii2/root/", get(api_root))
        .route("/taxii2/root/collections/", get(collections))
        .route("/taxii2/root/collections/{collection}/", get(collection))
        .route(
            "/taxii2/root/collections/{collection}/objects/",
            get(objects),
        )
        .route(
            "/taxii2/root/collections/{collection}/objects/{object}/",
            get(object),
        )
        .route(
            "/taxii2/root/collections/{collection}/objects/{object}/versions/",
            get(versions),
        )
        .route(
            "/taxii2/root/collections/{collection}/manifest/",
            get(manifest),
        )
}

/// Server discovery (§4.1). Roots are named without a host, so that none has to be known.
async fn discovery(request: HeaderMap) -> Answer {
    check_accept(&request)?;
    Ok(ok(&value!({
        "title": "tazy",
        "description": "Lists of what is ordered to be blocked",
        "default": "/taxii2/root/",
        "api_roots": ["/taxii2/root/"],
    })))
}

/// API root (§4.2).
async fn api_root(request: HeaderMap) -> Answer {
    check_accept(&request)?;
    Ok(ok(&value!({
        "title": "Block lists",
        "versions": [TAXII],
        "max_content_length": MAX_CONTENT_BYTES,
    })))
}

/// Collections (§5.1).
async fn collections(State(shelf): OnShelf, request: HeaderMap) -> Answer {
    check_accept(&request)?;
    Ok(ok(&value!({ "collections": [about(&shelf)] })))
}

/// One collection (§5.2).
async fn collection(
    State(shelf): OnShelf,
    Path(collection): Path<String>,
    request: HeaderMap,
) -> Answer {
    check_accept(&request)?;
    check_collection(&collection)?;
    Ok(ok(&about(&shelf)))
}

fn about(shelf: &Shelf) -> serde_json::Value {
    let title = shelf.edition().map(|edition| edition.title.clone());
    value!({
        "id": COLLECTION,
        "title": title.unwrap_or_else(|| "Block list".to_owned()),
        "description": "What is in force, and what was taken off (revoked)",
        "can_read": true,
        "can_write": false,
        "media_types": [STIX],
    })
}

/// Objects (§5.4).
async fn objects(
    State(shelf): OnShelf,
    Path(collection): Path<String>,
    RawQuery(query): RawQuery,
    request: HeaderMap,
) -> Answer {
    check_accept(&request)?;
    check_collection(&collection)?;
    let filter = filter(query)?;
    envelope(edition(&shelf)?, filter, None).await
}

/// One object (§5.6).
async fn object(
    State(shelf): OnShelf,
    Path((collection, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    request: HeaderMap,
) -> Answer {
    check_accept(&request)?;
    check_collection(&collection)?;
    let filter = filter(query)?;
    envelope(edition(&shelf)?, filter, Some(object)).await
}

/// Manifest (§5.3).
async fn manifest(
    State(shelf): OnShelf,
    Path(collection): Path<String>,
    RawQuery(query): RawQuery,
    request: HeaderMap,
) -> Answer {
    check_accept(&request)?;
    check_collection(&collection)?;
    let filter = filter(query)?;
    let page = find(edition(&shelf)?, filter).await?;
    let records = page.objects.iter().map(|object| {
        value!({
            "id": object.name(),
            "date_added": taxii_time(object),
            "version": stix_time(object.version),
            "media_type": STIX,
        })
    });
    let mut found = serde_json::Map::new();
    if !page.objects.is_empty() {
        found.insert("objects".to_owned(), records.collect());
    }
    if let Some(next) = &page.next {
        found.insert("more".to_owned(), value!(true));
        found.insert("next".to_owned(), value!(next));
    }
    Ok(dated(ok(&found), &page))
}

/// Versions of one object (§5.8).
async fn versions(
    State(shelf): OnShelf,
    Path((collection, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    request: HeaderMap,
) -> Answer {
    check_accept(&request)?;
    check_collection(&collection)?;
    let filter = filter(query)?.of_object(&object);
    let page = find(edition(&shelf)?, filter).await?;
    if page.objects.is_empty() {
        return Err(no_object());
    }
    let versions: Vec<String> = page.objects.iter().map(|o| stix_time(o.version)).collect();
    Ok(dated(ok(&value!({ "versions": versions })), &page))
}

/// An envelope (§3.7); of one object if `only` names it.
async fn envelope(edition: Arc<Edition>, filter: Filter, only: Option<String>) -> Answer {
    let is_one = only.is_some();
    let filter = match only {
        Some(object) => filter.of_object(&object),
        None => filter,
    };
    let page = find(edition.clone(), filter).await?;
    if is_one && page.objects.is_empty() {
        return Err(no_object());
    }
    let wanted = page.objects.clone();
    let read = tokio::task::spawn_blocking(move || edition.objects.read(&wanted)).await;
    let Ok(Ok(objects)) = read else {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        return Err(Refused(status, "the objects cannot be read"));
    };
    if objects.is_empty() {
        return Ok(answer(StatusCode::OK, TAXII, "{}"));
    }
    let mut body = Vec::new();
    if let Some(next) = &page.next {
        // The cursor is base64url: nothing in it needs an escape.
        body.extend_from_slice(format!("{{\"more\":true,\"next\":\"{next}\",").as_bytes());
    } else {
        body.extend_from_slice(b"{\"more\":false,");
    }
    body.extend_from_slice(b"\"objects\":[");
    body.extend_from_slice(&objects.join(&b','));
    body.extend_from_slice(b"]}");
    Ok(dated(answer(StatusCode::OK, TAXII, body), &page))
}

async fn find(edition: Arc<Edition>, filter: Filter) -> Result<Page, Refused> {
    // Half a million objects are looked through.
    let found = tokio::task::spawn_blocking(move || filter.page(&edition.objects)).await;
    found.map_err(|_| Refused(StatusCode::INTERNAL_SERVER_ERROR, "the page cannot be read"))
}

/// When the first and last object of the page were added (§3.3).
fn dated(mut response: Response, page: &Page) -> Response {
    if let (Some(first), Some(last)) = (page.objects.first(), page.objects.last()) {
        set_header(
            &mut response,
            "x-taxii-date-added-first",
            &taxii_time(first),
        );
        set_header(&mut response, "x-taxii-date-added-last", &taxii_time(last));
    }
    response
}

fn taxii_time(object: &StoredObject) -> String {
    format!("{:.6}", object.added)
}

fn filter(query: Option<String>) -> Result<Filter, Refused> {
    let query = query.unwrap_or_default();
    Filter::parse(&query).map_err(|reason| Refused(StatusCode::BAD_REQUEST, reason))
}

fn edition(shelf: &Shelf) -> Result<Arc<Edition>, Refused> {
    shelf
        .edition()
        .ok_or_else(|| Refused(StatusCode::NOT_FOUND, NO_LIST))
}

fn check_collection(written: &str) -> Result<(), Refused> {
    if written.parse() == Ok(COLLECTION) {
        return Ok(());
    }
    let message = "there is no such collection; /taxii2/root/collections/ names it";
    Err(Refused(StatusCode::NOT_FOUND, message))
}

fn no_object() -> Refused {
    Refused(StatusCode::NOT_FOUND, "there is no such object")
}

fn ok(value: &impl Serialize) -> Response {
    json(StatusCode::OK, TAXII, value)
}

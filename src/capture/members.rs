//! The records of a capture.

use super::record::{Record, record_id};
use super::{Capture, Manifest, Resource, ResourceRecord, RevisitOf};
use crate::fetch::Truncation;
use flate2::Compression;
use std::io;
use std::net::SocketAddr;

/// ISO 28500:2017 §6.7.2.
const SAME_PAYLOAD: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

/// The name of one of the records of a capture: of its `response`, `revisit`, `request` or `metadata` record.
pub fn capture_record_id(kind: &str, manifest: &Manifest) -> String {
    let id = manifest.id.as_str().as_bytes();
    record_id(kind, &[id, manifest.block_digest.as_bytes()])
}

/// The kind of the record that holds the answer; also the name in its record ID.
pub fn answer_kind(manifest: &Manifest) -> &'static str {
    match manifest.revisit_of {
        Some(_) => "revisit",
        None => "response",
    }
}

/// The name of a resource's record. Shared ones are named by file and content, others by their capture and
/// their number in it.
pub(super) fn resource_record_id(
    resource: &Resource,
    manifest: &Manifest,
    number: usize,
    file: &str,
) -> String {
    let role = resource.role.as_str().as_bytes();
    let (digest, uri) = (resource.digest.as_bytes(), resource.uri.as_bytes());
    if resource.role.is_shared() {
        let parts: [&[u8]; 7] = [file.as_bytes(), b"\0", role, b"\0", uri, b"\0", digest];
        return record_id("shared resource", &parts);
    }
    let (capture, number) = (manifest.id.as_str().as_bytes(), number.to_be_bytes());
    let parts: [&[u8]; 8] = [capture, b"\0", role, b"\0", uri, b"\0", &number, digest];
    record_id("resource", &parts)
}

/// The response record, or the revisit record with the head alone. Bodies that came compressed are not
/// compressed a second time.
pub(super) fn answer_member(
    capture: &Capture,
    manifest: &Manifest,
    warcinfo: &str,
) -> io::Result<Vec<u8>> {
    let mut fields = common_fields(manifest, warcinfo);
    fields.push(("WARC-Payload-Digest", manifest.payload_digest.warc()));
    if let Some(truncation) = manifest.truncated {
        let word = match truncation {
            Truncation::Length => "length",
            Truncation::Time => "time",
            Truncation::Disconnect => "disconnect",
        };
        fields.push(("WARC-Truncated", word.to_owned()));
    }
    let mut block: Vec<&[u8]> = vec![&capture.response_head];
    match &manifest.revisit_of {
        Some(earlier) => fields.extend(reference_fields(earlier)),
        None => block.push(&capture.body),
    }
    let coded = manifest
        .content_encoding
        .as_deref()
        .is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"));
    let level = if coded {
        Compression::none()
    } else {
        Compression::fast()
    };
    Record {
        kind: answer_kind(manifest),
        id: capture_record_id(answer_kind(manifest), manifest),
        date: manifest.requested_at,
        content_type: "application/http;msgtype=response",
        fields,
        block: &block,
    }
    .member(level)
}

fn reference_fields(earlier: &RevisitOf) -> [(&'static str, String); 4] {
    [
        ("WARC-Profile", SAME_PAYLOAD.to_owned()),
        ("WARC-Refers-To", earlier.record.clone()),
        ("WARC-Refers-To-Target-URI", earlier.url.as_str().to_owned()),
        ("WARC-Refers-To-Date", earlier.date.to_string()),
    ]
}

/// The request record; nothing if nothing was sent.
pub(super) fn request_member(
    capture: &Capture,
    manifest: &Manifest,
    warcinfo: &str,
) -> io::Result<Vec<u8>> {
    if capture.request_head.is_empty() {
        return Ok(Vec::new());
    }
    let mut fields = common_fields(manifest, warcinfo);
    fields.push(concurrent_to(manifest));
    Record {
        kind: "request",
        id: capture_record_id("request", manifest),
        date: manifest.requested_at,
        content_type: "application/http;msgtype=request",
        fields,
        block: &[&capture.request_head],
    }
    .member(Compression::fast())
}

/// The metadata record: the manifest, so that the journal is not the only place that has it. It is named by the
/// capture, because programs that replay WARC files would show it as the page if it were named by the URL.
pub(super) fn metadata_member(manifest: &Manifest, warcinfo: &str) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(manifest)?;
    let fields = vec![
        ("WARC-Target-URI", format!("urn:manifest:{}", manifest.id)),
        ("WARC-Warcinfo-ID", warcinfo.to_owned()),
        concurrent_to(manifest),
    ];
    Record {
        kind: "metadata",
        id: capture_record_id("metadata", manifest),
        date: manifest.requested_at,
        content_type: "application/json",
        fields,
        block: &[&json],
    }
    .member(Compression::fast())
}

/// The record of a resource. Pictures are compressed already.
pub(super) fn resource_member(
    resource: &Resource,
    record: &ResourceRecord,
    manifest: &Manifest,
    warcinfo: &str,
) -> io::Result<Vec<u8>> {
    let level = if resource.content_type.starts_with("image/") {
        Compression::none()
    } else {
        Compression::fast()
    };
    Record {
        kind: "resource",
        id: record.record.clone(),
        date: resource.date,
        content_type: &resource.content_type,
        fields: vec![
            ("WARC-Target-URI", resource.uri.clone()),
            ("WARC-Warcinfo-ID", warcinfo.to_owned()),
            concurrent_to(manifest),
            ("WARC-Payload-Digest", resource.digest.warc()),
        ],
        block: &[&resource.block],
    }
    .member(level)
}

fn concurrent_to(manifest: &Manifest) -> (&'static str, String) {
    let answer = capture_record_id(answer_kind(manifest), manifest);
    ("WARC-Concurrent-To", answer)
}

fn common_fields(manifest: &Manifest, warcinfo: &str) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("WARC-Target-URI", manifest.url.as_str().to_owned()),
        ("WARC-Warcinfo-ID", warcinfo.to_owned()),
    ];
    let address = manifest.remote_addr.as_deref();
    if let Some(address) = address.and_then(|text| text.parse::<SocketAddr>().ok()) {
        fields.push(("WARC-IP-Address", address.ip().to_string()));
    }
    fields
}

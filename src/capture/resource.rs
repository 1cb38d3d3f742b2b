//! What belongs to a capture beside question and answer: certificates, names, pictures, texts.

use super::WarcPosition;
use crate::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceRole {
    /// A certificate that the server showed, DER (RFC 5280).
    Certificate,
    /// The page as a browser showed it, PNG.
    Screenshot,
    /// The document after a browser ran it, HTML.
    Dom,
    /// The text that a browser showed.
    VisibleText,
    /// How a browser showed the page: engine, window, what was waited for, what was refused (JSON).
    Rendering,
    /// The answer to the question for the site's addresses, as crawlers write it.
    Dns,
}

impl ResourceRole {
    /// Whether the same bytes are one record in a WARC file, named by all captures that they belong to.
    pub(super) fn is_shared(self) -> bool {
        matches!(self, Self::Certificate | Self::Dns)
    }

    /// Its name in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Screenshot => "screenshot",
            Self::Dom => "dom",
            Self::VisibleText => "visible_text",
            Self::Rendering => "rendering",
            Self::Dns => "dns",
        }
    }
}

/// Something that belongs to a capture, to be written as a WARC `resource` record (ISO 28500:2017 §6.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// What it is.
    pub role: ResourceRole,
    /// `WARC-Target-URI`.
    pub uri: String,
    /// `Content-Type`.
    pub content_type: String,
    /// When it was obtained.
    pub date: Timestamp,
    /// The bytes.
    pub block: Vec<u8>,
    /// Their digest, taken when the resource was made.
    pub digest: Digest,
}

impl Resource {
    /// A certificate as the server sent it: `urn:x509:sha256:` and its digest.
    pub fn certificate(der: Vec<u8>, date: Timestamp) -> Self {
        let uri = format!("urn:x509:{}", Digest::of(&der));
        Self::new(
            ResourceRole::Certificate,
            &uri,
            "application/pkix-cert",
            date,
            der,
        )
    }

    /// A picture of the page at `url`.
    pub fn screenshot(url: &str, png: Vec<u8>, date: Timestamp) -> Self {
        let uri = format!("urn:screenshot:{url}");
        Self::new(ResourceRole::Screenshot, &uri, "image/png", date, png)
    }

    /// The document at `url` after its scripts ran.
    pub fn dom(url: &str, html: String, date: Timestamp) -> Self {
        let uri = format!("urn:dom:{url}");
        let kind = "text/html; charset=utf-8";
        Self::new(ResourceRole::Dom, &uri, kind, date, html.into_bytes())
    }

    /// The text that the page at `url` showed.
    pub fn visible_text(url: &str, text: String, date: Timestamp) -> Self {
        let uri = format!("urn:text:{url}");
        let kind = "text/plain; charset=utf-8";
        Self::new(
            ResourceRole::VisibleText,
            &uri,
            kind,
            date,
            text.into_bytes(),
        )
    }

    /// How a browser showed the page at `url`.
    pub fn rendering(url: &str, json: Vec<u8>, date: Timestamp) -> Self {
        let uri = format!("urn:rendering:{url}");
        Self::new(
            ResourceRole::Rendering,
            &uri,
            "application/json",
            date,
            json,
        )
    }

    /// The answer to a question for the addresses of `host`: the time in 14 digits on a line of its own, then
    /// the records in the form of zone files, as other crawlers write it (RFC 4027, RFC 4501).
    pub fn dns(host: &str, answer: String, date: Timestamp) -> Self {
        let uri = format!("dns:{host}");
        Self::new(
            ResourceRole::Dns,
            &uri,
            "text/dns",
            date,
            answer.into_bytes(),
        )
    }

    fn new(
        role: ResourceRole,
        uri: &str,
        content_type: &str,
        date: Timestamp,
        block: Vec<u8>,
    ) -> Self {
        Self {
            role,
            uri: uri.to_owned(),
            content_type: content_type.to_owned(),
            date,
            digest: Digest::of(&block),
            block,
        }
    }
}

/// What the manifest keeps of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceRecord {
    /// What it is.
    pub role: ResourceRole,
    /// `WARC-Target-URI`.
    pub uri: String,
    /// `Content-Type`.
    pub content_type: String,
    /// When it was obtained.
    pub date: Timestamp,
    /// Size.
    pub bytes: u64,
    /// Digest of its bytes.
    pub digest: Digest,
    /// `WARC-Record-ID` of the record that holds it. Captures of the same WARC file that had the same
    /// certificate name the same record, which was written with the first of them.
    pub record: String,
    /// Where that record is; absent in the copy of the manifest in the metadata record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warc: Option<WarcPosition>,
}

impl ResourceRecord {
    /// For a resource in the record of this name.
    pub(super) fn of(resource: &Resource, record: String) -> Self {
        Self {
            role: resource.role,
            uri: resource.uri.clone(),
            content_type: resource.content_type.clone(),
            date: resource.date,
            bytes: resource.block.len() as u64,
            digest: resource.digest,
            record,
            warc: None,
        }
    }
}

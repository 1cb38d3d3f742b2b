//! `indexes/index.cdxj`: where in the bundle's WARC file which URL is (CDXJ 0.1.0, Webrecorder).

use super::bundle::Piece;
use super::surt::surt;
use super::warc::place_of;
use crate::capture::{Manifest, WarcPosition};
use crate::digest::Digest;
use crate::store::StoreError;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

const FILE_NAME: &str = "data.warc.gz";

/// What a line says of a record, in the order in which other indexers write it.
#[derive(Serialize)]
struct Entry<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    mime: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// `WARC-Payload-Digest` as it stands in the record.
    digest: String,
    length: String,
    offset: String,
    filename: &'static str,
    /// SHA-256 over the record's gzip member.
    #[serde(rename = "recordDigest")]
    record_digest: Digest,
}

/// Digest of a stretch of a file of the store, given by file, offset and length.
pub(super) type DigestOf<'a> = &'a dyn Fn(&str, u64, u64) -> Result<Digest, StoreError>;

/// The index of these captures: responses, revisits and resources, sorted.
pub(super) fn index(
    digest_of: DigestOf<'_>,
    captures: &[&Manifest],
    pieces: &[Piece],
) -> Result<Vec<u8>, StoreError> {
    let indexer = Indexer { digest_of, pieces };
    let mut lines = BTreeSet::new();
    for manifest in captures {
        if let Some(position) = &manifest.warc {
            let mime = match manifest.revisit_of {
                Some(_) => "warc/revisit",
                None => media_type(manifest.content_type.as_deref().unwrap_or_default()),
            };
            lines.insert(indexer.line(
                manifest.url.as_str(),
                manifest.requested_at,
                mime,
                Some(manifest.status),
                &manifest.payload_digest,
                position,
            )?);
        }
        for resource in &manifest.resources {
            let Some(position) = &resource.warc else {
                continue;
            };
            lines.insert(indexer.line(
                &resource.uri,
                resource.date,
                media_type(&resource.content_type),
                None,
                &resource.digest,
                position,
            )?);
        }
    }
    Ok(lines.into_iter().collect::<String>().into_bytes())
}

struct Indexer<'a> {
    digest_of: DigestOf<'a>,
    pieces: &'a [Piece],
}

impl Indexer<'_> {
    fn line(
        &self,
        url: &str,
        time: Timestamp,
        mime: &str,
        status: Option<u16>,
        payload: &Digest,
        position: &WarcPosition,
    ) -> Result<String, StoreError> {
        let WarcPosition {
            file,
            offset,
            length,
            ..
        } = position;
        let entry = Entry {
            url,
            mime,
            status: status.map(|status| status.to_string()),
            digest: payload.warc(),
            length: length.to_string(),
            offset: place_of(self.pieces, file, *offset)?.to_string(),
            filename: FILE_NAME,
            record_digest: (self.digest_of)(file, *offset, *length)?,
        };
        let json = serde_json::to_string(&entry).map_err(|error| StoreError::Damaged {
            place: format!("captures/{file} at {offset}"),
            reason: error.to_string(),
        })?;
        let time = time.strftime("%Y%m%d%H%M%S");
        Ok(format!("{} {time} {json}\n", surt(url)))
    }
}

/// Without parameters.
fn media_type(content_type: &str) -> &str {
    let end = content_type.find([';', ' ', '\t', ',']);
    &content_type[..end.unwrap_or(content_type.len())]
}

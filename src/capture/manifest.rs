//! What is kept of a capture outside its WARC record.

use super::{ResourceRecord, RevisitOf};
use crate::digest::Digest;
use crate::fetch::{NameLookup, RobotsDecision, TlsFacts, Truncation};
use crate::id::{CaptureId, RunId};
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of a capture. Written to the journal and never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Which capture.
    pub id: CaptureId,
    /// The run that made it.
    pub run: RunId,
    /// The site (host as given in the list) for which it was made.
    pub site: String,
    /// What was asked for.
    pub url: SuspectUrl,
    /// The page that linked here or the hop before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<SuspectUrl>,
    /// Which step of a redirect chain this is; 0 for the URL that was followed.
    pub hop: u8,
    /// What sent the crawler here, for a step of a redirect chain: `http`, `meta`, `script` or `frame`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Where this answer's `Location` header sends its visitors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<(String, SuspectUrl)>,
    /// When the request was sent.
    pub requested_at: Timestamp,
    /// Until the last byte, milliseconds.
    pub duration_ms: u64,
    /// HTTP status.
    pub status: u16,
    /// What was spoken: `HTTP/1.1` or `HTTP/2`; `None` if it did not come from the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_version: Option<String>,
    /// `Content-Type` as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// `Content-Encoding` as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    /// Bytes of the body as received.
    pub body_bytes: u64,
    /// Set if the body was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncation>,
    /// Digest of the whole HTTP response block (head and body), whatever its WARC record holds: the record of
    /// a revisit holds the head alone, and its own `WARC-Block-Digest` is that of the head.
    pub block_digest: Digest,
    /// Digest of the body as received.
    pub payload_digest: Digest,
    /// Digest of the request head as it stands in the WARC record; `None` if nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_digest: Option<Digest>,
    /// How exact the request head is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_head: Option<HeadForm>,
    /// How exact the response head is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_head: Option<HeadForm>,
    /// Digest of the response head as it was read from the connection, where [`Manifest::response_head`]
    /// is [`HeadForm::AsSent`]: in the WARC record one header line may be renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_digest: Option<Digest>,
    /// When the connection over which it came was made; earlier than the request if it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_at: Option<Timestamp>,
    /// Our end of the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_addr: Option<String>,
    /// The address that was connected to (the proxy's, where one is used).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_addr: Option<String>,
    /// The proxy that was used, without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// How the host name was resolved for the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<NameLookup>,
    /// Facts of the TLS session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsFacts>,
    /// As whom the site was visited.
    pub profile: String,
    /// What robots.txt said and whether it bound the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robots: Option<RobotsDecision>,
    /// What came of the same request just before, where it was repeated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts_before: Vec<EarlierAttempt>,
    /// Where its WARC record is; set when it has been written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warc: Option<WarcPosition>,
    /// The earlier capture whose body is byte for byte the body of this one, which was not written again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revisit_of: Option<RevisitOf>,
    /// What belongs to the answer beside it (certificates, names, screenshots …), and where it is written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceRecord>,
}

/// How exact a head in a WARC record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadForm {
    /// Byte for byte as it passed over the connection. One exception, because the transfer coding has been
    /// removed from the body: in a response head `Transfer-Encoding` stands under the same name with
    /// `X-Archive-Orig-` before it.
    AsSent,
    /// Put together from what the HTTP library told: HTTP/2, or a head that is not made of plain lines.
    Rebuilt,
}

/// A request that had to be repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierAttempt {
    /// When it had failed.
    pub ended_at: Timestamp,
    /// What came of it: a status code, or the kind of failure ([`crate::fetch::Outcome::label`]).
    pub label: String,
    /// The failure in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Manifest {
    /// Every stretch of a WARC file that holds something of this capture.
    pub fn positions(&self) -> impl Iterator<Item = &WarcPosition> {
        let resources = self.resources.iter().filter_map(|r| r.warc.as_ref());
        self.warc.iter().chain(resources)
    }
}

/// Where a record is: the response (or revisit) record of a capture, or a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarcPosition {
    /// File name within the store's `captures` directory.
    pub file: String,
    /// Offset of its gzip member.
    pub offset: u64,
    /// Length of its gzip member.
    pub length: u64,
    /// Length of all members that were written for the capture in one go, from `offset` on: response, request,
    /// metadata, and those of its resources that it shares with no other capture. Absent for a resource, for
    /// captures of older versions, and in the copy of the manifest in the metadata record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
    /// Digest of the bytes as they stand in the file, compressed: of all `members`, or of the one member of a
    /// resource. Absent where it could not be known: as `members`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

impl WarcPosition {
    /// Length of what was written in one go.
    pub fn span(&self) -> u64 {
        self.members.unwrap_or(self.length)
    }

    /// Offset after what was written in one go.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(self.span())
    }
}

//! Content that was deleted, and what stays of it.

use crate::capture::Stretch;
use crate::digest::Digest;
use crate::id::{CaptureId, RunId, TombstoneId};
use crate::review::Reviewer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Content of a site was deleted. The tombstone stands in the signed log and keeps the digests, so that what
/// was deleted can be recognised if it turns up again, and so that nothing else can be passed off as deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Which tombstone.
    pub id: TombstoneId,
    /// The site (host as given in the list).
    pub site: String,
    /// Who deleted it, or on whose behalf the policy ran.
    pub by: Reviewer,
    /// When.
    pub at: Timestamp,
    /// The rule of the retention policy, such as `clear_days = 30`; `None` for a deletion by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// Captures whose WARC records were overwritten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captures: Vec<DeletedCapture>,
    /// Lines of the journal whose record was blanked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<RedactedRecord>,
}

/// A capture whose content is gone. Its manifest stays in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedCapture {
    /// Which capture.
    pub id: CaptureId,
    /// Digest of the HTTP response block.
    pub block_digest: Digest,
    /// Digest of the body as received.
    pub payload_digest: Digest,
    /// Which bytes were overwritten: all records of the capture that belong to no other.
    pub places: Vec<Stretch>,
}

/// A line of the journal whose record is gone. Its digest, which is its leaf of the log, stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactedRecord {
    /// Number of the line, from 1.
    pub seq: u64,
    /// Kind of the record.
    pub kind: String,
    /// Digest of the line.
    pub digest: Digest,
    /// Where the line begins in the journal, bytes.
    pub offset: u64,
    /// SHA-256 of the line (without its line break) as it stands after the deletion.
    pub blank: Digest,
    /// The run, if the record was a visit: that the site was visited in it is not forgotten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
}

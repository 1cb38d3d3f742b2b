//! A list as it went out.

use crate::digest::Digest;
use crate::review::Reviewer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The list went out with these entries, in whatever format. Recorded when they differ from the issue before;
/// what they were follows from the records up to `log_size`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListIssue {
    /// Its number: `YYYYMMDDnn` of its day (RFC 1912 §2.2), always above the one before.
    pub serial: u64,
    /// When.
    pub at: Timestamp,
    /// Who issued it.
    pub by: Reviewer,
    /// How many records the journal had.
    pub log_size: u64,
    /// How many entries.
    pub entries: u64,
    /// Digest over the entries in canonical form.
    pub digest: Digest,
    /// Why it was issued although it had grown by more than is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth_accepted: Option<String>,
}

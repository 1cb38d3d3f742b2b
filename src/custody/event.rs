//! Who had evidence in hands, and what for.

use crate::digest::Digest;
use crate::id::{CaptureId, CustodyId, FlagId};
use crate::review::Reviewer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What somebody did with evidence. None of it changes the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustodyAct {
    /// Opened the bytes that a site sent.
    View,
    /// Made a bundle of it for somebody.
    Export,
    /// Handed a copy of a bundle on.
    Copy,
    /// Copied the whole store to a backup.
    Backup,
}

impl CustodyAct {
    /// Its word in lists and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Export => "export",
            Self::Copy => "copy",
            Self::Backup => "backup",
        }
    }
}

impl fmt::Display for CustodyAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One entry of the custody sheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustodyEvent {
    /// Which entry.
    pub id: CustodyId,
    /// What was done.
    pub act: CustodyAct,
    /// By whom.
    pub by: Reviewer,
    /// When.
    pub at: Timestamp,
    /// The flag whose evidence it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<FlagId>,
    /// The captures, where single ones were opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captures: Vec<CaptureId>,
    /// Who received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// Digest of what was handed out (the bundle).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Size of the log of which the bundle was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_size: Option<u64>,
    /// What for, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Version of the program.
    pub program: String,
}

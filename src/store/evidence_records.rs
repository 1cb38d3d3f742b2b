//! Records that the store keeps of its own evidence: closed WARC files, archived rulesets, keys and
//! signatures of the log.

use crate::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A WARC file was closed: from here on not one byte of it changes, but by a tombstone, after which a new
/// record of this kind supersedes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarcFile {
    /// File name within the store's `captures` directory.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Digest of the whole file.
    pub digest: Digest,
    /// WARC records in it.
    pub records: u64,
}

/// The rule files of a ruleset were archived, so that every finding can be derived again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedRuleset {
    /// Version, as visits and flags name it.
    pub version: String,
    /// Size of the archive `rulesets/<version>.json`.
    pub bytes: u64,
    /// Its digest.
    pub digest: Digest,
}

/// The log is signed with this key from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogKey {
    /// The verifier's form of the key (C2SP signed-note): `name+hash+base64`.
    pub verifier: String,
    /// The verifier's form of the key before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Why it was replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A time stamp token was received for a checkpoint (RFC 3161).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogTimestamp {
    /// Records covered: size of the checkpoint's tree.
    pub size: u64,
    /// Digest of the token, `log/timestamps/<size>.tsr`.
    pub token: Digest,
    /// The time that the authority states.
    pub time: Timestamp,
    /// The authority, as its certificate names it.
    pub authority: String,
}

/// Another unit cosigned a checkpoint (C2SP tlog-cosignature).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCosignature {
    /// Records covered: size of the checkpoint's tree.
    pub size: u64,
    /// The witness's key in the verifier's form.
    pub verifier: String,
    /// The line of the signed note.
    pub signature: String,
    /// When the witness signed.
    pub time: Timestamp,
}

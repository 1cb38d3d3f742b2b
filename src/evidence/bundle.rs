//! What a bundle says about itself, in `tazy/bundle.json` and `tazy/proofs.jsonl`.

use crate::digest::Digest;
use crate::id::{CaptureId, FlagId};
use crate::merkle::{ConsistencyProof, InclusionProof};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The format that this version writes, and the newest that it reads.
pub const BUNDLE_FORMAT: u32 = 1;

/// `tazy/bundle.json`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Format of the bundle.
    pub format: u32,
    /// The flag that it is about.
    pub flag: FlagId,
    /// The site (host as given in the list).
    pub site: String,
    /// Name of the log, as its checkpoint has it.
    pub origin: String,
    /// Size of the log up to which everything is in it.
    pub size: u64,
    /// When the last record of the log up to that size was written. A bundle does not say when it was exported,
    /// so that it can be made again; the custody sheet of the store does.
    pub made_at: Timestamp,
    /// Version of the program that made the bundle.
    pub program: String,
    /// Stretches of the store's WARC files, in the order in which they stand in the bundle's.
    pub pieces: Vec<Piece>,
    /// What concerns the flag and is not in the bundle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// A stretch of a WARC file of the store, copied byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// File name in the store; manifests name their records by it.
    pub file: String,
    /// Where it begins in that file.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
    /// Where it begins in the bundle's file.
    pub at: u64,
}

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What: `visit`, `run`, `capture`, `ruleset`.
    pub what: String,
    /// How many.
    pub count: u64,
    /// Which, where that can be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub which: Option<String>,
    /// Why.
    pub why: String,
}

/// A line of `tazy/proofs.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ProofLine {
    /// That a line of `tazy/records.jsonl` is in the log.
    Record {
        /// Number of the line in the journal, from 1.
        seq: u64,
        /// Its proof; the index counts from 0.
        #[serde(flatten)]
        proof: InclusionProof,
    },
    /// That the log has grown from an earlier checkpoint.
    Growth(ConsistencyProof),
}

/// `datapackage-digest.json`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataPackageDigest {
    /// Always `datapackage.json`.
    pub path: String,
    /// Digest of it.
    pub hash: Digest,
    /// Signed note over [`Bundle::note_text`].
    pub note: String,
}

impl Bundle {
    /// What the log's key signs: a text that cannot be taken for a checkpoint.
    pub fn note_text(&self, data_package: &Digest) -> String {
        format!(
            "tazy bundle {}\n{}\n{}\n{}\n{data_package}\n",
            self.format, self.origin, self.flag, self.size
        )
    }

    /// Where a stretch that begins at `offset` of a file of the store begins in the bundle's file.
    pub fn locate(&self, file: &str, offset: u64) -> Option<u64> {
        locate(&self.pieces, file, offset)
    }
}

/// Where a stretch of a file of the store begins in the bundle's file.
pub(super) fn locate(pieces: &[Piece], file: &str, offset: u64) -> Option<u64> {
    let piece = pieces.iter().find(|piece| {
        piece.file == file && (piece.offset..piece.offset + piece.length).contains(&offset)
    })?;
    Some(piece.at + (offset - piece.offset))
}

impl LeftOut {
    pub(super) fn of(what: &str, count: u64, why: &str) -> Self {
        Self {
            what: what.to_owned(),
            count,
            which: None,
            why: why.to_owned(),
        }
    }

    pub(super) fn capture(id: &CaptureId, why: String) -> Self {
        Self {
            which: Some(id.to_string()),
            why,
            ..Self::of("capture", 1, "")
        }
    }
}

//! Lines of the journal: how they are composed, verified and read.

use super::StoreError;
use crate::digest::Digest;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// `,"digest":"sha256:` 64 digits `"}`: the end of every line, of fixed length.
const DIGEST_KEY: &[u8] = b",\"digest\":\"";
const DIGEST_LENGTH: usize = 71;
const ENDING_LENGTH: usize = DIGEST_KEY.len() + DIGEST_LENGTH + 2;

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// [`super::Run`].
    Run,
    /// [`super::RunFinished`].
    RunFinished,
    /// [`crate::capture::Manifest`].
    Manifest,
    /// [`crate::flag::Visit`].
    Visit,
    /// [`crate::flag::Flag`].
    Flag,
    /// [`super::Repair`].
    Repair,
    /// [`crate::review::Decision`].
    Decision,
    /// [`super::WarcFile`].
    WarcFile,
    /// [`super::ArchivedRuleset`].
    Ruleset,
    /// [`super::LogKey`].
    LogKey,
    /// [`super::LogTimestamp`].
    LogTimestamp,
    /// [`super::LogCosignature`].
    LogCosignature,
    /// [`crate::custody::CustodyEvent`].
    Custody,
    /// [`crate::custody::Tombstone`].
    Tombstone,
    /// [`crate::custody::Hold`].
    Hold,
    /// [`crate::block::BlockRequest`].
    BlockRequest,
    /// [`crate::block::BlockStep`].
    BlockStep,
    /// [`crate::verify::Verification`].
    Verification,
    /// [`crate::block::list::ListIssue`].
    ListIssue,
    /// [`crate::figures::FrozenReport`].
    FrozenReport,
}

impl Kind {
    const ALL: [Self; 20] = [
        Self::Run,
        Self::RunFinished,
        Self::Manifest,
        Self::Visit,
        Self::Flag,
        Self::Repair,
        Self::Decision,
        Self::WarcFile,
        Self::Ruleset,
        Self::LogKey,
        Self::LogTimestamp,
        Self::LogCosignature,
        Self::Custody,
        Self::Tombstone,
        Self::Hold,
        Self::BlockRequest,
        Self::BlockStep,
        Self::Verification,
        Self::ListIssue,
        Self::FrozenReport,
    ];

    /// How many kinds this program knows: more than the one that last wrote the index, and it may lack some.
    pub(super) const COUNT: usize = Self::ALL.len();

    /// Its name in the journal.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::RunFinished => "run_finished",
            Self::Manifest => "manifest",
            Self::Visit => "visit",
            Self::Flag => "flag",
            Self::Repair => "repair",
            Self::Decision => "decision",
            Self::WarcFile => "warc_file",
            Self::Ruleset => "ruleset",
            Self::LogKey => "log_key",
            Self::LogTimestamp => "timestamp",
            Self::LogCosignature => "cosignature",
            Self::Custody => "custody",
            Self::Tombstone => "tombstone",
            Self::Hold => "hold",
            Self::BlockRequest => "block_request",
            Self::BlockStep => "block_step",
            Self::Verification => "verification",
            Self::ListIssue => "list_issue",
            Self::FrozenReport => "frozen_report",
        }
    }

    /// The version of the record that this program writes, and the newest that it reads.
    #[expect(clippy::unused_self, reason = "kinds change one at a time")]
    pub(super) fn version(self) -> u32 {
        1
    }

    /// The kind of this name; `None` for kinds that a later version added.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What stands before the record in a line.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Header {
    /// Number of the record, from 1.
    pub(super) seq: u64,
    /// Name of its kind.
    pub(super) kind: String,
    /// Version of its form.
    pub(super) version: u32,
    /// Digest of the line before.
    pub(super) previous: Digest,
}

/// A record to be journaled.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) kind: Kind,
    json: Vec<u8>,
}

impl Draft {
    /// Takes a record. One that could not be read back (a number that is none) is refused here, before
    /// anything is acknowledged.
    pub(super) fn of<T: Serialize + DeserializeOwned>(
        kind: Kind,
        record: &T,
    ) -> Result<Self, StoreError> {
        let refused = |error: serde_json::Error| StoreError::Damaged {
            place: format!("a new record of kind {}", kind.as_str()),
            reason: format!("it could not be read back, so it is not written: {error}"),
        };
        let json = serde_json::to_vec(record).map_err(refused)?;
        serde_json::from_slice::<T>(&json).map_err(refused)?;
        Ok(Self { kind, json })
    }

    /// The line of this record, with its line break, and its digest.
    pub(super) fn line(&self, seq: u64, time: Timestamp, previous: &Digest) -> (Vec<u8>, Digest) {
        let mut line = format!(
            "{{\"seq\":{seq},\"time\":\"{time}\",\"kind\":\"{}\",\"version\":{},\"record\":",
            self.kind.as_str(),
            self.kind.version()
        )
        .into_bytes();
        line.extend_from_slice(&self.json);
        line.extend_from_slice(format!(",\"previous\":\"{previous}\"").as_bytes());
        let digest = line_digest(previous, &line);
        line.extend_from_slice(DIGEST_KEY);
        line.extend_from_slice(format!("{digest}\"}}\n").as_bytes());
        (line, digest)
    }
}

/// `body` is the line up to `,"digest"`.
fn line_digest(previous: &Digest, body: &[u8]) -> Digest {
    Digest::of_parts(&[previous.as_bytes(), body, b"}"])
}

/// The kind of a line whose record was deleted.
pub(super) const REDACTED: &str = "redacted";
const PREVIOUS_KEY: &[u8] = b",\"previous\":\"";

/// What stays of a line whose record is deleted: its beginning and its end, where they were.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// Up to `"kind":"`.
    head: &'a [u8],
    /// From `,"previous"` on.
    tail: &'a [u8],
    /// Number of the record.
    pub(super) seq: u64,
    /// Digest of the line before.
    pub(super) previous: Digest,
    /// Digest of the line as it was.
    pub(super) digest: Digest,
}

impl<'a> Frame<'a> {
    /// The frame of a line, whatever stands within it; `None` if this is no line.
    pub(super) fn of(line: &'a [u8]) -> Option<Self> {
        const KIND_KEY: &[u8] = b",\"kind\":\"";
        let digest_at = |bytes: &[u8]| -> Option<Digest> {
            let text = bytes.get(..DIGEST_LENGTH)?;
            std::str::from_utf8(text).ok()?.parse().ok()
        };
        let ending = PREVIOUS_KEY.len() + DIGEST_LENGTH + 1 + ENDING_LENGTH;
        let (body, tail) = line.split_at_checked(line.len().checked_sub(ending)?)?;
        let rest = tail.strip_prefix(PREVIOUS_KEY)?;
        let previous = digest_at(rest)?;
        let rest = rest.get(DIGEST_LENGTH..)?.strip_prefix(b"\"")?;
        let digest = digest_at(rest.strip_prefix(DIGEST_KEY)?)?;
        if !tail.ends_with(b"\"}") {
            return None;
        }
        let head = &body[..memchr::memmem::find(body, KIND_KEY)? + KIND_KEY.len()];
        let number = head.strip_prefix(b"{\"seq\":")?;
        let number = number.get(..memchr::memchr(b',', number)?)?;
        Some(Self {
            head,
            tail,
            seq: std::str::from_utf8(number).ok()?.parse().ok()?,
            previous,
            digest,
        })
    }

    /// The line without its record, which was of `kind`: as long as before, filled up with spaces. `None` if
    /// there is too little room.
    pub(super) fn blank(&self, length: usize, tombstone: &str, kind: &str) -> Option<Vec<u8>> {
        let mut line = self.head.to_vec();
        let note = format!(
            "{REDACTED}\",\"version\":1,\"record\":{{\"tombstone\":\"{tombstone}\",\"kind\":\"{kind}\"}}"
        );
        line.extend_from_slice(note.as_bytes());
        let spaces = length.checked_sub(line.len() + self.tail.len())?;
        line.resize(line.len() + spaces, b' ');
        line.extend_from_slice(self.tail);
        Some(line)
    }
}

/// Reads a line (without its line break) and verifies its own digest.
pub(super) fn read_line(line: &[u8]) -> Result<(Header, Digest), &'static str> {
    let end = line.len().checked_sub(ENDING_LENGTH);
    let (body, ending) = end
        .and_then(|end| line.split_at_checked(end))
        .ok_or("the line is too short")?;
    let digest = ending
        .strip_prefix(DIGEST_KEY)
        .and_then(|rest| rest.strip_suffix(b"\"}"))
        .and_then(|text| std::str::from_utf8(text).ok())
        .and_then(|text| text.parse::<Digest>().ok())
        .ok_or("the line does not end with its digest")?;
    let header: Header =
        serde_json::from_slice(line).map_err(|_| "the line is not a record in JSON")?;
    if line_digest(&header.previous, body) != digest {
        return Err("the line does not have the digest that it says");
    }
    Ok((header, digest))
}

/// The record in a line.
pub(super) fn record_of<T: DeserializeOwned>(line: &[u8]) -> Result<T, serde_json::Error> {
    #[derive(Deserialize)]
    struct Line<T> {
        record: T,
    }
    serde_json::from_slice::<Line<T>>(line).map(|line| line.record)
}

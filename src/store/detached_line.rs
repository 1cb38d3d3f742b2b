//! A line of the journal outside of its store, as bundles carry it.

use super::record::{read_line, record_of};
use crate::digest::Digest;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A line of the journal whose own digest is right. Whether it is in a log is not known by that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetachedLine {
    /// Number of the record, from 1.
    pub seq: u64,
    /// When it was written.
    pub time: Timestamp,
    /// Name of its kind.
    pub kind: String,
    /// Version of its form.
    pub version: u32,
    /// Digest of the line before.
    pub previous: Digest,
    /// Digest of the line; its 32 bytes are its leaf in the log.
    pub digest: Digest,
    text: Vec<u8>,
}

impl DetachedLine {
    /// Reads a line without its line break.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(line: &[u8]) -> Result<Self, &'static str> {
        #[derive(Deserialize)]
        struct Time {
            time: Timestamp,
        }
        let (header, digest) = read_line(line)?;
        let Time { time } = serde_json::from_slice(line).map_err(|_| "the line has no time")?;
        Ok(Self {
            seq: header.seq,
            time,
            kind: header.kind,
            version: header.version,
            previous: header.previous,
            digest,
            text: line.to_vec(),
        })
    }

    /// The record in it.
    ///
    /// # Errors
    /// When it is no record of this type.
    pub fn record<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        record_of(&self.text)
    }

    /// The line as it stands in the journal, without its line break.
    pub fn text(&self) -> &[u8] {
        &self.text
    }
}

//! The journal line by line and WARC files byte by byte, as they stand: what bundles are made of.

use super::index::key;
use super::journal::{Entry, Head, JournalScan, Place};
use super::record::record_of;
use super::{Store, StoreError};
use crate::capture::{
    Manifest, Resource, ResourceRecord, WarcPosition, open_stretch, read_resource, warcinfo_length,
    written_span,
};
use crate::digest::Digest;
use crate::id::CaptureId;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io::Read;

/// A line of the journal, verified.
#[derive(Debug, Clone)]
pub struct JournalLine {
    /// Number of the line, from 1.
    pub seq: u64,
    /// Kind of its record; `redacted` if it was deleted.
    pub kind: String,
    /// Its digest: a leaf of the log is made of it.
    pub digest: Digest,
    /// The line without its line break.
    pub bytes: Vec<u8>,
    place: Place,
}

/// Where a line is.
#[derive(Debug, Clone, Copy)]
pub struct LinePlace(Place);

impl LinePlace {
    /// Number of the line, from 1.
    pub fn seq(&self) -> u64 {
        self.0.seq
    }
}

impl JournalLine {
    fn of(entry: Entry) -> Self {
        Self {
            seq: entry.place.seq,
            kind: entry.header.kind,
            digest: entry.place.digest,
            bytes: entry.line,
            place: entry.place,
        }
    }

    /// Where it is.
    pub fn place(&self) -> LinePlace {
        LinePlace(self.place)
    }

    /// Its record, or a part of it.
    pub fn record<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        record_of(&self.bytes).map_err(|error| self.damaged(&error))
    }

    /// When it was written.
    pub fn time(&self) -> Result<Timestamp, StoreError> {
        #[derive(Deserialize)]
        struct Line {
            time: Timestamp,
        }
        let line: Result<Line, _> = serde_json::from_slice(&self.bytes);
        Ok(line.map_err(|error| self.damaged(&error))?.time)
    }

    fn damaged(&self, error: &serde_json::Error) -> StoreError {
        StoreError::Damaged {
            place: format!("journal.jsonl, record {}", self.seq),
            reason: format!("not a record of kind {}: {error}", self.kind),
        }
    }
}

impl Store {
    /// How many lines the journal has: the size of the log.
    pub fn log_size(&self) -> u64 {
        self.head().seq
    }

    /// Calls `take` with the first `size` lines, each verified.
    pub fn each_line_until<E: From<StoreError>>(
        &self,
        size: u64,
        mut take: impl FnMut(JournalLine) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut scan = JournalScan::new(&self.layout.journal, Head::start())?;
        while scan.head.seq < size {
            match scan.next_entry()? {
                Some(entry) => take(JournalLine::of(entry))?,
                None => return Err(self.missing_lines(&scan, size).into()),
            }
        }
        Ok(())
    }

    fn missing_lines(&self, scan: &JournalScan, size: u64) -> StoreError {
        scan.damage().unwrap_or_else(|| StoreError::Damaged {
            place: self.layout.journal.display().to_string(),
            reason: format!("it has {} records, not {size}", scan.head.seq),
        })
    }

    /// One line, verified.
    pub fn line_at(&self, place: LinePlace) -> Result<JournalLine, StoreError> {
        let (header, line) = self.records.line(&place.0)?;
        Ok(JournalLine::of(Entry {
            header,
            place: place.0,
            line,
        }))
    }

    /// The line of a capture's manifest.
    pub fn manifest_line(&self, id: &CaptureId) -> Result<JournalLine, StoreError> {
        let place = self.index.place(&key('m', &[id.as_str()]))?;
        let place = place.ok_or_else(|| StoreError::Unknown {
            kind: "capture",
            id: id.to_string(),
        })?;
        self.line_at(LinePlace(place))
    }

    /// Bytes of a WARC file as they stand there.
    pub fn warc_stretch(
        &self,
        file: &str,
        offset: u64,
        length: u64,
    ) -> Result<impl Read + use<>, StoreError> {
        Ok(open_stretch(&self.layout.captures, file, offset, length)?)
    }

    /// Length of the first record of a WARC file, which says who wrote the file.
    pub fn warcinfo_length(&self, file: &str) -> Result<u64, StoreError> {
        Ok(warcinfo_length(&self.layout.captures, file)?)
    }

    /// Length of everything that was written for a capture in one go.
    pub fn written_span(
        &self,
        manifest: &Manifest,
        position: &WarcPosition,
    ) -> Result<u64, StoreError> {
        Ok(written_span(&self.layout.captures, manifest, position)?)
    }

    /// A resource of a capture, its digest verified.
    pub fn resource(&self, kept: &ResourceRecord) -> Result<Resource, StoreError> {
        Ok(read_resource(&self.layout.captures, kept)?)
    }
}

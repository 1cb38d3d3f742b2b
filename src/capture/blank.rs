//! Overwriting the records of a capture in place, so that nothing of them remains and everything else keeps its
//! place.

use super::members::capture_record_id;
use super::record::record_id;
use super::walk::{Member, each_member};
use super::{Manifest, WarcError};
use crate::digest::Digest;
use crate::id::{CaptureId, TombstoneId};
use flate2::Crc;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A gzip member (RFC 1952) without name and comment: 10 bytes before the data, 8 after it.
const FRAME: usize = 18;
/// RFC 1951 §3.2.4: a stored block has 5 bytes before up to 65535 bytes.
const BLOCK_HEAD: usize = 5;
const MAX_BLOCK: usize = 65535;
const END: &str = "\r\n\r\n";

/// What stands in place of a capture's records: a `metadata` record (ISO 28500) that names the tombstone.
#[derive(Debug, Clone, Copy)]
pub struct Blank<'a> {
    /// The tombstone that deleted it.
    pub tombstone: &'a TombstoneId,
    /// When.
    pub at: Timestamp,
    /// Which capture it was.
    pub capture: &'a CaptureId,
    /// Digest of its HTTP response block.
    pub block_digest: &'a Digest,
    /// Digest of its body as received.
    pub payload_digest: &'a Digest,
    /// Which bytes it replaces.
    pub place: &'a Stretch,
}

/// Bytes of a WARC file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// File name within the store's `captures` directory.
    pub file: String,
    /// Where they begin.
    pub offset: u64,
    /// How many.
    pub length: u64,
}

impl Stretch {
    fn damaged(&self, reason: &str) -> WarcError {
        WarcError::Damaged {
            path: self.file.clone(),
            offset: self.offset,
            reason: reason.to_owned(),
        }
    }

    /// The path of the file, which may be finished or still be written, and may be renamed between two looks.
    fn path(&self, directory: &Path) -> Result<PathBuf, WarcError> {
        let name = Path::new(&self.file);
        if name.file_name() != Some(name.as_os_str()) {
            return Err(self.damaged("this is not a file name"));
        }
        let closed = directory.join(name);
        let open = directory.join(format!("{}.open", self.file));
        Ok(match (closed.exists(), open.exists()) {
            (false, true) => open,
            _ => closed,
        })
    }
}

/// Where the records of a capture are that belong to no other: its answer, and request and metadata right after
/// it, which say so (`WARC-Concurrent-To`).
///
/// # Errors
/// If the file cannot be read or the first record is not that of the capture.
pub fn stretches_of(directory: &Path, manifest: &Manifest) -> Result<Vec<Stretch>, WarcError> {
    let Some(first) = &manifest.warc else {
        return Ok(Vec::new());
    };
    if first.members.is_some() {
        return Ok(own_stretches(manifest));
    }
    // Older versions did not say how far it goes.
    let mut stretch = Stretch {
        file: first.file.clone(),
        offset: first.offset,
        length: 0,
    };
    let names = ["response", "revisit"].map(|kind| capture_record_id(kind, manifest));
    let path = stretch.path(directory)?;
    each_member(&path, first.offset, &mut |member: &Member| {
        let (link, kinds) = if member.offset == first.offset {
            ("WARC-Record-ID", ["response", "revisit"])
        } else {
            ("WARC-Concurrent-To", ["request", "metadata"])
        };
        let is_kind = member
            .field("WARC-Type")
            .is_some_and(|kind| kinds.contains(&kind));
        let linked = member.field(link);
        let belongs = is_kind && names.iter().any(|name| Some(name.as_str()) == linked);
        if belongs {
            stretch.length = member.offset + member.length - first.offset;
        }
        belongs
    })?;
    if stretch.length < first.length {
        return Err(stretch.damaged("this is not the record of the capture"));
    }
    Ok(vec![stretch])
}

/// What was written for a capture in one go, and what followed later; never what other captures share.
fn own_stretches(manifest: &Manifest) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let resources = manifest.resources.iter().filter(|it| !it.role.is_shared());
    let later = resources.filter_map(|resource| resource.warc.as_ref());
    for position in manifest.warc.iter().chain(later) {
        let within = stretches.iter().any(|known| {
            known.file == position.file
                && known.offset <= position.offset
                && position.end() <= known.offset + known.length
        });
        if !within {
            stretches.push(Stretch {
                file: position.file.clone(),
                offset: position.offset,
                length: position.span(),
            });
        }
    }
    stretches
}

impl Blank<'_> {
    /// The bytes that take the place: one gzip member of exactly the same length. The same every time.
    ///
    /// # Errors
    /// If the place is too short, which those of whole captures never are.
    pub fn member(&self) -> Result<Vec<u8>, WarcError> {
        let too_short = || {
            let reason = "there is too little room for the note that this was deleted";
            self.place.damaged(reason)
        };
        let length = usize::try_from(self.place.length).map_err(|_| too_short())?;
        let within = length.checked_sub(FRAME).ok_or_else(too_short)?;
        let blocks = within.div_ceil(MAX_BLOCK + BLOCK_HEAD).max(1);
        let record = within.checked_sub(blocks * BLOCK_HEAD);
        let record = record.and_then(|bytes| self.record(bytes));
        let record = record.ok_or_else(too_short)?;
        Ok(stored_member(&record, blocks))
    }

    /// The WARC record in exactly `length` bytes: its JSON is filled up with spaces. Where there is little room,
    /// it names the tombstone alone.
    fn record(&self, length: usize) -> Option<Vec<u8>> {
        let long = serde_json::json!({
            "block_digest": self.block_digest,
            "capture": self.capture,
            "deleted": self.at,
            "payload_digest": self.payload_digest,
            "tombstone": self.tombstone,
        });
        let short = serde_json::json!({ "tombstone": self.tombstone });
        let refers = self.refers_to();
        self.filled(length, &refers, &long.to_string())
            .or_else(|| self.filled(length, "", &short.to_string()))
    }

    fn filled(&self, length: usize, refers: &str, json: &str) -> Option<Vec<u8>> {
        // The length of the block is written before it, and so has a part in it. Where no number of digits
        // fits, a second space before the number does.
        for (space, digits) in [" ", "  "]
            .into_iter()
            .flat_map(|space| (1..=10).map(move |digits| (space, digits)))
        {
            let head = self.head(refers, &Digest::of(b""), space);
            let Some(block) = length.checked_sub(head.len() + digits + 2 * END.len()) else {
                continue;
            };
            if block < json.len() || block.to_string().len() != digits {
                continue;
            }
            let filled = format!("{json}{}", " ".repeat(block - json.len()));
            let head = self.head(refers, &Digest::of(filled.as_bytes()), space);
            return Some(format!("{head}{block}{END}{filled}{END}").into_bytes());
        }
        None
    }

    /// Which record stood here.
    fn refers_to(&self) -> String {
        let capture = self.capture.as_str().as_bytes();
        let deleted = record_id("response", &[capture, self.block_digest.as_bytes()]);
        format!("WARC-Refers-To: {deleted}\r\n")
    }

    /// Up to the number of bytes.
    fn head(&self, refers: &str, block: &Digest, space: &str) -> String {
        let place = self.place.offset.to_be_bytes();
        let parts = [self.tombstone.as_str(), "\0", self.place.file.as_str()].map(str::as_bytes);
        let own = record_id("tombstone", &[&parts[..], &[&place]].concat());
        format!(
            "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: {own}\r\nWARC-Date: {}\r\n{refers}WARC-Block-Digest: {}\r\nContent-Type: application/json\r\nContent-Length:{space}",
            self.at,
            block.warc()
        )
    }

    /// Whether the place holds these bytes already.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn is_written(&self, directory: &Path) -> Result<bool, WarcError> {
        let path = self.place.path(directory)?;
        let mut found = Vec::new();
        let mut file = File::open(&path).map_err(WarcError::at(&path))?;
        file.seek(SeekFrom::Start(self.place.offset))
            .and_then(|_| file.take(self.place.length).read_to_end(&mut found))
            .map_err(WarcError::at(&path))?;
        Ok(found == self.member()?)
    }

    /// Overwrites the place; returns the file, which the caller makes durable. Doing it again changes nothing.
    ///
    /// # Errors
    /// If the file is not there, is too short, or cannot be written.
    pub fn write(&self, directory: &Path) -> Result<PathBuf, WarcError> {
        let member = self.member()?;
        let path = self.place.path(directory)?;
        let at = WarcError::at(&path);
        let mut file = File::options().write(true).open(&path).map_err(&at)?;
        let end = self.place.offset.saturating_add(self.place.length);
        if file.metadata().map_err(&at)?.len() < end {
            let reason = "the file ends before what is to be deleted does";
            return Err(self.place.damaged(reason));
        }
        file.seek(SeekFrom::Start(self.place.offset))
            .and_then(|_| file.write_all(&member))
            .map_err(&at)?;
        Ok(path.clone())
    }
}

/// `bytes` as a gzip member of `blocks` stored blocks, the last of them perhaps empty.
fn stored_member(bytes: &[u8], blocks: usize) -> Vec<u8> {
    let mut member = Vec::with_capacity(bytes.len() + blocks * BLOCK_HEAD + FRAME);
    // Deflate, no flags, no time, unknown system.
    member.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    let mut rest = bytes;
    for block in 1..=blocks {
        let (piece, after) = rest.split_at(rest.len().min(MAX_BLOCK));
        // Never more than MAX_BLOCK.
        let length = u16::try_from(piece.len()).unwrap_or(u16::MAX);
        member.push(u8::from(block == blocks));
        member.extend_from_slice(&length.to_le_bytes());
        member.extend_from_slice(&(!length).to_le_bytes());
        member.extend_from_slice(piece);
        rest = after;
    }
    let mut crc = Crc::new();
    crc.update(bytes);
    member.extend_from_slice(&crc.sum().to_le_bytes());
    member.extend_from_slice(&crc.amount().to_le_bytes());
    member
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::bufread::MultiGzDecoder;

    fn blank_of(length: u64) -> Result<Vec<u8>, WarcError> {
        let place = Stretch {
            file: "a.warc.gz".to_owned(),
            offset: 0,
            length,
        };
        Blank {
            tombstone: &TombstoneId::from_written("t-000000000000"),
            at: "2026-03-01T10:00:00.123456789Z".parse().unwrap(),
            capture: &CaptureId::from_written("c-000000000000"),
            block_digest: &Digest::of(b"block"),
            payload_digest: &Digest::of(b"payload"),
            place: &place,
        }
        .member()
    }

    #[test]
    fn a_blank_has_every_length_from_the_shortest_on_and_is_a_whole_record() {
        let shortest = (0..2000).find(|&length| blank_of(length).is_ok()).unwrap();
        assert!(shortest < 400, "{shortest}");
        let around = |length: u64| length - 20..length + 20;
        let lengths = (shortest..shortest + 1200)
            .chain(around(10_500))
            .chain(around(65_535))
            .chain(around(65_535 + 23))
            .chain(around(2 * 65_540 + 18))
            .chain(around(100_500))
            .chain([1_000_500, 1_000_501, 5_000_000]);
        for length in lengths {
            let member = blank_of(length).unwrap();
            assert_eq!(member.len() as u64, length);
            let mut unpacked = Vec::new();
            MultiGzDecoder::new(member.as_slice())
                .read_to_end(&mut unpacked)
                .unwrap();
            let record = super::super::record::ReadRecord::parse(unpacked).unwrap();
            assert_eq!(record.field("WARC-Type"), Some("metadata"));
            let json: serde_json::Value = serde_json::from_slice(&record.block).unwrap();
            assert_eq!(json["tombstone"], "t-000000000000");
        }
    }
}

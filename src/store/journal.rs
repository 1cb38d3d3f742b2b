//! The journal: append-only, hash-chained, many records with one fsync.

use super::StoreError;
use super::layout::Layout;
use super::record::{Draft, Frame, Header, REDACTED, read_line, record_of};
use super::redact::Redactions;
use crate::capture::{AppendFile, sync_directory};
use crate::digest::Digest;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How far the journal goes, and the digest that vouches for all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Bytes.
    pub(super) offset: u64,
    /// Number of the last record; 0 for none.
    pub(super) seq: u64,
    /// Digest of the last line, of the empty string for none.
    pub(super) digest: Digest,
}

impl Head {
    /// Before the first record.
    pub(super) fn start() -> Self {
        Self {
            offset: 0,
            seq: 0,
            digest: Digest::of(b""),
        }
    }
}

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) seq: u64,
    pub(super) offset: u64,
    /// Bytes of the line without its line break.
    pub(super) length: u64,
    pub(super) digest: Digest,
}

/// A record with where it is.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) header: Header,
    pub(super) place: Place,
    /// Without its line break.
    pub(super) line: Vec<u8>,
}

/// The first line that is not what it should be.
#[derive(Debug)]
pub(super) struct BadLine {
    reason: &'static str,
    /// Nothing follows it: it may be what a killed process had not finished.
    is_last: bool,
}

/// Reads the journal line by line and verifies the chain.
pub(super) struct JournalScan {
    file: BufReader<File>,
    path: PathBuf,
    /// Up to here everything is as it should be.
    pub(super) head: Head,
    /// Set when the scan had to stop before the end.
    pub(super) bad: Option<BadLine>,
    /// What later tombstones say of lines; read when the first line needs it.
    redactions: Option<Redactions>,
    /// Takes lines whose blanking was interrupted.
    lenient: bool,
}

impl JournalScan {
    /// Continues after `from`.
    pub(super) fn new(path: &Path, from: Head) -> Result<Self, StoreError> {
        let at = StoreError::at(path);
        let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(&at)?);
        file.seek(SeekFrom::Start(from.offset)).map_err(&at)?;
        Ok(Self {
            file,
            path: path.to_owned(),
            head: from,
            bad: None,
            redactions: None,
            lenient: false,
        })
    }

    /// Also takes lines that a killed process had only begun to blank.
    pub(super) fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// The next record; `None` at the end and at a bad line.
    pub(super) fn next_entry(&mut self) -> Result<Option<Entry>, StoreError> {
        let mut line = Vec::new();
        let read = self.file.read_until(b'\n', &mut line);
        let length = read.map_err(StoreError::at(&self.path))? as u64;
        if length == 0 || self.bad.is_some() {
            return Ok(None);
        }
        let verified = match self.verify(&mut line) {
            Err(reason) => self.redacted(&line)?.ok_or(reason),
            verified => verified,
        };
        match verified {
            Ok((header, digest)) => {
                let place = Place {
                    seq: header.seq,
                    offset: self.head.offset,
                    length: length - 1,
                    digest,
                };
                self.head = Head {
                    offset: self.head.offset + length,
                    seq: header.seq,
                    digest,
                };
                Ok(Some(Entry {
                    header,
                    place,
                    line,
                }))
            }
            Err(reason) => {
                let rest = self.file.fill_buf().map_err(StoreError::at(&self.path))?;
                let is_last = rest.is_empty();
                self.bad = Some(BadLine { reason, is_last });
                Ok(None)
            }
        }
    }

    fn verify(&self, line: &mut Vec<u8>) -> Result<(Header, Digest), &'static str> {
        if line.pop() != Some(b'\n') {
            return Err("the line is not finished");
        }
        let (header, digest) = read_line(line)?;
        if header.previous != self.head.digest {
            return Err("the line does not follow the one before");
        }
        if header.seq != self.head.seq + 1 {
            return Err("the line has the wrong number");
        }
        Ok((header, digest))
    }

    /// A line whose record was deleted, if a tombstone later in the journal vouches for what is left of it.
    fn redacted(&mut self, line: &[u8]) -> Result<Option<(Header, Digest)>, StoreError> {
        let Some(frame) = Frame::of(line) else {
            return Ok(None);
        };
        if frame.previous != self.head.digest || frame.seq != self.head.seq + 1 {
            return Ok(None);
        }
        let redactions = match self.redactions.take() {
            Some(redactions) => redactions,
            None => Redactions::after(&self.path, self.head.offset)?,
        };
        let allowed = redactions.allow(&frame, line, self.lenient);
        self.redactions = Some(redactions);
        let header = Header {
            seq: frame.seq,
            kind: REDACTED.to_owned(),
            version: 1,
            previous: frame.previous,
        };
        Ok(allowed.then_some((header, frame.digest)))
    }

    /// Whether the only bad line is the last, as an unfinished commit leaves it.
    pub(super) fn ends_unfinished(&self) -> bool {
        self.bad.as_ref().is_some_and(|bad| bad.is_last)
    }

    /// The error for a bad line that is not merely unfinished.
    pub(super) fn damage(&self) -> Option<StoreError> {
        let bad = self.bad.as_ref()?;
        let seq = self.head.seq + 1;
        Some(StoreError::Damaged {
            place: format!("{}, record {seq} (line {seq})", self.path.display()),
            reason: format!(
                "{}; everything before it is good. Somebody or something changed the file: restore it from a backup",
                bad.reason
            ),
        })
    }
}

/// Whether the journal has a line that ends at `head` with its digest.
pub(super) fn reaches(path: &Path, head: &Head) -> Result<bool, StoreError> {
    if head.offset == 0 {
        return Ok(*head == Head::start());
    }
    let at = StoreError::at(path);
    let ending = format!("\"{}\"}}\n", head.digest);
    let Some(start) = head.offset.checked_sub(ending.len() as u64) else {
        return Ok(false);
    };
    let mut file = File::open(path).map_err(&at)?;
    file.seek(SeekFrom::Start(start)).map_err(&at)?;
    let mut found = Vec::with_capacity(ending.len());
    file.take(ending.len() as u64)
        .read_to_end(&mut found)
        .map_err(&at)?;
    Ok(found == ending.as_bytes())
}

/// The journal, open for writing.
#[derive(Debug)]
pub(super) struct Journal {
    file: AppendFile,
    /// The last record written.
    pub(super) head: Head,
}

impl Journal {
    /// Continues after what `scan` found good. A bad tail is moved aside and reported, if it may be what an
    /// unfinished commit left: that is, if nothing follows it, or if `acknowledged` (everything acknowledged
    /// is known to be before the scan's start). Otherwise the journal is damaged.
    pub(super) fn open(
        layout: &Layout,
        scan: &JournalScan,
        acknowledged: bool,
    ) -> Result<(Self, Option<String>), StoreError> {
        let head = scan.head;
        let mut repair = None;
        if let Some(damage) = scan.damage() {
            if !acknowledged && !scan.ends_unfinished() {
                return Err(damage);
            }
            let name = layout.free_name(&format!("journal.torn-{}", head.seq + 1));
            let bytes = move_tail(layout, head.offset, &name)?;
            repair = Some(format!(
                "journal.jsonl ended with {bytes} bytes of an unfinished commit after record {}; moved them to {name}",
                head.seq
            ));
        }
        let file = AppendFile::open(&layout.journal, head.offset);
        let file = file.map_err(StoreError::at(&layout.journal))?;
        Ok((Self { file, head }, repair))
    }

    /// Appends records and makes them durable with one fsync: all of them or none.
    pub(super) fn commit(
        &mut self,
        time: Timestamp,
        drafts: &[Draft],
    ) -> Result<Vec<Entry>, StoreError> {
        let mut head = self.head;
        let mut bytes = Vec::new();
        let mut lines = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let seq = head.seq + 1;
            let (line, digest) = draft.line(seq, time, &head.digest);
            bytes.extend_from_slice(&line);
            let place = Place {
                seq,
                offset: head.offset,
                length: line.len() as u64 - 1,
                digest,
            };
            head = Head {
                offset: head.offset + line.len() as u64,
                seq,
                digest,
            };
            lines.push((line, place));
        }
        self.write(&bytes)?;
        let previous = std::mem::replace(&mut self.head, head);
        Ok(entries_of(lines, drafts, previous.digest))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.file.path().to_owned();
        let start = self.file.length();
        self.file.append(bytes).map_err(StoreError::at(&path))?;
        self.file.sync().map_err(|error| {
            // Not acknowledged, so it must not be found later if that can be helped.
            let _ = self.file.take_back_to(start);
            StoreError::at(&path)(error)
        })
    }

    #[cfg(test)]
    pub(super) fn limit_to(&mut self, bytes: Option<u64>) {
        self.file.limit_to(bytes);
    }
}

fn entries_of(lines: Vec<(Vec<u8>, Place)>, drafts: &[Draft], mut previous: Digest) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(lines.len());
    for ((mut line, place), draft) in lines.into_iter().zip(drafts) {
        line.pop();
        let header = Header {
            seq: place.seq,
            kind: draft.kind.as_str().to_owned(),
            version: draft.kind.version(),
            previous: std::mem::replace(&mut previous, place.digest),
        };
        entries.push(Entry {
            header,
            place,
            line,
        });
    }
    entries
}

/// The tail is durable in its new place before it is cut off in the old one.
fn move_tail(layout: &Layout, from: u64, name: &str) -> Result<u64, StoreError> {
    let moved = || -> io::Result<u64> {
        let mut source = File::options()
            .read(true)
            .write(true)
            .open(&layout.journal)?;
        source.seek(SeekFrom::Start(from))?;
        let mut target = File::create_new(layout.root.join(name))?;
        let bytes = io::copy(&mut source, &mut target)?;
        target.sync_all()?;
        sync_directory(&layout.root)?;
        source.set_len(from)?;
        source.sync_all()?;
        Ok(bytes)
    };
    moved().map_err(StoreError::at(&layout.root.join(name)))
}

/// Reads single records of the journal.
#[derive(Debug)]
pub(super) struct JournalReader {
    path: PathBuf,
    file: Mutex<File>,
}

impl JournalReader {
    /// Reads from the journal at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(StoreError::at(path))?;
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(file),
        })
    }

    /// The line at `place`, its digest verified.
    pub(super) fn line(&self, place: &Place) -> Result<(Header, Vec<u8>), StoreError> {
        let line = self.bytes(place).map_err(StoreError::at(&self.path))?;
        match read_line(&line) {
            Ok((header, digest)) if digest == place.digest => Ok((header, line)),
            Ok(_) => Err(self.damage(place, "this is not the line that the index knows")),
            Err(reason) => Err(self.damage(place, reason)),
        }
    }

    /// The record at `place`.
    pub(super) fn record<T: DeserializeOwned>(&self, place: &Place) -> Result<T, StoreError> {
        let (_, line) = self.line(place)?;
        record_of(&line).map_err(|error| self.damage(place, &error.to_string()))
    }

    fn bytes(&self, place: &Place) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(place.offset))?;
        let mut line = Vec::new();
        (&*file).take(place.length).read_to_end(&mut line)?;
        Ok(line)
    }

    fn damage(&self, place: &Place, reason: &str) -> StoreError {
        let seq = place.seq;
        StoreError::Damaged {
            place: format!("{}, record {seq} (line {seq})", self.path.display()),
            reason: format!("{reason}; `tazy store check` lists everything that is wrong"),
        }
    }
}

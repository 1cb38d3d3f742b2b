//! Carrying out tombstones: captures and journal lines are overwritten where they stand.
//!
//! A tombstone is journaled first and says byte for byte what is to stand in the place of what it deletes. So it
//! can be carried out any number of times, by whoever has the files: after a kill, in a backup, in a restored copy.
//!
//! A blanked line keeps its length, number, time and both digests; its `kind` is `redacted` and its record
//! `{"tombstone":"t-…","kind":"visit"}`, filled up with spaces. The chain holds without its record because the next
//! line has the digest of the line as it was; and because only a tombstone that stands later in the chain makes
//! such a line good, nobody can blank one without leaving a record of it.

use super::index::key;
use super::journal::Entry;
use super::layout::Layout;
use super::open::locked;
use super::record::{Draft, Frame, Kind, read_line, record_of};
use super::stream::digest_of_file;
use super::{Store, StoreError, WarcFile};
use crate::capture::{Blank, WarcError, verify_warc_file};
use crate::custody::{RedactedRecord, Tombstone};
use crate::digest::Digest;
use crate::id::{CaptureId, FlagId};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Key of the index: up to which record tombstones are known to be carried out.
pub(super) const DELETIONS: &[u8] = b"deletions";
/// A line of another kind has its kind within this many bytes.
const LINE_START: usize = 160;

/// Which lines tombstones allow to be blank.
pub(super) struct Redactions(BTreeMap<u64, RedactedRecord>);

impl Redactions {
    /// Reads the tombstones that stand in the journal after `offset` (the start of a line).
    pub(super) fn after(path: &Path, offset: u64) -> Result<Self, StoreError> {
        let at = StoreError::at(path);
        let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(&at)?);
        file.seek(SeekFrom::Start(offset)).map_err(&at)?;
        let mut allowed = BTreeMap::new();
        let mut line = Vec::new();
        loop {
            line.clear();
            if file.read_until(b'\n', &mut line).map_err(&at)? == 0 {
                return Ok(Self(allowed));
            }
            let is_whole = line.pop() == Some(b'\n');
            let start = &line[..line.len().min(LINE_START)];
            if !is_whole || memchr::memmem::find(start, b"\"kind\":\"tombstone\"").is_none() {
                continue;
            }
            let Ok((header, _)) = read_line(&line) else {
                continue;
            };
            let tombstone = record_of::<Tombstone>(&line).ok();
            for gone in tombstone.into_iter().flat_map(|it| it.records) {
                if gone.seq < header.seq {
                    allowed.insert(gone.seq, gone);
                }
            }
        }
    }

    /// Whether what is left of a line is what a tombstone leaves of it; with `lenient`, also what it leaves in
    /// the middle of its work.
    pub(super) fn allow(&self, frame: &Frame<'_>, line: &[u8], lenient: bool) -> bool {
        self.0.get(&frame.seq).is_some_and(|gone| {
            gone.digest == frame.digest && (lenient || gone.blank == Digest::of(line))
        })
    }
}

/// What a tombstone takes out of the index.
#[derive(Debug, Default)]
pub(super) struct Forgotten {
    /// These keys …
    pub(super) keys: Vec<Vec<u8>>,
    /// … as far as they lead to these records.
    pub(super) records: BTreeSet<u64>,
}

impl Forgotten {
    /// Of any record; of none but a tombstone there is anything.
    pub(super) fn by(entry: &Entry) -> Self {
        if entry.header.kind != Kind::Tombstone.as_str() {
            return Self::default();
        }
        // One that cannot be read has been refused by `rows_of`.
        let Ok(tombstone) = record_of::<Tombstone>(&entry.line) else {
            return Self::default();
        };
        let site = tombstone.site.as_str();
        let runs = tombstone.records.iter().filter_map(|it| it.run.as_ref());
        let mut keys: Vec<_> = runs.map(|run| key('v', &[run.as_str(), site])).collect();
        keys.push(key('l', &[site]));
        keys.push(key('f', &[FlagId::of_site(site).as_str()]));
        let records = tombstone.records.iter().map(|it| it.seq).collect();
        Self { keys, records }
    }
}

/// What takes the place of what a tombstone deletes.
fn blanks_of(tombstone: &Tombstone) -> impl Iterator<Item = Blank<'_>> {
    let places = tombstone.captures.iter();
    let places = places.flat_map(|gone| gone.places.iter().map(move |place| (gone, place)));
    places.map(|(gone, place)| Blank {
        tombstone: &tombstone.id,
        at: tombstone.at,
        capture: &gone.id,
        block_digest: &gone.block_digest,
        payload_digest: &gone.payload_digest,
        place,
    })
}

/// The WARC files in which a tombstone deletes something.
pub(super) fn files_of(tombstone: &Tombstone) -> impl Iterator<Item = String> {
    let places = tombstone.captures.iter().flat_map(|gone| &gone.places);
    places.map(|place| place.file.clone())
}

/// Overwrites what a tombstone deletes, as far as that is not done; durable when this returns. Says whether there
/// was anything to do. A file that is gone has nothing left to delete.
pub(super) fn carry_out(layout: &Layout, tombstone: &Tombstone) -> Result<bool, StoreError> {
    let mut written: BTreeSet<PathBuf> = BTreeSet::new();
    for blank in blanks_of(tombstone) {
        match blank.is_written(&layout.captures) {
            Ok(true) => {}
            Err(WarcError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            Ok(false) => {
                written.insert(blank.write(&layout.captures)?);
            }
            Err(error) => return Err(error.into()),
        }
    }
    for path in &written {
        File::open(path)
            .and_then(|file| file.sync_data())
            .map_err(StoreError::at(path))?;
    }
    let lines = blank_lines(&layout.journal, tombstone)?;
    Ok(lines || !written.is_empty())
}

fn blank_lines(path: &Path, tombstone: &Tombstone) -> Result<bool, StoreError> {
    let at = StoreError::at(path);
    let mut changed = false;
    let mut file = File::options()
        .read(true)
        .write(true)
        .open(path)
        .map_err(&at)?;
    for gone in &tombstone.records {
        let line = line_at(&file, gone.offset).map_err(&at)?;
        if Digest::of(&line) == gone.blank {
            continue;
        }
        let blank = Frame::of(&line)
            .filter(|frame| frame.seq == gone.seq && frame.digest == gone.digest)
            .and_then(|frame| frame.blank(line.len(), tombstone.id.as_str(), &gone.kind))
            .filter(|blank| Digest::of(blank) == gone.blank);
        let Some(blank) = blank else {
            return Err(StoreError::Damaged {
                place: format!("{}, record {}", path.display(), gone.seq),
                reason: format!(
                    "it is not the line that tombstone {} deletes; run `tazy store check`",
                    tombstone.id
                ),
            });
        };
        file.seek(SeekFrom::Start(gone.offset))
            .and_then(|_| file.write_all(&blank))
            .map_err(&at)?;
        changed = true;
    }
    if changed {
        file.sync_data().map_err(&at)?;
    }
    Ok(changed)
}

/// The line that begins at `offset`, without its line break.
fn line_at(mut file: &File, offset: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut line = Vec::new();
    BufReader::new(file).read_until(b'\n', &mut line)?;
    line.pop();
    Ok(line)
}

/// What a tombstone should have deleted and is still there, in words.
pub(super) fn left_over(layout: &Layout, tombstone: &Tombstone) -> Vec<String> {
    let mut left = Vec::new();
    for blank in blanks_of(tombstone) {
        let capture = blank.capture;
        match blank.is_written(&layout.captures) {
            Ok(true) => {}
            Ok(false) => left.push(format!(
                "capture {capture}: tombstone {} does not stand in its place (captures/{} at {})",
                tombstone.id, blank.place.file, blank.place.offset
            )),
            Err(error) => left.push(format!("capture {capture}: {error}")),
        }
    }
    let Ok(file) = File::open(&layout.journal) else {
        return left;
    };
    for gone in &tombstone.records {
        let line = line_at(&file, gone.offset).unwrap_or_default();
        if Digest::of(&line) != gone.blank {
            left.push(format!(
                "journal.jsonl, record {} (line {}): tombstone {} deleted it, and it is not blank",
                gone.seq, gone.seq, tombstone.id
            ));
        }
    }
    left
}

impl Store {
    /// The tombstones, the first made first.
    pub fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        self.records_at(&key('z', &[""]))
    }

    /// The tombstone that deleted a capture.
    pub fn tombstone_of(&self, capture: &CaptureId) -> Result<Option<Tombstone>, StoreError> {
        let deleted = self.index.place(&key('x', &[capture.as_str()]))?;
        let written = self.index.place(&key('m', &[capture.as_str()]))?;
        // The same answer of the same moment may be committed again.
        let last = written.map_or(0, |place| place.seq);
        self.read(deleted.filter(|place| place.seq > last))
    }

    /// Whether the capture whose manifest is the record `seq` was deleted since.
    pub(super) fn is_deleted_after(&self, capture: &str, seq: u64) -> Result<bool, StoreError> {
        let deleted = self.index.place(&key('x', &[capture]))?;
        Ok(deleted.is_some_and(|place| place.seq > seq))
    }

    /// Carries out the tombstones that a killed process left undone, and says so.
    pub(super) fn finish_deletions(&self) -> Result<Vec<String>, StoreError> {
        let known = self.index.get(DELETIONS)?;
        let known = known.and_then(|bytes| bytes.try_into().ok());
        let known = known.map_or(0, u64::from_be_bytes);
        let mut said = Vec::new();
        let (mut last, mut files) = (known, BTreeSet::new());
        for row in self.index.rows(&key('z', &[""])) {
            let row = row?;
            let place = self.index.place_in(&row.key, &row.value)?;
            if place.seq <= known {
                continue;
            }
            let tombstone: Tombstone = self.records.record(&place)?;
            match carry_out(&self.layout, &tombstone) {
                Ok(false) => {}
                Ok(true) => said.push(format!(
                    "tombstone {} was not carried out to its end; deleted what was left of {}",
                    tombstone.id, tombstone.site
                )),
                Err(error @ StoreError::Damaged { .. }) => said.push(format!(
                    "tombstone {} cannot be carried out: {error}",
                    tombstone.id
                )),
                Err(error) => return Err(error),
            }
            files.extend(files_of(&tombstone));
            last = place.seq;
        }
        if last > known {
            self.conclude_deletions(&files, last)?;
        }
        Ok(said)
    }

    /// Records anew what closed files are now, and that all tombstones up to a record are carried out.
    pub(super) fn conclude_deletions(
        &self,
        files: &BTreeSet<String>,
        last: u64,
    ) -> Result<(), StoreError> {
        let mut drafts = Vec::new();
        for file in files {
            let known: Option<WarcFile> = self.read(self.index.place(&key('a', &[file]))?)?;
            let path = self.layout.captures.join(file);
            let Some(known) = known.filter(|_| path.is_file()) else {
                continue;
            };
            let (bytes, digest) = digest_of_file(&path).map_err(StoreError::at(&path))?;
            if digest != known.digest {
                let record = WarcFile {
                    bytes,
                    digest,
                    records: verify_warc_file(&path)?,
                    ..known
                };
                drafts.push(Draft::of(Kind::WarcFile, &record)?);
            }
        }
        if !drafts.is_empty() {
            self.commit_to(&mut locked(&self.ledger), &drafts)?;
        }
        self.index.note(DELETIONS, &last.to_be_bytes())
    }
}

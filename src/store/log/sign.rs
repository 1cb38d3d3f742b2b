//! Journal → tiles → signed checkpoint.

use super::files::{LogFiles, damaged};
use super::key::SigningKeys;
use crate::digest::Digest;
use crate::merkle::{
    Checkpoint, CompactRange, Note, Signature, TILE_HEIGHT, TILE_WIDTH, Tile, leaf_hash,
    tiles_between,
};
use crate::store::journal::{Head, JournalScan};
use crate::store::layout::Layout;
use crate::store::{Store, StoreError};
use std::collections::BTreeMap;

/// What the log said at some size, with who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// Origin, number of records, root of their tree.
    pub checkpoint: Checkpoint,
    /// The note as it stands in its file.
    pub note: Note,
}

impl SignedCheckpoint {
    /// Reads a checkpoint's note. Its signatures are not verified.
    pub fn of_note(note: Note) -> Result<Self, crate::merkle::CheckpointError> {
        let checkpoint = note.text().parse()?;
        Ok(Self { checkpoint, note })
    }
}

impl Store {
    /// Signs everything that the journal has, and gives back the checkpoint over it; if nothing is new, the one
    /// that is there. The first time a key is made, and the log takes the name `origin`.
    pub fn checkpoint(&self, origin: Option<&str>) -> Result<SignedCheckpoint, StoreError> {
        let _one_at_a_time = self.log_lock();
        let keys = self.signing_keys(origin)?;
        let latest = self.latest_checkpoint()?;
        if let Some(latest) = &latest
            && latest.checkpoint.size() == self.head().seq
        {
            self.finish_rotation(&keys)?;
            self.publish(latest, self.head())?;
            return Ok(latest.clone());
        }
        let old_size = latest.map_or(0, |latest| latest.checkpoint.size());
        let (range, head) = self.grow_tree(old_size, self.head().seq)?;
        let files = LogFiles::of(&self.layout);
        let signed = sign(&keys, &range).map_err(|error| damaged(&files.latest(), error))?;
        let bytes = signed.note.to_string();
        Layout::write_whole(&files.checkpoint(head.seq), bytes.as_bytes())?;
        self.publish(&signed, head)?;
        self.finish_rotation(&keys)?;
        for tile in tiles_between(old_size, head.seq) {
            files.remove_narrower(tile)?;
        }
        Ok(signed)
    }

    /// Signs a text that is no checkpoint with the key of the log.
    pub fn sign_note(&self, text: &str) -> Result<Note, StoreError> {
        let _one_at_a_time = self.log_lock();
        let path = &self.layout.keys;
        if text.parse::<Checkpoint>().is_ok() {
            return Err(damaged(
                path,
                "checkpoints are signed over the journal only",
            ));
        }
        let keys = self.signing_keys(None)?;
        Note::sign(text, &keys.current).map_err(|error| damaged(path, error))
    }

    /// What says which checkpoint is the latest; a killed process may not have come so far.
    pub(super) fn publish(&self, signed: &SignedCheckpoint, head: Head) -> Result<(), StoreError> {
        let files = LogFiles::of(&self.layout);
        let bytes = signed.note.to_string().into_bytes();
        if LogFiles::read(&files.latest())?.as_ref() != Some(&bytes) {
            Layout::write_whole(&files.latest(), &bytes)?;
        }
        if files.read_position()? != Some(head) {
            files.write_position(head)?;
        }
        Ok(())
    }

    /// The latest checkpoint, if any was signed.
    pub fn latest_checkpoint(&self) -> Result<Option<SignedCheckpoint>, StoreError> {
        // Not `log/checkpoint`: that is written last.
        match LogFiles::of(&self.layout).sizes()?.last() {
            Some(size) => self.checkpoint_at(*size),
            None => Ok(None),
        }
    }

    /// The checkpoint over the first `size` records, if there is one.
    pub fn checkpoint_at(&self, size: u64) -> Result<Option<SignedCheckpoint>, StoreError> {
        let path = LogFiles::of(&self.layout).checkpoint(size);
        let Some(note) = LogFiles::read_note(&path)? else {
            return Ok(None);
        };
        let signed = SignedCheckpoint::of_note(note).map_err(|error| damaged(&path, error))?;
        if signed.checkpoint.size() == size {
            return Ok(Some(signed));
        }
        Err(damaged(&path, "it is the checkpoint of another size"))
    }

    /// The sizes for which there are checkpoints, ascending.
    pub fn checkpoint_sizes(&self) -> Result<Vec<u64>, StoreError> {
        LogFiles::of(&self.layout).sizes()
    }

    /// Makes the tiles of the latest checkpoint anew from the journal.
    pub(in crate::store) fn remake_log(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.log_lock();
        let Some(latest) = self.latest_checkpoint()? else {
            return Ok(());
        };
        let tiles = self.layout.log.join("tile");
        if tiles.exists() {
            std::fs::remove_dir_all(&tiles).map_err(StoreError::at(&tiles))?;
        }
        let (range, head) = self.grow_tree(0, latest.checkpoint.size())?;
        latest
            .checkpoint
            .check_log(head.seq, &range.root())
            .map_err(|error| damaged(&LogFiles::of(&self.layout).latest(), error))?;
        self.publish(&latest, head)
    }

    /// Writes the tiles that the journal's records after `old_size` up to `size` need.
    fn grow_tree(&self, old_size: u64, size: u64) -> Result<(CompactRange, Head), StoreError> {
        let files = LogFiles::of(&self.layout);
        let mut reader = files.reader(old_size, old_size);
        let mut range =
            CompactRange::read_through(old_size, |level, index| reader.node(level, index))?;
        let mut tiles = OpenTiles::new(files);
        tiles.take_up(old_size)?;
        let mut scan = JournalScan::new(&self.layout.journal, self.position_of(old_size)?)?;
        while scan.head.seq < size {
            let Some(entry) = scan.next_entry()? else {
                break;
            };
            let mut full = Ok(());
            range.append_visiting(
                leaf_hash(entry.place.digest.as_bytes()),
                |level, index, hash| {
                    if level % TILE_HEIGHT == 0 && full.is_ok() {
                        full = tiles.add(level / TILE_HEIGHT, index, *hash);
                    }
                },
            );
            full?;
        }
        if let Some(damage) = scan.damage() {
            return Err(damage);
        }
        tiles.finish()?;
        Ok((range, scan.head))
    }

    /// Where in the journal the first `size` records end.
    pub(super) fn position_of(&self, size: u64) -> Result<Head, StoreError> {
        let files = LogFiles::of(&self.layout);
        if let Some(head) = files.read_position()?.filter(|head| head.seq == size)
            && crate::store::journal::reaches(&self.layout.journal, &head)?
        {
            return Ok(head);
        }
        let mut scan = JournalScan::new(&self.layout.journal, Head::start())?;
        while scan.head.seq < size && scan.next_entry()?.is_some() {}
        match scan.damage() {
            Some(damage) => Err(damage),
            None if scan.head.seq == size => Ok(scan.head),
            None => Err(damaged(
                &files.latest(),
                format!(
                    "a checkpoint over {size} records was signed, the journal has {}: restore it from a backup",
                    scan.head.seq
                ),
            )),
        }
    }
}

fn sign(
    keys: &SigningKeys,
    range: &CompactRange,
) -> Result<SignedCheckpoint, Box<dyn std::error::Error>> {
    let checkpoint = Checkpoint::new(keys.current.name(), range.size(), range.root())?;
    let text = checkpoint.to_string();
    let mut note = Note::sign(&text, &keys.current)?;
    if let Some(predecessor) = &keys.predecessor {
        let other = Note::sign(&text, predecessor)?;
        for signature in other.signatures() {
            note.add(Signature::clone(signature))?;
        }
    }
    Ok(SignedCheckpoint { checkpoint, note })
}

/// The tiles on the right edge of the tree, while it grows: one a level.
struct OpenTiles<'a> {
    files: LogFiles<'a>,
    open: BTreeMap<u8, (u64, Vec<Digest>)>,
}

impl<'a> OpenTiles<'a> {
    fn new(files: LogFiles<'a>) -> Self {
        Self {
            files,
            open: BTreeMap::new(),
        }
    }

    /// Continues the partial tiles of a tree of `size` leaves.
    fn take_up(&mut self, size: u64) -> Result<(), StoreError> {
        let mut reader = self.files.reader(size, size);
        for level in 0.. {
            let shift = u32::from(level) * u32::from(TILE_HEIGHT);
            let hashes = size.checked_shr(shift).unwrap_or(0);
            if hashes == 0 {
                return Ok(());
            }
            let begin = hashes - hashes % TILE_WIDTH;
            let known: Result<Vec<Digest>, StoreError> = (begin..hashes)
                .map(|index| reader.node(level * TILE_HEIGHT, index))
                .collect();
            self.open.insert(level, (begin / TILE_WIDTH, known?));
        }
        Ok(())
    }

    fn add(&mut self, level: u8, index: u64, hash: Digest) -> Result<(), StoreError> {
        let place = index / TILE_WIDTH;
        let (at, hashes) = self.open.entry(level).or_default();
        if *at != place {
            (*at, *hashes) = (place, Vec::new());
        }
        hashes.push(hash);
        if hashes.len() as u64 == TILE_WIDTH {
            let full = std::mem::take(hashes);
            self.files
                .write_tile(Tile::new(level, place, TILE_WIDTH)?, &full)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), StoreError> {
        for (level, (place, hashes)) in self.open {
            if !hashes.is_empty() {
                let tile = Tile::new(level, place, hashes.len() as u64)?;
                self.files.write_tile(tile, &hashes)?;
            }
        }
        Ok(())
    }
}

//! Verifying the whole log: tiles, checkpoints, signatures, time stamps, and that nothing else lies there.

use super::files::{LogFiles, files_below};
use super::sign::SignedCheckpoint;
use crate::digest::Digest;
use crate::merkle::{CompactRange, TILE_HEIGHT, TILE_WIDTH, Tile, Verifier, leaf_hash, tiles_of};
use crate::store::journal::{Head, JournalScan};
use crate::store::{LogKey, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::Path;

/// What a check of the log found.
#[derive(Debug, Default)]
pub(in crate::store) struct LogReport {
    /// Checkpoints whose root and signature were verified.
    pub(in crate::store) checkpoints: u64,
    /// Tiles that were compared with the journal.
    pub(in crate::store) tiles: u64,
    /// What is wrong, in words.
    pub(in crate::store) problems: Vec<String>,
}

impl LogReport {
    fn note(&mut self, place: &Path, reason: impl Display) {
        self.problems.push(format!("{}: {reason}", place.display()));
    }
}

impl Store {
    /// Verifies the log against the journal, whose chain is verified on the way.
    pub(in crate::store) fn check_log(&self) -> Result<LogReport, StoreError> {
        let mut report = LogReport::default();
        let files = LogFiles::of(&self.layout);
        let sizes = files.sizes()?;
        let mut walk = Walk {
            store: self,
            keys: self.log_keys_with_place()?,
            range: CompactRange::new(),
            open: BTreeMap::new(),
            written: sizes.last().copied().unwrap_or(0),
        };
        let mut end = Head::start();
        let mut scan = JournalScan::new(&self.layout.journal, end)?;
        for size in sizes {
            while scan.head.seq < size {
                let Some(entry) = scan.next_entry()? else {
                    break;
                };
                walk.take(&entry.place.digest, &mut report)?;
            }
            if scan.head.seq < size {
                report.note(
                    &files.checkpoint(size),
                    format_args!("the journal has only {} good records", scan.head.seq),
                );
                break;
            }
            end = scan.head;
            walk.check_checkpoint(size, &mut report);
        }
        walk.check_partial_tiles(&mut report)?;
        walk.check_files(&end, &mut report)?;
        Ok(report)
    }
}

/// The tree while it is made anew.
struct Walk<'a> {
    store: &'a Store,
    keys: Vec<(u64, LogKey)>,
    range: CompactRange,
    /// The tile of each level that is being filled.
    open: BTreeMap<u8, (u64, Vec<Digest>)>,
    /// Size of the tree that the tiles are of.
    written: u64,
}

impl Walk<'_> {
    fn files(&self) -> LogFiles<'_> {
        LogFiles::of(&self.store.layout)
    }

    fn take(&mut self, digest: &Digest, report: &mut LogReport) -> Result<(), StoreError> {
        let mut full = Vec::new();
        let open = &mut self.open;
        self.range
            .append_visiting(leaf_hash(digest.as_bytes()), |level, index, hash| {
                if level % TILE_HEIGHT == 0 {
                    let level = level / TILE_HEIGHT;
                    let (place, hashes) = open.entry(level).or_default();
                    if hashes.is_empty() {
                        *place = index / TILE_WIDTH;
                    }
                    hashes.push(*hash);
                    if hashes.len() as u64 == TILE_WIDTH {
                        full.push((level, *place, std::mem::take(hashes)));
                    }
                }
            });
        for (level, place, hashes) in full {
            self.check_tile(Tile::new(level, place, TILE_WIDTH)?, &hashes, report)?;
        }
        Ok(())
    }

    fn check_partial_tiles(&self, report: &mut LogReport) -> Result<(), StoreError> {
        for (level, (place, hashes)) in &self.open {
            if !hashes.is_empty() && self.range.size() == self.written {
                let tile = Tile::new(*level, *place, hashes.len() as u64)?;
                self.check_tile(tile, hashes, report)?;
            }
        }
        Ok(())
    }

    fn check_tile(
        &self,
        tile: Tile,
        hashes: &[Digest],
        report: &mut LogReport,
    ) -> Result<(), StoreError> {
        let path = self.files().tile(tile);
        report.tiles += 1;
        let expected: Vec<u8> = hashes.iter().flat_map(Digest::as_bytes).copied().collect();
        match LogFiles::read(&path)? {
            Some(found) if found == expected => {}
            Some(_) => report.note(&path, "the tile is not that of the journal"),
            None => report.note(&path, "the tile is missing"),
        }
        Ok(())
    }

    fn check_checkpoint(&self, size: u64, report: &mut LogReport) {
        report.checkpoints += 1;
        let path = self.files().checkpoint(size);
        if let Err(reason) = self.verify_checkpoint(size, &path) {
            report.note(&path, reason);
        }
    }

    fn verify_checkpoint(&self, size: u64, path: &Path) -> Result<(), String> {
        let note = LogFiles::read_note(path).map_err(|error| error.to_string())?;
        let note = note.ok_or("the checkpoint is missing")?;
        let written = LogFiles::read(path).map_err(|error| error.to_string())?;
        if written.as_deref() != Some(note.to_string().as_bytes()) {
            return Err("it is not written as notes are".to_owned());
        }
        let signed = SignedCheckpoint::of_note(note).map_err(|error| error.to_string())?;
        let root = self.range.root();
        let checked = signed.checkpoint.check_log(size, &root);
        checked.map_err(|error| error.to_string())?;
        let key = self.key_at(size).ok_or("no key was recorded before it")?;
        if signed.checkpoint.origin() != key.name() {
            return Err("it is of another log".to_owned());
        }
        let mut trusted = vec![key];
        trusted.extend(self.witnesses(size)?);
        trusted.extend(self.predecessors(size));
        let verified = signed
            .note
            .verify(&trusted)
            .map_err(|error| error.to_string())?;
        if !verified
            .iter()
            .any(|found| found.key_id == trusted[0].key_id())
        {
            return Err("the log's own key did not sign it".to_owned());
        }
        if verified.len() != signed.note.signatures().len() {
            return Err("it carries signatures that nobody recorded".to_owned());
        }
        Ok(())
    }

    /// The key in force when the log had `size` records.
    fn key_at(&self, size: u64) -> Option<Verifier> {
        let before = self.keys.iter().rev().find(|(seq, _)| *seq <= size);
        before.and_then(|(_, key)| key.verifier.parse().ok())
    }

    /// Keys that were replaced by then; one of them signs the first checkpoint of its successor too.
    fn predecessors(&self, size: u64) -> Vec<Verifier> {
        let before = self.keys.iter().filter(|(seq, _)| *seq <= size);
        before
            .filter_map(|(_, key)| key.replaces.as_ref()?.parse().ok())
            .collect()
    }

    fn witnesses(&self, size: u64) -> Result<Vec<Verifier>, String> {
        let recorded = self
            .store
            .cosignatures(size)
            .map_err(|error| error.to_string())?;
        let keys = recorded
            .iter()
            .filter_map(|record| record.verifier.parse().ok());
        Ok(keys.collect())
    }

    /// The files beside tiles and checkpoints, and that there are no others.
    fn check_files(&self, end: &Head, report: &mut LogReport) -> Result<(), StoreError> {
        let files = self.files();
        if self.written > 0 {
            let latest = LogFiles::read(&files.latest())?;
            if latest != LogFiles::read(&files.checkpoint(self.written))? {
                report.note(&files.latest(), "it is not the latest checkpoint");
            }
            let position = serde_json::to_vec(end).ok();
            if LogFiles::read(&files.position())? != position {
                report.note(
                    &files.position(),
                    "it is not where the latest checkpoint ends",
                );
            }
            let public = self.store.layout.keys.join("log.pub");
            let key = self
                .keys
                .last()
                .map(|(_, key)| format!("{}\n", key.verifier).into_bytes());
            // Backups leave keys out; the log has the public ones anyway.
            if LogFiles::read(&public)?.is_some_and(|found| Some(found) != key) {
                report.note(&public, "it is not the key that the log records");
            }
        }
        let mut expected: BTreeSet<String> =
            ["checkpoint", "position.json"].map(str::to_owned).into();
        expected.extend(
            files
                .sizes()?
                .iter()
                .map(|size| format!("checkpoints/{size}")),
        );
        expected.extend(tiles_of(self.written).map(|tile| tile.to_string()));
        for record in self.store.timestamps()? {
            expected.insert(format!("timestamps/{}.tsr", record.size));
            if let Err(error) = self.store.timestamp_of(record.size) {
                report.problems.push(error.to_string());
            }
        }
        let log = &self.store.layout.log;
        for found in files_below(log)? {
            if !expected.contains(&found) {
                report.note(&log.join(found), "nothing says what this file is");
            }
        }
        Ok(())
    }
}

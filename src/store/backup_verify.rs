//! Verifying a backup by what was written to it.

use super::backup::{Backup, Plan, UpkeepStage, parsed, tombstone_in};
use super::backup_copy::wrong_files;
use super::journal::{Head, JournalScan};
use super::record::Kind;
use super::redact::left_over;
use super::{StoreError, WarcFile};
use crate::capture::{Manifest, read_capture};
use std::collections::{BTreeMap, BTreeSet};

impl Backup<'_> {
    /// Reads back the captures after `begun` and verifies their digests.
    pub(super) fn verify_new(&mut self, begun: Head, plan: &Plan) -> Result<bool, StoreError> {
        let gone = plan.tombstones.iter().flat_map(|it| &it.captures);
        let gone: BTreeSet<String> = gone.map(|gone| gone.id.to_string()).collect();
        let mut scan = JournalScan::new(&self.to.journal, begun)?;
        let total = self.state.head.seq - begun.seq;
        while let Some(entry) = scan.next_entry()? {
            self.report.verified_records += 1;
            (self.watch)(UpkeepStage::Verify, entry.place.seq - begun.seq, total);
            if entry.header.kind != Kind::Manifest.as_str() {
                continue;
            }
            let manifest: Manifest = parsed(&entry)?;
            if gone.contains(manifest.id.as_str()) {
                continue;
            }
            self.report.verified_captures += 1;
            if let Err(error) = read_capture(&self.to.captures, &manifest) {
                if self.is_deleted_meanwhile(&manifest)? {
                    return Ok(false);
                }
                self.problem(format!("capture {}: {error}", manifest.id));
            }
        }
        scan.damage().map_or(Ok(true), Err)
    }

    fn is_deleted_meanwhile(&self, manifest: &Manifest) -> Result<bool, StoreError> {
        let mut scan = JournalScan::new(&self.from.journal, self.state.head)?.lenient();
        while let Some(entry) = scan.next_entry()? {
            let tombstone = tombstone_in(&entry)?;
            let mut gone = tombstone.iter().flat_map(|it| &it.captures);
            if gone.any(|gone| gone.id == manifest.id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The whole backup: chain, deletions, captures, rulesets, closed WARC files.
    pub(super) fn verify_everything(&mut self) -> Result<(), StoreError> {
        let mut whole = Plan::default();
        let mut scan = JournalScan::new(&self.to.journal, Head::start())?;
        let mut files: BTreeMap<String, WarcFile> = BTreeMap::new();
        while let Some(entry) = scan.next_entry()? {
            if entry.header.kind == Kind::WarcFile.as_str() {
                let file: WarcFile = parsed(&entry)?;
                files.insert(file.file.clone(), file);
            }
            whole.note(&entry)?;
        }
        if let Some(damage) = scan.damage() {
            return Err(damage);
        }
        (self.report.verified_records, self.report.verified_captures) = (0, 0);
        self.report.problems.clear();
        for tombstone in &whole.tombstones {
            for problem in left_over(&self.to, tombstone) {
                self.problem(problem);
            }
        }
        self.verify_new(Head::start(), &whole)?;
        for problem in wrong_files(&self.to, &whole, files.values())? {
            self.problem(problem);
        }
        Ok(())
    }
}

//! The store's verbs.

use super::{Run, RunState, StoreError};
use crate::capture::{Capture, Manifest, WarcPosition};
use crate::clock::Clock;
use crate::flag::{Flag, Visit};
use crate::id::{CaptureId, FlagId, RunId};
use crate::rules::Category;
use crate::verdict::Band;
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;

/// Everything on disk.
#[derive(Debug)]
pub struct Store {}

/// What opening the store had to mend (shown to the user, kept in the journal).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What was found and what was done, in words.
    pub what: String,
}

/// Which flags to list. Empty fields select everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlagFilter {
    /// Any category score in review or urgent band is of this category.
    pub category: Option<Category>,
    /// At least this band.
    pub band: Option<Band>,
    /// The site's host, or a domain above it.
    pub host: Option<String>,
    /// Seen at or after.
    pub since: Option<Timestamp>,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreReport {
    /// Records of the journal that were verified.
    pub records: u64,
    /// Captures whose digests were verified.
    pub captures: u64,
    /// WARC files whose records were all unpacked.
    pub warc_files: u64,
    /// Entries of the index that were compared with the journal.
    pub index_entries: u64,
    /// What is wrong, in words; at most 1000.
    pub problems: Vec<String>,
    /// How many more problems there are.
    pub more_problems: u64,
}

impl StoreReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Store {
    /// Opens (or creates) the store in `directory` and mends what a killed process left behind.
    pub fn open(
        directory: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Vec<Repair>), StoreError> {
        let _ = (directory, clock);
        todo!()
    }

    /// Opens the store with an index made anew from the journal.
    pub fn rebuild(
        directory: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Vec<Repair>), StoreError> {
        let _ = (directory, clock);
        todo!()
    }

    /// Verifies everything.
    pub fn check(&self) -> Result<StoreReport, StoreError> {
        todo!()
    }

    /// Records that a run begins.
    pub fn begin_run(&self, run: &Run) -> Result<(), StoreError> {
        let _ = run;
        todo!()
    }

    /// Records that a run is complete: every site of its list is committed.
    pub fn finish_run(&self, run: &RunId) -> Result<(), StoreError> {
        let _ = run;
        todo!()
    }

    /// The latest run that was begun and not finished.
    pub fn unfinished_run(&self) -> Result<Option<RunState>, StoreError> {
        todo!()
    }

    /// Writes a capture to the WARC file. Durable with the next [`Store::commit_visit`].
    pub fn append_capture(&self, capture: &Capture) -> Result<WarcPosition, StoreError> {
        let _ = capture;
        todo!()
    }

    /// Commits a visit with its capture manifests and its flag. When this returns, nothing can lose them.
    pub fn commit_visit(
        &self,
        visit: &Visit,
        manifests: &[Manifest],
        flag: Option<&Flag>,
    ) -> Result<(), StoreError> {
        let _ = (visit, manifests, flag);
        todo!()
    }

    /// One flag.
    pub fn flag(&self, id: &FlagId) -> Result<Flag, StoreError> {
        let _ = id;
        todo!()
    }

    /// The flag of a site, if it has one.
    pub fn flag_of_site(&self, site: &str) -> Result<Option<Flag>, StoreError> {
        let _ = site;
        todo!()
    }

    /// Flags, the highest band and score first.
    pub fn flags(&self, filter: &FlagFilter) -> Result<Vec<Flag>, StoreError> {
        let _ = filter;
        todo!()
    }

    /// The latest visit of a site.
    pub fn latest_visit(&self, site: &str) -> Result<Option<Visit>, StoreError> {
        let _ = site;
        todo!()
    }

    /// What is kept of a capture.
    pub fn manifest(&self, id: &CaptureId) -> Result<Manifest, StoreError> {
        let _ = id;
        todo!()
    }

    /// A capture read back from its WARC record, digests verified.
    pub fn capture(&self, id: &CaptureId) -> Result<Capture, StoreError> {
        let _ = id;
        todo!()
    }
}

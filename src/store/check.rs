//! Verifying everything: the journal's chain, every capture, every entry of the index.

use super::index::Row;
use super::journal::{Entry, Head, JournalScan};
use super::redact::{DELETIONS, left_over};
use super::rows::rows_of;
use super::{Store, StoreError};
use std::fmt;

/// Problems that are named; more are only counted.
const MAX_PROBLEMS: usize = 1000;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreReport {
    /// Records of the journal that were verified.
    pub records: u64,
    /// Captures whose digests were verified.
    pub captures: u64,
    /// Captures that tombstones deleted, each looked at whether it is gone.
    pub deleted: u64,
    /// WARC files whose records were all unpacked.
    pub warc_files: u64,
    /// Entries of the index that were compared with the journal.
    pub index_entries: u64,
    /// Signed checkpoints of the log that were compared with the journal.
    pub checkpoints: u64,
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

    pub(super) fn note(&mut self, problem: impl fmt::Display) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem.to_string());
        } else {
            self.more_problems += 1;
        }
    }
}

impl Store {
    /// Verifies everything. What is wrong is reported; an error means that the check could not go on.
    pub fn check(&self) -> Result<StoreReport, StoreError> {
        let mut report = StoreReport::default();
        self.check_journal(&mut report)?;
        self.check_index(&mut report)?;
        self.check_format(&mut report)?;
        self.check_rulesets(&mut report)?;
        self.check_captures(&mut report)?;
        let log = self.check_log()?;
        report.checkpoints = log.checkpoints;
        for problem in log.problems {
            report.note(problem);
        }
        for tombstone in self.tombstones()? {
            for problem in left_over(&self.layout, &tombstone) {
                report.note(problem);
            }
        }
        Ok(report)
    }

    /// Verifies the whole chain of the journal and returns the number of its records.
    pub fn verify_journal(&self) -> Result<u64, StoreError> {
        let head = self.head();
        let mut scan = JournalScan::new(&self.layout.journal, Head::start())?;
        while scan.head.offset < head.offset && scan.next_entry()?.is_some() {}
        match scan.damage() {
            Some(damage) => Err(damage),
            None if scan.head != head => Err(self.cut_journal(&scan.head)),
            None => Ok(scan.head.seq),
        }
    }

    /// Every record must be in the index, as it is or superseded by a later one.
    fn check_journal(&self, report: &mut StoreReport) -> Result<(), StoreError> {
        let head = self.head();
        let mut scan = JournalScan::new(&self.layout.journal, Head::start())?;
        while scan.head.offset < head.offset {
            let Some(entry) = scan.next_entry()? else {
                break;
            };
            report.records += 1;
            match rows_of(&entry) {
                Err(error) => report.note(error),
                Ok(rows) => self.check_rows(&entry, &rows, report)?,
            }
        }
        match scan.damage() {
            Some(damage) => report.note(damage),
            None if scan.head.offset < head.offset => report.note(self.cut_journal(&scan.head)),
            None => {}
        }
        Ok(())
    }

    fn check_rows(
        &self,
        entry: &Entry,
        rows: &[Row],
        report: &mut StoreReport,
    ) -> Result<(), StoreError> {
        for row in rows {
            let found = self.index.get(&row.key)?;
            // Both places and offsets begin with a big-endian number that only rises.
            let rank = |value: &[u8]| value.get(..8).map(<[u8]>::to_vec);
            let expected = rank(&row.value);
            let missing = match &found {
                None => true,
                Some(found) if rank(found) == expected => *found != row.value,
                Some(found) => rank(found) < expected,
            };
            if missing {
                report.note(format_args!(
                    "the index lacks record {} of the journal ({}); run `tazy store rebuild`",
                    entry.place.seq, entry.header.kind
                ));
            }
        }
        Ok(())
    }

    /// Every entry of the index must be what its line of the journal says.
    fn check_index(&self, report: &mut StoreReport) -> Result<(), StoreError> {
        for row in self.index.rows(b"") {
            let row = row?;
            if row.key == b"checkpoint" || row.key == DELETIONS || row.key.starts_with(b"w\0") {
                continue;
            }
            report.index_entries += 1;
            if let Err(error) = self.check_entry(&row) {
                report.note(error);
            }
        }
        Ok(())
    }

    fn check_entry(&self, row: &Row) -> Result<(), StoreError> {
        let place = self.index.place_in(&row.key, &row.value)?;
        let (header, line) = self.records.line(&place)?;
        let entry = Entry {
            header,
            place,
            line,
        };
        if rows_of(&entry)?.contains(row) {
            return Ok(());
        }
        Err(StoreError::Damaged {
            place: format!("index, entry of record {}", place.seq),
            reason: "it is not what the journal says; run `tazy store rebuild`".to_owned(),
        })
    }

    fn cut_journal(&self, end: &Head) -> StoreError {
        StoreError::Damaged {
            place: self.layout.journal.display().to_string(),
            reason: format!(
                "it ends after record {} although more was written; restore it from a backup",
                end.seq
            ),
        }
    }
}

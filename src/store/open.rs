//! Opening the store and writing to it.

use super::index::{Checkpoint, Index, key};
use super::journal::{Head, Journal, JournalReader, JournalScan, reaches};
use super::layout::Layout;
use super::record::{Draft, Kind};
use super::sled_open::move_index_aside;
use super::{Run, RunFinished, StoreError, StoreOptions};
use crate::capture::{WarcWriter, close_left_open};
use crate::clock::Clock;
use crate::id::RunId;
use crate::review::{Decision, check_decision};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Records that are entered into the index together when it is made anew.
const REPLAY_BATCH: usize = 1000;

/// Everything on disk.
#[derive(Debug)]
pub struct Store {
    pub(super) layout: Layout,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) options: StoreOptions,
    pub(super) captures: Mutex<WarcWriter>,
    pub(super) ledger: Mutex<Ledger>,
    pub(super) records: JournalReader,
    pub(super) index: Index,
    /// Held while the log is signed.
    log: Mutex<()>,
    /// Dropped last: until then nobody else may open the store.
    _lock: File,
}

/// The journal and how far the index has followed it.
#[derive(Debug)]
pub(super) struct Ledger {
    journal: Journal,
    indexed: Head,
}

/// What opening the store had to mend (shown to the user, kept in the journal).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// What was found and what was done, in words.
    pub what: String,
}

impl Store {
    /// Opens (or creates) the store in `directory` and mends what a killed process left behind.
    pub fn open(
        directory: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Vec<Repair>), StoreError> {
        Self::open_with(directory, clock, StoreOptions::default())
    }

    /// As [`Store::open`], with how captures are to be written.
    pub fn open_with(
        directory: &Path,
        clock: Arc<dyn Clock>,
        options: StoreOptions,
    ) -> Result<(Self, Vec<Repair>), StoreError> {
        let (layout, lock) = Layout::claim(directory)?;
        Self::open_claimed(layout, lock, clock, options)
    }

    /// Opens the store with an index and tiles of the log made anew from the journal, which is verified whole before
    /// the old index is given up.
    pub fn rebuild(
        directory: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Vec<Repair>), StoreError> {
        let (layout, lock) = Layout::claim(directory)?;
        create_journal(&layout.journal)?;
        let mut scan = JournalScan::new(&layout.journal, Head::start())?.lenient();
        while scan.next_entry()?.is_some() {}
        if let Some(damage) = scan.damage().filter(|_| !scan.ends_unfinished()) {
            return Err(damage);
        }
        if layout.index.exists() {
            std::fs::remove_dir_all(&layout.index).map_err(StoreError::at(&layout.index))?;
        }
        let (store, repairs) = Self::open_claimed(layout, lock, clock, StoreOptions::default())?;
        store.remake_log()?;
        Ok((store, repairs))
    }

    fn open_claimed(
        layout: Layout,
        lock: File,
        clock: Arc<dyn Clock>,
        options: StoreOptions,
    ) -> Result<(Self, Vec<Repair>), StoreError> {
        create_journal(&layout.journal)?;
        let (index, journal, mut repairs) = match open_records(&layout) {
            Err(error) if error.is_of(&layout.index) => {
                // It opened, but its pages cannot be read.
                let aside = move_index_aside(&layout, &error.to_string())?;
                let (index, journal, mut repairs) = open_records(&layout)?;
                repairs.insert(0, aside);
                (index, journal, repairs)
            }
            opened => opened?,
        };
        repairs.extend(close_left_open(&layout.captures, &|file| {
            committed_end(&index, file)
        })?);
        let prefix = format!(
            "tazy-{}-{}",
            clock.now().strftime("%Y%m%dT%H%M%SZ"),
            std::process::id()
        );
        let store = Self {
            captures: Mutex::new(options.writer(&layout.captures, &prefix)),
            options,
            ledger: Mutex::new(Ledger {
                indexed: journal.head,
                journal,
            }),
            records: JournalReader::open(&layout.journal)?,
            index,
            log: Mutex::new(()),
            layout,
            clock,
            _lock: lock,
        };
        repairs.extend(store.finish_deletions()?);
        let repairs = repairs.into_iter().map(|what| Repair { what }).collect();
        let repairs = store.journal_repairs(repairs)?;
        store.record_unrecorded_files()?;
        store.mend_log()?;
        Ok((store, repairs))
    }

    /// A store on a full disk can still be read: then the repairs are only shown.
    fn journal_repairs(&self, mut repairs: Vec<Repair>) -> Result<Vec<Repair>, StoreError> {
        if repairs.is_empty() {
            return Ok(repairs);
        }
        let drafts: Result<Vec<_>, _> = repairs
            .iter()
            .map(|repair| Draft::of(Kind::Repair, repair))
            .collect();
        match self.commit(&drafts?) {
            Err(error @ StoreError::Full(_)) => repairs.push(Repair {
                what: format!("these repairs could not be noted in the journal: {error}"),
            }),
            result => result?,
        }
        Ok(repairs)
    }

    /// Records that a run begins.
    pub fn begin_run(&self, run: &Run) -> Result<(), StoreError> {
        self.commit(&[Draft::of(Kind::Run, run)?])
    }

    /// Records that a run is complete: every site of its list is committed.
    pub fn finish_run(&self, run: &RunId) -> Result<(), StoreError> {
        if self.index.place(&key('r', &[run.as_str()]))?.is_none() {
            return Err(StoreError::Unknown {
                kind: "run",
                id: run.to_string(),
            });
        }
        let finished = RunFinished { run: run.clone() };
        self.commit(&[Draft::of(Kind::RunFinished, &finished)?])
    }

    /// Records a decision. Under one lock: the flag and its current decision are read, everything that
    /// [`check_decision`] asks for is asked again, and only then is it written. When this returns, nothing
    /// can lose it.
    pub fn record_decision(&self, decision: &Decision) -> Result<(), StoreError> {
        let mut ledger = locked(&self.ledger);
        let flag = self.flag(&decision.flag)?;
        let current = self.current_decision(&flag.id)?;
        check_decision(decision, &flag, current.as_ref())?;
        self.commit_to(&mut ledger, &[Draft::of(Kind::Decision, decision)?])
    }

    /// Nobody else writes while it is held.
    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        locked(&self.ledger)
    }

    pub(super) fn commit(&self, drafts: &[Draft]) -> Result<(), StoreError> {
        self.commit_to(&mut locked(&self.ledger), drafts)
    }

    /// Journal with fsync, then index with flush; in this order for everything.
    pub(super) fn commit_to(
        &self,
        ledger: &mut Ledger,
        drafts: &[Draft],
    ) -> Result<(), StoreError> {
        if ledger.indexed != ledger.journal.head {
            // The last commit reached the journal and not the index (full disk). The next checkpoint would
            // claim that it had.
            follow(&self.layout, &self.index, ledger.indexed)?;
        }
        let entries = ledger.journal.commit(self.clock.now(), drafts)?;
        self.index.apply(&entries, Some(ledger.journal.head))?;
        self.index.flush()?;
        ledger.indexed = ledger.journal.head;
        Ok(())
    }

    /// One thread signs the log at a time.
    pub(super) fn log_lock(&self) -> MutexGuard<'_, ()> {
        locked(&self.log)
    }

    /// Where the journal ends.
    pub(super) fn head(&self) -> Head {
        locked(&self.ledger).journal.head
    }

    /// A commit that fails between journal and index.
    #[cfg(test)]
    pub(super) fn commit_to_journal_only(&self, drafts: &[Draft]) {
        let mut ledger = locked(&self.ledger);
        let _ = ledger.journal.commit(self.clock.now(), drafts);
    }

    #[cfg(test)]
    pub(super) fn limit_journal_to(&self, bytes: Option<u64>) {
        locked(&self.ledger).journal.limit_to(bytes);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // What cannot be closed here is closed when the store is opened next.
        let _ = self.close_captures();
    }
}

/// Nothing that a lock guards is left half done by a panic: files are cut back before the next write.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn create_journal(path: &Path) -> Result<(), StoreError> {
    File::options()
        .append(true)
        .create(true)
        .open(path)
        .map(drop)
        .map_err(StoreError::at(path))
}

/// Opens index and journal so that both say the same.
fn open_records(layout: &Layout) -> Result<(Index, Journal, Vec<String>), StoreError> {
    let (index, mut repairs) = open_matching_index(layout)?;
    let (journal, more) = bring_up_to_date(layout, &index)?;
    repairs.extend(more);
    Ok((index, journal, repairs))
}

/// Opens the index; one that knows more than the journal has is moved aside, because the journal decides.
fn open_matching_index(layout: &Layout) -> Result<(Index, Vec<String>), StoreError> {
    let (index, mut repairs) = Index::open(layout)?;
    let Some(Checkpoint {
        head: checkpoint, ..
    }) = index.checkpoint()?
    else {
        return Ok((index, repairs));
    };
    if reaches(&layout.journal, &checkpoint)? {
        return Ok((index, repairs));
    }
    drop(index);
    let why = format!(
        "the journal was cut or changed: its record {} is not what the index knows. If records are missing, restore journal.jsonl from a backup",
        checkpoint.seq
    );
    repairs.push(move_index_aside(layout, &why)?);
    let (index, more) = Index::open(layout)?;
    repairs.extend(more);
    Ok((index, repairs))
}

/// Enters into the index what only the journal has: what was committed when the process was killed, or
/// everything. Without a checkpoint none is set before the end, so that one that is there can be trusted.
fn bring_up_to_date(layout: &Layout, index: &Index) -> Result<(Journal, Vec<String>), StoreError> {
    let written = index.checkpoint()?;
    let checkpoint = written.map(|written| written.head);
    let from = checkpoint.unwrap_or_else(Head::start);
    let scan = follow(layout, index, from)?;
    let (journal, torn) = Journal::open(layout, &scan, checkpoint.is_some())?;
    let mut repairs: Vec<String> = torn.into_iter().collect();
    let lacks_kinds = written.is_some_and(|written| written.kinds < Kind::COUNT);
    if lacks_kinds {
        // An older tazy wrote the index and skipped kinds of records that it did not know.
        if let Some(damage) = follow(layout, index, Head::start())?.damage() {
            return Err(damage);
        }
    }
    if lacks_kinds || checkpoint != Some(journal.head) {
        index.apply(&[], Some(journal.head))?;
        index.flush()?;
    }
    let replayed = journal.head.seq - from.seq;
    if replayed > 0 {
        repairs.push(match checkpoint {
            Some(_) => {
                format!("the index lacked the last {replayed} records of the journal; entered them")
            }
            None => {
                format!("there was no index; made it from the {replayed} records of the journal")
            }
        });
    }
    Ok((journal, repairs))
}

/// Enters into the index what the journal has after `from`, without a checkpoint.
fn follow(layout: &Layout, index: &Index, from: Head) -> Result<JournalScan, StoreError> {
    let mut scan = JournalScan::new(&layout.journal, from)?.lenient();
    let mut batch = Vec::with_capacity(REPLAY_BATCH);
    while let Some(entry) = scan.next_entry()? {
        batch.push(entry);
        if batch.len() == REPLAY_BATCH {
            index.apply(&batch, None)?;
            batch.clear();
        }
    }
    index.apply(&batch, None)?;
    Ok(scan)
}

/// An offset that cannot be read is treated as none: then the whole file is looked at.
pub(super) fn committed_end(index: &Index, file: &str) -> u64 {
    let value = index.get(&key('w', &[file])).ok().flatten();
    value
        .and_then(|value| value.try_into().ok())
        .map_or(0, u64::from_be_bytes)
}

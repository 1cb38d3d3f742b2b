//! Backups: a directory that always holds a prefix of the store.
//!
//! A backup is made while another process has the store open and writes to it. The journal says what there is:
//! its complete lines are read first, then what they refer to is copied, then they are. `BACKUP` says how far the
//! backup goes and is written after everything that it promises; whatever lies beyond is cut off by the next
//! backup. A journal that does not begin with what the backup has is never taken.
//!
//! Content that was deleted from the store since is deleted from the backup, too: its tombstones are carried out
//! there as they were in the store.

use super::backup_copy::{copy_captures, copy_journal, copy_small_files};
use super::backup_state::{BackupState, begin, claim_target, existing_store, first_difference};
use super::journal::{Entry, Head, JournalScan, reaches};
use super::layout::Layout;
use super::record::{Kind, record_of};
use super::redact::carry_out;
use super::{ArchivedRuleset, StoreError, WarcFile};
use crate::capture::Manifest;
use crate::clock::Clock;
use crate::custody::Tombstone;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

/// A store that is written to all the time may delete what is being copied; then it is read once more.
const ATTEMPTS: u32 = 4;
/// Problems that are named.
const MAX_PROBLEMS: usize = 100;

/// What to back up, and where.
#[derive(Debug, Clone)]
pub struct BackupRequest<'a> {
    /// The store's directory.
    pub store: &'a Path,
    /// The backup's directory: new, empty, or an earlier backup of the same store.
    pub target: &'a Path,
    /// Also copy the log's private keys.
    pub with_keys: bool,
    /// Verify everything in the backup, not only what is new.
    pub full: bool,
}

/// What is being done, for progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpkeepStage {
    /// Reading the journal; bytes.
    Journal,
    /// Copying captures; bytes.
    Captures,
    /// Reading back what was written; captures.
    Verify,
}

/// What a backup did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// Records of the journal that are new in the backup.
    pub new_records: u64,
    /// Records of the journal in the backup.
    pub records: u64,
    /// Bytes that were copied.
    pub bytes_copied: u64,
    /// WARC files that were copied or continued.
    pub warc_files: u64,
    /// Tombstones that were carried out in the backup.
    pub deletions: u64,
    /// Records whose chain was verified.
    pub verified_records: u64,
    /// Captures that were read back and whose digests were verified.
    pub verified_captures: u64,
    /// What is wrong, in words; at most 100. The store itself has it too, or the backup is damaged.
    pub problems: Vec<String>,
}

/// What the journal has beyond the backup.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The last committed capture of each WARC file.
    pub(super) last: BTreeMap<String, Manifest>,
    /// Up to where each WARC file is committed, as far as manifests say it.
    pub(super) ends: BTreeMap<String, u64>,
    /// WARC files that were closed.
    pub(super) closed: BTreeSet<String>,
    pub(super) rulesets: Vec<ArchivedRuleset>,
    pub(super) tombstones: Vec<Tombstone>,
}

/// A backup under way.
pub(super) struct Backup<'a> {
    pub(super) from: Layout,
    pub(super) to: Layout,
    pub(super) state: BackupState,
    pub(super) report: BackupReport,
    pub(super) watch: &'a mut dyn FnMut(UpkeepStage, u64, u64),
}

/// Makes a backup, or brings one up to date. What is wrong with single captures is reported and does not keep
/// the others from being saved.
///
/// # Errors
/// If the target is no backup of this store, if the store diverged from it, or if something cannot be read or
/// written. The backup is then as good as it was before.
pub fn backup(
    request: &BackupRequest<'_>,
    clock: &dyn Clock,
    watch: &mut dyn FnMut(UpkeepStage, u64, u64),
) -> Result<BackupReport, StoreError> {
    let from = existing_store(request.store)?;
    let (to, _lock) = claim_target(&from, request.target)?;
    let state = match BackupState::read(&to.root)? {
        Some(state) => state,
        None => begin(&from, &to, clock)?,
    };
    let report = BackupReport::default();
    let mut backup = Backup {
        from,
        to,
        state,
        report,
        watch,
    };
    backup.must_continue()?;
    backup.cut_to_state()?;
    for attempt in 1.. {
        if backup.follow(request.with_keys, clock)? {
            break;
        }
        if attempt == ATTEMPTS {
            let reason = "content is being deleted from it all the time; try again later";
            return Err(StoreError::backup(&backup.from.root, reason));
        }
    }
    if request.full {
        backup.verify_everything()?;
    }
    backup.report.records = backup.state.head.seq;
    Ok(backup.report)
}

impl Backup<'_> {
    /// The store's journal must begin with that of the backup.
    fn must_continue(&self) -> Result<(), StoreError> {
        let head = &self.state.head;
        let damaged = |what: String| {
            let reason =
                format!("the backup is damaged: {what}. Make a new one in another directory");
            StoreError::backup(&self.to.root, reason)
        };
        if head.offset > 0 && !(self.to.journal.is_file() && reaches(&self.to.journal, head)?) {
            let what = format!("its journal does not have its record {}", head.seq);
            return Err(damaged(what));
        }
        for (file, bytes) in &self.state.files {
            let found = std::fs::metadata(self.to.captures.join(file)).map_or(0, |file| file.len());
            if found < *bytes {
                return Err(damaged(format!(
                    "captures/{file} has {found} bytes of {bytes}"
                )));
            }
        }
        if reaches(&self.from.journal, head)? {
            return Ok(());
        }
        let reason = match first_difference(&self.from.journal, &self.to.journal)? {
            (1, _) => "this is a backup of another store; name another directory".to_owned(),
            (seq, true) => format!(
                "the store ends before record {seq}, which the backup has: the store was cut, or is an older copy. The backup was left as it is"
            ),
            (seq, false) => format!(
                "the store and this backup differ from record {seq} on: one of them was changed, or is another copy that went its own way. The backup was left as it is; compare the two, or name another directory"
            ),
        };
        Err(StoreError::backup(&self.to.root, reason))
    }

    /// Cuts off what a killed backup copied and did not promise.
    fn cut_to_state(&self) -> Result<(), StoreError> {
        let cut = |path: &Path, length: u64| {
            let at = StoreError::at(path);
            let file = File::options()
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)
                .map_err(&at)?;
            file.set_len(length).map_err(&at)
        };
        std::fs::create_dir_all(&self.to.captures).map_err(StoreError::at(&self.to.captures))?;
        cut(&self.to.journal, self.state.head.offset)?;
        for (file, bytes) in &self.state.files {
            cut(&self.to.captures.join(file), *bytes)?;
        }
        Ok(())
    }

    /// Brings the backup up to where the journal ends now. `false` if the store deleted meanwhile what was
    /// being copied.
    fn follow(&mut self, with_keys: bool, clock: &dyn Clock) -> Result<bool, StoreError> {
        // The log goes first: it must not know of records that the copied journal does not have.
        copy_small_files(self, with_keys)?;
        let begun = self.state.head;
        let (head, plan) = self.plan()?;
        copy_captures(self, &plan)?;
        if !copy_journal(self, &plan, head)? {
            return Ok(false);
        }
        self.report.new_records += head.seq - begun.seq;
        self.state.head = head;
        self.state.time = clock.now();
        self.state.write(&self.to.root)?;
        self.carry_out_deletions(&plan, self.state.deletions < begun.seq)?;
        self.verify_new(begun, &plan)
    }

    /// What the journal has beyond the backup, up to its last complete line.
    fn plan(&mut self) -> Result<(Head, Plan), StoreError> {
        let length = std::fs::metadata(&self.from.journal).map_or(0, |file| file.len());
        let mut scan = JournalScan::new(&self.from.journal, self.state.head)?.lenient();
        let mut plan = Plan::default();
        while let Some(entry) = scan.next_entry()? {
            plan.note(&entry)?;
            (self.watch)(UpkeepStage::Journal, entry.place.offset, length);
        }
        match scan.damage().filter(|_| !scan.ends_unfinished()) {
            Some(damage) => Err(damage),
            None => Ok((scan.head, plan)),
        }
    }

    /// `behind`: a backup that was killed has not carried out all that it has in its journal.
    fn carry_out_deletions(&mut self, plan: &Plan, behind: bool) -> Result<(), StoreError> {
        let mut tombstones = plan.tombstones.clone();
        if behind {
            let mut scan = JournalScan::new(&self.to.journal, Head::start())?.lenient();
            while let Some(entry) = scan.next_entry()? {
                if entry.place.seq > self.state.deletions {
                    tombstones.extend(tombstone_in(&entry)?);
                }
            }
        }
        for tombstone in &tombstones {
            self.report.deletions += u64::from(carry_out(&self.to, tombstone)?);
        }
        self.state.deletions = self.state.head.seq;
        self.state.write(&self.to.root)
    }

    /// Notes how far the backup is.
    pub(super) fn save(&self) -> Result<(), StoreError> {
        self.state.write(&self.to.root)
    }

    pub(super) fn problem(&mut self, problem: String) {
        if self.report.problems.len() < MAX_PROBLEMS {
            self.report.problems.push(problem);
        }
    }
}

impl Plan {
    pub(super) fn note(&mut self, entry: &Entry) -> Result<(), StoreError> {
        match Kind::named(&entry.header.kind) {
            Some(Kind::Manifest) => {
                let manifest: Manifest = parsed(entry)?;
                for position in manifest.positions() {
                    let end = self.ends.entry(position.file.clone()).or_default();
                    *end = position.end().max(*end);
                }
                let Some(position) = manifest.warc.clone() else {
                    return Ok(());
                };
                let known = self.last.get(&position.file);
                let known = known.and_then(|known| known.warc.as_ref());
                if known.is_none_or(|known| known.offset < position.offset) {
                    self.last.insert(position.file, manifest);
                }
            }
            Some(Kind::WarcFile) => {
                self.closed.insert(parsed::<WarcFile>(entry)?.file);
            }
            Some(Kind::Ruleset) => self.rulesets.push(parsed(entry)?),
            Some(Kind::Tombstone) => self.tombstones.push(parsed(entry)?),
            _ => {}
        }
        Ok(())
    }
}

pub(super) fn tombstone_in(entry: &Entry) -> Result<Option<Tombstone>, StoreError> {
    let is_one = entry.header.kind == Kind::Tombstone.as_str();
    is_one.then(|| parsed(entry)).transpose()
}

pub(super) fn parsed<T: serde::de::DeserializeOwned>(entry: &Entry) -> Result<T, StoreError> {
    record_of(&entry.line).map_err(|error| StoreError::Damaged {
        place: format!("journal.jsonl, record {}", entry.place.seq),
        reason: format!("not a record of kind {}: {error}", entry.header.kind),
    })
}

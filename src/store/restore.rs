//! A store made of a backup.

use super::backup::UpkeepStage;
use super::backup_copy::copy_tree;
use super::backup_state::BackupState;
use super::layout::{BACKUP, Layout};
use super::stream::pour;
use super::{Store, StoreError, StoreReport};
use crate::capture::sync_directory;
use crate::clock::Clock;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// In a directory that is being restored.
const MARK: &str = "RESTORING";

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Bytes that were copied.
    pub bytes: u64,
    /// What a check of the whole new store found.
    pub check: StoreReport,
}

/// Makes a store of a backup in `directory`, which must be new or empty, and verifies all of it. Until
/// everything is there the copy is beside it, under the name with `.restoring`.
///
/// # Errors
/// If `backup` is no backup, if `directory` has something in it, or if something cannot be read or written.
pub fn restore(
    backup: &Path,
    directory: &Path,
    clock: Arc<dyn Clock>,
    watch: &mut dyn FnMut(UpkeepStage, u64, u64),
) -> Result<Restored, StoreError> {
    let Some(state) = BackupState::read(backup)? else {
        let reason = "this is no backup: it has no BACKUP file";
        return Err(StoreError::backup(backup, reason));
    };
    must_be_empty(directory)?;
    let beside = begin(directory)?;
    let (from, to) = (Layout::of(backup), Layout::of(&beside));
    let mut bytes = copy_part(&from.journal, &to.journal, state.head.offset)?;
    std::fs::create_dir_all(&to.captures).map_err(StoreError::at(&to.captures))?;
    let total = state.files.values().sum();
    let mut done = 0;
    for (file, length) in &state.files {
        bytes += copy_part(&from.captures.join(file), &to.captures.join(file), *length)?;
        done += length;
        watch(UpkeepStage::Captures, done, total);
    }
    sync_directory(&to.captures).map_err(StoreError::at(&to.captures))?;
    for (from, to) in [
        (&from.rulesets, &to.rulesets),
        (&from.log, &to.log),
        (&from.keys, &to.keys),
    ] {
        bytes += copy_tree(from, to)?;
    }
    for name in ["FORMAT", "tazy.toml"] {
        let source = backup.join(name);
        if let Ok(content) = std::fs::read(&source) {
            Layout::write_whole(&beside.join(name), &content)?;
        }
    }
    let (store, _) = Store::open(&beside, clock)?;
    store.remake_log()?;
    let check = store.check()?;
    drop(store);
    finish(&beside, directory)?;
    Ok(Restored { bytes, check })
}

fn must_be_empty(directory: &Path) -> Result<(), StoreError> {
    let taken = match std::fs::read_dir(directory) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(StoreError::at(directory)(error)),
    };
    if taken {
        let reason = "there is something in this directory, and nothing is ever overwritten; name a new one with --store";
        return Err(StoreError::backup(directory, reason));
    }
    Ok(())
}

/// The directory in which the store is put together. What a killed restore left in it is removed.
fn begin(directory: &Path) -> Result<PathBuf, StoreError> {
    let absolute = std::path::absolute(directory).map_err(StoreError::at(directory))?;
    let mut name = absolute.file_name().unwrap_or_default().to_owned();
    name.push(".restoring");
    let beside = absolute.with_file_name(name);
    let at = StoreError::at(&beside);
    if beside.join(MARK).is_file() {
        std::fs::remove_dir_all(&beside).map_err(&at)?;
    }
    must_be_empty(&beside)?;
    std::fs::create_dir_all(&beside).map_err(&at)?;
    std::fs::write(beside.join(MARK), "").map_err(&at)?;
    drop(at);
    Ok(beside)
}

fn finish(beside: &Path, directory: &Path) -> Result<(), StoreError> {
    let absolute = std::path::absolute(directory).map_err(StoreError::at(directory))?;
    let finished = || {
        std::fs::remove_file(beside.join(MARK))?;
        if absolute.is_dir() {
            std::fs::remove_dir(&absolute)?;
        }
        std::fs::rename(beside, &absolute)?;
        sync_directory(absolute.parent().unwrap_or(&absolute))
    };
    finished().map_err(StoreError::at(directory))
}

/// Copies the first `length` bytes; a file that has fewer is damaged.
fn copy_part(from: &Path, to: &Path, length: u64) -> Result<u64, StoreError> {
    let mut source = File::open(from).map_err(StoreError::at(from))?;
    let at = StoreError::at(to);
    let mut target = File::create_new(to).map_err(&at)?;
    let (copied, _) = pour(&mut source, length, &mut target).map_err(&at)?;
    target.sync_all().map_err(&at)?;
    if copied == length {
        return Ok(copied);
    }
    let reason =
        format!("it has {copied} bytes of {length} that {BACKUP} promises: the backup is damaged");
    Err(StoreError::backup(from, reason))
}

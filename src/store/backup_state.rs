//! How far a backup goes, and whether a directory is one.

use super::StoreError;
use super::journal::Head;
use super::layout::{BACKUP, Layout};
use super::record::Frame;
use crate::clock::Clock;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

const FORMAT: u32 = 1;

/// `BACKUP`: how far the backup goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BackupState {
    format: u32,
    /// The prefix of the journal.
    #[serde(flatten)]
    pub(super) head: Head,
    /// When it was made.
    pub(super) time: Timestamp,
    /// How many bytes of each WARC file are in it.
    pub(super) files: BTreeMap<String, u64>,
    /// Up to which record tombstones are carried out.
    pub(super) deletions: u64,
}

impl BackupState {
    /// Of the backup in a directory; `None` if there is none.
    pub(super) fn read(directory: &Path) -> Result<Option<Self>, StoreError> {
        let path = directory.join(BACKUP);
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(StoreError::at(&path))?,
        };
        let state: Self = serde_json::from_slice(&bytes).map_err(|error| {
            StoreError::backup(&path, format!("not what a backup says: {error}"))
        })?;
        if state.format > FORMAT {
            return Err(StoreError::Newer {
                path: path.display().to_string(),
                found: state.format,
                known: FORMAT,
            });
        }
        Ok(Some(state))
    }

    pub(super) fn write(&self, directory: &Path) -> Result<(), StoreError> {
        let path = directory.join(BACKUP);
        let json = serde_json::to_vec(self)
            .map_err(|error| StoreError::backup(&path, error.to_string()))?;
        Layout::write_whole(&path, &json)
    }
}

/// The store to be backed up.
pub(super) fn existing_store(root: &Path) -> Result<Layout, StoreError> {
    if root.join("FORMAT").is_file() && root.join("journal.jsonl").is_file() {
        return Ok(Layout::of(root));
    }
    Err(StoreError::backup(root, "there is no store here"))
}

/// Creates and locks the target; refuses what is no backup.
pub(super) fn claim_target(from: &Layout, target: &Path) -> Result<(Layout, File), StoreError> {
    let at = StoreError::at(target);
    let absolute = std::path::absolute(target).map_err(&at)?;
    let store = from
        .root
        .canonicalize()
        .map_err(StoreError::at(&from.root))?;
    if real_path(&absolute).starts_with(&store) {
        let reason = "a backup cannot be inside of its own store; name a directory elsewhere, best on another disk";
        return Err(StoreError::backup(target, reason));
    }
    std::fs::create_dir_all(target).map_err(&at)?;
    if !target.join(BACKUP).exists() {
        for entry in std::fs::read_dir(target).map_err(&at)? {
            let name = entry.map_err(&at)?.file_name();
            // What a backup leaves behind that was killed in its first moments.
            if !["lock", "FORMAT", "FORMAT.new", "BACKUP.new"]
                .iter()
                .any(|ours| name == *ours)
            {
                let reason = format!(
                    "this is no backup (it has {} and no BACKUP file); name a new or an empty directory",
                    name.display()
                );
                return Err(StoreError::backup(target, reason));
            }
        }
    }
    let to = Layout::of(target);
    let lock = to.lock().map_err(|error| match error {
        StoreError::Locked(_) => {
            StoreError::backup(target, "another backup is being made here; wait for it")
        }
        other => other,
    })?;
    Ok((to, lock))
}

/// The path without links, as far as it exists.
fn real_path(absolute: &Path) -> PathBuf {
    for ancestor in absolute.ancestors() {
        if let (Ok(real), Ok(rest)) = (ancestor.canonicalize(), absolute.strip_prefix(ancestor)) {
            return real.join(rest);
        }
    }
    absolute.to_owned()
}

/// The beginning of a backup: nothing is in it yet.
pub(super) fn begin(
    from: &Layout,
    to: &Layout,
    clock: &dyn Clock,
) -> Result<BackupState, StoreError> {
    let format = from.root.join("FORMAT");
    let bytes = std::fs::read(&format).map_err(StoreError::at(&format))?;
    Layout::write_whole(&to.root.join("FORMAT"), &bytes)?;
    let state = BackupState {
        format: FORMAT,
        head: Head::start(),
        time: clock.now(),
        files: BTreeMap::new(),
        deletions: 0,
    };
    state.write(&to.root)?;
    Ok(state)
}

/// The first record in which two journals differ, and whether the first journal just ends there. Lines whose
/// content was deleted in one of them do not differ.
pub(super) fn first_difference(one: &Path, other: &Path) -> Result<(u64, bool), StoreError> {
    let open = |path: &Path| {
        Ok::<_, StoreError>(BufReader::new(
            File::open(path).map_err(StoreError::at(path))?,
        ))
    };
    let (mut left, mut right) = (open(one)?, open(other)?);
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for seq in 1.. {
        mine.clear();
        theirs.clear();
        left.read_until(b'\n', &mut mine)
            .map_err(StoreError::at(one))?;
        right
            .read_until(b'\n', &mut theirs)
            .map_err(StoreError::at(other))?;
        let digest = |line: &[u8]| {
            let frame = Frame::of(line.strip_suffix(b"\n")?);
            frame.map(|frame| frame.digest)
        };
        if mine.is_empty() || theirs.is_empty() || digest(&mine) != digest(&theirs) {
            return Ok((seq, mine.is_empty()));
        }
    }
    Ok((0, false))
}

//! Opening sled 0.34 so that nothing a killed process leaves behind can keep it from opening.

use super::StoreError;
use super::layout::Layout;
use crate::capture::is_full;
use sled::{Config, Db, Mode};
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of memory for pages.
const CACHE: u64 = 64 << 20;
/// Milliseconds after which sled writes by itself what nobody flushed.
const FLUSH_EVERY_MS: u64 = 500;
const LOCK_ATTEMPTS: u32 = 250;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// An open index and what had to be done to open it.
pub(super) struct Opened {
    pub(super) db: Db,
    pub(super) repairs: Vec<String>,
}

/// Opens the index.
///
/// sled takes the lexically last `snap.*` file for its snapshot, also one whose writing was interrupted
/// (`.generating`), and treats a bad snapshot as fatal although its log has everything. So interrupted ones
/// are removed first; if opening fails all the same, all snapshots are moved aside; if that does not help,
/// the whole index is, and an empty one is opened.
pub(super) fn open_index(layout: &Layout) -> Result<Opened, StoreError> {
    let mut repairs = Vec::new();
    let at = StoreError::at(&layout.index);
    for interrupted in snapshots(&layout.index).map_err(&at)? {
        if interrupted.extension().is_some_and(|e| e == "generating") {
            fs::remove_file(interrupted).map_err(&at)?;
        }
    }
    let why = match open(&layout.index) {
        Ok(db) => return Ok(Opened { db, repairs }),
        Err(error) if is_damage(&error) => format!("it could not be opened ({error})"),
        Err(error) => return Err(index_error(&layout.index, error)),
    };
    let kept = snapshots(&layout.index).map_err(&at)?;
    for snapshot in &kept {
        let name = snapshot.file_name().unwrap_or_default().display();
        fs::rename(snapshot, layout.index.join(format!("aside.{name}"))).map_err(&at)?;
    }
    if !kept.is_empty()
        && let Ok(db) = open(&layout.index)
    {
        repairs.push("the index had a bad snapshot; moved it aside, nothing is missing".to_owned());
        return Ok(Opened { db, repairs });
    }
    repairs.push(move_index_aside(layout, &why)?);
    let db = open(&layout.index).map_err(|error| index_error(&layout.index, error))?;
    Ok(Opened { db, repairs })
}

/// Moves the index aside and says so.
pub(super) fn move_index_aside(layout: &Layout, why: &str) -> Result<String, StoreError> {
    let name = layout.move_aside(&layout.index, "index.damaged")?;
    Ok(format!(
        "the index was moved to {name} because {why}, and made anew from the journal ({name} can be deleted)"
    ))
}

fn snapshots(index: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(index) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_name().display().to_string().starts_with("snap.") {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Opens sled, waiting a little for its lock: threads of an index that was dropped a moment ago in this process
/// may still hold it. (No other process can: the store's own lock is held.)
fn open(index: &Path) -> Result<Db, sled::Error> {
    for _ in 0..LOCK_ATTEMPTS {
        match open_once(index) {
            Err(error) if is_locked(&error) => std::thread::sleep(LOCK_PAUSE),
            opened => return opened,
        }
    }
    open_once(index)
}

/// sled answers some damage with a panic; it must not take the program with it.
fn open_once(index: &Path) -> Result<Db, sled::Error> {
    let config = Config::new()
        .path(index)
        .mode(Mode::LowSpace)
        .cache_capacity(CACHE)
        .flush_every_ms(Some(FLUSH_EVERY_MS))
        .use_compression(false)
        .print_profile_on_drop(false);
    catch_unwind(AssertUnwindSafe(|| config.open()))
        .unwrap_or_else(|_| Err(sled::Error::ReportableBug("it panicked".to_owned())))
}

fn is_locked(error: &sled::Error) -> bool {
    matches!(error, sled::Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

fn is_damage(error: &sled::Error) -> bool {
    match error {
        locked if is_locked(locked) => false,
        sled::Error::Io(error) => {
            !is_full(error)
                && !matches!(
                    error.kind(),
                    io::ErrorKind::PermissionDenied
                        | io::ErrorKind::ReadOnlyFilesystem
                        | io::ErrorKind::OutOfMemory
                )
        }
        _ => true,
    }
}

/// What a failure of sled means for the user.
pub(super) fn index_error(index: &Path, error: sled::Error) -> StoreError {
    match error {
        sled::Error::Io(source) => StoreError::at(index)(source),
        other => StoreError::Damaged {
            place: index.display().to_string(),
            reason: format!("{other}; `tazy store rebuild` makes the index anew from the journal"),
        },
    }
}

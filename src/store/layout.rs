//! The directory of a store: what is where, which format, and who has it.

use super::StoreError;
use crate::capture::sync_directory;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The format that this version writes, and the newest that it reads.
const FORMAT: u32 = 1;
/// The file that makes a directory a backup, and says how far it goes.
pub(super) const BACKUP: &str = "BACKUP";
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(25);

#[derive(Debug, Serialize, Deserialize)]
struct Format {
    format: u32,
}

/// The paths within a store.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The store's directory.
    pub(super) root: PathBuf,
    /// The journal.
    pub(super) journal: PathBuf,
    /// Directory of WARC files.
    pub(super) captures: PathBuf,
    /// Directory of sled.
    pub(super) index: PathBuf,
    /// Directory of archived rulesets.
    pub(super) rulesets: PathBuf,
    /// Directory of the log: tiles, checkpoints, time stamps.
    pub(super) log: PathBuf,
    /// Directory of the log's keys.
    pub(super) keys: PathBuf,
}

impl Layout {
    /// The paths within `root`, whether they are there or not.
    pub(super) fn of(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            journal: root.join("journal.jsonl"),
            captures: root.join("captures"),
            index: root.join("index"),
            rulesets: root.join("rulesets"),
            log: root.join("log"),
            keys: root.join("keys"),
        }
    }

    /// Opens or creates the directory and locks it. The lock lasts as long as the returned file.
    pub(super) fn claim(root: &Path) -> Result<(Self, File), StoreError> {
        let layout = Self::of(root);
        if root.join(BACKUP).exists() {
            return Err(StoreError::backup(
                root,
                "this is a backup, which only `tazy store backup` may change; make a store of it: tazy store restore BACKUP --store NEW",
            ));
        }
        std::fs::create_dir_all(root).map_err(StoreError::at(root))?;
        let format = root.join("FORMAT");
        if !format.exists() {
            layout.refuse_foreign()?;
        }
        let lock = layout.lock()?;
        match std::fs::read(&format) {
            Ok(written) => layout.check_format(&written)?,
            Err(error) if error.kind() == ErrorKind::NotFound => Self::create(&format)?,
            Err(error) => return Err(StoreError::at(&format)(error)),
        }
        std::fs::create_dir_all(&layout.captures).map_err(StoreError::at(&layout.captures))?;
        Ok((layout, lock))
    }

    /// Locks the directory for as long as the returned file lives.
    pub(super) fn lock(&self) -> Result<File, StoreError> {
        let path = self.root.join("lock");
        let at = StoreError::at(&path);
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(&at)?;
        // A process that was just killed may take a moment to be gone.
        for _ in 0..LOCK_ATTEMPTS {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => return Err(at(error)),
            }
        }
        Err(StoreError::Locked(self.root.display().to_string()))
    }

    /// A directory with other things in it was named by mistake.
    fn refuse_foreign(&self) -> Result<(), StoreError> {
        let at = StoreError::at(&self.root);
        for entry in std::fs::read_dir(&self.root).map_err(&at)? {
            let name = entry.map_err(&at)?.file_name();
            // Settings may be put there before the store is made.
            let ours = [
                "lock",
                "FORMAT.new",
                "captures",
                "journal.jsonl",
                "index",
                "rulesets",
                "log",
                "keys",
                "tazy.toml",
            ];
            if !ours.iter().any(|ours| name == *ours) {
                return Err(StoreError::Damaged {
                    place: self.root.display().to_string(),
                    reason: format!(
                        "this is not a store (it has {} and no FORMAT file); name an empty or a new directory with --store",
                        name.display()
                    ),
                });
            }
        }
        Ok(())
    }

    fn check_format(&self, written: &[u8]) -> Result<(), StoreError> {
        let format: Format =
            serde_json::from_slice(written).map_err(|error| StoreError::Damaged {
                place: self.root.join("FORMAT").display().to_string(),
                reason: format!("{error}; it should say {{\"format\":{FORMAT}}}"),
            })?;
        if format.format > FORMAT {
            return Err(StoreError::Newer {
                path: self.root.display().to_string(),
                found: format.format,
                known: FORMAT,
            });
        }
        Ok(())
    }

    fn create(format: &Path) -> Result<(), StoreError> {
        Self::write_whole(format, canonical_format().as_bytes())
    }

    /// Whether `FORMAT` is byte for byte as this version writes it.
    pub(super) fn has_canonical_format(&self) -> Result<bool, StoreError> {
        let path = self.root.join("FORMAT");
        match std::fs::read(&path) {
            Ok(written) => Ok(written == canonical_format().as_bytes()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StoreError::at(&path)(error)),
        }
    }

    /// Writes a file whole or not at all: beside its place, durable, then renamed.
    pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let new = path.with_extension("new");
        let written = || {
            let directory = path.parent().unwrap_or(path);
            std::fs::create_dir_all(directory)?;
            let mut file = File::create(&new)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&new, path)?;
            sync_directory(directory)
        };
        written().map_err(StoreError::at(path))
    }

    /// Moves a file or directory of the store to the first free name `<name>-<number>`; returns that name.
    pub(super) fn move_aside(&self, path: &Path, name: &str) -> Result<String, StoreError> {
        let free = self.free_name(name);
        std::fs::rename(path, self.root.join(&free))
            .and_then(|()| sync_directory(&self.root))
            .map_err(StoreError::at(path))?;
        Ok(free)
    }

    /// The first of `<name>`, `<name>-2`, `<name>-3` … that does not exist.
    pub(super) fn free_name(&self, name: &str) -> String {
        let numbered = (2..).map(|n| format!("{name}-{n}"));
        std::iter::once(name.to_owned())
            .chain(numbered)
            .find(|name| !self.root.join(name).exists())
            .unwrap_or_else(|| name.to_owned())
    }
}

fn canonical_format() -> String {
    format!("{{\"format\":{FORMAT}}}\n")
}

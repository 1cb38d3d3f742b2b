//! The files of the log.

use crate::digest::Digest;
use crate::merkle::{Note, Tile, TileError, TileReader};
use crate::store::StoreError;
use crate::store::journal::Head;
use crate::store::layout::Layout;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The directory of the log.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct LogFiles<'a> {
    root: &'a Path,
}

impl<'a> LogFiles<'a> {
    pub(in crate::store) fn of(layout: &'a Layout) -> Self {
        Self { root: &layout.log }
    }

    pub(super) fn checkpoint(self, size: u64) -> PathBuf {
        self.root.join("checkpoints").join(size.to_string())
    }

    pub(super) fn latest(self) -> PathBuf {
        self.root.join("checkpoint")
    }

    pub(super) fn position(self) -> PathBuf {
        self.root.join("position.json")
    }

    pub(super) fn timestamp(self, size: u64) -> PathBuf {
        self.root.join("timestamps").join(format!("{size}.tsr"))
    }

    pub(super) fn tile(self, tile: Tile) -> PathBuf {
        self.root.join(tile.to_string())
    }

    /// A file's bytes; `None` if there is no such file.
    pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::at(path)(error)),
        }
    }

    /// A note, not verified.
    pub(super) fn read_note(path: &Path) -> Result<Option<Note>, StoreError> {
        let Some(bytes) = Self::read(path)? else {
            return Ok(None);
        };
        Note::parse(&bytes)
            .map(Some)
            .map_err(|error| damaged(path, error))
    }

    /// Where in the journal the latest checkpoint ends. What cannot be read is as good as nothing: then the
    /// journal is read from its start.
    pub(super) fn read_position(self) -> Result<Option<Head>, StoreError> {
        let bytes = Self::read(&self.position())?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub(super) fn write_position(self, head: Head) -> Result<(), StoreError> {
        let json = serde_json::to_vec(&head).map_err(|error| damaged(&self.position(), error))?;
        Layout::write_whole(&self.position(), &json)
    }

    /// The sizes for which there are checkpoints, ascending.
    pub(in crate::store) fn sizes(self) -> Result<Vec<u64>, StoreError> {
        let directory = self.root.join("checkpoints");
        let mut sizes: Vec<u64> = names_in(&directory)?
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect();
        sizes.sort_unstable();
        Ok(sizes)
    }

    /// Reads nodes of the tree of `size` leaves; `written` is the size up to which there are tiles.
    pub(super) fn reader(
        self,
        size: u64,
        written: u64,
    ) -> TileReader<impl FnMut(Tile) -> Result<Vec<u8>, StoreError>> {
        TileReader::new(size, move |tile| self.read_tile(tile, written))
    }

    /// The content of a tile, which may have become wider since: there is one file a tile.
    fn read_tile(self, tile: Tile, written: u64) -> Result<Vec<u8>, StoreError> {
        let first = tile.index() * crate::merkle::TILE_WIDTH;
        let level = tile.level() * crate::merkle::TILE_HEIGHT;
        let path = self.tile(Tile::holding(level, first, written)?);
        let bytes = Self::read(&path)?;
        bytes.ok_or_else(|| {
            damaged(
                &path,
                "the tile is missing; `tazy store rebuild` makes it anew",
            )
        })
    }

    pub(super) fn write_tile(self, tile: Tile, hashes: &[Digest]) -> Result<(), StoreError> {
        let bytes: Vec<u8> = hashes.iter().flat_map(Digest::as_bytes).copied().collect();
        Layout::write_whole(&self.tile(tile), &bytes)
    }

    /// Removes narrower versions of a tile; a tree that grew has no use for them.
    pub(super) fn remove_narrower(self, tile: Tile) -> Result<(), StoreError> {
        let full = self.tile(tile.filled());
        let mut partial = full.into_os_string();
        partial.push(".p");
        let partial = PathBuf::from(partial);
        let at = StoreError::at(&partial);
        for name in names_in(&partial)? {
            if tile.is_full() || name != tile.width().to_string() {
                std::fs::remove_file(partial.join(&name)).map_err(&at)?;
            }
        }
        if tile.is_full() && partial.is_dir() {
            std::fs::remove_dir(&partial).map_err(&at)?;
        }
        Ok(())
    }
}

/// Names of what is in a directory; none if there is no such directory.
pub(super) fn names_in(directory: &Path) -> Result<Vec<String>, StoreError> {
    let at = StoreError::at(directory);
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(error)),
    };
    entries
        .map(|entry| {
            Ok(entry
                .map_err(&at)?
                .file_name()
                .to_string_lossy()
                .into_owned())
        })
        .collect()
}

/// All files below a directory, relative to it.
pub(super) fn files_below(root: &Path) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        for name in names_in(&root.join(&folder))? {
            let path = if folder.is_empty() {
                name
            } else {
                format!("{folder}/{name}")
            };
            if root.join(&path).is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    Ok(found)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are handed on where they arise"
)]
pub(super) fn damaged(path: &Path, reason: impl ToString) -> StoreError {
    StoreError::Damaged {
        place: path.display().to_string(),
        reason: reason.to_string(),
    }
}

impl From<TileError> for StoreError {
    fn from(error: TileError) -> Self {
        log_damaged(&error)
    }
}

impl From<crate::merkle::CompactRangeError> for StoreError {
    fn from(error: crate::merkle::CompactRangeError) -> Self {
        log_damaged(&error)
    }
}

impl From<crate::merkle::ProofError> for StoreError {
    fn from(error: crate::merkle::ProofError) -> Self {
        log_damaged(&error)
    }
}

fn log_damaged(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Damaged {
        place: "log".to_owned(),
        reason: error.to_string(),
    }
}

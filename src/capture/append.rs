//! A file that only grows, and grows by whole pieces or not at all.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A file that only grows. A piece that cannot be written whole (full disk) is taken back, so that what was
/// written before it stays readable; after a failed fsync nothing more is accepted, because the kernel
/// may have dropped what it could not write.
#[derive(Debug)]
pub(crate) struct AppendFile {
    file: File,
    path: PathBuf,
    length: u64,
    /// A piece was begun and not completed.
    torn: bool,
    /// An fsync failed.
    unreliable: bool,
    /// Length at which the disk pretends to be full; only tests set it.
    limit: Option<u64>,
}

impl AppendFile {
    /// Creates a file; one of this name must not exist.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(path)?;
        Ok(Self::at(file, path, 0))
    }

    /// Opens a file, or creates it, to continue after byte `length`; it must not be longer.
    pub(crate) fn open(path: &Path, length: u64) -> io::Result<Self> {
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let mut appended = Self::at(file, path, length);
        appended.file.seek(SeekFrom::Start(length))?;
        Ok(appended)
    }

    fn at(file: File, path: &Path, length: u64) -> Self {
        Self {
            file,
            path: path.to_owned(),
            length,
            torn: false,
            unreliable: false,
            limit: None,
        }
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes written whole.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Pretends that the disk is full once the file has this many bytes.
    #[cfg(test)]
    pub(crate) fn limit_to(&mut self, bytes: Option<u64>) {
        self.limit = bytes;
    }

    /// Appends all of `bytes` or nothing, and says where they begin.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<u64> {
        if self.unreliable {
            return Err(io::Error::other(
                "an earlier fsync failed; nothing more is written until the store is opened anew",
            ));
        }
        if self.torn {
            self.take_back_to(self.length)?;
        }
        let offset = self.length;
        self.torn = true;
        if let Err(error) = self.write(bytes) {
            // If even this fails, the next append tries again before it writes.
            let _ = self.take_back_to(offset);
            return Err(error);
        }
        self.torn = false;
        self.length = offset + bytes.len() as u64;
        Ok(offset)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self
            .limit
            .map(|limit| usize::try_from(limit.saturating_sub(self.length)).unwrap_or(usize::MAX));
        if let Some(room) = room.filter(|&room| room < bytes.len()) {
            self.file.write_all(&bytes[..room])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write_all(bytes)
    }

    /// Shortens the file to what it was before the last piece.
    pub(crate) fn take_back_to(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::Start(length))?;
        self.length = length;
        self.torn = false;
        Ok(())
    }

    /// Makes everything appended so far durable.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        let synced = self.file.sync_data();
        self.unreliable |= synced.is_err();
        synced
    }
}

/// Makes the names in a directory durable (created, renamed and removed files).
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    // Other systems neither need nor permit opening a directory for that.
    if cfg!(unix) {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// Whether an error means that there is no room: disk full, quota used up, file size limit reached.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_that_does_not_fit_is_taken_back_and_the_next_that_fits_follows_the_last_whole_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let mut file = AppendFile::create(&path).unwrap();
        assert_eq!(file.append(b"first ").unwrap(), 0);
        file.limit_to(Some(8));
        let error = file.append(b"much too long").unwrap_err();
        assert!(is_full(&error));
        assert_eq!(std::fs::read(&path).unwrap(), b"first ");
        file.limit_to(None);
        assert_eq!(file.append(b"second").unwrap(), 6);
        file.sync().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"first second");
    }
}

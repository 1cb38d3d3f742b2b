//! Writing WARC 1.1 files (ISO 28500:2017), one gzip member a record.

use super::piece::Piece;
use super::record::record_id;
use super::warcinfo::warcinfo_member;
use super::{AppendFile, Capture, Manifest, Resource, ResourceRecord, RevisitOf, sync_directory};
use crate::digest::{Digest, RunningDigest};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

/// Files are closed when they have grown to this many bytes, as is usual for WARC.
const ROTATE_AT: u64 = 1 << 30;
/// Resources of a file that are remembered so that they need not be written again.
const MAX_SHARED: usize = 1 << 16;

/// Writing or reading a WARC file failed.
#[derive(Debug, thiserror::Error)]
pub enum WarcError {
    /// The file system failed (full disk, missing permission …).
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: String,
        /// What failed.
        source: std::io::Error,
    },
    /// The record is not what the manifest says.
    #[error("{path} at {offset}: {reason}")]
    Damaged {
        /// Which file.
        path: String,
        /// Offset of the record.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
}

impl WarcError {
    /// For `map_err`: an input or output error at `path`.
    pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io {
            path: path.display().to_string(),
            source,
        }
    }
}

/// A WARC file as far as it was written, or whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Its name, without `.open`.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Digest of all its bytes.
    pub digest: Digest,
    /// WARC records in it.
    pub records: u64,
}

/// Appends captures to the WARC files of one process.
#[derive(Debug)]
pub struct WarcWriter {
    directory: PathBuf,
    prefix: String,
    info: Vec<(String, String)>,
    rotate_at: u64,
    serial: u32,
    current: Option<CurrentFile>,
    closed: Vec<WrittenFile>,
}

#[derive(Debug)]
struct CurrentFile {
    /// Without `.open`.
    name: String,
    warcinfo: String,
    file: AppendFile,
    unsynced: bool,
    /// Of everything in it, so that nothing need be read again when it is closed.
    digest: RunningDigest,
    records: u64,
    /// Resources in it that captures may share, by the name of their record.
    shared: HashMap<String, ResourceRecord>,
}

impl WarcWriter {
    /// Writes into `directory`; the first file is created with the first capture and named
    /// `<prefix>-00001.warc.gz`.
    pub fn new(directory: &Path, prefix: &str) -> Self {
        Self {
            directory: directory.to_owned(),
            prefix: prefix.to_owned(),
            info: Vec::new(),
            rotate_at: ROTATE_AT,
            serial: 0,
            current: None,
            closed: Vec::new(),
        }
    }

    /// Adds a field to the `warcinfo` record of every file, such as `operator`; in place of what would
    /// stand there under this name.
    #[must_use]
    pub fn with_info(mut self, name: &str, value: &str) -> Self {
        self.info.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Begins a new file when the current one has reached `bytes` (1 GiB if not set).
    #[must_use]
    pub fn rotating_at(mut self, bytes: u64) -> Self {
        self.rotate_at = bytes;
        self
    }

    /// Appends the records of a capture and of its resources, all of them or none. Gives back the manifest
    /// with where they are.
    pub fn append(&mut self, capture: &Capture) -> Result<Manifest, WarcError> {
        self.append_answer(capture, None)
    }

    /// Appends a capture whose body is byte for byte that of an earlier one (the caller has compared them):
    /// a `revisit` record with the head alone.
    pub fn append_revisit(
        &mut self,
        capture: &Capture,
        earlier: RevisitOf,
    ) -> Result<Manifest, WarcError> {
        self.append_answer(capture, Some(earlier))
    }

    fn append_answer(
        &mut self,
        capture: &Capture,
        earlier: Option<RevisitOf>,
    ) -> Result<Manifest, WarcError> {
        let current = self.current_for(&capture.manifest, &capture.request_head)?;
        let mut piece = current.piece();
        let manifest = piece
            .add_capture(capture, earlier)
            .map_err(WarcError::at(current.file.path()))?;
        current.append(piece.finish())?;
        Ok(manifest)
    }

    /// Appends resources that were obtained after their capture was written, and adds them to its manifest.
    pub fn append_resources(
        &mut self,
        manifest: &mut Manifest,
        resources: &[Resource],
    ) -> Result<(), WarcError> {
        let current = self.current_for(manifest, b"")?;
        let mut piece = current.piece();
        let records = piece
            .add_resources(resources, manifest)
            .map_err(WarcError::at(current.file.path()))?;
        current.append(piece.finish())?;
        manifest.resources.extend(records);
        Ok(())
    }

    /// The file that has room, begun for this capture where there is none.
    fn current_for(
        &mut self,
        first: &Manifest,
        request_head: &[u8],
    ) -> Result<&mut CurrentFile, WarcError> {
        let is_full = |current: &CurrentFile| current.file.length() >= self.rotate_at;
        if self.current.as_ref().is_some_and(is_full) {
            self.close()?;
        }
        let current = match self.current.take() {
            Some(current) => current,
            None => self.begin_file(first, request_head)?,
        };
        Ok(self.current.insert(current))
    }

    /// Makes everything appended so far durable (fsync).
    pub fn sync(&mut self) -> Result<(), WarcError> {
        match &mut self.current {
            Some(current) if current.unsynced => {
                let path = current.file.path().to_owned();
                current.file.sync().map_err(WarcError::at(&path))?;
                current.unsynced = false;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Makes the current file durable and takes `.open` off its name. The next capture begins a new one.
    pub fn close(&mut self) -> Result<(), WarcError> {
        self.sync()?;
        let Some(current) = self.current.take() else {
            return Ok(());
        };
        let closed = self.directory.join(&current.name);
        std::fs::rename(current.file.path(), &closed)
            .and_then(|()| sync_directory(&self.directory))
            .map_err(WarcError::at(&closed))?;
        self.closed.push(current.written());
        Ok(())
    }

    /// The files that were closed and not yet forgotten.
    pub fn closed(&self) -> &[WrittenFile] {
        &self.closed
    }

    /// Forgets the closed files: they are recorded.
    pub fn forget_closed(&mut self) {
        self.closed.clear();
    }

    /// The file that is being written, as far as it is.
    pub fn open_file(&self) -> Option<WrittenFile> {
        self.current.as_ref().map(CurrentFile::written)
    }

    fn begin_file(
        &mut self,
        first: &Manifest,
        request_head: &[u8],
    ) -> Result<CurrentFile, WarcError> {
        let (name, file) = self.create_file()?;
        let path = file.path().to_owned();
        let warcinfo = record_id("warcinfo", &[name.as_bytes()]);
        let mut current = CurrentFile {
            name,
            warcinfo,
            file,
            unsynced: true,
            digest: RunningDigest::default(),
            records: 0,
            shared: HashMap::new(),
        };
        let (name, id) = (&current.name, &current.warcinfo);
        let begun = warcinfo_member(name, id, &self.info, first, request_head)
            .map_err(WarcError::at(&path))
            .and_then(|member| current.append_members(&member, 1))
            .and_then(|()| sync_directory(&self.directory).map_err(WarcError::at(&path)));
        if let Err(error) = begun {
            drop(current);
            // There is no capture in it, and the next attempt takes another name.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(current)
    }

    /// Names that are taken (a clock that was set back) are passed over.
    fn create_file(&mut self) -> Result<(String, AppendFile), WarcError> {
        loop {
            self.serial += 1;
            let name = format!("{}-{:05}.warc.gz", self.prefix, self.serial);
            if self.directory.join(&name).exists() {
                continue;
            }
            let path = self.directory.join(format!("{name}.open"));
            match AppendFile::create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(WarcError::at(&path)(error)),
                Ok(file) => return Ok((name, file)),
            }
        }
    }

    #[cfg(test)]
    pub(super) fn limit_to(&mut self, bytes: Option<u64>) {
        if let Some(current) = &mut self.current {
            current.file.limit_to(bytes);
        }
    }
}

impl Drop for WarcWriter {
    fn drop(&mut self) {
        // What cannot be closed here is closed when the store is opened next.
        let _ = self.close();
    }
}

impl CurrentFile {
    /// What is to be appended next.
    fn piece(&self) -> Piece<'_> {
        Piece::new(&self.name, &self.warcinfo, self.file.length(), &self.shared)
    }

    /// Appends a piece whole or not at all.
    fn append(&mut self, piece: super::piece::Finished) -> Result<(), WarcError> {
        self.append_members(&piece.bytes, piece.records)?;
        if self.shared.len() > MAX_SHARED {
            self.shared.clear();
        }
        self.shared.extend(piece.shared);
        Ok(())
    }

    fn append_members(&mut self, bytes: &[u8], records: u64) -> Result<(), WarcError> {
        self.unsynced = true;
        if let Err(error) = self.file.append(bytes) {
            return Err(WarcError::at(self.file.path())(error));
        }
        self.digest.update(bytes);
        self.records += records;
        Ok(())
    }

    fn written(&self) -> WrittenFile {
        WrittenFile {
            file: self.name.clone(),
            bytes: self.file.length(),
            digest: self.digest.so_far(),
            records: self.records,
        }
    }
}

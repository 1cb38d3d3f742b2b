//! Flag → bundle.

use super::bundle::LeftOut;
use super::container::ContainerError;
use super::gather::gather;
use super::parts::{Assembled, write_parts};
use crate::capture::sync_directory;
use crate::custody::{CustodyAct, CustodyEvent};
use crate::digest::{Digest, RunningDigest};
use crate::id::{CustodyId, FlagId};
use crate::merkle::CheckpointError;
use crate::review::Reviewer;
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What is exported, and for whom.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// Where the bundle is written.
    pub path: PathBuf,
    /// Up to which size of the log, for which there must be a checkpoint; all of it if not set.
    pub at: Option<u64>,
    /// Name that the log takes if it is signed for the first time now.
    pub origin: Option<String>,
    /// Leave out the records of runs whose lists name other sites.
    pub withhold_lists: bool,
    /// Replace a file that is there.
    pub force: bool,
    /// Who exports.
    pub by: Reviewer,
    /// Who receives it.
    pub recipient: Option<String>,
    /// What for.
    pub note: Option<String>,
}

/// A bundle that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Where it is.
    pub path: PathBuf,
    /// Its digest, as `sha256sum` prints it.
    pub digest: Digest,
    /// Its length.
    pub bytes: u64,
    /// Size of the log up to which it goes.
    pub log_size: u64,
    /// Pages in it.
    pub pages: usize,
    /// Captures in it.
    pub captures: usize,
    /// What concerns the flag and is not in it.
    pub left_out: Vec<LeftOut>,
    /// The entry of the custody sheet.
    pub custody: CustodyId,
}

/// A bundle could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store failed, or what is in it is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is a file of this name.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// There is no checkpoint of this size.
    #[error("no checkpoint was signed over the first {0} records of the log")]
    NotSigned(u64),
    /// The log's key was replaced after that.
    #[error(
        "the log's key was replaced after its first {0} records, and bundles are signed with the new one; export at a later size"
    )]
    OtherKey(u64),
    /// The file cannot be written.
    #[error("the bundle cannot be written: {0}")]
    Write(io::Error),
    /// An entry cannot be written.
    #[error(transparent)]
    Container(ContainerError),
    /// The checkpoint is not that of the journal.
    #[error("the log's checkpoint does not fit its journal: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Something cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl From<ContainerError> for ExportError {
    fn from(error: ContainerError) -> Self {
        match error {
            ContainerError::Io(error) => error.into(),
            other => Self::Container(other),
        }
    }
}

/// Makes the bundle of a flag, up to a size of the log, and writes it to `out`. The same store, flag and size
/// give the same bytes, whenever and wherever, as long as the log's key is the same, nothing was deleted, and
/// nobody added a time stamp or a cosignature to the checkpoint.
pub fn write_bundle<W: Write>(
    store: &Store,
    flag: &FlagId,
    size: u64,
    withhold_lists: bool,
    out: W,
) -> Result<W, ExportError> {
    require_key(store, size)?;
    let gathered = gather(store, flag, size, withhold_lists)?;
    Ok(write_parts(store, &gathered, out)?.0)
}

/// Exports a flag: the bundle is written beside its place, its digest is entered into the custody sheet, and
/// only then it gets its name. So there is no bundle that the sheet does not know.
pub fn export(
    store: &Store,
    flag: &FlagId,
    options: &ExportOptions,
    now: Timestamp,
) -> Result<Exported, ExportError> {
    if options.path.exists() && !options.force {
        return Err(ExportError::Exists(options.path.clone()));
    }
    let size = match options.at {
        Some(size) => size,
        None => store
            .checkpoint(options.origin.as_deref())?
            .checkpoint
            .size(),
    };
    if store.checkpoint_at(size)?.is_none() {
        return Err(ExportError::NotSigned(size));
    }
    require_key(store, size)?;
    let gathered = gather(store, flag, size, options.withhold_lists)?;
    let new = beside(&options.path);
    let exported = (|| {
        let out = Digesting {
            inner: BufWriter::with_capacity(1 << 20, File::create(&new)?),
            digest: RunningDigest::default(),
            bytes: 0,
        };
        let (out, assembled) = write_parts(store, &gathered, out)?;
        let (digest, bytes) = (out.digest.so_far(), out.bytes);
        let file = out
            .inner
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let event = event_of(flag, options, digest, size, now);
        store.record_custody(&event)?;
        std::fs::rename(&new, &options.path)?;
        if let Some(directory) = options.path.parent().filter(|it| it.is_dir()) {
            sync_directory(directory)?;
        }
        let Assembled {
            pages,
            captures,
            left_out,
        } = assembled;
        Ok(Exported {
            path: options.path.clone(),
            digest,
            bytes,
            log_size: size,
            pages,
            captures,
            left_out,
            custody: event.id,
        })
    })();
    if exported.is_err() {
        // What is not whole must not be taken for a bundle.
        let _ = std::fs::remove_file(&new);
    }
    exported
}

/// The key that signs bundles now must be the one that signed the log then.
fn require_key(store: &Store, size: u64) -> Result<(), ExportError> {
    if store.log_key_at(size)? == store.log_keys()?.pop() {
        return Ok(());
    }
    Err(ExportError::OtherKey(size))
}

fn event_of(
    flag: &FlagId,
    options: &ExportOptions,
    digest: Digest,
    size: u64,
    now: Timestamp,
) -> CustodyEvent {
    let act = CustodyAct::Export;
    CustodyEvent {
        id: CustodyId::of_event(act.as_str(), &digest.hex(), options.by.as_str(), now),
        act,
        by: options.by.clone(),
        at: now,
        flag: Some(flag.clone()),
        captures: Vec::new(),
        recipient: options.recipient.clone(),
        digest: Some(digest),
        log_size: Some(size),
        note: options.note.clone(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// `<path>.new`
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// Digests what is written.
struct Digesting<W> {
    inner: W,
    digest: RunningDigest,
    bytes: u64,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(piece)?;
        self.digest.update(&piece[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

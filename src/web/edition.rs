//! One issue of the list, written once in every format.

use super::objects::ObjectShelf;
use crate::app::PublishedList;
use crate::block::list::{ListError, ListFormat, ListIssue, ListOptions};
use crate::digest::{Digest, RunningDigest};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// One issue of the list as files in a folder that is removed with it.
#[derive(Debug)]
pub struct Edition {
    pub(super) issue: ListIssue,
    pub(super) title: String,
    pub(super) unit: String,
    pub(super) files: BTreeMap<&'static str, Result<EditionFile, String>>,
    pub(super) objects: ObjectShelf,
    _folder: Folder,
}

/// The list in one format.
#[derive(Debug)]
pub(super) struct EditionFile {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) digest: Digest,
    pub(super) written: usize,
    pub(super) omitted: usize,
    /// Not written because another entry blocks all that they would.
    pub(super) covered: usize,
    /// The signature, a signed note.
    pub(super) signature: Option<String>,
}

/// An edition that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EditionError {
    /// The folder for its files.
    #[error("{path}: {source}")]
    Folder {
        /// Which folder.
        path: String,
        /// What failed.
        source: io::Error,
    },
    /// A file of it.
    #[error("{format}: {source}")]
    File {
        /// In which format.
        format: &'static str,
        /// What failed.
        source: ListError,
    },
}

/// A folder that nobody else may read; removed in the end.
#[derive(Debug)]
pub(super) struct Folder(pub(super) PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays is in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Edition {
    /// Writes the list in every format, as `options` say, into a new folder `path`. `sign` gives the signature of a file, from its
    /// format and its digest; a format that cannot hold the list is left out, with the reason.
    pub fn write(
        issued: &PublishedList,
        options: &ListOptions,
        path: &Path,
        mut sign: impl FnMut(ListFormat, Digest) -> Option<String>,
    ) -> Result<Self, EditionError> {
        let folder = make_folder(path).map_err(|source| EditionError::Folder {
            path: path.display().to_string(),
            source,
        })?;
        let mut files = BTreeMap::new();
        for format in ListFormat::ALL {
            let name = format.as_str();
            let file = match write_file(issued, format, options, &path.join(name)) {
                Ok(mut file) => {
                    file.signature = sign(format, file.digest);
                    Ok(file)
                }
                Err(ListError::Unfit(reason)) => Err(reason),
                Err(source) => {
                    return Err(EditionError::File {
                        format: name,
                        source,
                    });
                }
            };
            files.insert(name, file);
        }
        let objects = ObjectShelf::write(issued, &path.join("objects")).map_err(|source| {
            EditionError::File {
                format: "taxii",
                source: source.into(),
            }
        })?;
        Ok(Self {
            issue: issued.issue.clone(),
            title: issued.list.title.clone(),
            unit: issued.list.unit.clone(),
            files,
            objects,
            _folder: folder,
        })
    }

    /// Its number.
    pub fn serial(&self) -> u64 {
        self.issue.serial
    }

    /// When it was issued.
    pub fn issued(&self) -> Timestamp {
        self.issue.at
    }
}

pub(super) fn make_folder(path: &Path) -> io::Result<Folder> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // Never one that is there: somebody else may have made it.
    builder.create(path)?;
    Ok(Folder(path.to_owned()))
}

fn write_file(
    issued: &PublishedList,
    format: ListFormat,
    options: &ListOptions,
    path: &Path,
) -> Result<EditionFile, ListError> {
    let mut out = DigestingFile {
        file: File::create_new(path)?,
        digest: RunningDigest::default(),
        bytes: 0,
    };
    let report = format.write_with(&issued.list, options, &mut out)?;
    out.flush()?;
    Ok(EditionFile {
        path: path.to_owned(),
        bytes: out.bytes,
        digest: out.digest.so_far(),
        written: report.written,
        omitted: report.omitted.len(),
        covered: report.covered.len(),
        signature: None,
    })
}

/// A file whose digest is taken as it is written.
struct DigestingFile {
    file: File,
    digest: RunningDigest,
    bytes: u64,
}

impl Write for DigestingFile {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let count = self.file.write(piece)?;
        self.digest.update(&piece[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

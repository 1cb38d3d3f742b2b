//! WARC 1.1 files (ISO 28500:2017), one gzip member a record.

use super::{Capture, WarcPosition};
use std::path::Path;

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

/// Appends captures to the WARC files of one process.
#[derive(Debug)]
pub struct WarcWriter {}

impl WarcWriter {
    /// Writes into `directory`; the first file is created with the first capture.
    pub fn new(directory: &Path, prefix: &str) -> Self {
        let _ = (directory, prefix);
        todo!()
    }

    /// Appends the request and the response record of a capture.
    pub fn append(&mut self, capture: &Capture) -> Result<WarcPosition, WarcError> {
        let _ = capture;
        todo!()
    }

    /// Makes everything appended so far durable (fsync).
    pub fn sync(&mut self) -> Result<(), WarcError> {
        todo!()
    }
}

/// Reads a capture back and verifies both digests.
pub fn read_capture(directory: &Path, manifest: &super::Manifest) -> Result<Capture, WarcError> {
    let _ = (directory, manifest);
    todo!()
}

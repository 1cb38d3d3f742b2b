//! Writing WARC 1.1 files (ISO 28500:2017), one gzip member a record.

use super::record::{Record, metadata_member, record_id, request_member, response_member};
use super::{AppendFile, Capture, WarcPosition, sync_directory};
use crate::fetch::RobotsMode;
use flate2::Compression;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// Files are closed when they have grown to this many bytes, as is usual for WARC.
const ROTATE_AT: u64 = 1 << 30;

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

/// Appends captures to the WARC files of one process.
#[derive(Debug)]
pub struct WarcWriter {
    directory: PathBuf,
    prefix: String,
    info: Vec<(String, String)>,
    rotate_at: u64,
    serial: u32,
    current: Option<CurrentFile>,
}

#[derive(Debug)]
struct CurrentFile {
    /// Without `.open`.
    name: String,
    warcinfo: String,
    file: AppendFile,
    unsynced: bool,
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
        }
    }

    /// Adds a field to the `warcinfo` record of every file, such as `operator`.
    #[must_use]
    pub fn with_info(mut self, name: &str, value: &str) -> Self {
        let line = |text: &str| text.replace(['\r', '\n'], " ");
        self.info.push((line(name), line(value)));
        self
    }

    /// Begins a new file when the current one has reached `bytes` (1 GiB if not set).
    #[must_use]
    pub fn rotating_at(mut self, bytes: u64) -> Self {
        self.rotate_at = bytes;
        self
    }

    /// Appends the response, request and metadata records of a capture, all of them or none.
    pub fn append(&mut self, capture: &Capture) -> Result<WarcPosition, WarcError> {
        if let Some(current) = &self.current
            && current.file.length() >= self.rotate_at
        {
            self.close()?;
        }
        let mut current = match self.current.take() {
            Some(current) => current,
            None => self.begin_file(capture)?,
        };
        let appended = current.append(capture);
        self.current = Some(current);
        appended
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
            .map_err(WarcError::at(&closed))
    }

    fn begin_file(&mut self, first: &Capture) -> Result<CurrentFile, WarcError> {
        let (name, mut file) = self.create_file()?;
        let path = file.path().to_owned();
        let warcinfo = record_id("warcinfo", &[name.as_bytes()]);
        let begun = warcinfo_member(&name, &warcinfo, &self.info, first)
            .and_then(|member| file.append(&member))
            .and_then(|_| sync_directory(&self.directory));
        if let Err(error) = begun {
            drop(file);
            // There is no capture in it, and the next attempt takes another name.
            let _ = std::fs::remove_file(&path);
            return Err(WarcError::at(&path)(error));
        }
        Ok(CurrentFile {
            name,
            warcinfo,
            file,
            unsynced: true,
        })
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
    fn append(&mut self, capture: &Capture) -> Result<WarcPosition, WarcError> {
        let path = self.file.path().to_owned();
        let written = || -> io::Result<WarcPosition> {
            let mut bytes = response_member(capture, &self.warcinfo)?;
            let position = WarcPosition {
                file: self.name.clone(),
                offset: self.file.length(),
                length: bytes.len() as u64,
            };
            bytes.append(&mut request_member(capture, &self.warcinfo)?);
            let mut manifest = capture.manifest.clone();
            manifest.warc = Some(position.clone());
            bytes.append(&mut metadata_member(&manifest, &self.warcinfo)?);
            self.unsynced = true;
            self.file.append(&bytes)?;
            Ok(position)
        }();
        written.map_err(WarcError::at(&path))
    }
}

/// The first record of a file says who wrote it and how. The run's mode is that of the first capture.
fn warcinfo_member(
    name: &str,
    id: &str,
    info: &[(String, String)],
    first: &Capture,
) -> io::Result<Vec<u8>> {
    let manifest = &first.manifest;
    let robots = match manifest.robots.as_ref().map(|decision| decision.mode) {
        Some(RobotsMode::Respect) => "respect",
        Some(RobotsMode::Investigate) => "investigate",
        None => "not asked",
    };
    let mut text = format!(
        "software: tazy/{}\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\nisPartOf: {}\r\nrobots: {robots}\r\nprofile: {}\r\n",
        env!("CARGO_PKG_VERSION"),
        manifest.run,
        manifest.profile,
    );
    for (field, value) in info {
        // Writing to a string cannot fail.
        let _ = write!(text, "{field}: {value}\r\n");
    }
    Record {
        kind: "warcinfo",
        id: id.to_owned(),
        date: manifest.requested_at,
        content_type: "application/warc-fields",
        fields: vec![("WARC-Filename", name.to_owned())],
        block: &[text.as_bytes()],
    }
    .member(Compression::fast())
}

//! Captures: written, read back, and the files that hold them recorded when they are closed.

use super::index::key;
use super::open::{committed_end, locked};
use super::record::{Draft, Kind};
use super::rows::body_key;
use super::{Store, StoreError, WarcFile};
use crate::capture::{
    Capture, Manifest, Resource, RevisitOf, WarcScan, WarcWriter, WrittenFile, read_capture,
    scan_warc_file, verify_written,
};
use crate::flag::{Flag, Visit};
use std::path::{Path, PathBuf};

/// How a store writes captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// Size at which a WARC file is closed and a new one begun; 1 GiB if not set.
    pub rotate_at: Option<u64>,
    /// Whether what was written is read back and compared before a visit is acknowledged. It is read from the
    /// memory of the operating system, so this finds what went wrong on the way there, not a bad medium.
    pub verify_writes: bool,
    /// Fields of the `warcinfo` record of every file, such as `operator`, `hostname`, `ip`; in place of those
    /// that would stand there under these names.
    pub info: Vec<(String, String)>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            rotate_at: None,
            verify_writes: true,
            info: Vec::new(),
        }
    }
}

impl StoreOptions {
    pub(super) fn writer(&self, directory: &Path, prefix: &str) -> WarcWriter {
        let writer = WarcWriter::new(directory, prefix);
        let writer = match self.rotate_at {
            Some(bytes) => writer.rotating_at(bytes),
            None => writer,
        };
        let info = self.info.iter();
        info.fold(writer, |writer, (name, value)| {
            writer.with_info(name, value)
        })
    }
}

impl Store {
    /// Writes a capture to the WARC file and gives back its manifest with where it is, to be committed.
    /// Durable with the next [`Store::commit_visit`].
    ///
    /// A body that an earlier capture of the same URL has, byte for byte and still readable, is not written
    /// again: then the manifest says which ([`Manifest::revisit_of`]).
    pub fn append_capture(&self, capture: &Capture) -> Result<Manifest, StoreError> {
        let earlier = self.same_body_before(capture)?;
        let mut writer = locked(&self.captures);
        let manifest = match earlier {
            Some(earlier) => writer.append_revisit(capture, earlier)?,
            None => writer.append(capture)?,
        };
        self.record_closed(&mut writer)?;
        Ok(manifest)
    }

    /// Writes what belongs to a capture and was obtained after it was written (a screenshot), and adds it to
    /// its manifest, which must not have been committed.
    pub fn append_resources(
        &self,
        manifest: &mut Manifest,
        resources: &[Resource],
    ) -> Result<(), StoreError> {
        if resources.is_empty() {
            return Ok(());
        }
        let mut writer = locked(&self.captures);
        writer.append_resources(manifest, resources)?;
        self.record_closed(&mut writer)
    }

    /// The earlier capture to refer to. One that was deleted or cannot be read is none: what is on the wire
    /// now must not depend on it.
    fn same_body_before(&self, capture: &Capture) -> Result<Option<RevisitOf>, StoreError> {
        let manifest = &capture.manifest;
        if !RevisitOf::is_worth_it(manifest) {
            return Ok(None);
        }
        let Some(earlier) = self.read::<Manifest>(self.index.place(&body_key(manifest))?)? else {
            return Ok(None);
        };
        // Content is deleted site by site: a body must not go with a site that is not its own.
        let is_ours = earlier.url == manifest.url && earlier.site == manifest.site;
        if !is_ours || earlier.id == manifest.id || self.tombstone_of(&earlier.id)?.is_some() {
            return Ok(None);
        }
        let same = read_capture(&self.layout.captures, &earlier)
            .is_ok_and(|read| read.body == capture.body);
        Ok(RevisitOf::of(&earlier).filter(|_| same))
    }

    /// Commits a visit with its capture manifests and its flag. When this returns, nothing can lose them.
    ///
    /// Every manifest must say where its capture was written ([`Store::append_capture`]).
    pub fn commit_visit(
        &self,
        visit: &Visit,
        manifests: &[Manifest],
        flag: Option<&Flag>,
    ) -> Result<(), StoreError> {
        let mut drafts = Vec::with_capacity(manifests.len() + 2);
        for manifest in manifests {
            if manifest.warc.is_none() {
                return Err(StoreError::Damaged {
                    place: format!("capture {}", manifest.id),
                    reason: "its visit cannot be committed before it is written to a WARC file"
                        .to_owned(),
                });
            }
            drafts.push(Draft::of(Kind::Manifest, manifest)?);
        }
        drafts.push(Draft::of(Kind::Visit, visit)?);
        if let Some(flag) = flag {
            drafts.push(Draft::of(Kind::Flag, flag)?);
        }
        locked(&self.captures).sync()?;
        if self.options.verify_writes {
            self.read_back(manifests)?;
        }
        self.commit(&drafts)
    }

    /// Compares what the files hold with what was to be written.
    fn read_back(&self, manifests: &[Manifest]) -> Result<(), StoreError> {
        for manifest in manifests {
            for position in manifest.positions() {
                verify_written(&self.layout.captures, position).map_err(|error| {
                    StoreError::Damaged {
                        place: format!("capture {}, just written", manifest.id),
                        reason: format!(
                            "{error}; its visit was not committed. Something changed the file or the disk fails: see to it, then run again with --resume"
                        ),
                    }
                })?;
            }
        }
        Ok(())
    }

    /// Closes the WARC file that is being written and records its digest, as dropping the store does. The next
    /// capture begins a new one.
    pub fn close_captures(&self) -> Result<(), StoreError> {
        let mut writer = locked(&self.captures);
        writer.close()?;
        self.record_closed(&mut writer)
    }

    /// What is recorded of a closed WARC file.
    pub fn warc_file(&self, file: &str) -> Result<Option<WarcFile>, StoreError> {
        self.read(self.index.place(&key('a', &[file]))?)
    }

    fn record_closed(&self, writer: &mut WarcWriter) -> Result<(), StoreError> {
        if writer.closed().is_empty() {
            return Ok(());
        }
        let drafts: Result<Vec<_>, _> = writer.closed().iter().map(draft).collect();
        self.commit(&drafts?)?;
        writer.forget_closed();
        Ok(())
    }

    /// Records the files that a process closed and did not live to record, that were left open by a killed
    /// one and have just been closed, or that an older version wrote. A file with damage in it is not vouched
    /// for: a check names it.
    pub(super) fn record_unrecorded_files(&self) -> Result<(), StoreError> {
        let mut drafts = Vec::new();
        for path in self.closed_files()? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if self.warc_file(&name)?.is_some() {
                continue;
            }
            // A file that cannot be read at all must not keep the store from opening.
            let Ok(scan) = scan_warc_file(&path) else {
                continue;
            };
            if self.is_complete(&scan) {
                drafts.push(draft(&scan.file)?);
            }
        }
        if drafts.is_empty() {
            return Ok(());
        }
        match self.commit(&drafts) {
            // A store on a full disk can still be read.
            Err(StoreError::Full(_)) => Ok(()),
            result => result,
        }
    }

    fn is_complete(&self, scan: &WarcScan) -> bool {
        let committed = committed_end(&self.index, &scan.file.file);
        scan.is_whole() && scan.file.records > 0 && scan.file.bytes >= committed
    }

    /// The `.warc.gz` files, by name.
    fn closed_files(&self) -> Result<Vec<PathBuf>, StoreError> {
        let at = StoreError::at(&self.layout.captures);
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.layout.captures).map_err(&at)? {
            let path = entry.map_err(&at)?.path();
            if path.to_string_lossy().ends_with(".warc.gz") {
                files.push(path);
            }
        }
        files.sort_unstable();
        Ok(files)
    }
}

fn draft(file: &WrittenFile) -> Result<Draft, StoreError> {
    let record = WarcFile {
        file: file.file.clone(),
        bytes: file.bytes,
        digest: file.digest,
        records: file.records,
    };
    Draft::of(Kind::WarcFile, &record)
}

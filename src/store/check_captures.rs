//! Verifying every byte of the evidence: WARC files, captures, archived rulesets, and the file that says
//! which format the store has.

use super::check::StoreReport;
use super::open::locked;
use super::{ArchivedRuleset, Store, StoreError, WarcFile};
use crate::capture::{
    Manifest, WarcPosition, WarcScan, digest_of_start, read_capture, scan_warc_file, verify_written,
};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

impl Store {
    /// The store must say its format exactly as it was written.
    pub(super) fn check_format(&self, report: &mut StoreReport) -> Result<(), StoreError> {
        if !self.layout.has_canonical_format()? {
            report.note("FORMAT: it is not what was written when the store was made");
        }
        Ok(())
    }

    /// Every archived ruleset must be what was archived.
    pub(super) fn check_rulesets(&self, report: &mut StoreReport) -> Result<(), StoreError> {
        for archived in self.recorded::<ArchivedRuleset>(b"u\0") {
            if let Err(error) = self.ruleset_archive_bytes(&archived?.version) {
                report.note(error);
            }
        }
        Ok(())
    }

    /// Every capture must be in its file, compressed and uncompressed as it was written; every closed file
    /// must be what it was when it was closed; nothing else may be there.
    pub(super) fn check_captures(&self, report: &mut StoreReport) -> Result<(), StoreError> {
        let directory = &self.layout.captures;
        for manifest in self.recorded::<Manifest>(b"m\0") {
            let manifest = manifest?;
            if self.tombstone_of(&manifest.id)?.is_some() {
                report.deleted += 1;
                continue;
            }
            report.captures += 1;
            let mut positions = manifest.positions();
            let sound = read_capture(directory, &manifest).map(drop);
            let sound = sound.and_then(|()| {
                positions.try_for_each(|position| verify_written(directory, position))
            });
            if let Err(error) = sound {
                report.note(format_args!("capture {}: {error}", manifest.id));
            }
        }
        let mut recorded = BTreeMap::new();
        for file in self.recorded::<WarcFile>(b"a\0") {
            let file = file?;
            recorded.insert(file.file.clone(), file);
        }
        let mut left = recorded.clone();
        for name in self.names_of_captures()? {
            if name.ends_with(".warc.gz") {
                report.warc_files += 1;
                left.remove(&name);
                self.check_file(&name, recorded.get(&name), report)?;
            } else if !self.belongs(&name)? {
                report.note(format_args!(
                    "captures/{name} does not belong to the store: nothing that was recorded is in it"
                ));
            }
        }
        for name in left.keys() {
            report.note(format_args!(
                "captures/{name} is missing; restore it from a backup"
            ));
        }
        Ok(())
    }

    fn check_file(
        &self,
        name: &str,
        recorded: Option<&WarcFile>,
        report: &mut StoreReport,
    ) -> Result<(), StoreError> {
        let scan = match scan_warc_file(&self.layout.captures.join(name)) {
            Ok(scan) => scan,
            Err(error) => {
                report.note(format_args!("captures/{name}: {error}"));
                return Ok(());
            }
        };
        let Some(recorded) = recorded else {
            report.note(format_args!(
                "captures/{name} was not recorded when it was closed: {}",
                unpacking(&scan)
            ));
            return Ok(());
        };
        let found = &scan.file;
        if (found.bytes, found.digest) != (recorded.bytes, recorded.digest) {
            let sizes = match found.bytes {
                bytes if bytes == recorded.bytes => String::new(),
                bytes => format!(" It has {bytes} bytes of {}.", recorded.bytes),
            };
            report.note(format_args!(
                "captures/{name} is not what it was when it was closed.{sizes} {}; restore it from a backup",
                self.first_difference(name)?
            ));
        } else if found.records != recorded.records || !scan.is_whole() {
            report.note(format_args!("captures/{name}: {}", unpacking(&scan)));
        }
        Ok(())
    }

    /// Which member of a changed file is the first that is not what was written.
    fn first_difference(&self, name: &str) -> Result<String, StoreError> {
        let mut written: Vec<(WarcPosition, String)> = Vec::new();
        for manifest in self.recorded::<Manifest>(b"m\0") {
            let manifest = manifest?;
            let here = manifest
                .positions()
                .filter(|position| position.file == name);
            written.extend(here.map(|position| (position.clone(), manifest.id.to_string())));
        }
        written.sort_by_key(|(position, _)| position.offset);
        let directory = &self.layout.captures;
        let changed = written
            .iter()
            .find(|(p, _)| verify_written(directory, p).is_err());
        Ok(match (changed, written.first()) {
            (Some((position, capture)), _) => format!(
                "The first difference is in capture {capture}, at {} to {}",
                position.offset,
                position.end()
            ),
            (None, Some((first, _))) => format!(
                "No capture differs: it is the warcinfo record, at 0 to {}, or a record of no visit",
                first.offset
            ),
            (None, None) => "No committed capture is in it".to_owned(),
        })
    }

    /// Whether a file is one of the store's that is not closed: the one being written (then as far as it was
    /// written), or what a repair moved aside.
    fn belongs(&self, name: &str) -> Result<bool, StoreError> {
        if name.ends_with(".warc.gz.torn") {
            return Ok(true);
        }
        let open = locked(&self.captures).open_file();
        let Some(open) = open.filter(|open| name == format!("{}.open", open.file)) else {
            return Ok(false);
        };
        let path = self.layout.captures.join(name);
        match digest_of_start(&path, open.bytes) {
            Ok(digest) => Ok(digest == open.digest),
            // It was closed meanwhile.
            Err(_) if !path.exists() => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    fn names_of_captures(&self) -> Result<Vec<String>, StoreError> {
        let directory: &Path = &self.layout.captures;
        let at = StoreError::at(directory);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(&at)? {
            let name = entry.map_err(&at)?.file_name();
            names.push(name.to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Records under a prefix of the index. Entries that cannot be read are reported by `check_index`.
    fn recorded<T: DeserializeOwned>(
        &self,
        prefix: &'static [u8],
    ) -> impl Iterator<Item = Result<T, StoreError>> {
        self.index.rows(prefix).filter_map(|row| {
            let row = match row {
                Ok(row) => row,
                Err(error) => return Some(Err(error)),
            };
            let place = self.index.place_in(&row.key, &row.value);
            place
                .and_then(|place| self.records.record(&place))
                .ok()
                .map(Ok)
        })
    }
}

fn unpacking(scan: &WarcScan) -> String {
    if scan.is_whole() {
        return format!("its {} records can all be unpacked", scan.file.records);
    }
    format!("its record at {} cannot be unpacked", scan.whole)
}

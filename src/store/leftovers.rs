//! Captures in WARC files that the journal does not know, and captures of the journal that are in no file.

use super::index::key;
use super::{Store, StoreError};
use crate::capture::{Manifest, Member, each_member};
use crate::id::CaptureId;
use std::collections::BTreeSet;
use std::path::Path;

/// What a look through all WARC files found beside what is committed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaptureLeftovers {
    /// Captures that a killed scan wrote and never committed. They are not entered: nobody vouched for them.
    pub uncommitted: u64,
    /// The sites for which they were made.
    pub uncommitted_sites: BTreeSet<String>,
    /// Committed captures whose WARC record is not where the journal says.
    pub missing: Vec<CaptureId>,
}

impl Store {
    /// Looks through all WARC files for captures that were never committed, and through the journal for captures
    /// whose file is gone or too short. (Whether what is there is right is for [`Store::check`] to say.)
    pub fn leftovers(&self) -> Result<CaptureLeftovers, StoreError> {
        let mut found = CaptureLeftovers::default();
        let directory = &self.layout.captures;
        let at = StoreError::at(directory);
        let mut files = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(&at)? {
            let path = entry.map_err(&at)?.path();
            if path.extension().is_some_and(|extension| extension == "gz") {
                files.push(path);
            }
        }
        files.sort_unstable();
        for file in &files {
            self.look_through(file, &mut found)?;
        }
        for row in self.index.rows(&key('m', &[""])) {
            let row = row?;
            let place = self.index.place_in(&row.key, &row.value)?;
            let manifest: Manifest = self.records.record(&place)?;
            if self.tombstone_of(&manifest.id)?.is_none() && !self.has_room_for(&manifest) {
                found.missing.push(manifest.id);
            }
        }
        Ok(found)
    }

    fn look_through(&self, file: &Path, found: &mut CaptureLeftovers) -> Result<(), StoreError> {
        let mut failed = None;
        each_member(file, 0, &mut |member: &Member| {
            if let Some(manifest) = manifest_in(member) {
                match self.index.get(&key('m', &[manifest.id.as_str()])) {
                    Ok(Some(_)) => {}
                    Ok(None) => {
                        found.uncommitted += 1;
                        found.uncommitted_sites.insert(manifest.site);
                    }
                    Err(error) => failed = Some(error),
                }
            }
            failed.is_none()
        })?;
        failed.map_or(Ok(()), Err)
    }

    fn has_room_for(&self, manifest: &Manifest) -> bool {
        manifest.warc.as_ref().is_some_and(|position| {
            let open = format!("{}.open", position.file);
            let end = position.offset.saturating_add(position.length);
            [&position.file, &open].into_iter().any(|name| {
                let file = std::fs::metadata(self.layout.captures.join(name));
                file.is_ok_and(|file| file.len() >= end)
            })
        })
    }
}

/// The manifest in a metadata record.
fn manifest_in(member: &Member) -> Option<Manifest> {
    if member.field("WARC-Type") != Some("metadata") {
        return None;
    }
    serde_json::from_slice(member.block()?).ok()
}

//! Archived rulesets: the rule files that flags were raised with.

use super::index::key;
use super::layout::Layout;
use super::record::{Draft, Kind};
use super::{ArchivedRuleset, Store, StoreError};
use crate::digest::Digest;
use crate::rules::RulesetArchive;
use std::path::PathBuf;

impl Store {
    /// Keeps the files of a ruleset, once a version.
    pub fn archive_ruleset(&self, archive: &RulesetArchive) -> Result<(), StoreError> {
        let version = &archive.version;
        if self.archived_ruleset(version)?.is_some() {
            return Ok(());
        }
        let bytes = archive
            .to_bytes()
            .map_err(|error| damaged(version, &error))?;
        Layout::write_whole(&self.ruleset_path(version), &bytes)?;
        let record = ArchivedRuleset {
            version: version.clone(),
            bytes: bytes.len() as u64,
            digest: Digest::of(&bytes),
        };
        self.commit(&[Draft::of(Kind::Ruleset, &record)?])
    }

    /// What is recorded of an archived ruleset; `None` if this version was never archived.
    pub fn archived_ruleset(&self, version: &str) -> Result<Option<ArchivedRuleset>, StoreError> {
        self.read(self.index.place(&key('u', &[version]))?)
    }

    /// The files of an archived ruleset, their digest verified.
    pub fn ruleset_archive(&self, version: &str) -> Result<RulesetArchive, StoreError> {
        let bytes = self.ruleset_archive_bytes(version)?;
        RulesetArchive::from_bytes(&bytes).map_err(|error| damaged(version, &error))
    }

    /// The archive as a file, its digest verified.
    pub fn ruleset_archive_bytes(&self, version: &str) -> Result<Vec<u8>, StoreError> {
        let record = self.archived_ruleset(version)?;
        let record = record.ok_or_else(|| StoreError::Unknown {
            kind: "archived ruleset",
            id: version.to_owned(),
        })?;
        let path = self.ruleset_path(version);
        let bytes = std::fs::read(&path).map_err(StoreError::at(&path))?;
        if Digest::of(&bytes) == record.digest {
            return Ok(bytes);
        }
        Err(damaged(
            version,
            &"it is not what was archived; restore it from a backup",
        ))
    }

    pub(super) fn ruleset_path(&self, version: &str) -> PathBuf {
        self.layout.rulesets.join(format!("{version}.json"))
    }
}

fn damaged(version: &str, reason: &dyn std::fmt::Display) -> StoreError {
    StoreError::Damaged {
        place: format!("rulesets/{version}.json"),
        reason: reason.to_string(),
    }
}

//! The files of a ruleset as they were read, kept so that every finding can be derived again.

use super::load::compile_with;
use super::pack_files::RuleFile;
use super::ruleset::{RuleError, Ruleset};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What overrides are called in an archive: their path is nobody's business.
const OVERRIDES: &str = "overrides.yaml";

/// All files of a ruleset, and the day as of which its overrides were read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesetArchive {
    /// Version of the ruleset that these files give.
    pub version: String,
    /// Overrides that had expired by this day are not in force; `None` without overrides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Date>,
    /// Path relative to the rules directory, and text.
    pub files: Vec<(String, String)>,
    /// Local changes to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<(String, String)>,
}

/// An archive does not give the ruleset that it says.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not an archive.
    #[error("not an archive of rule files: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// This program refuses its rules.
    #[error("this tazy cannot read the archived rules: {0}")]
    Refused(RuleError),
    /// Another version comes out.
    #[error("the archived rules are version {found}, not {stated}")]
    OtherVersion {
        /// As the archive says.
        stated: String,
        /// As its files give.
        found: String,
    },
}

impl RulesetArchive {
    pub(super) fn of(
        version: &str,
        files: &[RuleFile],
        overrides: Option<(&RuleFile, Date)>,
    ) -> Self {
        Self {
            version: version.to_owned(),
            day: overrides.map(|(_, day)| day),
            files: files.to_vec(),
            overrides: overrides.map(|((_, text), _)| (OVERRIDES.to_owned(), text.clone())),
        }
    }

    /// The archive as one file: JSON, the same bytes for the same ruleset.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ArchiveError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Reads what [`RulesetArchive::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArchiveError> {
        Ok(serde_json::from_slice(bytes)?)
    }

    /// Compiles the files and makes sure that they give the version that the archive states.
    pub fn compile(&self) -> Result<Ruleset, ArchiveError> {
        let overrides = self.overrides.as_ref().zip(self.day);
        let ruleset = compile_with(&self.files, overrides).map_err(|errors| {
            let first = errors.into_iter().next();
            ArchiveError::Refused(first.unwrap_or_else(|| RuleError {
                file: String::new(),
                line: 0,
                message: "no reason given".to_owned(),
            }))
        })?;
        if ruleset.version() == self.version {
            return Ok(ruleset);
        }
        Err(ArchiveError::OtherVersion {
            stated: self.version.clone(),
            found: ruleset.version().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_gives_the_ruleset_that_it_was_made_of() {
        let ruleset = Ruleset::embedded().unwrap();
        let bytes = ruleset.archive().to_bytes().unwrap();
        let archive = RulesetArchive::from_bytes(&bytes).unwrap();
        assert_eq!(archive.compile().unwrap().version(), ruleset.version());
        assert_eq!(archive.to_bytes().unwrap(), bytes);
    }

    #[test]
    fn a_changed_file_is_another_version() {
        let mut archive = Ruleset::embedded().unwrap().archive().clone();
        archive.files[0].1.push_str("\n# changed\n");
        let error = archive.compile().unwrap_err();
        assert!(
            matches!(error, ArchiveError::OtherVersion { .. }),
            "{error}"
        );
    }
}

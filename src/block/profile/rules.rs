//! Profiles and protection, read together.

use super::Profile;
use crate::block::guard::Protection;
use std::path::Path;

/// Everything that requests are checked and written by.
#[derive(Debug, Clone, Default)]
pub struct BlockRules {
    /// The jurisdictions.
    pub profiles: Vec<Profile>,
    /// What may never be blocked.
    pub protection: Protection,
}

/// A file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct BlockRulesError {
    /// Path relative to the rules directory.
    pub file: String,
    /// Line, from 1; 0 if it is about the whole file.
    pub line: u64,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl BlockRules {
    /// Reads them from `directory` (a rules directory), or the built-in ones.
    pub fn load(_directory: Option<&Path>) -> Result<Self, Vec<BlockRulesError>> {
        Ok(Self::default())
    }

    /// The profile of a jurisdiction.
    pub fn profile(&self, jurisdiction: &str) -> Option<&Profile> {
        self.profiles
            .iter()
            .find(|profile| profile.jurisdiction == jurisdiction)
    }
}

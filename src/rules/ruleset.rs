//! All packs, compiled.

use std::path::Path;

/// All packs, compiled.
#[derive(Debug)]
pub struct Ruleset {}

/// What is wrong in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct RuleError {
    /// File, relative to the rules directory.
    pub file: String,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// What listings show of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleInfo {
    /// Rule id.
    pub id: String,
    /// English title.
    pub title: String,
    /// Weight, log-odds.
    pub weight: f64,
}

impl Ruleset {
    /// The packs that are built into the program.
    pub fn embedded() -> Result<Self, Vec<RuleError>> {
        todo!()
    }

    /// The packs of a directory.
    pub fn load(directory: &Path) -> Result<Self, Vec<RuleError>> {
        let _ = directory;
        todo!()
    }

    /// Digest over all rule files: the same version finds the same things.
    pub fn version(&self) -> &str {
        todo!()
    }

    /// What listings show of each rule.
    pub fn rules(&self) -> Vec<RuleInfo> {
        todo!()
    }
}

//! What is wrong with a setting, where it stands, and what to write instead.

use std::path::PathBuf;

/// Where settings were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    CommandLine,
    /// In a file.
    File(PathBuf),
}

impl Origin {
    /// How this origin calls the setting whose key in the file is `key`.
    pub(super) fn name_of(&self, key: &str) -> String {
        match self {
            Self::CommandLine => format!("--{}", key.trim_end_matches("_s").replace('_', "-")),
            Self::File(path) => format!("{}: scan.{key}", path.display()),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct ConfigError {
    /// The option, or the file with line or key.
    pub place: String,
    /// What is wrong and what to write instead.
    pub reason: String,
}

impl ConfigError {
    pub(super) fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            reason: reason.into(),
        }
    }
}

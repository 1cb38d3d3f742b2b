//! What can go wrong with the store: what, where, and what to do next.

use crate::block::{RequestError, StepError};
use crate::capture::{WarcError, is_full};
use crate::review::DecideError;
use std::io;
use std::path::Path;

/// The store cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it.
    #[error(
        "the store {0} is in use by another tazy; wait for it, or name another directory with --store"
    )]
    Locked(String),
    /// It was written by a newer version.
    #[error(
        "the store {path} has format {found}, this tazy knows up to {known}; use the newer tazy that wrote it"
    )]
    Newer {
        /// Directory.
        path: String,
        /// Its format.
        found: u32,
        /// The newest format that this version knows.
        known: u32,
    },
    /// The disk is full.
    #[error(
        "no space left for {0}; nothing acknowledged was lost. Free some space and run again with --resume"
    )]
    Full(String),
    /// The file system failed otherwise.
    #[error("{path}: {source}")]
    Io {
        /// Which file or directory.
        path: String,
        /// What failed.
        source: std::io::Error,
    },
    /// A record is not what was written.
    #[error("{place}: {reason}")]
    Damaged {
        /// File and position.
        place: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A decision that may not be recorded.
    #[error(transparent)]
    Refused(#[from] DecideError),
    /// A block request that may not be recorded.
    #[error(transparent)]
    RequestRefused(#[from] RequestError),
    /// A step that may not be recorded.
    #[error(transparent)]
    StepRefused(#[from] StepError),
    /// The content was deleted.
    #[error("capture {capture} was deleted (tombstone {tombstone}): only its manifest is left")]
    Deleted {
        /// Which capture.
        capture: String,
        /// By which tombstone.
        tombstone: String,
    },
    /// The site is on hold.
    #[error("{site} is on hold ({reason}); nothing of it may be deleted until the hold is lifted")]
    Held {
        /// Which site.
        site: String,
        /// Why.
        reason: String,
    },
    /// Another site's capture refers to a body of this one.
    #[error("captures of {by} refer to bodies of {site} and would lose them; delete {by} first")]
    Needed {
        /// Which site.
        site: String,
        /// By which site.
        by: String,
    },
    /// A backup cannot be made, continued or restored.
    #[error("{place}: {reason}")]
    Backup {
        /// Directory.
        place: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// There is no such record.
    #[error("no {kind} {id} in this store; `tazy flags list` shows what there is")]
    Unknown {
        /// What was looked for.
        kind: &'static str,
        /// By which identifier.
        id: String,
    },
}

impl StoreError {
    /// For `map_err`: an input or output error at `path`.
    pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::of_io(&path.display().to_string(), source)
    }

    /// Whether this is damage of what is at `path`.
    pub(super) fn is_of(&self, path: &Path) -> bool {
        let path = path.display().to_string();
        matches!(self, Self::Damaged { place, .. } if *place == path)
    }

    /// For what is wrong with a backup.
    pub(super) fn backup(place: &Path, reason: impl Into<String>) -> Self {
        Self::Backup {
            place: place.display().to_string(),
            reason: reason.into(),
        }
    }

    fn of_io(path: &str, source: io::Error) -> Self {
        if is_full(&source) {
            return Self::Full(path.to_owned());
        }
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

impl From<WarcError> for StoreError {
    fn from(error: WarcError) -> Self {
        match error {
            WarcError::Io { path, source } => Self::of_io(&path, source),
            WarcError::Damaged {
                path,
                offset,
                reason,
            } => Self::Damaged {
                place: format!("captures/{path} at {offset}"),
                reason,
            },
        }
    }
}

//! What can go wrong with the store: what, where, and what to do next.

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
    /// There is no such record.
    #[error("no {kind} {id} in this store; `tazy flags list` shows what there is")]
    Unknown {
        /// What was looked for.
        kind: &'static str,
        /// By which identifier.
        id: String,
    },
}

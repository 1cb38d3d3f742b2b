//! Why a bundle's ZIP file cannot be written or read.

use super::Fault;
use std::io;

/// A bundle's ZIP file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file is not what a writer of bundles makes, and what follows cannot be told apart.
    #[error("{0}")]
    Malformed(Fault),
    /// An entry that may not be written: its name, its place, or not the bytes that were announced.
    #[error("the entry {name:?} cannot be written: {reason}")]
    Refused {
        /// Its name.
        name: String,
        /// Why.
        reason: &'static str,
    },
}

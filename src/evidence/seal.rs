//! What vouches for the log: its keys, its checkpoints, time stamps.

use crate::merkle::Note;
use crate::store::StoreError;

/// The signed side of a store's log, as bundles need it.
pub trait LogSeal {
    /// The signed checkpoint of the log's first `size` records; made now if there is none yet.
    fn checkpoint(&self, size: u64) -> Result<Note, StoreError>;
    /// The time stamp token of that checkpoint (RFC 3161, DER), if there is one.
    fn timestamp(&self, size: u64) -> Result<Option<Vec<u8>>, StoreError>;
    /// The keys of the log in the verifier's form, the first one first.
    fn verifiers(&self) -> Result<Vec<String>, StoreError>;
    /// Signs a text with the log's key.
    fn sign(&self, text: &str) -> Result<Note, StoreError>;
}

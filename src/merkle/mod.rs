//! A transparency log as data: its Merkle tree, its proofs, its tiles and what is signed about it. Pure: no files, no
//! clock, no randomness.
//!
//! - [`leaf_hash`], [`node_hash`], [`root`]: the hashes of RFC 6962 §2.1 (RFC 9162 §2.1.1 has the same).
//! - [`InclusionProof`], [`ConsistencyProof`]: made through a reader of hashes, so that a log of any size fits, and
//!   verified with the steps of RFC 9162 §2.1.3.2 and §2.1.4.2.
//! - [`CompactRange`]: the right edge of a tree, which is all that appending needs.
//! - [`Tile`], [`TileHashes`], [`TileReader`]: a tree in files (C2SP tlog-tiles).
//! - [`Note`], [`Signer`], [`Verifier`]: signed text (C2SP signed-note).
//! - [`Checkpoint`]: what a log signs (C2SP tlog-checkpoint); [`Cosigner`], [`may_cosign`]: what a witness signs
//!   (C2SP tlog-cosignature), and when it may.
//!
//! A proof says that records are in a log and that nothing was rewritten since; it says nothing about whether what
//! they hold is true.

mod checkpoint;
mod compact;
mod cosign;
mod key;
mod note;
mod proof;
mod secret;
#[cfg(test)]
mod tests;
mod tile;
mod tile_reader;
mod tree;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use compact::{CompactRange, CompactRangeError};
pub use cosign::{CosignError, Cosigner, may_cosign};
pub use key::{KeyError, KeyId, SignatureKind, Signer, Verifier};
pub use note::{MAX_NOTE_BYTES, MAX_SIGNATURES, Note, NoteError, Signature, VerifiedSignature};
pub use proof::{ConsistencyProof, InclusionProof, ProofError, verify_consistency};
pub use secret::SecretText;
pub use tile::{TILE_HEIGHT, TILE_WIDTH, Tile, TileError, TileHashes, tiles_between, tiles_of};
pub use tile_reader::{TileReader, check_tiles};
pub use tree::{empty_root, leaf_hash, node_hash, root, root_through};

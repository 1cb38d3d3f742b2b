//! The journal as a transparency log: tiles, signed checkpoints, keys, proofs.
//!
//! ```text
//! log/tile/…            hashes of the Merkle tree over the journal (C2SP tlog-tiles)
//! log/checkpoints/<n>   the signed checkpoint over the first n records (C2SP tlog-checkpoint)
//! log/checkpoint        the latest of them
//! log/position.json     where in the journal that one ends
//! log/timestamps/<n>.tsr  RFC 3161 token over the SHA-256 of the text of checkpoint n
//! keys/log.key          the key that signs (C2SP signed-note), readable by its owner only
//! keys/log.pub          its public half, for whoever verifies
//! ```
//!
//! Leaf i of the tree is made of the 32 bytes of the digest of journal line i + 1, so that a line whose content
//! was deleted by policy keeps its leaf. Everything here but the keys can be made anew from the journal; a
//! checkpoint is written after its tiles, so a killed process leaves the log as it was or one step on.

mod check;
mod files;
mod key;
mod mend;
mod prove;
mod sign;
#[cfg(test)]
mod tests;

pub use key::{make_signer, read_key_file, write_key_file};
pub use sign::SignedCheckpoint;

//! Cosignatures (C2SP tlog-cosignature, `cosignature/v1`): a second unit says what a log looked like, and when.
//!
//! A log that shows two histories then needs the second unit's help. The same key must not sign for a log and as a
//! witness, nor for two witnesses.

use super::checkpoint::Checkpoint;
use super::key::{KeyError, SignatureKind, Signer, Verifier};
use super::note::Signature;
use super::proof::{ProofError, verify_consistency};
use crate::digest::Digest;

/// A witness's private key.
#[derive(Debug)]
pub struct Cosigner {
    signer: Signer,
    verifier: Verifier,
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CosignError {
    /// Checkpoints of two logs.
    #[error("the checkpoint is of the log {offered:?}, but the one seen before is of {seen:?}")]
    OtherOrigin {
        /// Origin of the checkpoint seen before.
        seen: String,
        /// Origin of the one to be signed.
        offered: String,
    },
    /// The log became smaller.
    #[error(
        "the checkpoint says {offered} records, but the log had {seen} before: records were taken away, or the checkpoint is an old one"
    )]
    Shrunk {
        /// Records seen before.
        seen: u64,
        /// Records in the checkpoint to be signed.
        offered: u64,
    },
    /// The log has the same size and another content.
    #[error("the log had another root at {size} records before: its records were changed")]
    Rewritten {
        /// Records in both.
        size: u64,
    },
    /// The log was not shown to have grown.
    #[error("the log of {offered} records is not proved to have grown from that of {seen} records")]
    Inconsistent {
        /// Records seen before.
        seen: u64,
        /// Records in the checkpoint to be signed.
        offered: u64,
        /// What is wrong with the proof.
        source: ProofError,
    },
    /// A time that the format does not hold.
    #[error("{0} is not a time that a cosignature can hold (seconds since 1970)")]
    Time(u64),
    /// The key could not be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Cosigner {
    /// A witness with this key. Its private text form stays that of the [`Signer`]; its public one is of type `0x04`.
    ///
    /// # Errors
    /// Never for a key that was made here.
    pub fn new(signer: Signer) -> Result<Self, KeyError> {
        let public = *signer.verifier().public_key();
        let verifier = Verifier::new(signer.name(), SignatureKind::CosignatureV1, public)?;
        Ok(Self { signer, verifier })
    }

    /// The public key that checks this witness's cosignatures.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Cosigns a checkpoint at `time`, in seconds since 1970 (UTC). Only for a checkpoint whose log's signature was
    /// verified and that [`may_cosign`] allows.
    ///
    /// # Errors
    /// A time above 2^63 - 1.
    pub fn cosign(&self, checkpoint: &Checkpoint, time: u64) -> Result<Signature, CosignError> {
        if !is_time(time) {
            return Err(CosignError::Time(time));
        }
        let signature = self.signer.sign(&message(time, &checkpoint.to_string()))?;
        let bytes = [time.to_be_bytes().as_slice(), &signature].concat();
        Ok(Signature::new(&self.verifier, bytes))
    }
}

/// Whether a witness that saw `old` last may cosign `new`: the same log, not smaller, and proved to have grown from what
/// was seen (`proof` is the path of a [`super::ConsistencyProof`]; empty when nothing was seen, or the sizes are equal).
///
/// # Errors
/// Why not. Unless the checkpoint is an old one, such a log has shown two histories, and both checkpoints prove it.
pub fn may_cosign(
    old: Option<&Checkpoint>,
    new: &Checkpoint,
    proof: &[Digest],
) -> Result<(), CosignError> {
    let offered = new.size();
    let (seen, root) = match old {
        None => (0, super::tree::empty_root()),
        Some(old) if old.origin() != new.origin() => {
            return Err(CosignError::OtherOrigin {
                seen: old.origin().to_owned(),
                offered: new.origin().to_owned(),
            });
        }
        Some(old) => (old.size(), old.root()),
    };
    if offered < seen {
        return Err(CosignError::Shrunk { seen, offered });
    }
    if offered == seen && root != new.root() {
        return Err(CosignError::Rewritten { size: seen });
    }
    verify_consistency(seen, &root, offered, &new.root(), proof).map_err(|source| {
        CosignError::Inconsistent {
            seen,
            offered,
            source,
        }
    })
}

/// When the witness signed, if `bytes` is its cosignature of the note text, which must be a checkpoint.
pub(super) fn time_of_cosignature(text: &str, bytes: &[u8], verifier: &Verifier) -> Option<u64> {
    text.parse::<Checkpoint>().ok()?;
    let (time, signature) = bytes.split_first_chunk()?;
    let time = u64::from_be_bytes(*time);
    let is_right = is_time(time) && verifier.has_signed(&message(time, text), signature);
    is_right.then_some(time)
}

fn message(time: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

fn is_time(time: u64) -> bool {
    i64::try_from(time).is_ok()
}

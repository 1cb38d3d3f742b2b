//! Proofs out of the log, and what others add to its checkpoints.

use super::files::{LogFiles, damaged};
use crate::digest::Digest;
use crate::merkle::{ConsistencyProof, InclusionProof, Signature, Verifier};
use crate::store::index::key;
use crate::store::layout::Layout;
use crate::store::record::{Draft, Kind};
use crate::store::rows::sortable;
use crate::store::{LogCosignature, LogTimestamp, Store, StoreError};
use jiff::Timestamp;

impl Store {
    /// That record `seq` (from 1) is in the log of `size` records, which must have a checkpoint.
    pub fn prove_inclusion(&self, seq: u64, size: u64) -> Result<InclusionProof, StoreError> {
        let mut reader = LogFiles::of(&self.layout).reader(size, self.tiled_size(size)?);
        let index = seq
            .checked_sub(1)
            .ok_or_else(|| damaged(&self.layout.log, "records are counted from 1"))?;
        InclusionProof::through(index, size, |level, index| reader.node(level, index))
    }

    /// That the log of `second` records begins with that of `first` records.
    pub fn prove_consistency(
        &self,
        first: u64,
        second: u64,
    ) -> Result<ConsistencyProof, StoreError> {
        let mut reader = LogFiles::of(&self.layout).reader(second, self.tiled_size(second)?);
        ConsistencyProof::through(first, second, |level, index| reader.node(level, index))
    }

    /// Up to where there are tiles.
    fn tiled_size(&self, wanted: u64) -> Result<u64, StoreError> {
        let written = LogFiles::of(&self.layout)
            .sizes()?
            .last()
            .copied()
            .unwrap_or(0);
        if wanted <= written {
            return Ok(written);
        }
        Err(damaged(
            &self.layout.log,
            format!(
                "the log is signed up to record {written}, not {wanted}; sign it: tazy evidence checkpoint"
            ),
        ))
    }

    /// Keeps a time stamp token for a checkpoint. The caller has verified it.
    pub fn add_timestamp(
        &self,
        size: u64,
        token: &[u8],
        time: Timestamp,
        authority: &str,
    ) -> Result<(), StoreError> {
        self.require_checkpoint(size)?;
        Layout::write_whole(&LogFiles::of(&self.layout).timestamp(size), token)?;
        let record = LogTimestamp {
            size,
            token: Digest::of(token),
            time,
            authority: authority.to_owned(),
        };
        self.commit(&[Draft::of(Kind::LogTimestamp, &record)?])
    }

    /// The time stamp of a checkpoint: what is recorded, and the token, its digest verified.
    pub fn timestamp_of(&self, size: u64) -> Result<Option<(LogTimestamp, Vec<u8>)>, StoreError> {
        let place = self.index.place(&key('g', &[&sortable(size)]))?;
        let Some(record) = self.read::<LogTimestamp>(place)? else {
            return Ok(None);
        };
        let path = LogFiles::of(&self.layout).timestamp(size);
        match LogFiles::read(&path)? {
            Some(token) if Digest::of(&token) == record.token => Ok(Some((record, token))),
            Some(_) => Err(damaged(&path, "it is not the token that was received")),
            None => Err(damaged(
                &path,
                "the token is missing; restore it from a backup",
            )),
        }
    }

    /// The checkpoints that wait for a time stamp, oldest first: those after the last one that has it.
    pub fn checkpoints_without_timestamp(&self) -> Result<Vec<u64>, StoreError> {
        let sizes = self.checkpoint_sizes()?;
        let mut waiting = Vec::new();
        for size in sizes.into_iter().rev() {
            if self.index.place(&key('g', &[&sortable(size)]))?.is_some() {
                break;
            }
            waiting.push(size);
        }
        waiting.reverse();
        Ok(waiting)
    }

    /// Adds a witness's signature to a checkpoint, once it verifies (C2SP tlog-cosignature).
    pub fn add_cosignature(
        &self,
        size: u64,
        signature: Signature,
        witness: &Verifier,
    ) -> Result<LogCosignature, StoreError> {
        let _one_at_a_time = self.log_lock();
        let files = LogFiles::of(&self.layout);
        let path = files.checkpoint(size);
        let line = signature.to_string();
        let mut signed = self.require_checkpoint(size)?;
        signed
            .note
            .add(signature)
            .map_err(|error| damaged(&path, error))?;
        let verified = signed.note.verify(std::slice::from_ref(witness));
        let verified = verified.map_err(|error| damaged(&path, error))?;
        let seconds = verified.first().and_then(|found| found.time);
        let time = seconds
            .and_then(|seconds| i64::try_from(seconds).ok())
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .ok_or_else(|| {
                damaged(
                    &path,
                    "a witness's signature says when it was made; this one does not",
                )
            })?;
        let record = LogCosignature {
            size,
            verifier: witness.to_string(),
            signature: line,
            time,
        };
        let bytes = signed.note.to_string();
        Layout::write_whole(&path, bytes.as_bytes())?;
        if self.checkpoint_sizes()?.last() == Some(&size) {
            Layout::write_whole(&files.latest(), bytes.as_bytes())?;
        }
        self.commit(&[Draft::of(Kind::LogCosignature, &record)?])?;
        Ok(record)
    }

    /// When a checkpoint was signed, as its file says: for telling how long it waits, not as evidence.
    pub fn checkpoint_time(&self, size: u64) -> Option<Timestamp> {
        let path = LogFiles::of(&self.layout).checkpoint(size);
        let modified = std::fs::metadata(path).and_then(|file| file.modified());
        modified.ok().and_then(|time| time.try_into().ok())
    }

    /// All time stamps that were received, by size of the tree.
    pub fn timestamps(&self) -> Result<Vec<LogTimestamp>, StoreError> {
        self.records_at(&key('g', &[""]))
    }

    /// The cosignatures of a checkpoint.
    pub fn cosignatures(&self, size: u64) -> Result<Vec<LogCosignature>, StoreError> {
        self.records_at(&key('y', &[&sortable(size), ""]))
    }

    fn require_checkpoint(&self, size: u64) -> Result<super::SignedCheckpoint, StoreError> {
        self.checkpoint_at(size)?
            .ok_or_else(|| StoreError::Unknown {
                kind: "checkpoint over this many records:",
                id: size.to_string(),
            })
    }
}

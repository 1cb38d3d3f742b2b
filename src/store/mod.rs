//! Everything on disk. No sled type leaves this module.
//!
//! ```text
//! FORMAT          {"format":1}; written last when a store is made
//! lock            locked by the process that has the store open
//! journal.jsonl   append-only, hash-chained; every record is here before it is anywhere else
//! captures/       WARC files, the evidence itself
//! index/          sled: where in the journal what is; can be made anew from the journal
//! ```
//!
//! # Journal
//! One record a line: `{"seq","time","kind","version","record","previous","digest"}`. `seq` counts from 1.
//! `digest` is SHA-256 over the 32 bytes of `previous` and the line as it stands without its
//! `,"digest":"…"`; `previous` is the digest of the line before, of the empty string for the first. So
//! every line vouches for all before it. Kinds that this version does not know are kept and skipped.
//!
//! # Guarantees
//! - A visit is committed as a whole: WARC fsynced, journal fsynced, index flushed and fsynced, and only
//!   then reported. What a killed process had not committed is visited again by `--resume`.
//! - Opening mends what a kill or a power failure can leave: an unfinished line or WARC record is moved
//!   aside (never deleted), an index that lags is brought up to date, an index that cannot be opened is
//!   made anew. Each of these is a [`Repair`], shown and journaled.
//! - What was written to a WARC file is read back and compared before the visit is acknowledged; the digest of
//!   each closed file is journaled ([`WarcFile`]), so that a check finds any byte that changed.
//! - A full disk takes nothing back that was acknowledged: the piece that did not fit is cut off again.
//! - Opening verifies the journal from the last commit that the index knows; [`Store::check`] verifies
//!   everything; reading a record verifies its digest each time, reading a capture verifies both of its.
//!
//! The store is `Send + Sync`. Its calls block on the disk: asynchronous callers use a blocking task.

mod backup;
mod backup_copy;
mod backup_state;
mod backup_verify;
mod blocking;
mod captures;
mod check;
mod check_captures;
mod custody;
mod detached_line;
mod error;
mod evidence_records;
mod index;
mod journal;
mod known_urls;
mod layout;
mod leftovers;
mod lines;
mod log;
mod open;
mod provenance;
mod query;
mod record;
mod redact;
mod restore;
mod retention;
mod rows;
mod rulesets;
mod run;
mod sled_open;
mod stream;
#[cfg(test)]
mod tests;

pub use backup::{BackupReport, BackupRequest, UpkeepStage, backup};
pub use captures::StoreOptions;
pub use check::StoreReport;
pub use detached_line::DetachedLine;
pub use error::StoreError;
pub use evidence_records::{ArchivedRuleset, LogCosignature, LogKey, LogTimestamp, WarcFile};
pub use leftovers::CaptureLeftovers;
pub use lines::{JournalLine, LinePlace};
pub use log::{SignedCheckpoint, make_signer, read_key_file, write_key_file};
pub use open::{Repair, Store};
pub use provenance::{Provenance, Vantage};
pub use query::FlagFilter;
pub use restore::{Restored, restore};
pub use retention::Deletion;
pub use run::{Run, RunFinished, RunRecord, RunState};

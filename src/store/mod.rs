//! Everything on disk. No sled type leaves this module.
//!
//! - `captures/`: WARC files, the evidence itself.
//! - `journal.jsonl`: append-only, hash-chained; every record is here before it is anywhere else.
//! - `index/`: sled, serves queries; can be made anew from the two above.
//!
//! A visit is committed as a whole: WARC synced, journal synced, index flushed, and only then reported.
//! What a killed process had not committed is visited again by `--resume`.

mod error;
mod run;
mod store;

pub use error::StoreError;
pub use run::{Run, RunState};
pub use store::{FlagFilter, Repair, Store, StoreReport};

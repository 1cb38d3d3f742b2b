//! Whether a block works: what vantages measured, weighed together.
//!
//! - [`Verification`]: one look at one item from one or many vantages.
//! - [`BlockVerdict`]: what it says. Never "blocked" from one vantage alone.
//! - [`assess`]: the measurements → verdict, confidence and reasons (blocking.md §3). Each vantage is looked at
//!   try by try (`glimpse`), against what vantages saw that reached the site ([`Expectations`] says the rest).
//! - [`Fingerprints`]: how block pages and parked names give themselves away; data with a date.
//! - [`due`]: when an item is to be looked at next.

mod assess;
mod fingerprints;
mod gather;
mod glimpse;
mod reference;
mod schedule;
mod sight;
#[cfg(test)]
mod tests;
mod verification;

pub use assess::{Assessment, assess};
pub use fingerprints::{Fingerprints, FingerprintsError};
pub use reference::Expectations;
pub use schedule::{Due, Schedule, due};
pub use verification::{BlockVerdict, Confidence, Sibling, Verification};

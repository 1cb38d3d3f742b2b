//! Findings → scores → bands. The end of examination.
//!
//! - [`examine`]: capture + ruleset → [`Examined`] page; pure, the same for live scans, stored captures,
//!   rule tests, `tazy eval` and benches.
//! - [`judge`]: the examined pages of one site → [`Verdict`].

mod examine;
mod judge;

pub use examine::{Examined, NamedEntity, examine};
pub use judge::{Band, CategoryScore, Verdict, judge};

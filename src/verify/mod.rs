//! Whether a block works: what vantages measured, weighed together.
//!
//! - [`Verification`]: one look at one item from one or many vantages.
//! - [`BlockVerdict`]: what it says. Never "blocked" from one vantage alone.

mod verification;

pub use verification::{BlockVerdict, Confidence, Verification};

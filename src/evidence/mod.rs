//! Evidence that a third party can check.
//!
//! - [`Rederiver`]: every finding of a visit derived again from the stored bytes with the stored rules, and
//!   compared with what was recorded: [`Rederivation`]. [`Passage`]: the matched words in the raw page.

mod compare;
mod passage;
mod rederive;
#[cfg(test)]
mod rederive_tests;

pub use compare::{FindingOutcome, RederivedCategory, RederivedFinding, Side};
pub use passage::{Passage, RawPlace};
pub use rederive::{Rederivation, RederivedPage, Rederiver};

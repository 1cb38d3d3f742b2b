//! Evidence that a third party can check: bundles.
//!
//! A bundle is one file, `<site>.wacz`, about one flag. It is a pure function of the store up to a size of
//! the log, so that it can be made again byte for byte.
//!
//! - [`layout`]: what is in it.
//! - [`Container`], [`ContainerWriter`]: its ZIP file.
//! - [`Rederiver`]: every finding of a visit derived again from the stored bytes with the stored rules, and
//!   compared with what was recorded: [`Rederivation`]. [`Passage`]: the matched words in the raw page.

mod compare;
mod container;
pub mod layout;
mod passage;
mod rederive;
#[cfg(test)]
mod rederive_tests;

pub use compare::{FindingOutcome, RederivedCategory, RederivedFinding, Side};
pub use container::{Container, ContainerEntry, ContainerError, ContainerWriter, Fault, Measure};
pub use passage::{Passage, RawPlace};
pub use rederive::{Rederivation, RederivedPage, Rederiver};

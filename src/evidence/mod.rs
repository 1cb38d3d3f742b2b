//! Evidence that a third party can check: bundles.
//!
//! A bundle is one file, `<site>.wacz`, about one flag. It is a pure function of the store up to a size of
//! the log, so that it can be made again byte for byte.
//!
//! - [`layout`]: what is in it.
//! - [`Container`], [`ContainerWriter`]: its ZIP file.

mod container;
pub mod layout;

pub use container::{Container, ContainerEntry, ContainerError, ContainerWriter, Fault, Measure};

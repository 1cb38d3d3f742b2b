//! Evidence that a third party can check: bundles.
//!
//! A bundle is one file, `<site>.wacz`, about one flag. It is a pure function of the store up to a size of
//! the log, so that it can be made again byte for byte.
//!
//! - [`layout`]: what is in it. [`Bundle`], [`DataPackage`], [`ProofLine`]: what it says about itself.
//! - [`export`]: flag → bundle.
//! - [`Container`], [`ContainerWriter`]: its ZIP file.

mod bundle;
mod cdxj;
mod concern;
mod container;
mod datapackage;
mod export;
mod gather;
pub mod layout;
mod pages;
mod parts;
mod readme;
mod surt;
mod warc;

pub use bundle::{BUNDLE_FORMAT, Bundle, DataPackageDigest, LeftOut, Piece, ProofLine};
pub use container::{Container, ContainerEntry, ContainerError, ContainerWriter, Fault, Measure};
pub use datapackage::{DataPackage, Home, PackageResource};
pub use export::{ExportError, ExportOptions, Exported, export, write_bundle};

//! Evidence that a third party can check: bundles.
//!
//! A bundle is one file, `<site>.wacz`, about one flag. It is a pure function of the store up to a size of
//! the log, so that it can be made again byte for byte.
//!
//! - [`layout`]: what is in it. [`Bundle`], [`DataPackage`], [`ProofLine`]: what it says about itself.
//! - [`export`]: flag → bundle.
//! - [`Container`], [`ContainerWriter`]: its ZIP file.
//! - [`verify_bundle`], [`verify_store`]: everything that can be checked, as a list of [`Check`]s: [`Verification`].
//! - [`Rederiver`]: every finding of a visit derived again from the stored bytes with the stored rules, and
//!   compared with what was recorded: [`Rederivation`]. [`Passage`]: the matched words in the raw page.

mod bundle;
mod cdxj;
mod compare;
mod concern;
mod container;
mod counting;
mod datapackage;
mod export;
mod gather;
pub mod layout;
mod ledger;
mod pages;
mod parts;
mod passage;
mod readme;
mod rederive;
#[cfg(test)]
mod rederive_tests;
mod surt;
mod verification;
mod verify;
mod verify_findings;
mod verify_index;
mod verify_load;
mod verify_log;
mod verify_package;
mod verify_records;
mod verify_references;
mod verify_store;
mod verify_summaries;
mod verify_warc;
mod warc;
mod warc_stream;

pub use bundle::{BUNDLE_FORMAT, Bundle, DataPackageDigest, LeftOut, Piece, ProofLine};
pub use compare::{FindingOutcome, RederivedCategory, RederivedFinding, Side};
pub use container::{Container, ContainerEntry, ContainerError, ContainerWriter, Fault, Measure};
pub use datapackage::{DataPackage, Home, PackageResource};
pub use export::{ExportError, ExportOptions, Exported, export, write_bundle};
pub use passage::{Passage, RawPlace};
pub use rederive::{Rederivation, RederivedPage, Rederiver};
pub use verification::{
    Check, CheckId, CheckOutcome, Failure, Identity, LIMITS, SigningKey, SubjectKind, Verification,
};
pub use verify::{VerifyOptions, verify_bundle};
pub use verify_store::verify_store;

//! Detection measured on labelled data.
//!
//! - [`read_manifest`]: JSON Lines that name pages, their labels and which of them are one site.
//! - [`evaluate`]: every sample through [`crate::verdict::examine`] and [`crate::verdict::judge`].
//! - [`Summary`]: recall, false-positive rate and precision with Wilson 95 % intervals.

mod manifest;
mod run;
mod summary;

pub use manifest::{Label, LineError, Sample, SamplePage, read_manifest};
pub use run::{Judged, evaluate, examine_sample, for_each_sample};
pub use summary::{Counts, Rate, ShadowCounts, Summary};

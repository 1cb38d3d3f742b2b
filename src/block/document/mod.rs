//! The papers of a request: what is signed and sent, and what is put on record.
//!
//! - [`PaperKind`]: which papers there are, and which of them a request needs.
//! - [`PaperFacts`]: everything that a paper is filled in with.
//! - [`write_paper`]: kind, languages, facts and [`Templates`](crate::document::Templates) → a
//!   [`Paper`](crate::document::Paper), or the list of what is missing.
//! - [`raw_urls`], [`raw_urls_csv`]: the annex for machines. Papers show URLs defanged.
//! - [`check_templates`]: every template filled in with a sample in every language.

mod annex;
mod context;
mod effect;
mod facts;
mod kind;
mod local;
mod missing;
mod sample;
mod steps;
mod write;

pub use annex::{raw_urls, raw_urls_csv};
pub use effect::EffectKind;
pub use facts::{LogPosition, Measurement, PaperFacts};
pub use kind::PaperKind;
pub use sample::{check_templates, sample_variables};
pub use write::{PaperError, write_paper};

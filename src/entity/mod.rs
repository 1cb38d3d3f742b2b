//! Identifiers and measures, found by scanners that all rules share.
//!
//! Identifiers (Telegram handle, wallet, phone …) link sites and are shown to people; measures (price,
//! weight, percent per day …) only serve rules.

mod analytics;
mod context;
mod email;
mod identity;
mod kind;
mod measure;
#[cfg(test)]
mod measure_tests;
mod messenger;
mod named_handle;
mod number;
mod pairing;
mod percent;
mod phone;
mod scan;
#[cfg(test)]
mod tests;
mod unit;
mod wallet;

pub use kind::EntityKind;
pub use scan::scan;

use std::ops::Range;

/// An identifier or a measure found in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Normalized value: `@name` for Telegram, E.164 for telephones, lower case where case means nothing.
    pub value: String,
    /// Index into [`crate::page::Page::regions`].
    pub region: usize,
    /// Byte span in that region's text.
    pub span: Range<usize>,
}

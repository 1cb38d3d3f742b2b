//! The machine-readable lists: what is in force, in the form of whoever carries it out.
//!
//! - [`BlockList`]: header and entries, sorted; the same entries always give the same bytes.
//! - [`ListFormat`]: the formats. Each says what scopes it can express; what it cannot is left out and
//!   reported, never widened.

mod entry;
pub mod exchange;
mod format;
mod issue;

pub use entry::{BlockList, ListEntry, OrderFacts};
pub use format::{ExportReport, ListError, ListFormat, Omission};
pub use issue::ListIssue;

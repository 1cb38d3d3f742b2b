//! Rules: what they are, how they are loaded, and what they find on a page.
//!
//! - [`Ruleset`]: all packs, compiled once: every literal of every rule in one automaton.
//! - [`Finding`]: a rule that holds on a page, with the spans that show it.
//! - [`RuleError`]: what is wrong in a rule file, where, and how to mend it.
//! - [`Category`], [`Family`]: what a site may be flagged for.

mod category;
mod finding;
mod ruleset;
mod scan;

pub use category::{Category, Family};
pub use finding::{Excerpt, Finding};
pub use ruleset::{RuleError, RuleInfo, Ruleset};
pub use scan::scan;

//! Rules: what they are, how they are loaded, and what they find on a page.
//!
//! - [`Ruleset`]: all packs, compiled once: every literal of every rule in one automaton.
//! - [`scan`]: page + ruleset → [`Finding`]s, a rule that holds with the spans that show it.
//! - [`Scoring`]: how weights add up; [`Category`], [`Family`]: what a site may be flagged for.
//! - [`RuleError`]: what is wrong in a rule file, where, and how to mend it.
//!
//! Inside, in the order of the work: `source` (YAML) → `term`, `condition` (compiled) → `matcher` (automaton)
//! → `view` (folded regions with places) → `signals` → `evaluate` → `scan`.

mod brands;
mod category;
mod compile;
mod condition;
mod evaluate;
mod example;
mod excerpt;
mod finding;
mod grams;
mod lint;
mod load;
mod matcher;
mod nearest;
mod needs;
mod order;
mod regions;
mod ruleset;
mod scan;
mod scoring;
mod signal;
mod signals;
mod source;
mod spelled;
mod term;
mod text_search;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub use category::{Category, Family};
pub use example::ExampleReport;
pub use finding::{Excerpt, Finding};
pub use ruleset::{RuleError, RuleInfo, Ruleset};
pub use scan::scan;
pub use scoring::{EvidenceKind, Scoring};
pub use source::{Status, Titles};
pub use text_search::{TextHit, TextSearch};

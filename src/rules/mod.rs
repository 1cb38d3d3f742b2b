//! Rules: what they are, how they are loaded, and what they find on a page.
//!
//! - [`Ruleset`]: all packs, compiled once: all entries of all rules are searched at once.
//! - [`scan`]: page + ruleset → [`Finding`]s, a rule that holds with the spans that show it.
//! - [`Scoring`]: how weights add up; [`Category`], [`Family`]: what a site may be flagged for.
//! - [`TextSearch`]: the search by itself, over raw text; [`CostCounter`]: what rules cost.
//! - [`RuleError`]: what is wrong in a rule file, where, and how to mend it.
//!
//! Inside, in the order of the work: `source` (YAML) → `term`, `condition` (compiled) → `matcher` (all entries
//! at once: `words` by their stems, `grams` by their rarest codes, `needs` of expressions, `spelled` words)
//! → `view` (folded regions with places) → `signals` → `evaluate` → `scan`.

mod brands;
mod category;
mod compile;
mod condition;
mod confirm;
mod cost;
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
mod disguise_tests;
#[cfg(test)]
mod tests;

pub use category::{Category, Family};
pub use cost::{Cost, CostCounter};
pub use example::ExampleReport;
pub use finding::{Excerpt, Finding};
pub use ruleset::{RuleError, RuleInfo, Ruleset};
pub use scan::scan;
pub use scoring::{EvidenceKind, Scoring};
pub use source::{Status, Titles};
pub use text_search::{TextHit, TextSearch};

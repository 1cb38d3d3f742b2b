//! Rules: what they are, how they are loaded, and what they find on a page.
//!
//! - [`Ruleset`]: all packs, compiled once: every literal of every rule in one automaton.
//! - [`scan`]: page + ruleset → [`Finding`]s, a rule that holds with the spans that show it.
//! - [`scan_site`]: the findings of a site's pages → those of rules over whole sites.
//! - [`RulesetSource`], [`RulesetHandle`]: where rules come from, and rules that change while tazy runs.
//! - [`Model`]: what labelled sites taught: weights of facts and words; [`Features`]: what it sees.
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
mod format;
mod handle;
mod jurisdiction;
mod lint;
mod load;
mod matcher;
mod model;
mod nearest;
mod order;
mod overrides;
mod pack_files;
mod regions;
mod ruleset;
mod scan;
mod schema;
mod scoring;
mod signal;
mod signals;
mod site;
mod source;
mod term;
mod view;

#[cfg(test)]
mod tests;

pub use category::{Category, Family};
pub use example::ExampleReport;
pub use finding::{Excerpt, Finding, Scanned, Silenced, Witness};
pub use format::{FormatError, format_yaml};
pub use handle::{Refreshed, RulesetHandle};
pub use model::{
    CategoryHead, Contribution, Counts, Fact, Features, FitNote, Key, MEASURES, MeasureWeight,
    Model, ModelError, WORD_BITS, WordWeights, contributions, measure_name,
};
pub use pack_files::{MODEL_FILE, RulesetSource};
pub use ruleset::{RuleError, RuleInfo, Ruleset};
pub use scan::scan;
pub use schema::SchemaKind;
pub use scoring::{EvidenceKind, Scoring};
pub use site::{PageFindings, scan_site};
pub use source::{Status, Titles};

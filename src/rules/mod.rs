//! Rules: what they are, how they are loaded, and what they find on a page.
//!
//! - [`Ruleset`]: all packs, compiled once: all entries of all rules are searched at once.
//! - [`scan`]: page + ruleset → [`Finding`]s, a rule that holds with the spans that show it.
//! - [`scan_site`]: the findings of a site's pages → those of rules over whole sites.
//! - [`RulesetSource`], [`RulesetHandle`]: where rules come from, and rules that change while tazy runs.
//! - [`Model`]: what labelled sites taught: weights of facts and words; [`Features`]: what it sees.
//! - [`Scoring`]: how weights add up; [`Category`], [`Family`]: what a site may be flagged for.
//! - [`TextSearch`]: the search by itself, over raw text; [`CostCounter`]: what rules cost.
//! - [`RuleError`]: what is wrong in a rule file, where, and how to mend it.
//!
//! Inside, in the order of the work: `source` (YAML) → `term`, `condition` (compiled) → `matcher` (all entries
//! at once: `words` by their stems, `grams` by their rarest codes, `needs` of expressions, `spelled` words)
//! → `view` (folded regions with places) → `signals` → `evaluate` → `scan`.

mod archive;
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
mod format;
mod grams;
mod handle;
mod jurisdiction;
mod lint;
mod load;
mod matcher;
mod model;
mod nearest;
mod needs;
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
mod spelled;
mod term;
mod text_search;
mod view;
mod words;

#[cfg(test)]
mod disguise_tests;
#[cfg(test)]
mod tests;

pub use archive::{ArchiveError, RulesetArchive};
pub use category::{Category, Family};
pub use cost::{Cost, CostCounter};
pub use example::ExampleReport;
pub use finding::{Excerpt, Finding, Scanned, Silenced, Witness};
pub use format::{FormatError, format_yaml};
pub use handle::{Refreshed, RulesetHandle};
pub use model::{
    CategoryHead, Contribution, Counts, Fact, Features, FitNote, Key, MEASURES, MeasureWeight,
    Model, ModelError, WORD_BITS, WordWeights, contributions, measure_name,
};
pub use pack_files::{BLOCKING_FOLDER, MODEL_FILE, RulesetSource, rule_texts};
pub use ruleset::{RuleError, RuleInfo, Ruleset};
pub use scan::scan;
pub use schema::SchemaKind;
pub use scoring::{EvidenceKind, Scoring};
pub use site::{PageFindings, scan_site};
pub use source::{Status, Titles};
pub use text_search::{TextHit, TextSearch};

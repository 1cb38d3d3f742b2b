//! The statistical model: what many labelled sites taught about facts and words together.
//!
//! Rules say what an expert knows; the model says how much each of their words, signals and findings was
//! worth on labelled sites, and adds the words that no rule names. It is a linear model: every point of it
//! belongs to one fact or one word and can be shown.
//!
//! - [`Features`]: what the model sees of a page or a site.
//! - [`Model`]: weights, read from `model.yaml` beside the packs; written by `tazy rules fit`.

mod collect;
mod features;
mod file;
mod key;
mod measures;
mod show;
mod weights;

pub(super) use collect::{collect_features, fact_names};
pub use features::{Fact, Features};
pub use file::ModelError;
pub use key::Key;
pub use measures::{Counts, MEASURES, measure_name};
pub use show::{Contribution, contributions};
pub use weights::{CategoryHead, FitNote, MeasureWeight, Model, WORD_BITS, WordWeights};

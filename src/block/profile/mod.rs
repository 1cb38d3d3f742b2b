//! Jurisdictions as data: who decides, on what grounds, in which languages, within how long.
//!
//! - [`Profile`], from `rules/jurisdictions/*.yaml`.
//! - [`BlockRules`]: every profile and the [`Protection`](super::guard::Protection), built in or of a directory.

mod data;
mod rules;

pub use data::{Authority, Deadline, Profile, Role, Term};
pub use rules::{BlockRules, BlockRulesError};

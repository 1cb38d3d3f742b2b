//! Jurisdictions as data: who decides, on what grounds, in which languages, within how long.
//!
//! - [`Profile`], from `rules/jurisdictions/*.yaml`; when a [`Term`] ends in it is a [`Due`].
//! - [`BlockRules`]: every profile and the [`Protection`](super::guard::Protection), built in or of a directory.
//! - [`BlockFileKind`]: the JSON schemas of these files.

mod calendar;
mod data;
mod read;
mod rules;
mod schema;
mod source;

pub use calendar::Due;
pub use data::{Authority, CalendarSource, Deadline, Profile, Role, Term};
pub(in crate::block) use rules::parse;
pub use rules::{BlockRules, BlockRulesError};
pub use schema::BlockFileKind;

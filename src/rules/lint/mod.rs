//! What loads but should not stay.
//!
//! - `rule`: one rule by itself: titles, examples, legal basis, sign and kind of its weight, short words.
//! - `terms`: one list by itself: entries twice, expressions that cost too much or miss what they mean.
//! - `whole`: all packs together: lists that nobody uses, lists and rules that say the same.

mod expression;
mod rule;
mod terms;
mod whole;

#[cfg(test)]
mod tests;

pub(super) use rule::check_rule;
pub(super) use terms::check_terms;
pub(super) use whole::{ListedTerms, check_whole};

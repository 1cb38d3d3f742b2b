//! Text as rules see it: folded once, with the way back to the text it came from.
//!
//! - [`fold`]: one pass (compatibility forms, lower case, marks, invisible characters, ё/е and й/и).
//! - [`Folded`]: the result with its offset map and its tokens.
//! - [`Language`]: a cheap guess that knows Kazakh.

mod fold;
mod language;

pub use fold::{Folded, Token, fold};
pub use language::{Language, guess_language};

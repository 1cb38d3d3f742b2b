//! Text as rules see it: folded once, with the way back to the text it came from.
//!
//! - [`fold`]: one pass (compatibility forms, lower case, marks, invisible characters, ё/е and й/и).
//! - [`Folded`]: the result with its offset map and its tokens.
//! - [`repair`]: readings of disguised words (mixed scripts, digits for letters, spaced-out letters).
//! - [`read_reversed`]: the reading of text that a page turns round.
//! - [`WordForms`]: the inflected forms of a word that count as that word.
//! - [`plain_kazakh`]: Kazakh typed without its own letters.
//! - [`Language`]: a cheap guess that knows Kazakh.

mod disguise;
mod fold;
mod inflect;
mod kazakh;
mod language;
mod reversed;
mod table;

pub use disguise::{Reading, ReadingToken, repair};
pub(crate) use fold::is_word_char;
pub use fold::{Folded, Token, fold};
pub use inflect::{Stem, WordForms};
pub use kazakh::{has_kazakh_letters, is_kazakh_letter, plain_kazakh};
pub use language::{Language, guess_language};
pub use reversed::read_reversed;

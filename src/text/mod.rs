//! Text as rules see it: folded once, with the way back to the text it came from.
//!
//! - [`fold`]: one pass (compatibility forms, lower case, marks, invisible characters, ё/е and й/и).
//! - [`Folded`]: the result with its offset map and its tokens.
//! - [`Stream`]: the same text as one code a character, for searches; [`fold_with`] makes both in one pass.
//! - [`repair`]: readings of disguised words (mixed scripts, digits for letters, spaced-out letters).
//! - [`read_reversed`]: the reading of text that a page turns round.
//! - [`WordForms`]: the inflected forms of a word that count as that word.
//! - [`plain_kazakh`]: Kazakh typed without its own letters.
//! - [`Language`]: a cheap guess that knows Kazakh.

mod code;
mod disguise;
mod fold;
mod inflect;
mod kazakh;
mod language;
mod reversed;
mod stream;
mod table;
mod transliteration;

pub(crate) use code::{BREAK, CODES, LOOKS, NO_LOOK, SIGN, code_of, kind, look_of, rarity};
pub use disguise::{Reading, ReadingToken, repair};
pub(crate) use fold::fold_text;
pub(crate) use fold::is_word_char;
pub use fold::{Folded, Token, fold, fold_with};
pub use inflect::{Ending, Stem, Tolerance, WordForms};
pub use kazakh::{has_kazakh_letters, has_raw_kazakh_letters, is_kazakh_letter, plain_kazakh};
pub(crate) use language::is_latin_prose_word;
pub use language::{Language, guess_language};
pub use reversed::read_reversed;
pub use stream::Stream;

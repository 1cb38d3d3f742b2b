//! The inflected forms of a word that count as that word.
//!
//! A word is cut to stems, each with the class of endings that may follow: never a bare prefix, so that
//! `клад` is found in `кладами` but not in `кладбище`.

mod endings;
mod forms;
mod kazakh;
mod russian;

use forms::{Class, endings_class};
pub use forms::{Ending, Stem, Tolerance, WordForms};

//! Which language a text is in.

use serde::{Deserialize, Serialize};

/// The languages that tazy has rules for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Russian.
    Ru,
    /// Kazakh.
    Kk,
    /// English.
    En,
    /// Anything else, or too little text to tell.
    Other,
}

/// Guesses the language of folded text by its letters and most frequent words.
pub fn guess_language(folded: &str) -> Language {
    let _ = folded;
    todo!()
}

//! The fold.

use std::ops::Range;

/// Folded text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// Its words, in order.
    pub tokens: Vec<Token>,
}

impl Folded {
    /// The span of the raw text that a span of the folded text came from.
    pub fn raw_span(&self, span: Range<usize>) -> Range<usize> {
        span
    }
}

/// A word of folded text: a run of letters, digits and joining signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it stands in the folded text, bytes.
    pub span: Range<usize>,
    /// Its raw form mixes Cyrillic and Latin letters.
    pub mixed_script: bool,
    /// Its raw form was disguised: invisible characters, marks, styled letters.
    pub disguised: bool,
}

/// Folds text. Patterns pass through the same function.
pub fn fold(raw: &str) -> Folded {
    let _ = raw;
    todo!()
}

//! Who decides.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Longer names are none of people.
const MAX_CHARS: usize = 100;

/// The name under which a person decides: an account, or a name as the unit writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reviewer(String);

/// A text that names nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a reviewer's name has 1 to {MAX_CHARS} characters, none of them a control character")]
pub struct ReviewerError;

impl Reviewer {
    /// Takes a name as written; white space around it does not belong to it.
    pub fn named(written: &str) -> Result<Self, ReviewerError> {
        let name = written.trim();
        let is_invisible = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        };
        if name.is_empty() || name.chars().count() > MAX_CHARS || name.chars().any(is_invisible) {
            return Err(ReviewerError);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reviewer {
    type Error = ReviewerError;

    fn try_from(written: String) -> Result<Self, ReviewerError> {
        Self::named(&written)
    }
}

impl From<Reviewer> for String {
    fn from(reviewer: Reviewer) -> Self {
        reviewer.0
    }
}

impl fmt::Display for Reviewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

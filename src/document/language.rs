//! The languages that documents are written in.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A language of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Russian.
    Ru,
    /// Kazakh.
    Kk,
    /// English.
    En,
}

impl Language {
    /// All, in the order in which they stand side by side.
    pub const ALL: [Self; 3] = [Self::Ru, Self::Kk, Self::En];

    /// Its code (ISO 639-1).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::Kk => "kk",
            Self::En => "en",
        }
    }

    /// The language with this code.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.as_str() == code)
    }

    /// Its tag with the region (BCP 47), by which word processors choose a spelling dictionary.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ru => "ru-RU",
            Self::Kk => "kk-KZ",
            Self::En => "en-US",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! The examined pages of one site → verdict.

use super::Examined;
use crate::rules::{Category, Family, Finding, Ruleset};
use serde::{Deserialize, Serialize};

/// How soon a person should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Nothing to look at.
    Clear,
    /// A person should look.
    Review,
    /// A person should look first.
    Urgent,
}

/// The score of one category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryScore {
    /// Which category.
    pub category: Category,
    /// Its family.
    pub family: Family,
    /// Probability, 0 to 1.
    pub score: f64,
    /// Band of that score.
    pub band: Band,
    /// What speaks for it, heaviest first.
    pub findings: Vec<Finding>,
    /// What speaks against it, heaviest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Finding>,
}

/// What the rules say of a site. A person decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Every category with findings, highest score first.
    pub categories: Vec<CategoryScore>,
    /// Version of the ruleset.
    pub ruleset: String,
}

impl Verdict {
    /// The highest band of any category.
    pub fn band(&self) -> Band {
        self.categories
            .iter()
            .map(|category| category.band)
            .max()
            .unwrap_or(Band::Clear)
    }
}

/// Judges the pages of one site together.
pub fn judge(pages: &[Examined], ruleset: &Ruleset) -> Verdict {
    let _ = (pages, ruleset);
    todo!()
}

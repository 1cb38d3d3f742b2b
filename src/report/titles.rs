//! Rule ids → titles.

use super::clean_line;
use crate::rules::Ruleset;
use std::collections::HashMap;

/// The titles of rules, for explanations. A rule that is gone is named by its id.
#[derive(Debug, Clone, Default)]
pub struct RuleTitles {
    titles: HashMap<String, String>,
}

impl RuleTitles {
    /// The titles of a ruleset.
    pub fn of_ruleset(ruleset: &Ruleset) -> Self {
        let pairs = ruleset
            .rules()
            .into_iter()
            .map(|rule| (rule.id, clean_line(&rule.titles.en)));
        Self::of_pairs(pairs)
    }

    /// Titles by rule id.
    pub fn of_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            titles: pairs.into_iter().collect(),
        }
    }

    /// The title of a rule, or its id.
    pub fn title<'a>(&'a self, rule: &'a str) -> &'a str {
        match self.titles.get(rule) {
            Some(title) if !title.is_empty() => title,
            _ => rule,
        }
    }
}

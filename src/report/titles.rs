//! Rule ids → titles.

use super::clean_line;
use crate::rules::Ruleset;
use std::borrow::Cow;
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

    /// The title of a rule, or its id; what the statistical model adds has no rule and is named by what it is.
    pub fn title<'a>(&'a self, rule: &'a str) -> Cow<'a, str> {
        if let Some(name) = rule.strip_prefix("model.") {
            return Cow::Owned(model_title(name));
        }
        match self.titles.get(rule) {
            Some(title) if !title.is_empty() => Cow::Borrowed(title),
            _ => Cow::Borrowed(rule),
        }
    }
}

/// What a fact, the words or a measure of the model is called.
fn model_title(name: &str) -> String {
    let (kind, what) = name.split_once(':').unwrap_or((name, ""));
    let what = clean_line(what).replace('_', " ");
    match kind {
        "words" => "Its words are like those of such sites".to_owned(),
        "term" => format!("Words of the list \"{what}\""),
        "signal" => format!("Structure: {what}"),
        "entity" => format!("Has: {what}"),
        "measure" => format!("Manner of writing and building: {what}"),
        _ => format!("{kind} {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_model_adds_is_named_for_people() {
        let titles = RuleTitles::default();
        assert_eq!(
            titles.title("model.words"),
            "Its words are like those of such sites"
        );
        assert_eq!(
            titles.title("model.term:team_money@text"),
            "Words of the list \"team money@text\""
        );
        assert_eq!(titles.title("drug_sale.gone"), "drug_sale.gone");
    }
}

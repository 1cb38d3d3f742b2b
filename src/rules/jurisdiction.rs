//! Acts and articles that rules rest on: `rules/jurisdictions/*.yaml`.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Jurisdiction {
    /// Its code, the first part of every legal basis.
    #[serde(rename = "jurisdiction")]
    name: String,
    /// Its name by language.
    #[serde(default, rename = "title")]
    _title: Option<BTreeMap<String, String>>,
    /// Its acts.
    acts: Vec<Act>,
}

/// A code or law.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Act {
    /// The second part of a legal basis.
    id: String,
    /// Its name by language.
    #[serde(default, rename = "title")]
    _title: Option<BTreeMap<String, String>>,
    /// Where it is published.
    #[serde(default, rename = "url")]
    _url: Option<String>,
    /// Its articles.
    articles: Vec<Article>,
}

/// An article.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Article {
    /// The third part of a legal basis.
    id: String,
    /// Its heading by language.
    #[serde(default, rename = "title")]
    _title: Option<BTreeMap<String, String>>,
}

impl Jurisdiction {
    /// Every legal basis of the file: `jurisdiction.act.article`.
    pub(super) fn legal_bases(&self) -> impl Iterator<Item = String> + '_ {
        self.acts.iter().flat_map(move |act| {
            let articles = act.articles.iter();
            articles.map(move |article| format!("{}.{}.{}", self.name, act.id, article.id))
        })
    }
}

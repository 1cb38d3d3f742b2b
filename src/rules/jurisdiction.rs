//! Acts and articles that rules rest on: `rules/jurisdictions/*.yaml`.
//!
//! The files hold more: who is addressed, deadlines, calendars. That is read, and checked key by key, by
//! [`profile`](crate::block::profile); a ruleset depends on nothing of it.

use serde::Deserialize;

/// The file.
#[derive(Debug, Deserialize)]
pub(super) struct Jurisdiction {
    /// Its code, the first part of every legal basis.
    #[serde(rename = "jurisdiction")]
    name: String,
    /// Its acts.
    acts: Vec<Act>,
}

/// A code or law.
#[derive(Debug, Deserialize)]
struct Act {
    /// The second part of a legal basis.
    id: String,
    /// Its articles.
    articles: Vec<Article>,
}

/// An article.
#[derive(Debug, Deserialize)]
struct Article {
    /// The third part of a legal basis.
    id: String,
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

//! Jurisdiction files as their authors write them. Unknown keys are refused.

use super::{Role, Term};
use crate::document::Language;
use crate::rules::Category;
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// A jurisdiction: `rules/jurisdictions/*.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct ProfileFile {
    /// Its code, the first part of every provision's id.
    #[schemars(with = "String")]
    pub(super) jurisdiction: Spanned<String>,
    /// Its name.
    #[serde(default)]
    pub(super) title: Words,
    /// Languages of its documents, the first is the default.
    #[serde(default)]
    #[schemars(schema_with = "language_names")]
    pub(super) languages: Vec<Language>,
    /// Its time zone by its IANA name (Asia/Almaty).
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(super) time_zone: Option<Spanned<String>>,
    /// Who can be addressed.
    #[serde(default)]
    #[schemars(with = "Vec<AuthorityFile>")]
    pub(super) authorities: Vec<Spanned<AuthorityFile>>,
    /// Provisions that a category usually rests on, by id.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Category, Vec<String>>")]
    pub(super) grounds: BTreeMap<Category, Vec<Spanned<String>>>,
    /// Days off, year by year.
    #[serde(default)]
    #[schemars(with = "Vec<YearFile>")]
    pub(super) calendar: Vec<Spanned<YearFile>>,
    /// When a block is verified.
    #[serde(default)]
    pub(super) verification: Option<ScheduleFile>,
    /// Days after which a block is to be looked at again.
    #[serde(default)]
    #[schemars(range(min = 1, max = 3660))]
    pub(super) review_days: Option<u32>,
    /// What a lawyer must confirm before it is relied on, in English.
    #[serde(default)]
    pub(super) to_confirm: Vec<String>,
    /// Codes and laws.
    pub(super) acts: Vec<ActFile>,
}

/// The same words in several languages.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// Russian.
    #[serde(default)]
    ru: Option<String>,
    /// Kazakh.
    #[serde(default)]
    kk: Option<String>,
    /// English.
    #[serde(default)]
    en: Option<String>,
}

/// Somebody who can be addressed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct AuthorityFile {
    /// Its id, unique in the file.
    pub(super) id: String,
    /// What it is.
    pub(super) role: Role,
    /// Its name.
    pub(super) title: Words,
    /// Where it is written to.
    #[serde(default)]
    pub(super) address: Option<String>,
    /// Where electronic mail reaches it.
    #[serde(default)]
    pub(super) email: Option<String>,
    /// How requests are filed there, in English.
    #[serde(default)]
    pub(super) channel: Option<String>,
    /// Its languages; none means those of the jurisdiction.
    #[serde(default)]
    #[schemars(schema_with = "language_names")]
    pub(super) languages: Vec<Language>,
    /// What it decides about; none means everything.
    #[serde(default)]
    pub(super) categories: Vec<Category>,
    /// Templates of the documents that are sent to it.
    #[serde(default)]
    pub(super) documents: Vec<String>,
    /// How long it has.
    #[serde(default)]
    #[schemars(with = "Vec<DeadlineFile>")]
    pub(super) deadlines: Vec<Spanned<DeadlineFile>>,
}

/// A deadline.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct DeadlineFile {
    /// What has to happen: approve, submit, acknowledge, order, effect, removed, appealed or lifted.
    pub(super) act: String,
    /// After what: draft, approve, submit, acknowledge, order, effect, appeal or lift.
    pub(super) after: String,
    /// Within how long.
    pub(super) within: Term,
    /// Where it is written.
    pub(super) source: String,
    /// Whether a lawyer confirmed it.
    #[serde(default)]
    pub(super) confirmed: bool,
}

/// The days off of one year.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct YearFile {
    /// Which year.
    #[schemars(range(min = 2000, max = 2199))]
    pub(super) year: i16,
    /// Where it is written.
    pub(super) source: String,
    /// Whether a lawyer confirmed it.
    #[serde(default)]
    pub(super) confirmed: bool,
    /// Days off that are no Saturday or Sunday, or would be days off if they were none, with their names.
    #[schemars(with = "BTreeMap<String, String>")]
    pub(super) holidays: BTreeMap<Date, String>,
    /// Saturdays and Sundays on which people work.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) working_weekends: Vec<Date>,
}

/// When a block is verified.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct ScheduleFile {
    /// Hours after it takes effect, ascending.
    pub(super) after_hours: Vec<u32>,
    /// Days between later verifications.
    #[schemars(range(min = 1, max = 3660))]
    pub(super) every_days: u32,
}

/// A code or law.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct ActFile {
    /// The second part of a provision's id.
    pub(super) id: String,
    /// Its name.
    #[serde(default)]
    pub(super) title: Words,
    /// Where it is published.
    #[serde(default, rename = "url")]
    _url: Option<String>,
    /// Its articles.
    #[schemars(with = "Vec<ArticleFile>")]
    pub(super) articles: Vec<Spanned<ArticleFile>>,
}

/// An article.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct ArticleFile {
    /// The third part of a provision's id.
    pub(super) id: String,
    /// Its heading.
    #[serde(default)]
    pub(super) title: Words,
    /// Whether a lawyer confirmed number, heading and that it applies.
    #[serde(default)]
    pub(super) confirmed: bool,
}

impl Words {
    /// By language; languages without words are left out.
    pub(super) fn into_map(self) -> BTreeMap<Language, String> {
        let all = [
            (Language::Ru, self.ru),
            (Language::Kk, self.kk),
            (Language::En, self.en),
        ];
        all.into_iter()
            .filter_map(|(language, words)| Some((language, words?)))
            .collect()
    }
}

fn language_names(_: &mut SchemaGenerator) -> Schema {
    let names = Language::ALL.map(Language::as_str);
    json_schema!({"type": "array", "items": {"type": "string", "enum": names}})
}

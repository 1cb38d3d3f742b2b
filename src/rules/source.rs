//! Rule files as authors write them. Unknown keys are refused.

use super::schema::{category_names, entity_names, family_names, region_names, signal_names};
use crate::text::Tolerance;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// A pack file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PackSource {
    /// Its name, unique among all packs.
    pub(super) pack: String,
    /// Its version, such as 1.0.0.
    pub(super) version: String,
    /// Who answers for it.
    pub(super) owner: String,
    /// Lists of words by name; names are unique among all packs.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, TermSource>")]
    pub(super) terms: BTreeMap<String, Spanned<TermSource>>,
    /// Rules that use the lists of all packs.
    #[serde(default)]
    #[schemars(with = "Vec<RuleSource>")]
    pub(super) rules: Vec<Spanned<RuleSource>>,
}

/// A named list of words.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TermSource {
    /// What the list holds.
    #[serde(default, rename = "note")]
    pub(super) _note: Option<String>,
    /// Its entries: words, phrases, `=exact`, `prefix*`, `re:expression`, signs.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub(super) any: Vec<Spanned<String>>,
    /// How much of a disguise its entries count in.
    #[serde(default)]
    pub(super) disguise: Tolerance,
}

/// A rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleSource {
    /// `category.what[.language]`, or `context.what` for evidence against.
    pub(super) id: String,
    /// Counts from 1, rises with every change of meaning.
    #[schemars(range(min = 1))]
    pub(super) version: u32,
    /// How far its findings count.
    pub(super) status: Status,
    /// What a reader of a flag is told.
    #[serde(default)]
    pub(super) title: Titles,
    /// What it speaks for; or `lowers`.
    #[serde(default)]
    #[schemars(schema_with = "category_names")]
    pub(super) category: Option<String>,
    /// The families it speaks against; or `category`.
    #[serde(default)]
    #[schemars(schema_with = "family_names")]
    pub(super) lowers: Vec<String>,
    /// Kind of evidence, a key of scoring.yaml; contributions of one kind are capped together.
    pub(super) evidence: String,
    /// Log-odds; positive with `category`, negative with `lowers`.
    #[schemars(range(min = -10, max = 10))]
    pub(super) weight: f64,
    /// Acts and articles: `jurisdiction.act.article`.
    #[serde(default)]
    pub(super) legal_basis: Vec<String>,
    /// When it holds and is wrong.
    #[serde(default)]
    pub(super) false_positives: Option<String>,
    /// What its author rests on: URLs, reports.
    #[serde(default)]
    pub(super) references: Vec<String>,
    /// From this day on the rule should be decided on anew; `tazy rules check` reports it.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub(super) expires: Option<Date>,
    /// Whether it is held against pages or whole sites.
    #[serde(default)]
    pub(super) scope: RuleScope,
    /// Regions of the page that are looked at.
    #[serde(default, rename = "where")]
    #[schemars(schema_with = "region_names")]
    pub(super) regions: Option<Vec<String>>,
    /// When it holds.
    pub(super) when: ConditionSource,
    /// Examples, at least three each way.
    #[serde(default)]
    pub(super) tests: TestsSource,
}

/// What a rule is held against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RuleScope {
    /// One page.
    #[default]
    Page,
    /// The pages of a site together.
    Site,
}

/// How far a rule's findings count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Being written; runs in its tests only.
    Draft,
    /// Runs and is counted, never shown.
    Shadow,
    /// Counts.
    Live,
    /// No longer used; kept for old flags.
    Deprecated,
}

impl Status {
    /// Its name in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Shadow => "shadow",
            Self::Live => "live",
            Self::Deprecated => "deprecated",
        }
    }
}

/// A title in three languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// Russian.
    #[serde(default)]
    pub ru: String,
    /// Kazakh.
    #[serde(default)]
    pub kk: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

/// A condition: one operator a map.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ConditionSource {
    /// An entry of the list stands in the rule's regions.
    Term(String),
    /// An entity of the kind is there.
    Entity(#[schemars(schema_with = "entity_names")] String),
    /// A fact of structure or host.
    Signal(#[schemars(schema_with = "signal_names")] String),
    /// Another rule holds on the page.
    Rule(String),
    /// All of them hold.
    All(Vec<ConditionSource>),
    /// One of them holds.
    Any(Vec<ConditionSource>),
    /// It does not hold.
    Not(Box<ConditionSource>),
    /// At least n of them hold.
    NOf {
        #[schemars(range(min = 1))]
        n: usize,
        of: Vec<ConditionSource>,
    },
    /// Terms or entities within so many words in one region.
    Near {
        words: usize,
        #[schemars(length(min = 2, max = 4))]
        of: Vec<ConditionSource>,
    },
    /// Terms or entities in one DOM block.
    SameBlock(#[schemars(length(min = 2, max = 4))] Vec<ConditionSource>),
    /// So many occurrences.
    Count {
        #[schemars(range(min = 1))]
        at_least: usize,
        of: Box<ConditionSource>,
    },
    /// So many different entries or values.
    Distinct {
        #[schemars(range(min = 1))]
        at_least: usize,
        of: Box<ConditionSource>,
    },
    /// The inner condition within these regions only.
    In {
        #[serde(rename = "where")]
        #[schemars(schema_with = "region_names")]
        regions: Vec<String>,
        when: Box<ConditionSource>,
    },
    /// The inner condition within one DOM block.
    InBlock(Box<ConditionSource>),
    /// So many pages of the site on which the rule holds (`scope: site`).
    PagesWith {
        #[schemars(range(min = 1))]
        at_least: usize,
        of: String,
    },
    /// One page of the site on which the inner condition holds (`scope: site`).
    AnyPage(Box<ConditionSource>),
}

/// Examples of a rule.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TestsSource {
    /// The rule holds on these.
    #[serde(default, rename = "match")]
    pub(super) matching: Vec<ExampleSource>,
    /// The rule does not hold on these.
    #[serde(default)]
    pub(super) no_match: Vec<ExampleSource>,
}

/// An example: plain text, HTML if it starts with `<`, or a page with a URL.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum ExampleSource {
    Text(String),
    Page(PageExample),
    Site(SiteExample),
}

/// Pages of one site, for rules of whole sites.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteExample {
    pub(super) pages: Vec<OnePageSource>,
}

/// One page of a [`SiteExample`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum OnePageSource {
    Text(String),
    Page(PageExample),
}

/// An example with its URL.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageExample {
    #[serde(default)]
    pub(super) html: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) url: Option<String>,
}

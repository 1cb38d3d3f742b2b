//! Rule files as authors write them. Unknown keys are refused.

use crate::text::Tolerance;
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// A pack file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackSource {
    pub(super) pack: String,
    pub(super) version: String,
    pub(super) owner: String,
    #[serde(default)]
    pub(super) terms: BTreeMap<String, Spanned<TermSource>>,
    #[serde(default)]
    pub(super) rules: Vec<Spanned<RuleSource>>,
}

/// A named list of words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermSource {
    #[serde(default, rename = "note")]
    pub(super) _note: Option<String>,
    pub(super) any: Vec<Spanned<String>>,
    /// How much of a disguise its entries count in.
    #[serde(default)]
    pub(super) disguise: Tolerance,
}

/// A rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleSource {
    pub(super) id: String,
    pub(super) version: u32,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) title: Titles,
    #[serde(default)]
    pub(super) category: Option<String>,
    #[serde(default)]
    pub(super) lowers: Vec<String>,
    pub(super) evidence: String,
    pub(super) weight: f64,
    #[serde(default)]
    pub(super) legal_basis: Vec<String>,
    #[serde(default)]
    pub(super) false_positives: Option<String>,
    #[serde(default, rename = "references")]
    pub(super) _references: Vec<String>,
    #[serde(default, rename = "where")]
    pub(super) regions: Option<Vec<String>>,
    pub(super) when: ConditionSource,
    #[serde(default)]
    pub(super) tests: TestsSource,
}

/// How far a rule's findings count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
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
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ConditionSource {
    Term(String),
    Entity(String),
    Signal(String),
    Rule(String),
    All(Vec<ConditionSource>),
    Any(Vec<ConditionSource>),
    Not(Box<ConditionSource>),
    NOf {
        n: usize,
        of: Vec<ConditionSource>,
    },
    Near {
        words: usize,
        of: Vec<ConditionSource>,
    },
    SameBlock(Vec<ConditionSource>),
    Count {
        at_least: usize,
        of: Box<ConditionSource>,
    },
    Distinct {
        at_least: usize,
        of: Box<ConditionSource>,
    },
    In {
        #[serde(rename = "where")]
        regions: Vec<String>,
        when: Box<ConditionSource>,
    },
}

/// Examples of a rule.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestsSource {
    #[serde(default, rename = "match")]
    pub(super) matching: Vec<ExampleSource>,
    #[serde(default)]
    pub(super) no_match: Vec<ExampleSource>,
}

/// An example: plain text, HTML if it starts with `<`, or a page with a URL.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum ExampleSource {
    Text(String),
    Page(PageExample),
}

/// An example with its URL.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageExample {
    #[serde(default)]
    pub(super) html: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) url: Option<String>,
}

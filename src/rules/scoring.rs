//! How weights add up: `rules/scoring.yaml`.

use super::Category;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How weights add up. All numbers are log-odds, except `review` and `urgent`, which are probabilities.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// Log-odds of a category before anything is known.
    pub prior: f64,
    /// The same for single categories.
    #[serde(default)]
    pub priors: BTreeMap<Category, f64>,
    /// From this score on a person should look.
    pub review: f64,
    /// From this score on a person should look first.
    pub urgent: f64,
    /// What all evidence against together can take away, a positive number.
    pub against_cap: f64,
    /// What all rules that rest on the same place of a page can give together.
    #[serde(default = "no_cap")]
    #[schemars(transform = super::schema::without_default)]
    pub place_cap: f64,
    /// The share that evidence of other pages of the site counts with.
    pub supplement_share: f64,
    /// What evidence against on other pages of the site can take away, a positive number.
    pub other_pages_against_cap: f64,
    /// Kinds of evidence.
    pub evidence: BTreeMap<String, EvidenceKind>,
    /// Kinds of evidence against: what rules of that kind together can take away.
    #[serde(default)]
    pub against: BTreeMap<String, f64>,
}

/// A kind of evidence.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceKind {
    /// What rules of this kind together can give.
    pub cap: f64,
    /// Other pages of the site may supply it where the judged page lacks it.
    #[serde(default)]
    pub supplements: bool,
}

fn no_cap() -> f64 {
    f64::INFINITY
}

/// The cap of a kind that the file does not name; `tazy rules check` reports such kinds.
const UNKNOWN_CAP: f64 = 1.0;

impl Scoring {
    /// Log-odds of a category before anything is known.
    pub fn prior_of(&self, category: Category) -> f64 {
        self.priors.get(&category).copied().unwrap_or(self.prior)
    }

    /// What rules of this kind together can give.
    pub fn cap(&self, kind: &str) -> f64 {
        self.evidence.get(kind).map_or(UNKNOWN_CAP, |kind| kind.cap)
    }

    /// What rules against of this kind together can take away.
    pub fn cap_against(&self, kind: &str) -> f64 {
        self.against.get(kind).copied().unwrap_or(self.against_cap)
    }

    /// Whether other pages of a site may supply this kind.
    pub fn supplements(&self, kind: &str) -> bool {
        self.evidence.get(kind).is_some_and(|kind| kind.supplements)
    }
}

impl Default for Scoring {
    fn default() -> Self {
        Self {
            prior: -4.0,
            priors: BTreeMap::new(),
            review: 0.5,
            urgent: 0.9,
            against_cap: 6.0,
            place_cap: no_cap(),
            supplement_share: 0.7,
            other_pages_against_cap: 1.0,
            evidence: BTreeMap::new(),
            against: BTreeMap::new(),
        }
    }
}

//! All packs, compiled.

use super::brands::Brands;
use super::condition::Condition;
use super::evaluate::Scope;
use super::matcher::{Matcher, TermId};
use super::regions::RegionSet;
use super::scoring::Scoring;
use super::signal::Signal;
use super::source::{ExampleSource, Status, Titles};
use super::{Category, Family};
use crate::entity::EntityKind;
use std::collections::HashMap;
use std::path::Path;

/// All packs, compiled.
#[derive(Debug)]
pub struct Ruleset {
    /// In an order in which each rule refers only to earlier ones.
    pub(super) rules: Vec<Rule>,
    pub(super) matcher: Matcher,
    pub(super) term_count: usize,
    /// Names of term lists, then of brands.
    pub(super) lists: Vec<String>,
    /// Every entry as written, with its list.
    pub(super) written: Vec<(TermId, Box<str>)>,
    /// Kinds of regions that any rule looks at.
    pub(super) searched: RegionSet,
    pub(super) triggers: Triggers,
    pub(super) brands: Brands,
    pub(super) scoring: Scoring,
    /// What loads but should not stay; see [`Ruleset::lint`].
    pub(super) lints: Vec<RuleError>,
    pub(super) version: String,
}

/// Which rules a term, entity, signal or rule that holds speaks for.
#[derive(Debug, Default)]
pub(super) struct Triggers {
    pub(super) terms: Vec<Vec<usize>>,
    pub(super) entities: HashMap<EntityKind, Vec<usize>>,
    pub(super) signals: HashMap<Signal, Vec<usize>>,
    pub(super) rules: HashMap<usize, Vec<usize>>,
}

/// A compiled rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) pack: String,
    pub(super) version: u32,
    pub(super) status: Status,
    pub(super) titles: Titles,
    pub(super) category: Option<Category>,
    pub(super) lowers: Vec<Family>,
    pub(super) evidence: String,
    pub(super) weight: f64,
    pub(super) legal_basis: Vec<String>,
    pub(super) false_positives: Option<String>,
    pub(super) scope: Scope,
    pub(super) condition: Condition,
    pub(super) matching: Vec<ExampleSource>,
    pub(super) no_match: Vec<ExampleSource>,
    pub(super) file: String,
    pub(super) line: usize,
}

/// What is wrong in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct RuleError {
    /// File, relative to the rules directory.
    pub file: String,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// What listings show of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleInfo {
    /// Rule id.
    pub id: String,
    /// Its version, from 1.
    pub version: u32,
    /// Its pack.
    pub pack: String,
    /// Whether it counts.
    pub status: Status,
    /// Titles in three languages.
    pub titles: Titles,
    /// What it speaks for; `None` for evidence against.
    pub category: Option<Category>,
    /// Which families it speaks against.
    pub lowers: Vec<Family>,
    /// Kind of evidence.
    pub evidence: String,
    /// Weight, log-odds.
    pub weight: f64,
    /// Acts and articles, ids of `rules/jurisdictions`.
    pub legal_basis: Vec<String>,
    /// When it holds and is wrong.
    pub false_positives: Option<String>,
    /// How many examples it has, matching and not.
    pub examples: usize,
}

impl Ruleset {
    /// The packs that are built into the program.
    pub fn embedded() -> Result<Self, Vec<RuleError>> {
        super::load::load_embedded()
    }

    /// The packs of a directory.
    pub fn load(directory: &Path) -> Result<Self, Vec<RuleError>> {
        super::load::load_directory(directory)
    }

    /// Digest over all rule files: the same version finds the same things.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How weights add up.
    pub fn scoring(&self) -> &Scoring {
        &self.scoring
    }

    /// What loads but should not stay: missing tests, titles, legal basis, wrong signs …
    pub fn lint(&self) -> &[RuleError] {
        &self.lints
    }

    /// What listings show of each rule, by id.
    pub fn rules(&self) -> Vec<RuleInfo> {
        let mut rules: Vec<RuleInfo> = self.rules.iter().map(Rule::info).collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules
    }
}

impl Rule {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.clone(),
            version: self.version,
            pack: self.pack.clone(),
            status: self.status,
            titles: self.titles.clone(),
            category: self.category,
            lowers: self.lowers.clone(),
            evidence: self.evidence.clone(),
            weight: self.weight,
            legal_basis: self.legal_basis.clone(),
            false_positives: self.false_positives.clone(),
            examples: self.matching.len() + self.no_match.len(),
        }
    }
}

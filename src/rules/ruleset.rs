//! All packs, compiled.

use super::archive::RulesetArchive;
use super::brands::Brands;
use super::condition::Condition;
use super::evaluate::Scope;
use super::matcher::{Matcher, TermId};
use super::model::Model;
use super::overrides::{Overrides, RuleOverride};
use super::pack_files::RulesetSource;
use super::regions::RegionSet;
use super::scoring::Scoring;
use super::signal::Signal;
use super::source::{ExampleSource, Status, Titles};
use super::{Category, Family};
use crate::entity::EntityKind;
use jiff::civil::Date;
use std::collections::HashMap;
use std::path::Path;

/// All packs, compiled.
#[derive(Debug)]
pub struct Ruleset {
    /// In an order in which each rule refers only to earlier ones.
    pub(super) rules: Vec<Rule>,
    pub(super) matcher: Matcher,
    /// Names of the term lists, by their index.
    pub(super) term_names: Vec<String>,
    /// Every entry as written, with its list.
    pub(super) written: Vec<(TermId, Box<str>)>,
    /// Kinds of regions that any rule looks at.
    pub(super) searched: RegionSet,
    pub(super) triggers: Triggers,
    pub(super) brands: Brands,
    pub(super) scoring: Scoring,
    /// `None` for packs without a model: then rules alone decide.
    pub(super) model: Option<Model>,
    /// What a user changed without editing packs.
    pub(super) overrides: Overrides,
    /// What loads but should not stay; see [`Ruleset::lint`].
    pub(super) lints: Vec<RuleError>,
    /// The files that all of this came from.
    pub(super) archive: RulesetArchive,
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
    pub(super) owner: String,
    pub(super) version: u32,
    pub(super) status: Status,
    pub(super) titles: Titles,
    pub(super) category: Option<Category>,
    pub(super) lowers: Vec<Family>,
    pub(super) evidence: String,
    pub(super) weight: f64,
    pub(super) legal_basis: Vec<String>,
    pub(super) false_positives: Option<String>,
    pub(super) references: Vec<String>,
    pub(super) expires: Option<Date>,
    pub(super) overridden: RuleOverride,
    /// A part of a rule over sites, without a name of its own.
    pub(super) is_part: bool,
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
    /// Who answers for it.
    pub owner: String,
    /// Its file, relative to the rules directory.
    pub file: String,
    /// The line where it begins, from 1.
    pub line: usize,
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
    /// What its author rests on.
    pub references: Vec<String>,
    /// From this day on it should be decided on anew.
    pub expires: Option<Date>,
    /// What an override changes about it, in words.
    pub overridden: Option<String>,
    /// Whether it is held against whole sites, not pages.
    pub is_of_site: bool,
    /// How many examples it has, matching and not.
    pub examples: usize,
}

/// Where there are no overrides, none can expire.
const NEVER: Date = Date::ZERO;

impl Ruleset {
    /// The packs that are built into the program.
    pub fn embedded() -> Result<Self, Vec<RuleError>> {
        RulesetSource::default().read()?.compile(NEVER)
    }

    /// The packs of a directory.
    pub fn load(directory: &Path) -> Result<Self, Vec<RuleError>> {
        let source = RulesetSource {
            directory: Some(directory.to_path_buf()),
            overrides: None,
        };
        source.read()?.compile(NEVER)
    }

    /// The packs of a directory, with `text` instead of what `file` (relative to it) has.
    pub fn load_with_text(
        directory: &Path,
        file: &str,
        text: &str,
    ) -> Result<Self, Vec<RuleError>> {
        let source = RulesetSource {
            directory: Some(directory.to_path_buf()),
            overrides: None,
        };
        source.read()?.with_text(file, text).compile(NEVER)
    }

    /// Overrides that are ignored because they expired.
    pub fn override_notes(&self) -> &[RuleError] {
        &self.overrides.notes
    }

    /// How many overrides hold.
    pub fn overrides_in_force(&self) -> usize {
        self.overrides.in_force
    }

    /// What an override changes about a rule, in words.
    pub fn override_of(&self, rule: &str) -> Option<String> {
        if self.overrides.in_force == 0 {
            return None;
        }
        let rule = self.rules.iter().find(|known| known.id == rule)?;
        rule.overridden.note()
    }

    /// Digest over all rule files and overrides: the same version finds the same things.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The files of which the rules were made.
    pub fn archive(&self) -> &RulesetArchive {
        &self.archive
    }

    /// What labelled sites taught, if the packs come with it.
    pub fn model(&self) -> Option<&Model> {
        self.model.as_ref()
    }

    /// The same rules with another model.
    #[must_use]
    pub fn with_model(mut self, model: Option<Model>) -> Self {
        self.model = model;
        self
    }

    /// The name of a term list, or the id of a brand, whose names stand behind the lists.
    pub(super) fn list_name(&self, list: TermId) -> &str {
        let list = list as usize;
        if let Some(name) = self.term_names.get(list) {
            return name;
        }
        let brand = self.brands.list.get(list - self.term_names.len());
        brand.map_or("", |brand| &brand.id)
    }

    /// The names of all facts that a model over these rules may weigh.
    pub fn fact_names(&self) -> Vec<String> {
        super::model::fact_names(self)
    }

    /// How weights add up.
    pub fn scoring(&self) -> &Scoring {
        &self.scoring
    }

    /// What loads but should not stay: missing tests, titles, legal basis, wrong signs …
    pub fn lint(&self) -> &[RuleError] {
        &self.lints
    }

    /// Rules that should have been decided on anew by `today`. They go on counting: the same version of the
    /// rules finds the same things on every day.
    pub fn expired_rules(&self, today: Date) -> Vec<RuleError> {
        let expired = |rule: &&Rule| {
            rule.status != Status::Deprecated && rule.expires.is_some_and(|day| day <= today)
        };
        self.rules
            .iter()
            .filter(expired)
            .map(|rule| RuleError {
                file: rule.file.clone(),
                line: rule.line,
                message: format!(
                    "{}: expired {}; promote it, deprecate it, or give it more time",
                    rule.id,
                    rule.expires.unwrap_or_default()
                ),
            })
            .collect()
    }

    /// What listings show of each rule, by id.
    pub fn rules(&self) -> Vec<RuleInfo> {
        let mut rules: Vec<RuleInfo> = self
            .rules
            .iter()
            .filter(|rule| !rule.is_part)
            .map(Rule::info)
            .collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules
    }
}

impl Rule {
    /// Whether it is held against whole sites.
    pub(super) fn is_of_site(&self) -> bool {
        matches!(self.condition, Condition::Site(_))
    }

    /// Why it does not count on a host, in words.
    pub(super) fn silenced_on(&self, host: &str) -> Option<String> {
        self.overridden.silenced_on(host).map(str::to_owned)
    }

    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.clone(),
            version: self.version,
            pack: self.pack.clone(),
            owner: self.owner.clone(),
            file: self.file.clone(),
            line: self.line,
            status: self.status,
            titles: self.titles.clone(),
            category: self.category,
            lowers: self.lowers.clone(),
            evidence: self.evidence.clone(),
            weight: self.weight,
            legal_basis: self.legal_basis.clone(),
            false_positives: self.false_positives.clone(),
            references: self.references.clone(),
            expires: self.expires,
            overridden: self.overridden.note(),
            is_of_site: self.is_of_site(),
            examples: self.matching.len() + self.no_match.len(),
        }
    }
}

//! Rule files → ruleset: reading, parsing, looking up names.

use super::archive::RulesetArchive;
use super::brands::Brands;
use super::compile::{compile_rule, searched_by};
use super::condition::{Condition, Names};
use super::jurisdiction::Jurisdiction;
use super::lint::{ListedTerms, check_rule, check_terms, check_whole};
use super::matcher::{Matcher, TermId};
use super::model::Model;
use super::order::{order_rules, triggers_of};
use super::overrides::{Overrides, apply_overrides};
use super::pack_files::{MODEL_FILE, RuleFile, digest_of};
use super::regions::RegionSet;
use super::ruleset::{Rule, RuleError, Ruleset};
use super::scoring::Scoring;
use super::source::PackSource;
use super::term::Entry;
use crate::text::Tolerance;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use std::collections::{BTreeSet, HashMap};

/// An entry with its list.
type Compiled = (TermId, Entry);
/// An entry as written, with its list.
type Written = (TermId, Box<str>);
/// A brand's number, a compiled name of it, and the name.
type BrandEntry<'a> = (TermId, Entry, &'a str);

/// Compiles rule files; all errors of all files are reported together.
#[cfg(test)]
pub(super) fn compile(files: &[RuleFile]) -> Result<Ruleset, Vec<RuleError>> {
    compile_with(files, None)
}

/// Compiles rule files and applies overrides as of a day.
pub(super) fn compile_with(
    files: &[RuleFile],
    overrides: Option<(&RuleFile, Date)>,
) -> Result<Ruleset, Vec<RuleError>> {
    let mut loader = Loader::default();
    for (file, text) in files {
        loader.read_file(file, text);
    }
    loader.finish(files, overrides)
}

fn names_by_index(terms: &HashMap<String, TermId>) -> Vec<String> {
    let mut names: Vec<(TermId, &String)> = terms.iter().map(|(name, &id)| (id, name)).collect();
    names.sort_unstable();
    names.into_iter().map(|(_, name)| name.clone()).collect()
}

/// Twelve digits over all files; overrides count with their text and with how many of them have expired.
fn version_of(files: &[RuleFile], overrides: Option<(&RuleFile, &Overrides)>) -> String {
    let read = overrides.map(|((_, text), overrides)| {
        let expired = overrides.notes.len();
        (format!("overrides, {expired} expired"), text.clone())
    });
    digest_of(files.iter().chain(&read)).hex()[..12].to_owned()
}

#[derive(Default)]
struct Loader {
    packs: Vec<(String, PackSource)>,
    brands: Brands,
    scoring: Scoring,
    model: Option<Model>,
    legal_basis: BTreeSet<String>,
    errors: Vec<RuleError>,
    lints: Vec<RuleError>,
}

impl Loader {
    fn read_file(&mut self, file: &str, text: &str) {
        if file == "scoring.yaml" {
            if let Some(scoring) = self.parse(file, text) {
                self.scoring = scoring;
            }
        } else if file == MODEL_FILE {
            match Model::parse(text) {
                Ok(model) => self.model = Some(model),
                Err(error) => self.error(file, 0, error.to_string()),
            }
        } else if file == "brands.yaml" {
            if let Some(brands) = self.parse(file, text) {
                self.brands = brands;
            }
        } else if file.starts_with("jurisdictions/") {
            if let Some(jurisdiction) = self.parse::<Jurisdiction>(file, text) {
                self.legal_basis.extend(jurisdiction.legal_bases());
            }
        } else if let Some(pack) = self.parse(file, text) {
            self.packs.push((file.to_owned(), pack));
        }
    }

    fn parse<T: DeserializeOwned>(&mut self, file: &str, text: &str) -> Option<T> {
        match serde_saphyr::from_str(text) {
            Ok(value) => Some(value),
            Err(error) => {
                let line = error.location().map_or(0, |location| location.line());
                let message = error.without_snippet().to_string();
                self.error(file, line, message.lines().next().unwrap_or("not YAML"));
                None
            }
        }
    }

    fn error(&mut self, file: &str, line: u64, message: impl Into<String>) {
        self.errors.push(RuleError {
            file: file.to_owned(),
            line: usize::try_from(line).unwrap_or(0),
            message: message.into(),
        });
    }

    fn finish(
        mut self,
        files: &[RuleFile],
        overrides: Option<(&RuleFile, Date)>,
    ) -> Result<Ruleset, Vec<RuleError>> {
        let packs = std::mem::take(&mut self.packs);
        let (terms, entries, mut written) = self.read_terms(&packs);
        let ids = self.read_ids(&packs);
        let listed = ListedTerms::of(&packs, &terms);
        let rules = self.compile_rules(packs, &terms, &ids);
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        self.check_references(&rules)?;
        let mut rules = order_rules(rules).map_err(|error| vec![error])?;
        let mut entries = entries;
        let brands = self.brand_entries(terms.len())?;
        for (term, entry, name) in brands {
            entries.push((term, entry));
            written.push((term, name.into()));
        }
        let matcher = Matcher::build(entries);
        for rule in rules.iter().filter(|rule| !rule.is_part) {
            check_rule(rule, &self.scoring, &self.legal_basis, &mut self.lints);
        }
        check_whole(&rules, &listed, &mut self.lints);
        self.lints
            .sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        // The rules are checked as their authors wrote them, and then changed.
        let applied = match overrides {
            Some(((file, text), today)) => apply_overrides(file, text, today, &mut rules)?,
            None => Overrides::default(),
        };
        let version = version_of(files, overrides.map(|(file, _)| (file, &applied)));
        Ok(Ruleset {
            overrides: applied,
            term_names: names_by_index(&terms),
            written,
            searched: rules.iter().fold(RegionSet::default(), searched_by),
            triggers: triggers_of(&rules, terms.len()),
            rules,
            matcher,
            brands: self.brands,
            scoring: self.scoring,
            model: self.model,
            lints: self.lints,
            archive: RulesetArchive::of(&version, files, overrides),
            version,
        })
    }

    /// The rules in the order of their ids' numbers, then the parts of rules over sites.
    fn compile_rules(
        &mut self,
        packs: Vec<(String, PackSource)>,
        terms: &HashMap<String, TermId>,
        ids: &HashMap<String, usize>,
    ) -> Vec<Rule> {
        let mut rules: Vec<(usize, Rule)> = Vec::new();
        let mut parts: Vec<Rule> = Vec::new();
        for (file, pack) in packs {
            for rule in pack.rules {
                let line = rule.referenced.line();
                let names = Names { terms, rules: ids };
                let index = ids.get(&rule.value.id).copied().unwrap_or(usize::MAX);
                match compile_rule(rule.value, &file, line, &pack.pack, &names) {
                    Ok((mut rule, its_parts)) => {
                        rule.owner.clone_from(&pack.owner);
                        rules.push((index, rule));
                        parts.extend(its_parts);
                    }
                    Err(message) => self.error(&file, line, message),
                }
            }
        }
        rules.sort_by_key(|(index, _)| *index);
        // Nobody refers to parts, so they stand behind all others.
        rules
            .into_iter()
            .map(|(_, rule)| rule)
            .chain(parts)
            .collect()
    }

    /// No page shows whether a rule over sites holds.
    fn check_references(&mut self, rules: &[Rule]) -> Result<(), Vec<RuleError>> {
        for rule in rules {
            let line = u64::try_from(rule.line).unwrap_or(0);
            rule.condition.visit(&mut |part| {
                if let Condition::Rule(other) = part
                    && let Some(other) = rules.get(*other).filter(|other| other.is_of_site())
                {
                    let message = format!(
                        "{}: {} is a rule of whole sites; it holds on no single page",
                        rule.id, other.id
                    );
                    self.error(&rule.file, line, message);
                }
            });
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(std::mem::take(&mut self.errors))
        }
    }

    /// Term lists by name, and all their entries.
    fn read_terms(
        &mut self,
        packs: &[(String, PackSource)],
    ) -> (HashMap<String, TermId>, Vec<Compiled>, Vec<Written>) {
        let mut terms: HashMap<String, TermId> = HashMap::new();
        let mut written = Vec::new();
        let mut entries = Vec::new();
        for (file, pack) in packs {
            for (name, list) in &pack.terms {
                let id = TermId::try_from(terms.len()).unwrap_or(TermId::MAX);
                let line = list.referenced.line();
                if terms.insert(name.clone(), id).is_some() {
                    self.error(
                        file,
                        line,
                        format!("term list {name:?} exists already; rename one"),
                    );
                    continue;
                }
                check_terms(file, name, &list.value, &mut self.lints);
                for entry in &list.value.any {
                    match Entry::read(&entry.value, list.value.disguise) {
                        Ok(compiled) => {
                            entries.push((id, compiled));
                            written.push((id, entry.value.as_str().into()));
                        }
                        Err(message) => self.error(
                            file,
                            entry.referenced.line(),
                            format!("{:?}: {message}", entry.value),
                        ),
                    }
                }
            }
        }
        (terms, entries, written)
    }

    /// The names of brands as further terms, one a brand, from `first` on.
    fn brand_entries(&self, first: usize) -> Result<Vec<BrandEntry<'_>>, Vec<RuleError>> {
        let mut entries = Vec::new();
        let mut errors = Vec::new();
        for (brand, id) in self.brands.list.iter().zip(first..) {
            for name in &brand.names {
                match Entry::read(name, Tolerance::Strict) {
                    Ok(entry) => {
                        let id = TermId::try_from(id).unwrap_or(TermId::MAX);
                        entries.push((id, entry, name.as_str()));
                    }
                    Err(message) => errors.push(RuleError {
                        file: "brands.yaml".to_owned(),
                        line: 0,
                        message: format!("{}: {name:?}: {message}", brand.id),
                    }),
                }
            }
        }
        if errors.is_empty() {
            Ok(entries)
        } else {
            Err(errors)
        }
    }

    fn read_ids(&mut self, packs: &[(String, PackSource)]) -> HashMap<String, usize> {
        let mut ids = HashMap::new();
        let mut names = BTreeSet::new();
        for (file, pack) in packs {
            if !names.insert(pack.pack.clone()) {
                self.error(
                    file,
                    1,
                    format!("pack {:?} exists already; rename one", pack.pack),
                );
            }
            if pack.version.is_empty() || pack.owner.is_empty() {
                self.error(file, 1, "a pack has a version and an owner");
            }
            for rule in &pack.rules {
                let index = ids.len();
                if ids.insert(rule.value.id.clone(), index).is_some() {
                    let message = format!("rule {:?} exists already; rename one", rule.value.id);
                    self.error(file, rule.referenced.line(), message);
                }
            }
        }
        ids
    }
}

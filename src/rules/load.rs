//! Rule files → ruleset: reading, parsing, looking up names.

use super::brands::Brands;
use super::compile::{compile_rule, searched_by};
use super::condition::Names;
use super::lint::{check_rule, check_terms};
use super::matcher::{Matcher, TermId};
use super::order::{order_rules, triggers_of};
use super::regions::RegionSet;
use super::ruleset::{Rule, RuleError, Ruleset};
use super::scoring::Scoring;
use super::source::PackSource;
use super::term::Entry;
use crate::digest::Digest;
use crate::text::Tolerance;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

#[derive(rust_embed::RustEmbed)]
#[folder = "rules/"]
struct EmbeddedRules;

/// Acts and articles of a jurisdiction: `rules/jurisdictions/*.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jurisdiction {
    #[serde(rename = "jurisdiction")]
    name: String,
    #[serde(default, rename = "title")]
    _title: Option<BTreeMap<String, String>>,
    acts: Vec<Act>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    id: String,
    #[serde(default, rename = "title")]
    _title: Option<BTreeMap<String, String>>,
    #[serde(default, rename = "url")]
    _url: Option<String>,
    articles: Vec<Article>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Article {
    id: String,
    #[serde(default, rename = "title")]
    _title: Option<BTreeMap<String, String>>,
}

/// An entry with its list.
type Compiled = (TermId, Entry);
/// An entry as written, with its list.
type Written = (TermId, Box<str>);
/// A brand's number, a compiled name of it, and the name.
type BrandEntry<'a> = (TermId, Entry, &'a str);
/// A rule file: path relative to the rules directory, and text.
type RuleFile = (String, String);

pub(super) fn load_embedded() -> Result<Ruleset, Vec<RuleError>> {
    let mut files: Vec<RuleFile> = <EmbeddedRules as rust_embed::RustEmbed>::iter()
        .filter(|path| path.ends_with(".yaml"))
        .filter_map(|path| {
            let file = <EmbeddedRules as rust_embed::RustEmbed>::get(&path)?;
            Some((
                path.to_string(),
                String::from_utf8_lossy(&file.data).into_owned(),
            ))
        })
        .collect();
    files.sort();
    compile(&files)
}

pub(super) fn load_directory(directory: &Path) -> Result<Ruleset, Vec<RuleError>> {
    let mut files = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    let failed = |path: &Path, error: std::io::Error| {
        vec![RuleError {
            file: path.display().to_string(),
            line: 0,
            message: format!("cannot be read: {error}"),
        }]
    };
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| failed(&folder, error))? {
            let path = entry.map_err(|error| failed(&folder, error))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
                let name = path.strip_prefix(directory).unwrap_or(&path);
                files.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    files.sort();
    compile(&files)
}

/// Compiles rule files; all errors of all files are reported together.
pub(super) fn compile(files: &[RuleFile]) -> Result<Ruleset, Vec<RuleError>> {
    let mut loader = Loader::default();
    for (file, text) in files {
        loader.read_file(file, text);
    }
    let version = {
        let parts: Vec<&[u8]> = files
            .iter()
            .flat_map(|(file, text)| [file.as_bytes(), b"\0", text.as_bytes(), b"\0"])
            .collect();
        Digest::of_parts(&parts).hex()[..12].to_owned()
    };
    loader.finish(version)
}

#[derive(Default)]
struct Loader {
    packs: Vec<(String, PackSource)>,
    brands: Brands,
    scoring: Scoring,
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
        } else if file == "brands.yaml" {
            if let Some(brands) = self.parse(file, text) {
                self.brands = brands;
            }
        } else if file.starts_with("jurisdictions/") {
            if let Some(jurisdiction) = self.parse::<Jurisdiction>(file, text) {
                let name = &jurisdiction.name;
                for act in &jurisdiction.acts {
                    for article in &act.articles {
                        self.legal_basis
                            .insert(format!("{name}.{}.{}", act.id, article.id));
                    }
                }
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

    fn finish(mut self, version: String) -> Result<Ruleset, Vec<RuleError>> {
        let packs = std::mem::take(&mut self.packs);
        let (terms, entries, mut written) = self.read_terms(&packs);
        let ids = self.read_ids(&packs);
        let mut rules: Vec<(usize, Rule)> = Vec::new();
        for (file, pack) in packs {
            for rule in pack.rules {
                let line = rule.referenced.line();
                let names = Names {
                    terms: &terms,
                    rules: &ids,
                };
                let index = ids.get(&rule.value.id).copied().unwrap_or(usize::MAX);
                match compile_rule(rule.value, &file, line, &pack.pack, &names) {
                    Ok(rule) => rules.push((index, rule)),
                    Err(message) => self.error(&file, line, message),
                }
            }
        }
        rules.sort_by_key(|(index, _)| *index);
        let rules: Vec<Rule> = rules.into_iter().map(|(_, rule)| rule).collect();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let rules = order_rules(rules).map_err(|error| vec![error])?;
        let mut entries = entries;
        let brands = self.brand_entries(terms.len())?;
        for (term, entry, name) in brands {
            entries.push((term, entry));
            written.push((term, name.into()));
        }
        let mut lists = vec![String::new(); terms.len()];
        for (name, &id) in &terms {
            lists[id as usize].clone_from(name);
        }
        lists.extend(self.brands.list.iter().map(|brand| brand.id.clone()));
        let matcher = Matcher::build(entries);
        for rule in &rules {
            check_rule(rule, &self.scoring, &self.legal_basis, &mut self.lints);
        }
        self.lints
            .sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Ok(Ruleset {
            term_count: terms.len(),
            lists,
            written,
            searched: rules.iter().fold(RegionSet::default(), searched_by),
            triggers: triggers_of(&rules, terms.len()),
            rules,
            matcher,
            brands: self.brands,
            scoring: self.scoring,
            lints: self.lints,
            version,
        })
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

//! Capture + ruleset → examined page.

use crate::capture::Capture;
use crate::entity::{self, EntityKind};
use crate::page::{self, Page, RegionKind};
use crate::rules::{self, Features, Finding, Ruleset, Silenced};
use crate::suspect::SuspectUrl;
use crate::text::{Language, fold, guess_language};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A page with everything found on it.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The page.
    pub page: Page,
    /// Its language.
    pub language: Language,
    /// Identifiers found on it, each once.
    pub entities: Vec<NamedEntity>,
    /// Rules that hold on it.
    pub findings: Vec<Finding>,
    /// Shadow rules that hold on it: counted, never grounds.
    pub shadow: Vec<Finding>,
    /// Parts of rules over whole sites that hold on it.
    pub parts: Vec<Finding>,
    /// What overrides keep from counting.
    pub silenced: Vec<Silenced>,
    /// What the statistical model sees.
    pub features: Features,
}

/// An identifier with where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NamedEntity {
    /// What it is.
    pub kind: EntityKind,
    /// Normalized value.
    pub value: String,
    /// On which page.
    pub url: SuspectUrl,
}

impl Examined {
    /// Frees what only examination needed: a site may have thousands of pages. Always done before a site is
    /// judged, so that a verdict never depends on what is freed.
    pub fn forget_content(&mut self) {
        let page = &mut self.page;
        page.source = String::new();
        page.regions = Vec::new();
        page.links = Vec::new();
        page.forms = Vec::new();
        page.assets = Vec::new();
    }
}

/// Identifiers kept a site: a page may list thousands of telephone numbers.
const MAX_ENTITIES: usize = 500;

/// The identifiers of a site's pages, each kind and value once, the first 500.
pub fn distinct_entities(pages: &[Examined]) -> Vec<NamedEntity> {
    let mut seen = HashSet::new();
    let all = pages.iter().flat_map(|page| &page.entities);
    all.filter(|entity| seen.insert((entity.kind, entity.value.as_str())))
        .take(MAX_ENTITIES)
        .cloned()
        .collect()
}

/// How much text the language is guessed from, bytes.
const LANGUAGE_SAMPLE: usize = 20_000;

/// Examines one capture. Pure: the same capture and ruleset give the same result.
pub fn examine(capture: &Capture, ruleset: &Ruleset) -> Examined {
    let page = page::parse(capture);
    let found = entity::scan(&page);
    let scanned = rules::scan(&page, &found, ruleset);
    let mut seen = HashSet::new();
    let entities = found
        .into_iter()
        .filter(|entity| entity.kind.is_identifier())
        .filter(|entity| seen.insert((entity.kind, entity.value.clone())))
        .map(|entity| NamedEntity {
            kind: entity.kind,
            value: entity.value,
            url: page.url.clone(),
        })
        .collect();
    Examined {
        language: language_of(&page),
        page,
        entities,
        findings: scanned.findings,
        shadow: scanned.shadow,
        parts: scanned.parts,
        silenced: scanned.silenced,
        features: scanned.features,
    }
}

fn language_of(page: &Page) -> Language {
    let mut sample = String::new();
    let shown = page.regions.iter().filter(|region| {
        matches!(
            region.kind,
            RegionKind::Title | RegionKind::Heading | RegionKind::Text
        )
    });
    for region in shown {
        sample.push_str(&region.text);
        sample.push('\n');
        if sample.len() > LANGUAGE_SAMPLE {
            break;
        }
    }
    guess_language(&fold(&sample).text)
}

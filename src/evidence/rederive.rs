//! A visit judged again from the stored bytes with the stored rules.

use super::compare::{Comparison, PlaceKey, RederivedCategory};
use super::passage::{Passage, cut_passages};
use crate::capture::Capture;
use crate::flag::{SiteVerdict, Visit};
use crate::id::{CaptureId, RunId};
use crate::page::RegionKind;
use crate::rules::{Finding, Ruleset};
use crate::suspect::SuspectUrl;
use crate::verdict::{Band, Examined, NamedEntity, Verdict, distinct_entities, examine, judge};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Differences told in words, each kind; all are counted.
const MOST_TOLD: usize = 20;

/// What came of judging a visit again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rederivation {
    /// The visit's run.
    pub run: RunId,
    /// The visit's site.
    pub site: String,
    /// Version of the ruleset that judged.
    pub ruleset: String,
    /// The captures, in the order of the visit.
    pub pages: Vec<RederivedPage>,
    /// Whether all captures could be read. If not, only what stands on single pages is compared.
    pub complete: bool,
    /// Scores and findings.
    pub categories: Vec<RederivedCategory>,
    /// Identifiers (telephone numbers, wallets …) that were derived again.
    pub entities: usize,
    /// What else is not as recorded, in words.
    pub differences: Vec<String>,
    /// What a reader should know and what speaks neither for nor against the record.
    pub notes: Vec<String>,
}

/// A capture of the visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RederivedPage {
    /// Which.
    pub capture: CaptureId,
    /// Its address, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<SuspectUrl>,
    /// The character set that it was read in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<&'static str>,
    /// Why it could not be read: deleted by a tombstone, or damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

impl Rederivation {
    /// Whether nothing speaks against the record.
    pub fn agrees(&self) -> bool {
        self.differences.is_empty() && self.categories.iter().all(RederivedCategory::agrees)
    }

    /// All findings with their outcome.
    pub fn findings(&self) -> impl Iterator<Item = &super::RederivedFinding> {
        self.categories
            .iter()
            .flat_map(|category| &category.findings)
    }
}

/// A place on a page, as findings carry it.
type Place = (RegionKind, (usize, usize));

/// Takes the captures of a visit one after the other; content of one capture at a time is in memory.
#[derive(Debug)]
pub struct Rederiver<'a> {
    visit: &'a Visit,
    ruleset: &'a Ruleset,
    examined: Vec<Examined>,
    pages: Vec<RederivedPage>,
    /// Where recorded findings stand, by page.
    wanted: HashMap<&'a SuspectUrl, Vec<Place>>,
    passages: HashMap<PlaceKey, Passage>,
    /// Passages of pages on which the same finding was derived again.
    confirmed: HashSet<PlaceKey>,
}

impl<'a> Rederiver<'a> {
    /// Begins to judge `visit` again, with the ruleset that judged it.
    pub fn new(visit: &'a Visit, ruleset: &'a Ruleset) -> Self {
        let mut places: BTreeSet<(&SuspectUrl, RegionKind, (usize, usize))> = BTreeSet::new();
        for finding in findings_of(visit) {
            places.insert((&finding.url, finding.region, finding.span));
            for place in &finding.also {
                places.insert((&place.url, place.region, place.span));
            }
        }
        let mut wanted: HashMap<_, Vec<_>> = HashMap::new();
        for (url, region, span) in places {
            if span.1 > span.0 {
                wanted.entry(url).or_default().push((region, span));
            }
        }
        Self {
            visit,
            ruleset,
            examined: Vec::new(),
            pages: Vec::new(),
            wanted,
            passages: HashMap::new(),
            confirmed: HashSet::new(),
        }
    }

    /// Takes the next capture of the visit.
    pub fn take_capture(&mut self, capture: &Capture) {
        let mut examined = examine(capture, self.ruleset);
        self.keep_passages(capture, &examined);
        self.pages.push(RederivedPage {
            capture: capture.manifest.id.clone(),
            url: Some(capture.manifest.url.clone()),
            charset: Some(examined.page.charset),
            unreadable: None,
        });
        examined.forget_content();
        self.examined.push(examined);
    }

    /// Takes the next capture of the visit, which cannot be read, and why: it was deleted, it is damaged.
    pub fn take_unreadable(&mut self, capture: &CaptureId, why: &str) {
        self.pages.push(RederivedPage {
            capture: capture.clone(),
            url: None,
            charset: None,
            unreadable: Some(why.to_owned()),
        });
    }

    /// One address may have been captured twice: the capture that shows the recorded finding is the one.
    fn keep_passages(&mut self, capture: &Capture, examined: &Examined) {
        let Some(wanted) = self.wanted.get(&capture.manifest.url) else {
            return;
        };
        let found: HashSet<(RegionKind, (usize, usize))> = examined
            .findings
            .iter()
            .chain(&examined.parts)
            .map(|finding| (finding.region, finding.span))
            .collect();
        let passages = cut_passages(capture, &examined.page, wanted);
        for (&(region, span), passage) in wanted.iter().zip(passages) {
            let Some(passage) = passage else { continue };
            let key = (capture.manifest.url.clone(), region, span);
            let is_derived = found.contains(&(region, span));
            if is_derived && self.confirmed.insert(key.clone()) {
                self.passages.insert(key, passage);
            } else {
                self.passages.entry(key).or_insert(passage);
            }
        }
    }

    /// Judges what was taken and compares it with the record.
    pub fn finish(self) -> Rederivation {
        let visit = self.visit;
        let mut differences = Vec::new();
        let mut notes = Vec::new();
        if !self.pages.iter().map(|p| &p.capture).eq(&visit.captures) {
            differences.push("these are not the captures of the visit, in their order".to_owned());
        }
        if self.ruleset.version() != visit.ruleset {
            differences.push(format!(
                "the visit was judged by ruleset {}, these rules are {}",
                visit.ruleset,
                self.ruleset.version()
            ));
        }
        let complete = self.pages.iter().all(|page| page.unreadable.is_none());
        let verdict = judge(&self.examined, self.ruleset);
        let comparison = Comparison {
            recorded: &visit.categories,
            derived: &verdict.categories,
            pages: &self.examined,
            complete,
            passages: &self.passages,
        };
        let categories = comparison.categories(&mut notes);
        let entities = distinct_entities(&self.examined);
        if complete {
            compare_visit(visit, &verdict, &mut differences);
            compare_entities(&visit.entities, &entities, &mut differences);
        } else {
            let unreadable = self.pages.iter().filter(|page| page.unreadable.is_some());
            notes.push(format!(
                "{} of {} captures cannot be read, so the site's scores cannot be computed again; what stands on single pages is compared",
                unreadable.count(),
                self.pages.len()
            ));
        }
        Rederivation {
            run: visit.run.clone(),
            site: visit.site.clone(),
            ruleset: self.ruleset.version().to_owned(),
            pages: self.pages,
            complete,
            categories,
            entities: entities.len(),
            differences,
            notes,
        }
    }
}

fn findings_of(visit: &Visit) -> impl Iterator<Item = &Finding> {
    let scores = visit.categories.iter();
    scores.flat_map(|score| score.findings.iter().chain(&score.against))
}

fn compare_visit(visit: &Visit, verdict: &Verdict, differences: &mut Vec<String>) {
    let flagged = verdict.band() > Band::Clear;
    if flagged != (visit.verdict == SiteVerdict::Flagged) {
        let derived = if flagged { "flagged" } else { "not flagged" };
        differences.push(format!(
            "the site is recorded otherwise than derived: {derived}"
        ));
    }
    let order = |scores: &[crate::verdict::CategoryScore]| -> Vec<_> {
        scores.iter().map(|score| score.category).collect()
    };
    if order(&visit.categories) != order(&verdict.categories) {
        differences.push("the categories are not the same, in the same order".to_owned());
    }
    if visit.shadow != verdict.shadow {
        differences.push("rules on trial are not counted the same".to_owned());
    }
}

fn compare_entities(was: &[NamedEntity], is: &[NamedEntity], differences: &mut Vec<String>) {
    if was == is {
        return;
    }
    let (recorded, derived): (HashSet<_>, HashSet<_>) = (was.iter().collect(), is.iter().collect());
    let missing = was.iter().filter(|entity| !derived.contains(entity));
    let new = is.iter().filter(|entity| !recorded.contains(entity));
    let before = differences.len();
    let told = |entity: &NamedEntity, what: &str| {
        format!(
            "{} {} on {} {what}",
            entity.kind.as_str(),
            entity.value,
            entity.url
        )
    };
    differences.extend(
        missing
            .map(|entity| told(entity, "is not derived again"))
            .chain(new.map(|entity| told(entity, "is not recorded")))
            .take(MOST_TOLD),
    );
    if differences.len() == before {
        differences.push("the identifiers stand in another order".to_owned());
    }
}

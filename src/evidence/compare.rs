//! Recorded findings against those that were derived again.

use super::Passage;
use crate::page::RegionKind;
use crate::rules::{Category, Finding};
use crate::suspect::SuspectUrl;
use crate::verdict::{CategoryScore, Examined};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// Two sums of the same numbers may differ in their last digits where another library computes logarithms.
const LAST_DIGITS: f64 = 1e-9;

/// Whether a finding speaks for a category or against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// For it.
    For,
    /// Against it.
    Against,
}

/// What came of deriving a finding again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum FindingOutcome {
    /// The same finding: rule, weight, page, place and excerpt.
    Confirmed,
    /// The rule holds there, but not in the same way.
    Differs {
        /// What is not the same.
        how: Vec<&'static str>,
    },
    /// The stored rules do not find it in the stored bytes.
    NotDerivedAgain,
    /// The stored rules find it, and it is not recorded.
    New,
    /// It cannot be derived, because content of the site was deleted (there is a tombstone).
    ContentDeleted,
}

/// A finding with what came of deriving it again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RederivedFinding {
    /// The finding as recorded; as derived, if it is new.
    pub finding: Finding,
    /// For the category or against it.
    pub side: Side,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: FindingOutcome,
    /// Its words in the raw page, and those of its witnesses on other pages. Empty for what stands in no single
    /// place: sums of the statistical model, facts of structure.
    pub passages: Vec<Passage>,
}

/// The score of one category, recorded and derived.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RederivedCategory {
    /// Which.
    pub category: Category,
    /// As recorded.
    pub recorded: Option<f64>,
    /// As derived again; `None` also if content of the site was deleted.
    pub derived: Option<f64>,
    /// What is not the same beside single findings, in words.
    pub differences: Vec<String>,
    /// All findings.
    pub findings: Vec<RederivedFinding>,
}

impl RederivedCategory {
    /// Whether nothing speaks against the record.
    pub fn agrees(&self) -> bool {
        self.differences.is_empty()
            && self.findings.iter().all(|finding| {
                matches!(
                    finding.outcome,
                    FindingOutcome::Confirmed | FindingOutcome::ContentDeleted
                )
            })
    }
}

/// Where a finding stands.
pub(super) type PlaceKey = (SuspectUrl, RegionKind, (usize, usize));

/// What is compared.
pub(super) struct Comparison<'a> {
    /// As recorded.
    pub(super) recorded: &'a [CategoryScore],
    /// As derived again.
    pub(super) derived: &'a [CategoryScore],
    /// The pages that could be read.
    pub(super) pages: &'a [Examined],
    /// Whether all content of the site was there.
    pub(super) complete: bool,
    /// The places that were cut out.
    pub(super) passages: &'a HashMap<PlaceKey, Passage>,
}

impl Comparison<'_> {
    /// Compares all categories. Linear in the number of findings: a record may have been made to hurt.
    pub(super) fn categories(&self, notes: &mut Vec<String>) -> Vec<RederivedCategory> {
        let derived: BTreeMap<Category, &CategoryScore> = by_category(self.derived);
        let recorded = by_category(self.recorded);
        let order = self.recorded.iter().chain(self.derived);
        let mut seen = HashSet::new();
        order
            .filter(|score| seen.insert(score.category))
            .map(|score| {
                let (was, is) = (recorded.get(&score.category), derived.get(&score.category));
                self.category(score.category, was.copied(), is.copied(), notes)
            })
            .filter(|category| category.recorded.is_some() || self.complete)
            .collect()
    }

    fn category(
        &self,
        category: Category,
        recorded: Option<&CategoryScore>,
        derived: Option<&CategoryScore>,
        notes: &mut Vec<String>,
    ) -> RederivedCategory {
        let side = |pick: fn(&CategoryScore) -> &[Finding], side| {
            let was = recorded.map_or(&[][..], pick);
            let is = derived.map_or(&[][..], pick);
            self.findings(was, is, side)
        };
        let mut findings = side(|score| &score.findings, Side::For);
        findings.extend(side(|score| &score.against, Side::Against));
        let differences = match (recorded, derived) {
            _ if !self.complete => Vec::new(),
            (Some(was), Some(is)) => differences(was, is, notes),
            (Some(_), None) => vec!["the category is not derived again".to_owned()],
            (None, _) => vec!["the category is not recorded".to_owned()],
        };
        RederivedCategory {
            category,
            recorded: recorded.map(|score| score.score),
            derived: derived.filter(|_| self.complete).map(|score| score.score),
            differences,
            findings,
        }
    }

    fn findings(&self, was: &[Finding], is: &[Finding], side: Side) -> Vec<RederivedFinding> {
        let mut exact = queues(is, |finding| {
            (&finding.rule, &finding.url, finding.region, finding.span)
        });
        let mut taken = vec![false; is.len()];
        let mut outcomes: Vec<Option<FindingOutcome>> = vec![None; was.len()];
        for (finding, outcome) in was.iter().zip(&mut outcomes) {
            let key = (&finding.rule, &finding.url, finding.region, finding.span);
            if let Some(at) = exact.get_mut(&key).and_then(VecDeque::pop_front) {
                taken[at] = true;
                *outcome = Some(outcome_of(finding, &is[at]));
            }
        }
        let mut near = queues(is, |finding| (&finding.rule, &finding.url));
        for (finding, outcome) in was.iter().zip(&mut outcomes) {
            if outcome.is_some() {
                continue;
            }
            let queue = near.entry((&finding.rule, &finding.url)).or_default();
            while let Some(at) = queue.pop_front() {
                if !taken[at] {
                    taken[at] = true;
                    *outcome = Some(outcome_of(finding, &is[at]));
                    break;
                }
            }
        }
        let recorded = was.iter().zip(outcomes).map(|(finding, outcome)| {
            let outcome = match outcome {
                Some(FindingOutcome::Confirmed) => FindingOutcome::Confirmed,
                other if self.complete => other.unwrap_or(FindingOutcome::NotDerivedAgain),
                // Without all pages a site is not judged the same; what stands on single pages is there or not.
                _ if self.stands_on_a_page(finding) => FindingOutcome::Confirmed,
                _ => FindingOutcome::ContentDeleted,
            };
            self.rederived(finding, side, outcome)
        });
        let new = is.iter().zip(&taken);
        let new = new.filter(|(_, taken)| self.complete && !**taken);
        let new = new.map(|(finding, _)| self.rederived(finding, side, FindingOutcome::New));
        recorded.chain(new).collect()
    }

    fn stands_on_a_page(&self, finding: &Finding) -> bool {
        let mut pages = self.pages.iter();
        pages.any(|page| page.page.url == finding.url && page.findings.contains(finding))
    }

    fn rederived(
        &self,
        finding: &Finding,
        side: Side,
        outcome: FindingOutcome,
    ) -> RederivedFinding {
        let own = (finding.url.clone(), finding.region, finding.span);
        let also = finding.also.iter();
        let places = std::iter::once(own)
            .chain(also.map(|place| (place.url.clone(), place.region, place.span)));
        RederivedFinding {
            passages: places
                .filter_map(|place| self.passages.get(&place).cloned())
                .collect(),
            finding: finding.clone(),
            side,
            outcome,
        }
    }
}

fn by_category(scores: &[CategoryScore]) -> BTreeMap<Category, &CategoryScore> {
    let scores = scores.iter().rev();
    scores.map(|score| (score.category, score)).collect()
}

fn queues<'a, K: std::hash::Hash + Eq>(
    findings: &'a [Finding],
    key: impl Fn(&'a Finding) -> K,
) -> HashMap<K, VecDeque<usize>> {
    let mut queues: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        queues.entry(key(finding)).or_default().push_back(at);
    }
    queues
}

fn outcome_of(was: &Finding, is: &Finding) -> FindingOutcome {
    let fields = [
        ("category", was.category == is.category),
        ("lowers", was.lowers == is.lowers),
        ("kind of evidence", was.evidence == is.evidence),
        ("weight", same_number(was.weight, is.weight)),
        ("region", was.region == is.region),
        ("place", was.span == is.span),
        (
            "excerpt",
            was.excerpt == is.excerpt && was.marks == is.marks,
        ),
        ("further places", was.also == is.also),
    ];
    let how: Vec<&'static str> = fields
        .into_iter()
        .filter_map(|(name, same)| (!same).then_some(name))
        .collect();
    if how.is_empty() {
        FindingOutcome::Confirmed
    } else {
        FindingOutcome::Differs { how }
    }
}

fn same_number(was: f64, is: f64) -> bool {
    (was - is).abs() <= LAST_DIGITS
}

fn differences(was: &CategoryScore, is: &CategoryScore, notes: &mut Vec<String>) -> Vec<String> {
    let mut differences = Vec::new();
    if !same_number(was.score, is.score) {
        differences.push(format!(
            "score {} was recorded, {} is derived",
            was.score, is.score
        ));
    } else if was.score.to_bits() != is.score.to_bits() {
        notes.push(format!(
            "score of {}: {} was recorded, {} is derived; the last digits depend on the machine's mathematics",
            was.category, was.score, is.score
        ));
    }
    if was.band != is.band {
        differences.push(format!(
            "band {} was recorded, {} is derived",
            was.band.as_str(),
            is.band.as_str()
        ));
    }
    if was.family != is.family {
        differences.push("it is recorded under another family".to_owned());
    }
    differences
}

//! The examined pages of one site → verdict.

use super::Examined;
use super::tally::{Tally, logistic};
use crate::rules::{Category, Family, Finding, Ruleset, Scoring};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How soon a person should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Nothing to look at.
    Clear,
    /// A person should look.
    Review,
    /// A person should look first.
    Urgent,
}

impl Band {
    /// The band of a score.
    pub fn of_score(score: f64, scoring: &Scoring) -> Self {
        if score >= scoring.urgent {
            Self::Urgent
        } else if score >= scoring.review {
            Self::Review
        } else {
            Self::Clear
        }
    }

    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Review => "review",
            Self::Urgent => "urgent",
        }
    }
}

/// The score of one category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryScore {
    /// Which category.
    pub category: Category,
    /// Its family.
    pub family: Family,
    /// Probability, 0 to 1.
    pub score: f64,
    /// Band of that score.
    pub band: Band,
    /// What speaks for it, heaviest first.
    pub findings: Vec<Finding>,
    /// What speaks against it, heaviest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Finding>,
}

/// What the rules say of a site. A person decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Every category with findings, highest score first.
    pub categories: Vec<CategoryScore>,
    /// Version of the ruleset.
    pub ruleset: String,
    /// Shadow rules that hold, with the number of pages: counted so that they can be judged, never grounds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shadow: BTreeMap<String, usize>,
}

impl Verdict {
    /// The highest band of any category.
    pub fn band(&self) -> Band {
        self.categories
            .iter()
            .map(|category| category.band)
            .max()
            .unwrap_or(Band::Clear)
    }

    /// The category with the highest score.
    pub fn top(&self) -> Option<&CategoryScore> {
        self.categories.first()
    }
}

/// Judges the pages of one site together.
///
/// For each category the page that scores highest is the anchor. Other pages supply kinds of evidence that
/// the anchor lacks, at a share of their weight and only kinds that may supplement (contact, payment, price
/// …), so that many harmless pages never add up to a shop. What speaks against the anchor counts in full,
/// what stands only on other pages at half and up to a small cap.
pub fn judge(pages: &[Examined], ruleset: &Ruleset) -> Verdict {
    let scoring = ruleset.scoring();
    let named: BTreeSet<Category> = pages
        .iter()
        .flat_map(|page| page.findings.iter().filter_map(|finding| finding.category))
        .collect();
    let mut categories: Vec<CategoryScore> = named
        .into_iter()
        .filter_map(|category| judge_category(pages, category, scoring))
        .collect();
    categories.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then(a.category.cmp(&b.category))
    });
    Verdict {
        categories,
        ruleset: ruleset.version().to_owned(),
        shadow: count_shadow(pages),
    }
}

fn count_shadow(pages: &[Examined]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in pages.iter().flat_map(|page| &page.shadow) {
        *counts.entry(finding.rule.clone()).or_default() += 1;
    }
    counts
}

/// What the pages of a site add up to for one category.
#[derive(Debug)]
pub(super) struct Weighed<'a> {
    /// The page that scores highest.
    anchor: usize,
    /// Kinds of evidence of other pages: what they give, and which page.
    supplements: BTreeMap<&'a str, (f64, usize)>,
    /// All of it.
    pub(super) log_odds: f64,
}

/// Weighs pages against each other; `None` if nothing speaks for the category.
pub(super) fn weigh<'a>(
    tallies: &'a [Tally],
    category: Category,
    scoring: &Scoring,
) -> Option<Weighed<'a>> {
    let sums: Vec<f64> = tallies.iter().map(|tally| tally.sum(scoring)).collect();
    // The first of equals, so that the order of pages decides and nothing else.
    let anchor = (0..tallies.len())
        .rev()
        .filter(|&page| !tallies[page].kinds.is_empty())
        .max_by(|&a, &b| sums[a].total_cmp(&sums[b]))?;
    let supplements = supplements_of(tallies, anchor, scoring);
    let supplied: f64 = supplements.values().map(|&(gain, _)| gain).sum();
    let log_odds = scoring.prior_of(category) + sums[anchor] + supplied
        - against_elsewhere(tallies, anchor, scoring);
    Some(Weighed {
        anchor,
        supplements,
        log_odds,
    })
}

fn judge_category(
    pages: &[Examined],
    category: Category,
    scoring: &Scoring,
) -> Option<CategoryScore> {
    let tallies: Vec<Tally> = pages
        .iter()
        .map(|page| Tally::of(&page.findings, category, scoring))
        .collect();
    let Weighed {
        anchor,
        supplements,
        log_odds,
    } = weigh(&tallies, category, scoring)?;
    let score = logistic(log_odds);
    let mut findings: Vec<Finding> = findings_for(&pages[anchor], category).cloned().collect();
    for (kind, &(_, page)) in &supplements {
        let supplied = findings_for(&pages[page], category).filter(|f| f.evidence == *kind);
        findings.extend(supplied.cloned());
    }
    findings.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.rule.cmp(&b.rule)));
    Some(CategoryScore {
        category,
        family: category.family(),
        score,
        band: Band::of_score(score, scoring),
        findings,
        against: findings_against(pages, anchor, category.family()),
    })
}

fn findings_for(page: &Examined, category: Category) -> impl Iterator<Item = &Finding> {
    page.findings
        .iter()
        .filter(move |finding| finding.category == Some(category))
}

/// The kinds that the anchor lacks: what the best other page gives, and which page that is.
fn supplements_of<'a>(
    tallies: &'a [Tally],
    anchor: usize,
    scoring: &Scoring,
) -> BTreeMap<&'a str, (f64, usize)> {
    let mut best: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for (page, tally) in tallies.iter().enumerate() {
        for (kind, &sum) in &tally.kinds {
            let missing = !tallies[anchor].kinds.contains_key(kind);
            let gain = sum * scoring.supplement_share;
            if page != anchor && missing && scoring.supplements(kind) {
                let entry = best.entry(kind).or_insert((gain, page));
                if gain > entry.0 {
                    *entry = (gain, page);
                }
            }
        }
    }
    best
}

/// What kinds of evidence against that the anchor lacks take away, a positive number.
fn against_elsewhere(tallies: &[Tally], anchor: usize, scoring: &Scoring) -> f64 {
    let mut worst: BTreeMap<&str, f64> = BTreeMap::new();
    for tally in tallies {
        for (kind, &sum) in &tally.against {
            if !tallies[anchor].against.contains_key(kind) {
                let entry = worst.entry(kind).or_insert(0.0);
                *entry = entry.min(sum);
            }
        }
    }
    let half = worst.values().sum::<f64>().abs() / 2.0;
    half.min(scoring.other_pages_against_cap)
}

/// Evidence against: the anchor's, and one finding a rule from other pages.
fn findings_against(pages: &[Examined], anchor: usize, family: Family) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let mut against: Vec<Finding> = pages[anchor]
        .findings
        .iter()
        .chain(pages.iter().flat_map(|page| &page.findings))
        .filter(|finding| finding.lowers.contains(&family))
        .filter(|finding| seen.insert(finding.rule.clone()))
        .cloned()
        .collect();
    against.sort_by(|a, b| a.weight.total_cmp(&b.weight).then(a.rule.cmp(&b.rule)));
    against
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;

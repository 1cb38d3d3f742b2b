//! The examined pages of one site → verdict.

use super::Examined;
use super::blend::{LogOdds, blend, view_of_site};
use super::tally::{Tally, logistic};
use crate::rules::{
    Category, Contribution, Family, Features, Finding, Model, PageFindings, Ruleset, Scanned,
    Scoring, contributions, scan_site,
};
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
/// what stands only on other pages at half and up to a small cap. Findings of whole sites count with the anchor.
pub fn judge(pages: &[Examined], ruleset: &Ruleset) -> Verdict {
    let site = findings_of_site(pages, ruleset);
    let mut categories = judge_by_rules(pages, &site.findings, ruleset);
    if let Some(model) = ruleset.model() {
        categories = join_model(categories, pages, &site.findings, model, ruleset);
    }
    categories.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then(a.category.cmp(&b.category))
    });
    Verdict {
        categories,
        ruleset: ruleset.version().to_owned(),
        shadow: count_shadow(pages, &site.shadow),
    }
}

/// What a model is fitted on: what rules add up to for each category, log-odds, and the features of the site.
pub fn evidence_of_site(
    pages: &[Examined],
    ruleset: &Ruleset,
) -> (BTreeMap<Category, f64>, Features) {
    let site = findings_of_site(pages, ruleset);
    let by_rules = log_odds_of(&judge_by_rules(pages, &site.findings, ruleset));
    let view = view_of_site(pages, &site.findings, ruleset);
    (by_rules, view.features)
}

fn judge_by_rules(
    pages: &[Examined],
    of_site: &[Finding],
    ruleset: &Ruleset,
) -> Vec<CategoryScore> {
    let named: BTreeSet<Category> = pages
        .iter()
        .flat_map(|page| &page.findings)
        .chain(of_site)
        .filter_map(|finding| finding.category)
        .collect();
    named
        .into_iter()
        .filter_map(|category| judge_category(pages, of_site, category, ruleset.scoring()))
        .collect()
}

fn log_odds_of(categories: &[CategoryScore]) -> LogOdds {
    categories
        .iter()
        .map(|category| {
            (
                category.category,
                (category.score / (1.0 - category.score)).ln(),
            )
        })
        .collect()
}

/// Facts that add at least so much stand among the findings, at most so many.
const LEAST_SHOWN: f64 = 0.3;
const MOST_SHOWN: usize = 6;

/// Scores by rules → scores by rules and model, with what the model adds among the findings.
fn join_model(
    by_rules: Vec<CategoryScore>,
    pages: &[Examined],
    of_site: &[Finding],
    model: &Model,
    ruleset: &Ruleset,
) -> Vec<CategoryScore> {
    let view = view_of_site(pages, of_site, ruleset);
    let telling = &view.pages;
    let joined = blend(
        &log_odds_of(&by_rules),
        &view.features,
        model,
        ruleset.scoring(),
    );
    let mut known: BTreeMap<Category, CategoryScore> = by_rules
        .into_iter()
        .map(|score| (score.category, score))
        .collect();
    let mut added: Option<Vec<(usize, Contribution)>> = None;
    let mut scores = Vec::with_capacity(joined.len());
    for (category, log_odds) in joined {
        let score = logistic(log_odds - view.allowance);
        let band = Band::of_score(score, ruleset.scoring());
        let mut entry = known.remove(&category).unwrap_or_else(|| CategoryScore {
            category,
            family: category.family(),
            score,
            band,
            findings: Vec::new(),
            against: Vec::new(),
        });
        (entry.score, entry.band) = (score, band);
        if band > Band::Clear {
            let added = added.get_or_insert_with(|| shown_contributions(telling, model));
            for (page, contribution) in added.iter() {
                let finding = contribution
                    .clone()
                    .into_finding(&telling[*page].page, category);
                let list = if finding.weight < 0.0 {
                    &mut entry.against
                } else {
                    &mut entry.findings
                };
                list.push(finding);
            }
        }
        scores.push(entry);
    }
    scores
}

/// What the model adds most, each fact once, with the index of the page that shows it.
fn shown_contributions(telling: &[&Examined], model: &Model) -> Vec<(usize, Contribution)> {
    let mut seen = HashSet::new();
    let mut all: Vec<(usize, Contribution)> = Vec::new();
    for (page, examined) in telling.iter().enumerate() {
        let here = contributions(&examined.page, &examined.features, model);
        let fresh = here.into_iter().filter(|c| c.weight.abs() >= LEAST_SHOWN);
        all.extend(
            fresh
                .filter(|c| seen.insert(c.rule.clone()))
                .map(|c| (page, c)),
        );
    }
    all.sort_by(|a, b| b.1.weight.total_cmp(&a.1.weight));
    let first_against = all.partition_point(|(_, c)| c.weight > 0.0);
    let mut against = all.split_off(first_against);
    all.truncate(MOST_SHOWN);
    against.reverse();
    against.truncate(MOST_SHOWN);
    all.extend(against);
    all
}

/// What rules over whole sites find.
pub(super) fn findings_of_site(pages: &[Examined], ruleset: &Ruleset) -> Scanned {
    let pages = pages.iter().map(|page| PageFindings {
        url: &page.page.url,
        parts: &page.parts,
    });
    scan_site(pages, ruleset)
}

fn count_shadow(pages: &[Examined], of_site: &[Finding]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in pages.iter().flat_map(|page| &page.shadow).chain(of_site) {
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
    of_site: &[Finding],
    category: Category,
    scoring: &Scoring,
) -> Option<CategoryScore> {
    let tallies: Vec<Tally> = pages
        .iter()
        .map(|page| Tally::of(page.findings.iter().chain(of_site), category, scoring))
        .collect();
    let Weighed {
        anchor,
        supplements,
        log_odds,
    } = weigh(&tallies, category, scoring)?;
    let score = logistic(log_odds);
    let mut findings: Vec<Finding> = findings_for(&pages[anchor].findings, category)
        .chain(findings_for(of_site, category))
        .cloned()
        .collect();
    for (kind, &(_, page)) in &supplements {
        let supplied =
            findings_for(&pages[page].findings, category).filter(|f| f.evidence == *kind);
        findings.extend(supplied.cloned());
    }
    findings.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.rule.cmp(&b.rule)));
    Some(CategoryScore {
        category,
        family: category.family(),
        score,
        band: Band::of_score(score, scoring),
        findings,
        against: findings_against(pages, of_site, anchor, category.family()),
    })
}

fn findings_for(findings: &[Finding], category: Category) -> impl Iterator<Item = &Finding> {
    findings
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
fn findings_against(
    pages: &[Examined],
    of_site: &[Finding],
    anchor: usize,
    family: Family,
) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let mut against: Vec<Finding> = pages[anchor]
        .findings
        .iter()
        .chain(of_site)
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

//! Rules over the pages of a site: a shop whose goods and contacts stand on different pages.
//!
//! What such a rule asks of single pages is compiled into *parts*, page rules without a name of their own. A
//! part that holds leaves a finding when its page is examined; the site is judged from these when the text
//! of its pages is long forgotten.

use super::Finding;
use super::condition::{Condition, Names};
use super::finding::{Scanned, Silenced, Witness};
use super::ruleset::{Rule, Ruleset};
use super::source::{ConditionSource, Status};
use crate::suspect::SuspectUrl;
use std::collections::{HashMap, HashSet};

/// A condition over the pages of a site.
#[derive(Debug)]
pub(super) enum SiteCondition {
    /// At least so many pages on which the part holds.
    PagesWith(usize, String),
    All(Vec<SiteCondition>),
    Not(Box<SiteCondition>),
    AtLeast(usize, Vec<SiteCondition>),
}

/// What the rules over sites need of one page.
#[derive(Debug, Clone, Copy)]
pub struct PageFindings<'a> {
    /// The page.
    pub url: &'a SuspectUrl,
    /// Parts that hold on it, see [`Scanned::parts`].
    pub parts: &'a [Finding],
}

/// More places of one finding than this show nothing more.
const MAX_WITNESSES: usize = 6;

/// Parts of a rule, by the ids that its condition knows them by.
pub(super) type Parts = Vec<(String, Condition)>;

impl SiteCondition {
    /// Compiles the condition of rule `id` and its parts; the error says what is wrong and how to mend it.
    pub(super) fn compile(
        id: &str,
        source: &ConditionSource,
        names: &Names<'_>,
    ) -> Result<(Self, Parts), String> {
        let mut parts = Parts::new();
        let condition = Self::read(id, source, names, &mut parts)?;
        Ok((condition, parts))
    }

    fn read(
        id: &str,
        source: &ConditionSource,
        names: &Names<'_>,
        parts: &mut Parts,
    ) -> Result<Self, String> {
        match source {
            ConditionSource::PagesWith { at_least: 0, .. } => {
                Err("pages_with: at_least is 0, which always holds".to_owned())
            }
            ConditionSource::PagesWith { at_least, of } => {
                let rule = ConditionSource::Rule(of.clone());
                Self::part(*at_least, id, &rule, names, parts)
            }
            ConditionSource::AnyPage(inner) => Self::part(1, id, inner, names, parts),
            ConditionSource::All(of) => Ok(Self::All(Self::list(id, of, names, parts)?)),
            ConditionSource::Any(of) => Ok(Self::AtLeast(1, Self::list(id, of, names, parts)?)),
            ConditionSource::NOf { n, of } if (1..=of.len()).contains(n) => {
                Ok(Self::AtLeast(*n, Self::list(id, of, names, parts)?))
            }
            ConditionSource::NOf { n, of } => Err(format!(
                "n_of: n is {n}, but there are {} conditions",
                of.len()
            )),
            ConditionSource::Not(inner) => {
                Ok(Self::Not(Box::new(Self::read(id, inner, names, parts)?)))
            }
            _ => Err(
                "a rule with `scope: site` takes pages_with, any_page, all, any, not and n_of; what single pages \
                 must show goes into any_page"
                    .to_owned(),
            ),
        }
    }

    fn list(
        id: &str,
        of: &[ConditionSource],
        names: &Names<'_>,
        parts: &mut Parts,
    ) -> Result<Vec<Self>, String> {
        if of.is_empty() {
            return Err("the list is empty".to_owned());
        }
        of.iter()
            .map(|part| Self::read(id, part, names, parts))
            .collect()
    }

    fn part(
        at_least: usize,
        id: &str,
        source: &ConditionSource,
        names: &Names<'_>,
        parts: &mut Parts,
    ) -> Result<Self, String> {
        let condition = Condition::compile(source, names)?;
        if condition.holds_on_nothing() {
            return Err("any_page: the condition holds on an empty page".to_owned());
        }
        let part = format!("{id}/{}", parts.len() + 1);
        parts.push((part.clone(), condition));
        Ok(Self::PagesWith(at_least, part))
    }

    /// Whether it can hold where no part holds.
    pub(super) fn holds_on_nothing(&self) -> bool {
        match self {
            Self::PagesWith(..) => false,
            Self::All(of) => of.iter().all(Self::holds_on_nothing),
            Self::AtLeast(n, of) => of.iter().filter(|part| part.holds_on_nothing()).count() >= *n,
            Self::Not(inner) => !inner.holds_on_nothing(),
        }
    }

    /// The findings that show that it holds; `None` if it does not.
    fn prove<'a>(&self, site: &Site<'a>) -> Option<Vec<&'a Finding>> {
        match self {
            Self::PagesWith(n, part) => {
                let found = site.by_part.get(part.as_str())?;
                (found.len() >= *n)
                    .then(|| found.iter().take(MAX_WITNESSES.max(*n)).copied().collect())
            }
            Self::All(of) => {
                let mut found = Vec::new();
                for part in of {
                    found.push(part.prove(site)?);
                }
                Some(one_of_each_first(&found))
            }
            Self::AtLeast(n, of) => {
                let holding: Vec<Vec<&Finding>> =
                    of.iter().filter_map(|part| part.prove(site)).collect();
                (holding.len() >= *n).then(|| one_of_each_first(&holding))
            }
            Self::Not(inner) => inner.prove(site).is_none().then(Vec::new),
        }
    }
}

/// What is shown is cut short, so each part is shown once before any is shown twice.
fn one_of_each_first<'a>(lists: &[Vec<&'a Finding>]) -> Vec<&'a Finding> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest)
        .flat_map(|at| lists.iter().filter_map(move |list| list.get(at).copied()))
        .collect()
}

/// Parts that hold, with the pages in their order. Addresses that were visited twice count once.
struct Site<'a> {
    by_part: HashMap<&'a str, Vec<&'a Finding>>,
}

impl<'a> Site<'a> {
    fn of(pages: impl IntoIterator<Item = PageFindings<'a>>) -> Self {
        let mut seen = HashSet::new();
        let mut by_part: HashMap<&str, Vec<&Finding>> = HashMap::new();
        for page in pages {
            if seen.insert(page.url) {
                for finding in page.parts {
                    by_part.entry(&finding.rule).or_default().push(finding);
                }
            }
        }
        Self { by_part }
    }
}

/// Finds every rule of whole sites that holds on these pages.
pub fn scan_site<'a>(
    pages: impl IntoIterator<Item = PageFindings<'a>>,
    ruleset: &Ruleset,
) -> Scanned {
    let site = Site::of(pages);
    let mut scanned = Scanned::default();
    if site.by_part.is_empty() {
        return scanned;
    }
    for rule in &ruleset.rules {
        let Condition::Site(condition) = &rule.condition else {
            continue;
        };
        let Some(finding) = condition
            .prove(&site)
            .and_then(|found| finding_of(rule, &found))
        else {
            continue;
        };
        match (rule.silenced_on(finding.url.host()), rule.status) {
            (Some(why), Status::Live) => scanned.silenced.push(Silenced { finding, why }),
            (None, Status::Live) => scanned.findings.push(finding),
            (None, Status::Shadow) => scanned.shadow.push(finding),
            (None, Status::Draft) => scanned.parts.push(finding),
            _ => {}
        }
    }
    scanned
}

fn finding_of(rule: &Rule, found: &[&Finding]) -> Option<Finding> {
    let mut seen = HashSet::new();
    let mut places = found
        .iter()
        .filter(|part| seen.insert((&part.url, part.region, part.span)));
    let first = places.next()?;
    Some(Finding {
        rule: rule.id.clone(),
        category: rule.category,
        lowers: rule.lowers.clone(),
        evidence: rule.evidence.clone(),
        weight: rule.weight,
        also: places
            .take(MAX_WITNESSES)
            .map(|part| witness_of(part))
            .collect(),
        ..(*first).clone()
    })
}

fn witness_of(part: &Finding) -> Witness {
    Witness {
        url: part.url.clone(),
        region: part.region,
        excerpt: part.excerpt.clone(),
        marks: part.marks.clone(),
        span: part.span,
    }
}

#[cfg(test)]
#[path = "site_tests.rs"]
mod tests;

//! Rules over the pages of a site: a shop whose goods and contacts stand on different pages.
//!
//! Their conditions see which page rules hold on which page, nothing else, so that a site can be judged
//! when the text of its pages is forgotten.

use super::Finding;
use super::condition::{Condition, Names};
use super::finding::{Scanned, Silenced, Witness};
use super::nearest::unknown_name;
use super::ruleset::{Rule, Ruleset};
use super::source::{ConditionSource, Status};
use crate::suspect::SuspectUrl;
use std::collections::{HashMap, HashSet};

/// A condition over the pages of a site.
#[derive(Debug)]
pub(super) enum SiteCondition {
    /// At least so many pages on which the rule holds.
    PagesWith(usize, String),
    /// A page on which the inner condition holds.
    AnyPage(Box<SiteCondition>),
    /// The rule holds on the page; only within [`Self::AnyPage`].
    Rule(String),
    All(Vec<SiteCondition>),
    Not(Box<SiteCondition>),
    AtLeast(usize, Vec<SiteCondition>),
}

/// The findings of one page of a site.
#[derive(Debug, Clone, Copy)]
pub struct PageFindings<'a> {
    /// The page.
    pub url: &'a SuspectUrl,
    /// Live rules that hold on it.
    pub live: &'a [Finding],
    /// Shadow rules that hold on it.
    pub shadow: &'a [Finding],
}

/// More places of one finding than this show nothing more.
const MAX_WITNESSES: usize = 6;

impl SiteCondition {
    /// Compiles a condition; the error says what is wrong and how to mend it.
    pub(super) fn compile(source: &ConditionSource, names: &Names<'_>) -> Result<Self, String> {
        Self::read(source, names, false)
    }

    fn read(source: &ConditionSource, names: &Names<'_>, on_page: bool) -> Result<Self, String> {
        let list = |of: &[ConditionSource]| -> Result<Vec<Self>, String> {
            if of.is_empty() {
                return Err("the list is empty".to_owned());
            }
            of.iter()
                .map(|part| Self::read(part, names, on_page))
                .collect()
        };
        let known = |rule: &String| {
            if names.rules.contains_key(rule) {
                Ok(rule.clone())
            } else {
                let known = names.rules.keys().map(String::as_str);
                Err(unknown_name("rule", rule, known))
            }
        };
        match source {
            ConditionSource::PagesWith { at_least, of } if !on_page => {
                if *at_least == 0 {
                    return Err("pages_with: at_least is 0, which always holds".to_owned());
                }
                Ok(Self::PagesWith(*at_least, known(of)?))
            }
            ConditionSource::AnyPage(inner) if !on_page => {
                let inner = Self::read(inner, names, true)?;
                if inner.holds_on_nothing() {
                    return Err("any_page: the condition holds on an empty page".to_owned());
                }
                Ok(Self::AnyPage(Box::new(inner)))
            }
            ConditionSource::Rule(rule) if on_page => Ok(Self::Rule(known(rule)?)),
            ConditionSource::All(of) => Ok(Self::All(list(of)?)),
            ConditionSource::Any(of) => Ok(Self::AtLeast(1, list(of)?)),
            ConditionSource::NOf { n, of } if (1..=of.len()).contains(n) => {
                Ok(Self::AtLeast(*n, list(of)?))
            }
            ConditionSource::NOf { n, of } => Err(format!(
                "n_of: n is {n}, but there are {} conditions",
                of.len()
            )),
            ConditionSource::Not(inner) => {
                Ok(Self::Not(Box::new(Self::read(inner, names, on_page)?)))
            }
            _ if on_page => Err(
                "any_page takes {rule: …}, all, any, not and n_of; put terms and signals into a page rule"
                    .to_owned(),
            ),
            _ => Err(
                "a rule with `scope: site` takes pages_with, any_page, all, any, not and n_of".to_owned(),
            ),
        }
    }

    /// Whether it can hold where no rule holds.
    pub(super) fn holds_on_nothing(&self) -> bool {
        match self {
            Self::PagesWith(..) | Self::AnyPage(_) | Self::Rule(_) => false,
            Self::All(of) => of.iter().all(Self::holds_on_nothing),
            Self::AtLeast(n, of) => of.iter().filter(|part| part.holds_on_nothing()).count() >= *n,
            Self::Not(inner) => !inner.holds_on_nothing(),
        }
    }

    /// Calls `visit` for every rule that it refers to.
    pub(super) fn visit_rules(&self, visit: &mut impl FnMut(&str)) {
        match self {
            Self::PagesWith(_, rule) | Self::Rule(rule) => visit(rule),
            Self::AnyPage(inner) | Self::Not(inner) => inner.visit_rules(visit),
            Self::All(of) | Self::AtLeast(_, of) => {
                for part in of {
                    part.visit_rules(visit);
                }
            }
        }
    }

    /// The findings that show that it holds; `None` if it does not. `page` is set within `any_page`.
    fn prove<'a>(&self, site: &Site<'a>, page: Option<usize>) -> Option<Vec<&'a Finding>> {
        match self {
            Self::PagesWith(n, rule) => {
                let found: Vec<&Finding> = site
                    .pages
                    .iter()
                    .filter_map(|page| page.get(rule.as_str()).copied())
                    .collect();
                (found.len() >= *n).then_some(found)
            }
            Self::AnyPage(inner) => {
                (0..site.pages.len()).find_map(|page| inner.prove(site, Some(page)))
            }
            Self::Rule(rule) => site
                .pages
                .get(page?)?
                .get(rule.as_str())
                .map(|finding| vec![*finding]),
            Self::All(of) => {
                let mut found = Vec::new();
                for part in of {
                    found.extend(part.prove(site, page)?);
                }
                Some(found)
            }
            Self::AtLeast(n, of) => {
                let holding: Vec<Vec<&Finding>> = of
                    .iter()
                    .filter_map(|part| part.prove(site, page))
                    .collect();
                (holding.len() >= *n).then(|| holding.concat())
            }
            Self::Not(inner) => inner.prove(site, page).is_none().then(Vec::new),
        }
    }
}

/// The findings of a site by page and rule. Addresses that give the same page twice count once.
struct Site<'a> {
    pages: Vec<HashMap<&'a str, &'a Finding>>,
}

impl<'a> Site<'a> {
    fn of(pages: impl IntoIterator<Item = PageFindings<'a>>) -> Self {
        let mut seen = HashSet::new();
        Self {
            pages: pages
                .into_iter()
                .filter(|page| seen.insert(page.url))
                .map(|page| {
                    let all = page.live.iter().chain(page.shadow);
                    all.map(|finding| (finding.rule.as_str(), finding))
                        .collect()
                })
                .collect(),
        }
    }
}

/// Finds every rule of whole sites that holds on these pages.
pub fn scan_site<'a>(
    pages: impl IntoIterator<Item = PageFindings<'a>>,
    ruleset: &Ruleset,
) -> Scanned {
    let site = Site::of(pages);
    let mut scanned = Scanned::default();
    for rule in &ruleset.rules {
        let Condition::Site(condition) = &rule.condition else {
            continue;
        };
        let counts = matches!(rule.status, Status::Live | Status::Shadow);
        let Some(found) = counts.then(|| condition.prove(&site, None)).flatten() else {
            continue;
        };
        let Some(finding) = finding_of(rule, &found) else {
            continue;
        };
        match (rule.silenced_on(finding.url.host()), rule.status) {
            (Some(why), _) => scanned.silenced.push(Silenced { finding, why }),
            (None, Status::Live) => scanned.findings.push(finding),
            (None, _) => scanned.shadow.push(finding),
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
        also: places
            .take(MAX_WITNESSES)
            .map(|part| witness_of(part))
            .collect(),
        ..finding_at(rule, first)
    })
}

fn finding_at(rule: &Rule, place: &Finding) -> Finding {
    Finding {
        rule: rule.id.clone(),
        category: rule.category,
        lowers: rule.lowers.clone(),
        evidence: rule.evidence.clone(),
        weight: rule.weight,
        ..place.clone()
    }
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

/// Refuses references that can never hold: to drafts, to deprecated rules, to other rules of sites.
pub(super) fn check_references(rule: &Rule, all: &[Rule]) -> Vec<String> {
    let mut wrong = Vec::new();
    let Condition::Site(condition) = &rule.condition else {
        return wrong;
    };
    let by_id: HashMap<&str, &Rule> = all.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    condition.visit_rules(&mut |id| match by_id.get(id) {
        Some(part) if part.is_of_site() => wrong.push(format!(
            "{id} is itself a rule of whole sites; name the page rules it is made of"
        )),
        Some(part) if !matches!(part.status, Status::Live | Status::Shadow) => {
            wrong.push(format!(
                "{id} is {}; rules of whole sites see live and shadow rules only",
                part.status.as_str()
            ));
        }
        _ => {}
    });
    wrong
}

#[cfg(test)]
#[path = "site_tests.rs"]
mod tests;

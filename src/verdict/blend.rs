//! Rules and model → the log-odds of each category.

use super::Examined;
use super::tally::Tally;
use crate::rules::{Category, Features, Finding, Key, Model, Ruleset, Scoring};
use std::collections::{BTreeMap, BTreeSet};

/// Log-odds by category.
pub(super) type LogOdds = BTreeMap<Category, f64>;

/// How many pages of a site the model sees together: the most telling ones. Those of a whole site would
/// drown them.
const PAGES_TOGETHER: usize = 3;
/// A scan reads so many pages of a site, unless it is told otherwise.
const USUAL_PAGES: usize = 20;
/// How many pages of a larger site it also sees one by one.
const PAGES_APART: usize = 5;
/// Categories with a lower probability than this are not worth a word.
const LEAST_LOG_ODDS: f64 = -3.9;
/// Words alone never are urgent: rules must speak for a category, this much.
const LEAST_FOR_URGENT: f64 = -3.0;
const A_LITTLE: f64 = 0.05;

/// What the model sees of a site.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) features: Features,
    /// The pages that it looks at, most telling first.
    pub(super) pages: Vec<&'a Examined>,
    /// What its log-odds are lowered by, because it was the best of several looks.
    pub(super) allowance: f64,
}

impl<'a> View<'a> {
    /// Pages and rules over the whole site, together.
    fn of(pages: Vec<&'a Examined>, of_site: &[Finding], allowance: f64) -> Self {
        let mut features = Features::union(pages.iter().map(|page| &page.features));
        for finding in of_site {
            features.add_fact(Key::of_rule(&finding.rule));
        }
        Self {
            features,
            pages,
            allowance,
        }
    }
}

/// What the model sees of a site.
///
/// Of a site with more pages than it can see together it looks at those that rules favor, together or one by one,
/// whichever says more: among many honest pages a shop may be a single one. Each look is a chance to err, so that
/// the best of several counts for less (Bonferroni).
pub(super) fn view_of_site<'a>(
    pages: &'a [Examined],
    of_site: &[Finding],
    ruleset: &Ruleset,
) -> View<'a> {
    let worth = |page: &Examined| worth_by_rules(page, ruleset.scoring());
    let mut telling: Vec<(f64, &Examined)> = pages.iter().map(|page| (worth(page), page)).collect();
    // A stable sort: of equals the first, and the crawler fetches what promises most first.
    telling.sort_by(|a, b| b.0.total_cmp(&a.0));
    let together = telling.iter().take(PAGES_TOGETHER).map(|(_, page)| *page);
    // The three that look worst of thousands do so by chance.
    let crowd = ratio(pages.len(), USUAL_PAGES).max(1.0).ln();
    let mut best = View::of(together.collect(), of_site, crowd);
    let Some(model) = ruleset.model().filter(|_| pages.len() > PAGES_TOGETHER) else {
        return best;
    };
    let tally = telling.first().map_or(Model::NO_RULE, |(worth, _)| *worth);
    let mut most = model.log_odds(&best.features, tally) - crowd;
    let named = telling.iter().filter(|(worth, _)| *worth > Model::NO_RULE);
    for (worth, page) in named.take(PAGES_APART) {
        let alone = View::of(vec![*page], of_site, crowd + ratio(PAGES_APART, 1).ln());
        let log_odds = model.log_odds(&alone.features, *worth) - alone.allowance;
        if log_odds > most {
            (most, best) = (log_odds, alone);
        }
    }
    best
}

fn ratio(count: usize, of: usize) -> f64 {
    let float = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    float(count) / float(of)
}

/// What rules say of a page by itself, for the category that they speak for most, log-odds.
///
/// Rules choose the pages, not the model: the pages that a model likes best among many are extreme by chance, and
/// three of them together look like a shop on every site that is large enough.
fn worth_by_rules(page: &Examined, scoring: &Scoring) -> f64 {
    let named: BTreeSet<Category> = page.findings.iter().filter_map(|f| f.category).collect();
    let log_odds = named.into_iter().map(|category| {
        scoring.prior_of(category) + Tally::of(&page.findings, category, scoring).sum(scoring)
    });
    log_odds.fold(Model::NO_RULE, f64::max)
}

/// The log-odds of every category that rules or model speak for. `by_rules` is what rules add up to.
///
/// The model says how likely it is that the site should be flagged at all, and which category it is then. That
/// category gets the log-odds in full, every other less, by how much less likely it is.
pub(super) fn blend(
    by_rules: &LogOdds,
    features: &Features,
    model: &Model,
    scoring: &Scoring,
) -> LogOdds {
    let urgent = (scoring.urgent / (1.0 - scoring.urgent)).ln();
    let best = by_rules.values().copied().fold(Model::NO_RULE, f64::max);
    let mut flagged = model.log_odds(features, best);
    if best < LEAST_FOR_URGENT {
        flagged = flagged.min(urgent - A_LITTLE);
    }
    let shares: Vec<(Category, f64)> = model
        .categories
        .iter()
        .map(|head| {
            let tally = by_rules
                .get(&head.category)
                .copied()
                .unwrap_or(Model::NO_RULE);
            (head.category, ln_logistic(head.log_odds(features, tally)))
        })
        .collect();
    let most = shares
        .iter()
        .map(|(_, share)| *share)
        .fold(f64::NEG_INFINITY, f64::max);
    let by_model: LogOdds = shares.into_iter().collect();
    Category::ALL
        .into_iter()
        .filter_map(|category| {
            let share = by_model.get(&category).copied()?;
            let log_odds = flagged + share - most;
            let named = by_rules.contains_key(&category);
            (named || log_odds > LEAST_LOG_ODDS).then_some((category, log_odds))
        })
        .collect()
}

/// Logarithm of the probability of log-odds.
fn ln_logistic(log_odds: f64) -> f64 {
    -(-log_odds).exp().ln_1p()
}

//! What a recorded score would be without one rule.

use super::CategoryScore;
use super::judge::weigh;
use super::tally::{Tally, logistic};
use crate::rules::{Finding, Model, Ruleset, Scoring};
use crate::suspect::SuspectUrl;
use std::collections::BTreeMap;

/// The score that a recorded score would be if `rule` had not held.
///
/// Computed from the recorded findings: what the sum of the weights loses is taken from the recorded score,
/// so that it also serves for scores of an earlier ruleset. Rules that build on the rule stay.
pub fn score_without(recorded: &CategoryScore, rule: &str, ruleset: &Ruleset) -> f64 {
    let scoring = ruleset.scoring();
    let Some(all) = log_odds(recorded, scoring, |_| true) else {
        return recorded.score;
    };
    let without = log_odds(recorded, scoring, |finding| finding.rule != rule);
    let lost = match (ruleset.model(), without) {
        (None, None) => return 0.0,
        (None, Some(without)) => all - without,
        (Some(model), without) => {
            let lost = all - without.unwrap_or(Model::NO_RULE);
            model.slope * (model.tally * lost + model.weight_of_rule(rule))
        }
    };
    let score = recorded.score.clamp(1e-12, 1.0 - 1e-12);
    logistic((score / (1.0 - score)).ln() - lost)
}

/// The sum of the findings that are kept, page by page, as [`super::judge`] adds them up.
fn log_odds(
    recorded: &CategoryScore,
    scoring: &Scoring,
    keep: impl Fn(&Finding) -> bool,
) -> Option<f64> {
    let mut pages: BTreeMap<&SuspectUrl, Vec<&Finding>> = BTreeMap::new();
    let all = recorded.findings.iter().chain(&recorded.against);
    // What the model added is no rule's.
    let by_rules = all.filter(|finding| !finding.rule.starts_with("model."));
    for finding in by_rules.filter(|finding| keep(finding)) {
        pages.entry(&finding.url).or_default().push(finding);
    }
    let tallies: Vec<Tally> = pages
        .into_values()
        .map(|findings| Tally::of(findings, recorded.category, scoring))
        .collect();
    Some(weigh(&tallies, recorded.category, scoring)?.log_odds)
}

#[cfg(test)]
#[path = "contribution_tests.rs"]
mod tests;

//! Weights of findings → log-odds of a category.

use crate::page::RegionKind;
use crate::rules::{Category, Finding, Scoring};
use std::collections::{BTreeMap, HashMap};

/// What findings of one page add up to for one category.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Evidence for, by kind, capped.
    pub(super) kinds: BTreeMap<String, f64>,
    /// Evidence against, by kind, capped, negative.
    pub(super) against: BTreeMap<String, f64>,
}

impl Tally {
    /// Adds up the findings that speak for or against a category.
    ///
    /// The heaviest count first. Rules that rest on the same place of the page share its cap: one word
    /// read by five rules is not five proofs.
    pub(super) fn of<'a>(
        findings: impl IntoIterator<Item = &'a Finding>,
        category: Category,
        scoring: &Scoring,
    ) -> Self {
        let (mut tally, mut speaking) = (Self::default(), Vec::new());
        for finding in findings {
            if finding.category == Some(category) {
                speaking.push(finding);
            } else if finding.lowers.contains(&category.family()) {
                let kind = tally.against.entry(finding.evidence.clone());
                *kind.or_default() += finding.weight;
            }
        }
        speaking.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.rule.cmp(&b.rule)));
        let mut left: HashMap<(RegionKind, usize), f64> = HashMap::new();
        for finding in speaking {
            let place = (finding.region, finding.span.0);
            let left = left.entry(place).or_insert(scoring.place_cap);
            let counted = finding.weight.min(*left);
            *left -= counted;
            *tally.kinds.entry(finding.evidence.clone()).or_default() += counted;
        }
        for (kind, sum) in &mut tally.kinds {
            *sum = sum.clamp(0.0, scoring.cap(kind));
        }
        for (kind, sum) in &mut tally.against {
            *sum = sum.clamp(-scoring.cap_against(kind), 0.0);
        }
        tally
    }

    /// Evidence for and against together, without the prior.
    pub(super) fn sum(&self, scoring: &Scoring) -> f64 {
        let against: f64 = self.against.values().sum();
        self.kinds.values().sum::<f64>() + against.max(-scoring.against_cap)
    }
}

/// Probability of log-odds.
pub(super) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

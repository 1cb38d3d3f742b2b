//! Weights of findings → log-odds of a category.

use crate::rules::{Category, Finding, Scoring};
use std::collections::BTreeMap;

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
    pub(super) fn of<'a>(
        findings: impl IntoIterator<Item = &'a Finding>,
        category: Category,
        scoring: &Scoring,
    ) -> Self {
        let mut tally = Self::default();
        for finding in findings {
            let kinds = if finding.category == Some(category) {
                &mut tally.kinds
            } else if finding.lowers.contains(&category.family()) {
                &mut tally.against
            } else {
                continue;
            };
            *kinds.entry(finding.evidence.clone()).or_default() += finding.weight;
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

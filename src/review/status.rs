//! What the decisions of a flag amount to.

use super::{Choice, Decision, Grounds};
use crate::flag::Flag;
use jiff::Timestamp;
use serde::Serialize;

/// Where a flag stands. Derived from its current decision and the time, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReviewStatus {
    /// Waits for a person: nobody decided yet, or it was deferred until now.
    Open,
    /// A person confirmed it.
    Confirmed,
    /// A person dismissed it.
    Dismissed,
    /// Waits for a later day.
    Deferred,
}

impl ReviewStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Confirmed, Self::Dismissed, Self::Deferred];

    /// Its name in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
            Self::Deferred => "deferred",
        }
    }

    /// The status with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// The status that a decision gives its flag at `now`.
    pub fn of(current: Option<&Choice>, now: Timestamp) -> Self {
        match current {
            Some(Choice::Confirm { .. }) => Self::Confirmed,
            Some(Choice::Dismiss) => Self::Dismissed,
            Some(Choice::Defer { until }) if now < *until => Self::Deferred,
            None | Some(Choice::Defer { .. }) => Self::Open,
        }
    }
}

/// Where a flag stands, with the decision that put it there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// The status.
    pub status: ReviewStatus,
    /// The current decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The flag's band or categories are not any more those that were decided on.
    pub changed_since: bool,
}

impl Standing {
    /// Where `flag` stands at `now`, if `current` is its current decision.
    pub fn of(flag: &Flag, current: Option<Decision>, now: Timestamp) -> Self {
        let status = ReviewStatus::of(current.as_ref().map(|decision| &decision.choice), now);
        let changed_since = current.as_ref().is_some_and(|decision| {
            let (mut was, mut is) = (
                decision.grounds.categories.clone(),
                Grounds::of(flag).categories,
            );
            was.sort_unstable();
            is.sort_unstable();
            decision.grounds.band != flag.band || was != is
        });
        Self {
            status,
            decision: current,
            changed_since,
        }
    }
}

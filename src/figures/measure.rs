//! What is counted, and what is timed.

use serde::{Deserialize, Serialize};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Sites visited.
    Examined,
    /// Sites flagged for the first time.
    Flagged,
    /// Flags whose last decision of the period confirms them.
    Confirmed,
    /// … dismisses them.
    Dismissed,
    /// … puts them off.
    Deferred,
    /// Targets asked for.
    Submitted,
    /// Targets ordered to be blocked.
    Ordered,
    /// Targets reported as blocked.
    InEffect,
    /// Targets that a verification found blocked.
    VerifiedBlocked,
    /// Targets that were found blocked and then reached again.
    CameBack,
    /// Targets whose content was removed.
    Removed,
    /// Targets refused by the addressee.
    Refused,
    /// Targets ordered to be accessible again.
    Lifted,
}

impl Measure {
    /// All, in the order of reports.
    pub const ALL: [Self; 13] = [
        Self::Examined,
        Self::Flagged,
        Self::Confirmed,
        Self::Dismissed,
        Self::Deferred,
        Self::Submitted,
        Self::Ordered,
        Self::InEffect,
        Self::VerifiedBlocked,
        Self::CameBack,
        Self::Removed,
        Self::Refused,
        Self::Lifted,
    ];

    /// Its code in JSON and CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Examined => "examined",
            Self::Flagged => "flagged",
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
            Self::Deferred => "deferred",
            Self::Submitted => "submitted",
            Self::Ordered => "ordered",
            Self::InEffect => "in_effect",
            Self::VerifiedBlocked => "verified_blocked",
            Self::CameBack => "came_back",
            Self::Removed => "removed",
            Self::Refused => "refused",
            Self::Lifted => "lifted",
        }
    }

    /// As tables head it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Examined => "sites examined",
            Self::Flagged => "flagged",
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
            Self::Deferred => "deferred",
            Self::Submitted => "submitted",
            Self::Ordered => "ordered",
            Self::InEffect => "in effect",
            Self::VerifiedBlocked => "verified as blocked",
            Self::CameBack => "came back",
            Self::Removed => "content removed",
            Self::Refused => "refused",
            Self::Lifted => "lifted",
        }
    }
}

/// What is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// From the flag to the first decision that settles it.
    FlagToDecision,
    /// From the decision to the submission.
    DecisionToSubmission,
    /// From the submission to the order.
    SubmissionToOrder,
    /// From the order to the first verification that finds it blocked.
    OrderToVerified,
    /// From the flag to that verification.
    FlagToVerified,
}

impl Span {
    /// All, in the order of reports.
    pub const ALL: [Self; 5] = [
        Self::FlagToDecision,
        Self::DecisionToSubmission,
        Self::SubmissionToOrder,
        Self::OrderToVerified,
        Self::FlagToVerified,
    ];

    /// Its code in JSON and CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FlagToDecision => "flag_to_decision",
            Self::DecisionToSubmission => "decision_to_submission",
            Self::SubmissionToOrder => "submission_to_order",
            Self::OrderToVerified => "order_to_verified",
            Self::FlagToVerified => "flag_to_verified",
        }
    }

    /// As tables head it.
    pub fn title(self) -> &'static str {
        match self {
            Self::FlagToDecision => "flag to decision",
            Self::DecisionToSubmission => "decision to submission",
            Self::SubmissionToOrder => "submission to order",
            Self::OrderToVerified => "order to verified block",
            Self::FlagToVerified => "flag to verified block",
        }
    }
}

//! A verification as it is recorded.

use crate::block::BlockTarget;
use crate::id::{ItemId, RequestId, VerificationId};
use crate::reach::Reach;
use crate::review::Reviewer;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a verification says of a block (blocking.md §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockVerdict {
    /// Name servers lie or refuse.
    BlockedDns,
    /// The connection is refused, reset or dropped.
    BlockedTcp,
    /// The TLS handshake times out for this server name only.
    BlockedSniTimeout,
    /// The TLS handshake is reset for this server name only.
    BlockedSniReset,
    /// Somebody else's certificate answers.
    BlockedMitm,
    /// A page says that it is blocked.
    BlockPage,
    /// The owner took it down.
    RemovedByOwner,
    /// Nobody reaches it, from anywhere.
    DownEverywhere,
    /// It is reached.
    Reachable,
    /// It is not reached from where there is no control for, or vantages of the country disagree.
    Unreachable,
    /// The measurements do not allow a verdict.
    Inconclusive,
}

impl BlockVerdict {
    /// All verdicts.
    pub const ALL: [Self; 11] = [
        Self::BlockedDns,
        Self::BlockedTcp,
        Self::BlockedSniTimeout,
        Self::BlockedSniReset,
        Self::BlockedMitm,
        Self::BlockPage,
        Self::RemovedByOwner,
        Self::DownEverywhere,
        Self::Reachable,
        Self::Unreachable,
        Self::Inconclusive,
    ];

    /// Its code in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlockedDns => "blocked_dns",
            Self::BlockedTcp => "blocked_tcp",
            Self::BlockedSniTimeout => "blocked_sni_timeout",
            Self::BlockedSniReset => "blocked_sni_reset",
            Self::BlockedMitm => "blocked_mitm",
            Self::BlockPage => "block_page",
            Self::RemovedByOwner => "removed_by_owner",
            Self::DownEverywhere => "down_everywhere",
            Self::Reachable => "reachable",
            Self::Unreachable => "unreachable",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Whether the block works.
    pub fn is_blocked(self) -> bool {
        matches!(
            self,
            Self::BlockedDns
                | Self::BlockedTcp
                | Self::BlockedSniTimeout
                | Self::BlockedSniReset
                | Self::BlockedMitm
                | Self::BlockPage
        )
    }
}

/// How sure a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A hint.
    Low,
    /// Several measurements agree.
    Medium,
    /// Several vantages and a control agree.
    High,
}

impl Confidence {
    /// Its code in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A clean site beside the target, looked at to see whether the block hits it too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sibling {
    /// What was asked for.
    pub url: SuspectUrl,
    /// What it says: blocked means that the block hits more than it was ordered for.
    pub verdict: BlockVerdict,
    /// How sure.
    pub confidence: Confidence,
    /// Why, in a sentence each.
    pub reasons: Vec<String>,
    /// What each vantage measured.
    pub reaches: Vec<Reach>,
}

/// One look at one item. Never edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// Which verification.
    pub id: VerificationId,
    /// The item.
    pub item: ItemId,
    /// Its request.
    pub request: RequestId,
    /// What was looked at.
    #[serde(flatten)]
    pub target: BlockTarget,
    /// When it was begun.
    pub at: Timestamp,
    /// Who asked for it.
    pub by: Reviewer,
    /// What it says.
    pub verdict: BlockVerdict,
    /// How sure.
    pub confidence: Confidence,
    /// Why, in a sentence each.
    pub reasons: Vec<String>,
    /// What each vantage measured.
    pub reaches: Vec<Reach>,
    /// Vantages in the country that reach it: where there are any, the block does not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_from: Vec<String>,
    /// Clean sites that were looked at, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub siblings: Vec<Sibling>,
}

impl Verification {
    /// Whether somebody in the country reaches it.
    pub fn is_open(&self) -> bool {
        self.verdict == BlockVerdict::Reachable || !self.open_from.is_empty()
    }

    /// The clean sites that the block hits, too.
    pub fn hit_siblings(&self) -> impl Iterator<Item = &Sibling> {
        self.siblings
            .iter()
            .filter(|sibling| sibling.verdict.is_blocked())
    }
}

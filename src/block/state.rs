//! Where an item stands, derived from its steps.

use super::{BlockAct, BlockStep};
use crate::id::ItemId;
use serde::{Deserialize, Serialize};

/// Where an item of a request stands. What was measured (`verified`) is added by
/// `RequestFile` (`dossier/`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Drafted by one person.
    Draft,
    /// Approved by a second.
    Approved,
    /// Sent.
    Submitted,
    /// Its arrival was confirmed.
    Acknowledged,
    /// Ordered by the body.
    Ordered,
    /// Reported as done.
    Effective,
    /// The owner appealed; the block stands until that is decided.
    Appealed,
    /// Refused by the addressee.
    Refused,
    /// Taken back by the unit.
    Withdrawn,
    /// The content was removed.
    Removed,
    /// The unit asked that it be lifted.
    Lifting,
    /// Access was ordered to be restored.
    Lifted,
    /// Its time is over.
    Expired,
}

impl ItemState {
    /// All states.
    pub const ALL: [Self; 13] = [
        Self::Draft,
        Self::Approved,
        Self::Submitted,
        Self::Acknowledged,
        Self::Ordered,
        Self::Effective,
        Self::Appealed,
        Self::Refused,
        Self::Withdrawn,
        Self::Removed,
        Self::Lifting,
        Self::Lifted,
        Self::Expired,
    ];

    /// Its code in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Submitted => "submitted",
            Self::Acknowledged => "acknowledged",
            Self::Ordered => "ordered",
            Self::Effective => "effective",
            Self::Appealed => "appealed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Removed => "removed",
            Self::Lifting => "lifting",
            Self::Lifted => "lifted",
            Self::Expired => "expired",
        }
    }

    /// Whether a block is ordered and not asked to be lifted: then it belongs into the lists.
    pub fn is_in_force(self) -> bool {
        matches!(self, Self::Ordered | Self::Effective | Self::Appealed)
    }
}

/// Where an item stands after the steps of its request, in the order in which they were recorded.
pub fn item_state(item: &ItemId, steps: &[BlockStep]) -> ItemState {
    let concerns = |step: &&BlockStep| step.items.is_empty() || step.items.contains(item);
    let mut state = ItemState::Draft;
    let mut before_appeal = ItemState::Ordered;
    for step in steps.iter().filter(concerns) {
        state = match &step.act {
            BlockAct::Approve => ItemState::Approved,
            BlockAct::Submit(_) => ItemState::Submitted,
            BlockAct::Acknowledge(_) => ItemState::Acknowledged,
            BlockAct::Order(_) => ItemState::Ordered,
            BlockAct::Effect(_) => ItemState::Effective,
            BlockAct::Refuse { .. } => ItemState::Refused,
            BlockAct::Withdraw { .. } => ItemState::Withdrawn,
            BlockAct::Removed { .. } => ItemState::Removed,
            BlockAct::Appeal(_) => {
                before_appeal = state;
                ItemState::Appealed
            }
            BlockAct::Appealed { upheld: false, .. } => before_appeal,
            BlockAct::Appealed { upheld: true, .. } | BlockAct::Lift { .. } => ItemState::Lifting,
            BlockAct::Lifted(_) => ItemState::Lifted,
            BlockAct::Expire { .. } => ItemState::Expired,
        };
    }
    state
}

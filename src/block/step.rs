//! What happened to a request, and whether it may be recorded.

use super::{BlockItem, BlockRequest, ItemState, item_state};
use crate::digest::Digest;
use crate::id::{ItemId, RequestId, StepId};
use crate::review::Reviewer;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A paper that was sent or received: number, date and the organ that issued it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Its number, as the organ gave it.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// Who issued it.
    pub organ: String,
    /// Digest of the file, where it is kept as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum BlockAct {
    /// A second person approved the draft.
    Approve,
    /// It was sent: number and date of the unit's own letter.
    Submit(Paper),
    /// The addressee confirmed that it arrived.
    Acknowledge(Paper),
    /// The body ordered the block.
    Order(Paper),
    /// An operator, host or platform reported that it is done.
    Effect(Paper),
    /// The addressee refused.
    Refuse {
        /// The letter.
        #[serde(flatten)]
        paper: Paper,
        /// Why.
        reason: String,
    },
    /// The unit took it back before it was ordered.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// The owner, host or platform removed the content.
    Removed {
        /// How the unit knows.
        reason: String,
    },
    /// The owner appealed.
    Appeal(Paper),
    /// The appeal was decided: upheld means that the block falls.
    Appealed {
        /// The decision.
        #[serde(flatten)]
        paper: Paper,
        /// Whether the appeal was successful.
        upheld: bool,
    },
    /// The unit asks that the block be lifted. It leaves every list at the next serial.
    Lift {
        /// Why.
        reason: String,
    },
    /// The body ordered that access be restored.
    Lifted(Paper),
    /// Its time is over.
    Expire {
        /// Why it was not prolonged.
        reason: String,
    },
}

impl BlockAct {
    /// The codes of all acts; a test holds them equal to [`BlockAct::as_str`].
    pub const CODES: [&'static str; 13] = [
        "approve",
        "submit",
        "acknowledge",
        "order",
        "effect",
        "refuse",
        "withdraw",
        "removed",
        "appeal",
        "appealed",
        "lift",
        "lifted",
        "expire",
    ];

    /// Its code in JSON and on the command line.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Submit(_) => "submit",
            Self::Acknowledge(_) => "acknowledge",
            Self::Order(_) => "order",
            Self::Effect(_) => "effect",
            Self::Refuse { .. } => "refuse",
            Self::Withdraw { .. } => "withdraw",
            Self::Removed { .. } => "removed",
            Self::Appeal(_) => "appeal",
            Self::Appealed { .. } => "appealed",
            Self::Lift { .. } => "lift",
            Self::Lifted(_) => "lifted",
            Self::Expire { .. } => "expire",
        }
    }

    /// The paper that goes with it.
    pub fn paper(&self) -> Option<&Paper> {
        match self {
            Self::Submit(paper)
            | Self::Acknowledge(paper)
            | Self::Order(paper)
            | Self::Effect(paper)
            | Self::Refuse { paper, .. }
            | Self::Appeal(paper)
            | Self::Appealed { paper, .. }
            | Self::Lifted(paper) => Some(paper),
            Self::Approve
            | Self::Withdraw { .. }
            | Self::Removed { .. }
            | Self::Lift { .. }
            | Self::Expire { .. } => None,
        }
    }
}

/// One step of a request. Never edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockStep {
    /// Which step.
    pub id: StepId,
    /// Of which request.
    pub request: RequestId,
    /// Which of its items; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemId>,
    /// What happened.
    #[serde(flatten)]
    pub act: BlockAct,
    /// Who recorded it.
    pub by: Reviewer,
    /// When.
    pub at: Timestamp,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Why a step may not be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Two people answer for a request.
    #[error("{0} drafted it; another person must approve it")]
    OwnRequest(Reviewer),
    /// The item does not belong to the request.
    #[error("{0} is not an item of this request")]
    OtherItem(ItemId),
    /// The item stands where this step does not lead on.
    #[error("{target} is {}; {act} comes after {}", state.as_str(), after.join(" or "))]
    OutOfOrder {
        /// The target, defanged.
        target: String,
        /// Where it stands.
        state: ItemState,
        /// The step.
        act: &'static str,
        /// Where it would have to stand.
        after: Vec<&'static str>,
    },
    /// A reason is missing.
    #[error("{0} needs a reason")]
    NoReason(&'static str),
    /// A paper without number or organ.
    #[error("{0} needs the number of the paper and who issued it")]
    NoPaper(&'static str),
    /// It is older than the step before.
    #[error("it would be older than the step before; is the clock of this machine right?")]
    ClockBehind,
    /// The request was replaced by another.
    #[error("{0} replaced this request")]
    Superseded(RequestId),
}

/// Whether a step may be recorded after `earlier` ones: it leads on from where each item stands, is approved by
/// another person than the author, and says why.
pub fn check_step(
    request: &BlockRequest,
    superseded_by: Option<&RequestId>,
    earlier: &[BlockStep],
    step: &BlockStep,
) -> Result<(), StepError> {
    if let Some(later) = superseded_by {
        return Err(StepError::Superseded(later.clone()));
    }
    if matches!(step.act, BlockAct::Approve) && step.by == request.author {
        return Err(StepError::OwnRequest(request.author.clone()));
    }
    let is_own = |id: &&ItemId| !request.items.iter().any(|item| item.id == **id);
    if let Some(other) = step.items.iter().find(is_own) {
        return Err(StepError::OtherItem(other.clone()));
    }
    if earlier.last().is_some_and(|before| step.at < before.at) {
        return Err(StepError::ClockBehind);
    }
    check_words(&step.act)?;
    let after = states_before(&step.act);
    let concerns = |item: &&BlockItem| step.items.is_empty() || step.items.contains(&item.id);
    for item in request.items.iter().filter(concerns) {
        let state = item_state(&item.id, earlier);
        if !after.contains(&state) {
            return Err(StepError::OutOfOrder {
                target: item.target.to_string(),
                state,
                act: step.act.as_str(),
                after: after.iter().map(|state| state.as_str()).collect(),
            });
        }
    }
    Ok(())
}

/// From where a step leads on.
fn states_before(act: &BlockAct) -> &'static [ItemState] {
    use ItemState::{
        Acknowledged, Appealed, Approved, Draft, Effective, Lifting, Ordered, Removed, Submitted,
    };
    match act {
        BlockAct::Approve => &[Draft],
        BlockAct::Submit(_) => &[Approved],
        BlockAct::Acknowledge(_) => &[Submitted],
        BlockAct::Order(_) | BlockAct::Refuse { .. } => &[Submitted, Acknowledged],
        // Operators and hosts report without an order of a body, too.
        BlockAct::Effect(_) => &[Submitted, Acknowledged, Ordered],
        BlockAct::Withdraw { .. } => &[Draft, Approved, Submitted, Acknowledged],
        BlockAct::Removed { .. } => &[Submitted, Acknowledged, Ordered, Effective],
        BlockAct::Appeal(_) | BlockAct::Expire { .. } => &[Ordered, Effective],
        BlockAct::Appealed { .. } => &[Appealed],
        BlockAct::Lift { .. } => &[Ordered, Effective, Appealed, Removed],
        BlockAct::Lifted(_) => &[Lifting, Removed, Ordered, Effective],
    }
}

fn check_words(act: &BlockAct) -> Result<(), StepError> {
    let reason = match act {
        BlockAct::Refuse { reason, .. }
        | BlockAct::Withdraw { reason }
        | BlockAct::Removed { reason }
        | BlockAct::Lift { reason }
        | BlockAct::Expire { reason } => Some(reason),
        _ => None,
    };
    if reason.is_some_and(|reason| reason.trim().is_empty()) {
        return Err(StepError::NoReason(act.as_str()));
    }
    let is_blank = |paper: &Paper| paper.number.trim().is_empty() || paper.organ.trim().is_empty();
    if act.paper().is_some_and(is_blank) {
        return Err(StepError::NoPaper(act.as_str()));
    }
    Ok(())
}

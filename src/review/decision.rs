//! A decision as it is recorded.

use super::{Element, Reason, Reviewer};
use crate::flag::Flag;
use crate::id::{CaptureId, DecisionId, FlagId, RunId};
use crate::rules::Category;
use crate::verdict::Band;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a person decided about a flag. Never edited; a later decision may supersede it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Which decision.
    pub id: DecisionId,
    /// About which flag.
    pub flag: FlagId,
    /// What was decided.
    #[serde(flatten)]
    pub choice: Choice,
    /// Why, in codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// What else the person wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who decided.
    pub author: Reviewer,
    /// When.
    pub decided: Timestamp,
    /// The decision that this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<DecisionId>,
    /// What was decided on: the flag as it stood.
    pub grounds: Grounds,
}

/// What can be decided about a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Choice {
    /// It is what it was flagged for, or something else of that sort.
    Confirm {
        /// What it is; may differ from the flag's.
        category: Category,
        /// What the evidence shows, each once.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        elements: Vec<Element>,
    },
    /// Nothing is to be done about it; the reasons say why.
    Dismiss,
    /// To be looked at again.
    Defer {
        /// From when on it waits for a person again.
        until: Timestamp,
    },
}

impl Choice {
    /// Its name in JSON and on the command line.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Confirm { .. } => "confirm",
            Self::Dismiss => "dismiss",
            Self::Defer { .. } => "defer",
        }
    }
}

/// A flag as it stood when somebody decided about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// The run whose visit had raised it last.
    pub run: RunId,
    /// Version of the ruleset that had judged.
    pub ruleset: String,
    /// Its band.
    pub band: Band,
    /// Its categories in review or urgent band, the highest score first.
    pub categories: Vec<Category>,
    /// The captures that showed it.
    pub captures: Vec<CaptureId>,
}

impl Grounds {
    /// The flag as it stands.
    pub fn of(flag: &Flag) -> Self {
        let raised = flag.categories.iter().filter(|c| c.band > Band::Clear);
        Self {
            run: flag.run.clone(),
            ruleset: flag.ruleset.clone(),
            band: flag.band,
            categories: raised.map(|c| c.category).collect(),
            captures: flag.captures.clone(),
        }
    }
}

impl Decision {
    /// Whether it says what the site is: then rules learn from it. `Some(true)` for confirmed, `Some(false)`
    /// for dismissed as honest.
    pub fn lesson(&self) -> Option<bool> {
        match self.choice {
            Choice::Confirm { .. } => Some(true),
            Choice::Dismiss => self
                .reasons
                .iter()
                .any(|reason| reason.says_honest())
                .then_some(false),
            Choice::Defer { .. } => None,
        }
    }

    /// The category that it confirms.
    pub fn confirmed_category(&self) -> Option<Category> {
        match self.choice {
            Choice::Confirm { category, .. } => Some(category),
            Choice::Dismiss | Choice::Defer { .. } => None,
        }
    }
}

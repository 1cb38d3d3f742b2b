//! Flag + choice → decision, if it may be taken.

use super::reason::Side;
use super::{Choice, Decision, Grounds, Reason, Reviewer};
use crate::flag::Flag;
use crate::id::DecisionId;
use jiff::Timestamp;

/// A longer note belongs into a file of the case.
const MAX_NOTE_CHARS: usize = 10_000;

/// What a person wants to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// What is decided.
    pub choice: Choice,
    /// Why, in codes.
    pub reasons: Vec<Reason>,
    /// What else there is to say.
    pub note: Option<String>,
    /// The decision that is to be superseded: the current one, by its id.
    pub supersedes: Option<DecisionId>,
}

/// A decision that may not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// A dismissal must say why.
    #[error("a dismissal needs at least one reason code")]
    NoReason,
    /// The reason is one for another decision.
    #[error("{reason} is no reason to {choice}; reasons are: {known}")]
    WrongReason {
        /// Code of the reason.
        reason: &'static str,
        /// The decision it was given for.
        choice: &'static str,
        /// The codes that may be given.
        known: String,
    },
    /// A decision stands, and the new one does not name it.
    #[error("{current} of {author} stands ({verdict}); a new decision must name it")]
    Stands {
        /// The decision that stands.
        current: DecisionId,
        /// Who took it.
        author: Reviewer,
        /// What it says.
        verdict: &'static str,
    },
    /// Not the current decision was to be superseded.
    #[error("{named} is not the current decision{}", current.as_ref().map_or_else(String::new, |id| format!(", that is {id}")))]
    NotCurrent {
        /// The decision that was named.
        named: DecisionId,
        /// The decision that stands, if any.
        current: Option<DecisionId>,
    },
    /// The day to which it is deferred is past.
    #[error("a flag can only be deferred to a later time")]
    NotLater,
    /// It is older than what it supersedes.
    #[error(
        "it would be older than the decision that it supersedes; is the clock of this machine right?"
    )]
    ClockBehind,
    /// The note is too long.
    #[error("a note has at most {MAX_NOTE_CHARS} characters")]
    LongNote,
    /// The flag was updated by a visit after it was looked at.
    #[error("the flag was updated by another visit meanwhile; look at it again")]
    FlagChanged,
    /// The decision is about another flag.
    #[error("the decision is about {0}, not about this flag")]
    OtherFlag(String),
}

/// Takes a decision about a flag. `current` is the decision that stands.
pub fn decide(
    flag: &Flag,
    current: Option<&Decision>,
    ruling: Ruling,
    author: Reviewer,
    now: Timestamp,
) -> Result<Decision, DecideError> {
    let Ruling {
        mut choice,
        mut reasons,
        note,
        supersedes,
    } = ruling;
    if let Choice::Confirm { elements, .. } = &mut choice {
        elements.sort_unstable();
        elements.dedup();
    }
    reasons.sort_unstable();
    reasons.dedup();
    // A deferral waits for a decision: the next one follows it without being told to.
    let deferral = current.filter(|current| matches!(current.choice, Choice::Defer { .. }));
    let supersedes = supersedes.or_else(|| deferral.map(|current| current.id.clone()));
    let note = note
        .map(|note| note.trim().to_owned())
        .filter(|note| !note.is_empty());
    let decision = Decision {
        id: DecisionId::taken(&flag.id, author.as_str(), now, supersedes.as_ref()),
        flag: flag.id.clone(),
        choice,
        reasons,
        note,
        author,
        decided: now,
        supersedes,
        grounds: Grounds::of(flag),
    };
    check_decision(&decision, flag, current)?;
    Ok(decision)
}

/// Whether a decision may be recorded: it is about the flag as it stands, supersedes the current decision and
/// no other, and says why. The store asks this again for whatever it is given.
pub fn check_decision(
    decision: &Decision,
    flag: &Flag,
    current: Option<&Decision>,
) -> Result<(), DecideError> {
    if decision.flag != flag.id {
        return Err(DecideError::OtherFlag(decision.flag.to_string()));
    }
    match (current, &decision.supersedes) {
        (None, None) => {}
        (Some(current), Some(named)) if current.id == *named => {
            if decision.decided < current.decided {
                return Err(DecideError::ClockBehind);
            }
        }
        (Some(current), None) => {
            return Err(DecideError::Stands {
                current: current.id.clone(),
                author: current.author.clone(),
                verdict: current.choice.as_str(),
            });
        }
        (current, Some(named)) => {
            return Err(DecideError::NotCurrent {
                named: named.clone(),
                current: current.map(|current| current.id.clone()),
            });
        }
    }
    if decision.grounds != Grounds::of(flag) {
        return Err(DecideError::FlagChanged);
    }
    check_content(decision)
}

fn check_content(decision: &Decision) -> Result<(), DecideError> {
    let side = match decision.choice {
        Choice::Confirm { .. } => Side::Confirm,
        Choice::Dismiss => Side::Dismiss,
        Choice::Defer { .. } => Side::Defer,
    };
    if side == Side::Dismiss && decision.reasons.is_empty() {
        return Err(DecideError::NoReason);
    }
    if let Some(wrong) = decision.reasons.iter().find(|reason| reason.side() != side) {
        let known = Reason::ALL
            .into_iter()
            .filter(|reason| reason.side() == side);
        return Err(DecideError::WrongReason {
            reason: wrong.as_str(),
            choice: decision.choice.as_str(),
            known: known.map(Reason::as_str).collect::<Vec<_>>().join(", "),
        });
    }
    if let Choice::Defer { until } = decision.choice
        && until <= decision.decided
    {
        return Err(DecideError::NotLater);
    }
    let note = decision.note.as_deref().unwrap_or_default();
    if note.chars().count() > MAX_NOTE_CHARS {
        return Err(DecideError::LongNote);
    }
    Ok(())
}

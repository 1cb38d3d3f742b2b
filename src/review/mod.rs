//! What people decide about flags. Pure: who decides what and when comes in as arguments.
//!
//! - [`decide`]: a flag, the decision that stands, and a [`Choice`] → [`Decision`], or why it may not be taken.
//! - [`Decision`]: immutable; a later one may supersede it, and names it. It never changes its flag.
//! - [`ReviewStatus`]: what a flag's decisions amount to at a given time; derived, never stored.
//! - [`Reason`], [`Element`]: the codes that a decision carries, with titles in three languages.

mod decide;
mod decision;
mod element;
mod reason;
mod reviewer;
mod status;
#[cfg(test)]
mod tests;

pub use decide::{DecideError, Ruling, check_decision, decide};
pub use decision::{Choice, Decision, Grounds};
pub use element::Element;
pub use reason::Reason;
pub use reviewer::{Reviewer, ReviewerError};
pub use status::{ReviewStatus, Standing};

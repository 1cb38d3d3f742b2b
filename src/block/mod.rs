//! From a confirmed flag to a block: what is asked of whom, what came of it, and the lists that go out.
//!
//! - [`BlockRequest`]: one submission to one [`Authority`](profile::Authority), with an item a target.
//! - [`BlockStep`]: what happened to a request: approved, submitted, ordered, in effect, lifted. Append-only.
//! - [`ItemState`]: where an item stands; derived from its steps, never stored.
//! - [`due_acts`]: what is awaited next for each item, until when.
//! - [`profile`]: jurisdictions as data: authorities, grounds, deadlines, calendar.
//! - [`guard`]: what may never be blocked, and what a block would hit beside its target.
//! - [`list`]: the machine-readable lists.
//! - [`document`]: the papers of a request.

pub mod document;
mod due;
pub mod guard;
pub mod list;
pub mod profile;
mod request;
mod state;
mod step;
mod target;
#[cfg(test)]
mod tests;

pub use due::{DueAct, due_acts};
pub use request::{
    BlockItem, BlockRequest, Bundle, ItemEvidence, ItemFinding, Override, Purpose, RequestError,
    check_request,
};
pub use state::{ItemState, item_state};
pub use step::{BlockAct, BlockStep, Paper, StepError, check_step};
pub use target::{BlockTarget, HostName, HostProblem, ScopeKind};

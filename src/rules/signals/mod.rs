//! Signals of a page: facts of structure and host, each with what shows it.
//!
//! - [`Signals`]: the signals that hold on one page.
//! - `host`: look-alike hosts and foreign brands. `structure`: forms, links, lists, hidden text.

mod detect;
mod host;
mod list;
mod set;
mod structure;

pub(super) use detect::detect;
pub(super) use set::{SignalProof, Signals};

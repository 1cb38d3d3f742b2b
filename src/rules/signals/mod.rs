//! Signals of a page: facts of structure and host, each with what shows it.
//!
//! - [`Signals`]: the signals that hold on one page.
//! - `host`: look-alike hosts and foreign brands. `structure`: forms, links, lists, hidden text.

mod host;
mod list;
mod set;
mod structure;

pub(super) use set::{SignalProof, Signals};

use super::brands::Brands;
use crate::entity::Entity;
use crate::page::Page;

/// Finds the signals of a page.
pub(super) fn detect(page: &Page, entities: &[Entity], brands: &Brands) -> Signals {
    let mut signals = Signals::default();
    structure::add_signals(page, &mut signals);
    list::add_signals(page, entities, &mut signals);
    host::add_signals(page, brands, &mut signals);
    signals
}

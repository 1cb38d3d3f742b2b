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
use crate::rules::view::View;

/// Finds the signals of a page. `first_brand` is the term id of the first brand's names.
pub(super) fn detect(
    view: &View<'_>,
    entities: &[Entity],
    brands: &Brands,
    first_brand: usize,
) -> Signals {
    let mut signals = Signals::default();
    structure::add_signals(view.page, &mut signals);
    list::add_signals(view, entities, &mut signals);
    host::add_signals(view, brands, first_brand, &mut signals);
    signals
}

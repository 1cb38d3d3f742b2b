//! All signals of a page.

use super::{Signals, host, list, structure};
use crate::entity::Entity;
use crate::rules::brands::Brands;
use crate::rules::view::View;

/// Finds the signals of a page. `first_brand` is the term id of the first brand's names.
pub(crate) fn detect(
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

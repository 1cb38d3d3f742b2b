//! One pass over a page's regions.

use super::context::Collection;
use super::{Entity, analytics, email, identity, measure, messenger, named_handle, phone, wallet};
use crate::page::{Page, RegionKind};

/// Finds all entities of a page, in the order of its regions.
pub fn scan(page: &Page) -> Vec<Entity> {
    let mut collection = Collection::default();
    for (index, region) in page.regions.iter().enumerate() {
        if collection.is_full() {
            break;
        }
        collection.enter(index);
        let first = collection.entities.len();
        scan_text(region.kind, &region.text, &mut collection);
        if let Some(found) = collection.entities.get_mut(first..) {
            found.sort_by_key(|e| (e.span.start, e.span.end));
        }
    }
    collection.entities
}

/// Finds the entities of one text.
pub(super) fn scan_text(kind: RegionKind, text: &str, collection: &mut Collection) {
    match kind {
        RegionKind::Href => {
            messenger::scan_links(text, collection);
            phone::scan_link(text, collection);
            email::scan(text, collection);
            wallet::scan(text, collection);
        }
        // A page's own address: its host may be an onion service, its path a handle on a preview.
        RegionKind::Url => {
            messenger::scan_links(text, collection);
            wallet::scan(text, collection);
        }
        RegionKind::Host => {}
        RegionKind::Script => {
            messenger::scan_links(text, collection);
            messenger::scan_handles(text, collection);
            email::scan(text, collection);
            wallet::scan(text, collection);
            phone::scan(text, collection);
            analytics::scan(text, collection);
        }
        _ => {
            messenger::scan_links(text, collection);
            messenger::scan_handles(text, collection);
            named_handle::scan(text, collection);
            email::scan(text, collection);
            wallet::scan(text, collection);
            phone::scan(text, collection);
            identity::scan(text, collection);
            measure::scan(text, collection);
        }
    }
}

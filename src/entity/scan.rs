//! One pass over a page's regions.

use super::Entity;
use crate::page::Page;

/// Finds all entities of a page, in the order of its regions.
pub fn scan(page: &Page) -> Vec<Entity> {
    let _ = page;
    Vec::new()
}

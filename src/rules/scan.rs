//! Page + ruleset → findings.

use super::{Finding, Ruleset};
use crate::entity::Entity;
use crate::page::Page;

/// Finds every rule that holds on a page.
pub fn scan(page: &Page, entities: &[Entity], ruleset: &Ruleset) -> Vec<Finding> {
    let _ = (page, entities, ruleset);
    todo!()
}

//! The data that guards rest on.

use super::Objection;
use crate::block::{BlockItem, BlockTarget};

/// Protected names, shared platforms, networks of many tenants.
#[derive(Debug, Clone, Default)]
pub struct Protection {}

impl Protection {
    /// What speaks against a target by itself: asked when a request is recorded and again for every list.
    pub fn objections_to_target(&self, _target: &BlockTarget) -> Vec<Objection> {
        Vec::new()
    }

    /// What speaks against an item: its target, and what its captures showed (redirects, neighbors).
    pub fn objections_to_item(&self, item: &BlockItem) -> Vec<Objection> {
        self.objections_to_target(&item.target)
    }
}

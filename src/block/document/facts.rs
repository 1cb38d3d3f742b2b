//! What papers are filled in with.

use crate::block::profile::{Authority, Profile};
use crate::block::{BlockItem, BlockRequest, BlockStep, ItemState, item_state};
use crate::digest::Digest;
use crate::id::{ItemId, RequestId};
use jiff::Timestamp;

/// Everything that the papers of a request are filled in with.
#[derive(Debug, Clone, Copy)]
pub struct PaperFacts<'a> {
    /// The request.
    pub request: &'a BlockRequest,
    /// What happened to it.
    pub steps: &'a [BlockStep],
    /// What was measured about its items.
    pub measurements: &'a [Measurement],
    /// The request that replaced it.
    pub superseded_by: Option<&'a RequestId>,
    /// Its jurisdiction.
    pub profile: &'a Profile,
    /// How far the signed log goes, if it was signed.
    pub log: Option<&'a LogPosition>,
}

/// What one verification said of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    /// The item.
    pub item: ItemId,
    /// When it was begun.
    pub at: Timestamp,
    /// Code of the verdict (`blocked_dns`).
    pub verdict: String,
    /// Code of the confidence (`high`).
    pub confidence: String,
    /// Vantages that measured.
    pub vantages: usize,
}

/// A signed checkpoint of the log that the records stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPosition {
    /// Name of the log.
    pub origin: String,
    /// Records under the signature.
    pub size: u64,
    /// Root of its tree.
    pub root: Digest,
}

impl<'a> PaperFacts<'a> {
    /// The addressee, if the profile knows it.
    pub fn authority(&self) -> Option<&'a Authority> {
        self.profile.authority(&self.request.authority)
    }

    /// Where an item stands.
    pub fn state(&self, item: &BlockItem) -> ItemState {
        item_state(&item.id, self.steps)
    }

    /// Whether a second person has not approved all of it yet.
    pub fn is_draft(&self) -> bool {
        let is_draft = |item| self.state(item) == ItemState::Draft;
        self.request.items.iter().any(is_draft)
    }

    /// The steps that concern an item, in their order.
    pub fn steps_of(&self, item: &ItemId) -> impl Iterator<Item = &'a BlockStep> {
        self.steps
            .iter()
            .filter(move |step| step.items.is_empty() || step.items.contains(item))
    }

    /// Whether an act was recorded about an item.
    pub fn has_step(&self, item: &BlockItem, act: &str) -> bool {
        self.steps_of(&item.id).any(|step| step.act.as_str() == act)
    }
}

//! A request with everything that followed.

use crate::block::list::{ListEntry, OrderFacts};
use crate::block::{BlockAct, BlockItem, BlockRequest, BlockStep, ItemState, item_state};
use crate::id::ItemId;
use crate::verify::Verification;

/// A request, its steps and its verifications, each in the order in which they were recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestFile {
    /// The request.
    pub request: BlockRequest,
    /// What happened to it.
    pub steps: Vec<BlockStep>,
    /// What was measured.
    pub verifications: Vec<Verification>,
    /// The request that replaced it, if one did.
    pub superseded_by: Option<crate::id::RequestId>,
}

impl RequestFile {
    /// Where an item stands.
    pub fn state(&self, item: &ItemId) -> ItemState {
        item_state(item, &self.steps)
    }

    /// Whether another request may stand in its place: nothing of it was sent.
    pub fn can_be_replaced(&self) -> bool {
        let is_unsent = |item: &BlockItem| {
            matches!(self.state(&item.id), ItemState::Draft | ItemState::Approved)
        };
        self.superseded_by.is_none() && self.request.items.iter().all(is_unsent)
    }

    /// The steps that concern an item.
    pub fn steps_of<'a>(&'a self, item: &'a ItemId) -> impl Iterator<Item = &'a BlockStep> {
        self.steps
            .iter()
            .filter(move |step| step.items.is_empty() || step.items.contains(item))
    }

    /// The verifications of an item.
    pub fn verifications_of<'a>(
        &'a self,
        item: &'a ItemId,
    ) -> impl Iterator<Item = &'a Verification> {
        self.verifications
            .iter()
            .filter(move |verification| verification.item == *item)
    }

    /// The order that an item rests on.
    pub fn order_of(&self, item: &ItemId) -> Option<OrderFacts> {
        let orders = self.steps_of(item).filter_map(|step| match &step.act {
            BlockAct::Order(paper) => Some(paper),
            _ => None,
        });
        orders.last().map(|paper| OrderFacts {
            number: paper.number.clone(),
            date: paper.date,
            organ: paper.organ.clone(),
        })
    }

    /// The items that are in force, as lists carry them.
    pub fn list_entries(&self) -> impl Iterator<Item = ListEntry> + '_ {
        let in_force =
            |item: &&BlockItem| self.superseded_by.is_none() && self.state(&item.id).is_in_force();
        self.request
            .items
            .iter()
            .filter(in_force)
            .map(|item| self.list_entry(item))
    }

    /// An item of this request as lists carry it, whether or not it is in force.
    pub fn list_entry(&self, item: &BlockItem) -> ListEntry {
        ListEntry {
            item: item.id.clone(),
            request: self.request.id.clone(),
            flag: item.flag.clone(),
            target: item.target.clone(),
            urls: item.urls.clone(),
            category: item.category,
            decided: item.decided,
            grounds: item.grounds.clone(),
            reasons: item.reasons.clone(),
            order: self.order_of(&item.id),
            evidence: item.evidence.clone(),
            first_seen: item.first_seen,
            last_seen: item.last_seen,
            review_by: self.request.review_by,
        }
    }
}

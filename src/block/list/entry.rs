//! What lists are made of.

use crate::block::{BlockTarget, ItemEvidence};
use crate::id::{FlagId, ItemId, RequestId};
use crate::rules::Category;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One target that is to be blocked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListEntry {
    /// The item of the request.
    pub item: ItemId,
    /// The request.
    pub request: RequestId,
    /// The flag.
    pub flag: FlagId,
    /// What exactly is to be blocked.
    #[serde(flatten)]
    pub target: BlockTarget,
    /// The exact URLs that showed the content.
    pub urls: Vec<SuspectUrl>,
    /// What for.
    pub category: Category,
    /// When a person confirmed it.
    pub decided: Timestamp,
    /// Provisions, by id.
    pub grounds: Vec<String>,
    /// The reasons in words.
    pub reasons: String,
    /// The order of the body, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderFacts>,
    /// The captures that show it.
    pub evidence: Vec<ItemEvidence>,
    /// When the site was first flagged.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// When the block is to be looked at again.
    pub review_by: Date,
}

/// The order that an entry rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFacts {
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
    /// The organ that issued it.
    pub organ: String,
}

/// A list as it is to be written: sorted by target, each target once.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockList {
    /// Its title.
    pub title: String,
    /// The unit that issues it.
    pub unit: String,
    /// Where the unit is reached.
    pub contact: Option<String>,
    /// Its number; a later list has a higher one.
    pub serial: u64,
    /// When it was made: the time of the last change of its entries, so that the same entries give the same
    /// bytes.
    pub generated: Timestamp,
    /// What is to be blocked.
    pub entries: Vec<ListEntry>,
}

impl BlockList {
    /// Sorts the entries by target and keeps the first of each.
    pub fn sort(&mut self) {
        self.entries
            .sort_by(|a, b| a.target.cmp(&b.target).then_with(|| a.item.cmp(&b.item)));
        self.entries
            .dedup_by(|later, earlier| later.target == earlier.target);
    }
}

//! What was last seen of a block, and since when.

use super::RequestFile;
use crate::id::ItemId;
use crate::verify::Verification;
use jiff::Timestamp;

/// The latest look at an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect<'a> {
    /// The look.
    pub latest: &'a Verification,
    /// When its verdict was first found, without another in between.
    pub since: Timestamp,
}

impl RequestFile {
    /// What was last seen of an item, if it was ever looked at.
    pub fn effect_of(&self, item: &ItemId) -> Option<Effect<'_>> {
        let mut looks: Vec<&Verification> = self
            .verifications
            .iter()
            .filter(|look| look.item == *item)
            .collect();
        looks.sort_by_key(|look| look.at);
        let latest = *looks.last()?;
        let same = looks
            .iter()
            .rev()
            .take_while(|look| look.verdict == latest.verdict);
        let since = same.last().map_or(latest.at, |first| first.at);
        Some(Effect { latest, since })
    }
}

//! What tells one list from another.

use super::ListEntry;
use crate::digest::{Digest, RunningDigest};
use std::cmp::Ordering;

/// What changed between two lists, each sorted by target.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListDiff {
    /// Targets that only the later list has.
    pub added: Vec<ListEntry>,
    /// Targets that only the earlier list has.
    pub removed: Vec<ListEntry>,
    /// Targets of both that rest on something else now, as they are in the later list.
    pub changed: Vec<ListEntry>,
}

impl ListDiff {
    /// Compares two lists in the order of [`BlockList::sort`](super::BlockList::sort).
    pub fn between(earlier: &[ListEntry], later: &[ListEntry]) -> Self {
        let mut diff = Self::default();
        let (mut old, mut new) = (earlier.iter().peekable(), later.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some(old), Some(new)) => old.target.cmp(&new.target),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return diff,
            };
            let before = if order.is_le() { old.next() } else { None };
            let after = if order.is_ge() { new.next() } else { None };
            match (before, after) {
                (Some(before), Some(after)) if before != after => diff.changed.push(after.clone()),
                (Some(before), None) => diff.removed.push(before.clone()),
                (None, Some(after)) => diff.added.push(after.clone()),
                _ => {}
            }
        }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Digest over entries in canonical form: each as one line of JSON, in their order.
pub fn digest_of(entries: &[ListEntry]) -> Result<Digest, serde_json::Error> {
    let (mut digest, mut line) = (RunningDigest::default(), Vec::new());
    for entry in entries {
        line.clear();
        serde_json::to_writer(&mut line, entry)?;
        line.push(b'\n');
        digest.update(&line);
    }
    Ok(digest.so_far())
}

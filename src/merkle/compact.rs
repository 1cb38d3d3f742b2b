//! The right edge of a growing tree.

use super::tree::{joined, node_hash, subtree_hash};
use crate::digest::Digest;
use serde::{Deserialize, Serialize};

/// Larger trees are refused: other programs count leaves in 63 bits.
const MAX_SIZE: u64 = i64::MAX as u64;

/// A tree reduced to what appending needs: its size and the roots of the complete subtrees on its right edge, at most
/// 63 hashes. The checkpoint of a log of millions of records therefore costs what one of ten costs.
///
/// In JSON `{"size": 6, "edge": ["sha256:…", "sha256:…"]}`, the edge from the largest subtree to the smallest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredRange")]
pub struct CompactRange {
    size: u64,
    edge: Vec<Digest>,
}

#[derive(Deserialize)]
struct StoredRange {
    size: u64,
    edge: Vec<Digest>,
}

/// A size and hashes that are not the right edge of one tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompactRangeError {
    /// The number of hashes does not fit the size.
    #[error(
        "the right edge of a tree of {size} records has {expected} hashes, but {found} are given"
    )]
    Edge {
        /// How many leaves the tree has.
        size: u64,
        /// How many complete subtrees make it up.
        expected: u32,
        /// How many hashes there are.
        found: usize,
    },
    /// More leaves than any log has.
    #[error("a tree of {0} records is larger than logs can be")]
    TooLarge(u64),
}

impl CompactRange {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree of `size` leaves with this right edge, from the largest complete subtree to the smallest.
    ///
    /// # Errors
    /// When the number of hashes is not that of such a tree.
    pub fn from_edge(size: u64, edge: Vec<Digest>) -> Result<Self, CompactRangeError> {
        if size > MAX_SIZE {
            return Err(CompactRangeError::TooLarge(size));
        }
        let expected = size.count_ones();
        if usize::try_from(expected) != Ok(edge.len()) {
            let found = edge.len();
            return Err(CompactRangeError::Edge {
                size,
                expected,
                found,
            });
        }
        Ok(Self { size, edge })
    }

    /// The tree of `size` leaves, whose nodes `read` gives by level and index.
    ///
    /// # Errors
    /// What `read` fails with; a size above 2^63 - 1.
    pub fn read_through<E: From<CompactRangeError>>(
        size: u64,
        mut read: impl FnMut(u8, u64) -> Result<Digest, E>,
    ) -> Result<Self, E> {
        let mut edge = Vec::new();
        let mut begin = 0;
        while begin < size {
            let length = 1 << (size - begin).ilog2();
            edge.push(subtree_hash(begin, begin + length, &mut read)?);
            begin += length;
        }
        Ok(Self::from_edge(size, edge)?)
    }

    /// Adds a leaf on the right.
    pub fn append(&mut self, leaf: Digest) {
        self.append_visiting(leaf, |_, _, _| {});
    }

    /// Adds a leaf on the right and shows `visit` each node that is complete now, by level, index and hash: first the
    /// leaf itself (level 0), then those above it. A writer of tiles keeps those whose level is a multiple of 8.
    pub fn append_visiting(&mut self, leaf: Digest, mut visit: impl FnMut(u8, u64, &Digest)) {
        visit(0, self.size, &leaf);
        let mut hash = leaf;
        let mut level = 0;
        // Each 1 at the end of the size is a complete subtree as large as what is being added.
        while self.size >> level & 1 == 1 {
            let Some(left) = self.edge.pop() else { break };
            hash = node_hash(&left, &hash);
            level += 1;
            visit(level, self.size >> level, &hash);
        }
        self.edge.push(hash);
        self.size += 1;
    }

    /// The root of the tree as it is now.
    pub fn root(&self) -> Digest {
        joined(&self.edge)
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees on the right edge, from the largest to the smallest.
    pub fn edge(&self) -> &[Digest] {
        &self.edge
    }
}

impl TryFrom<StoredRange> for CompactRange {
    type Error = CompactRangeError;

    fn try_from(stored: StoredRange) -> Result<Self, Self::Error> {
        Self::from_edge(stored.size, stored.edge)
    }
}

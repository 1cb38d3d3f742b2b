//! Proofs that a leaf is in a tree, and that a tree has grown from another one.

use super::tree::{empty_root, node_hash, split_of, subtree_hash};
use crate::digest::Digest;
use serde::{Deserialize, Serialize};

/// That the leaf at `index` is in the tree of `size` leaves (RFC 9162 §2.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The leaf's place, from 0.
    pub index: u64,
    /// How many leaves the tree has.
    pub size: u64,
    /// The hashes beside the way from the leaf to the root, from the leaf upwards.
    pub path: Vec<Digest>,
}

/// That the tree of `second` leaves begins with the very leaves of the tree of `first` leaves (RFC 9162 §2.1.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyProof {
    /// How many leaves the earlier tree has.
    pub first: u64,
    /// How many leaves the later tree has.
    pub second: u64,
    /// The hashes from which both roots follow.
    pub path: Vec<Digest>,
}

/// Why a proof proves nothing, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf.
    #[error("record {index} (counted from 0) is not in a log of {size} records")]
    OutsideTree {
        /// The leaf's place, from 0.
        index: u64,
        /// How many leaves the tree has.
        size: u64,
    },
    /// The later tree is the smaller one.
    #[error("a log of {second} records cannot have grown from one of {first} records")]
    Shrunk {
        /// Leaves of the earlier tree.
        first: u64,
        /// Leaves of the later tree.
        second: u64,
    },
    /// Hashes are missing or left over.
    #[error("the proof has {found} hashes, which is not what trees of this size need")]
    Length {
        /// How many hashes the proof has.
        found: usize,
    },
    /// The proof leads elsewhere.
    #[error(
        "record {index} is not proved to be in the log: the record, the proof or the root of the log of {size} records was changed"
    )]
    NotIncluded {
        /// The leaf's place, from 0.
        index: u64,
        /// How many leaves the tree has.
        size: u64,
    },
    /// The proof does not lead to the earlier root.
    #[error("the proof does not lead to the root that the log had at {first} records")]
    FirstRoot {
        /// Leaves of the earlier tree.
        first: u64,
    },
    /// The proof does not lead to the later root.
    #[error(
        "the proof does not lead to the root of the log at {second} records: records were rewritten, or the proof was changed"
    )]
    SecondRoot {
        /// Leaves of the later tree.
        second: u64,
    },
}

impl InclusionProof {
    /// The proof for the leaf at `index` of a tree of `size` leaves, whose nodes `read` gives by level and index. Reads
    /// about as many nodes as the proof has hashes, `log2(size)`, twice that at the right edge.
    ///
    /// # Errors
    /// [`ProofError::OutsideTree`], and what `read` fails with.
    pub fn through<E: From<ProofError>>(
        index: u64,
        size: u64,
        mut read: impl FnMut(u8, u64) -> Result<Digest, E>,
    ) -> Result<Self, E> {
        if index >= size {
            return Err(ProofError::OutsideTree { index, size }.into());
        }
        let (mut begin, mut end) = (0, size);
        let mut path = Vec::new();
        while end - begin > 1 {
            let middle = begin + split_of(end - begin);
            if index < middle {
                path.push(subtree_hash(middle, end, &mut read)?);
                end = middle;
            } else {
                path.push(subtree_hash(begin, middle, &mut read)?);
                begin = middle;
            }
        }
        path.reverse();
        Ok(Self { index, size, path })
    }

    /// Whether the leaf hash `leaf` is at this proof's place in the tree with this root (RFC 9162 §2.1.3.2).
    ///
    /// # Errors
    /// Why it is not proved.
    pub fn verify(&self, leaf: &Digest, root: &Digest) -> Result<(), ProofError> {
        let Self { index, size, path } = self;
        let (index, size) = (*index, *size);
        if index >= size {
            return Err(ProofError::OutsideTree { index, size });
        }
        let wrong_length = ProofError::Length { found: path.len() };
        let (mut node, mut last) = (index, size - 1);
        let mut hash = *leaf;
        for beside in path {
            if last == 0 {
                return Err(wrong_length);
            }
            if node & 1 == 1 || node == last {
                hash = node_hash(beside, &hash);
                (node, last) = skip_levels_without_sibling(node, last);
            } else {
                hash = node_hash(&hash, beside);
            }
            (node, last) = (node >> 1, last >> 1);
        }
        if last != 0 {
            return Err(wrong_length);
        }
        if hash != *root {
            return Err(ProofError::NotIncluded { index, size });
        }
        Ok(())
    }
}

impl ConsistencyProof {
    /// The proof that a tree of `second` leaves, whose nodes `read` gives by level and index, has grown from its first
    /// `first` leaves. It is empty when both are the same size, and when the earlier one has no leaves.
    ///
    /// # Errors
    /// [`ProofError::Shrunk`], and what `read` fails with.
    pub fn through<E: From<ProofError>>(
        first: u64,
        second: u64,
        mut read: impl FnMut(u8, u64) -> Result<Digest, E>,
    ) -> Result<Self, E> {
        if first > second {
            return Err(ProofError::Shrunk { first, second }.into());
        }
        let mut path = Vec::new();
        // The subtree that still has to be shown; while it begins at 0, its verifier knows the earlier root.
        let (mut begin, mut end) = (0, second);
        while first > 0 && end != first {
            let middle = begin + split_of(end - begin);
            if first <= middle {
                path.push(subtree_hash(middle, end, &mut read)?);
                end = middle;
            } else {
                path.push(subtree_hash(begin, middle, &mut read)?);
                begin = middle;
            }
        }
        if begin > 0 {
            path.push(subtree_hash(begin, end, &mut read)?);
        }
        path.reverse();
        Ok(Self {
            first,
            second,
            path,
        })
    }

    /// Whether the tree with `second_root` has grown from the one with `first_root`.
    ///
    /// # Errors
    /// Why it is not proved.
    pub fn verify(&self, first_root: &Digest, second_root: &Digest) -> Result<(), ProofError> {
        verify_consistency(self.first, first_root, self.second, second_root, &self.path)
    }
}

/// Whether the tree of `second` leaves with `second_root` has grown from that of `first` leaves with `first_root`
/// (RFC 9162 §2.1.4.2). What the RFC leaves open: trees of one size must have one root, and every tree has grown from
/// the empty one; neither needs hashes, so the path must be empty.
///
/// # Errors
/// Why it is not proved.
pub fn verify_consistency(
    first: u64,
    first_root: &Digest,
    second: u64,
    second_root: &Digest,
    path: &[Digest],
) -> Result<(), ProofError> {
    if first > second {
        return Err(ProofError::Shrunk { first, second });
    }
    let wrong_length = ProofError::Length { found: path.len() };
    if first == 0 || first == second {
        return match path {
            [] if first == 0 && *first_root != empty_root() => Err(ProofError::FirstRoot { first }),
            [] if first == second && first_root != second_root => {
                Err(ProofError::SecondRoot { second })
            }
            [] => Ok(()),
            _ => Err(wrong_length),
        };
    }
    // The root of a complete earlier tree is a node of the later one; it is left out of the path.
    let (begin, rest) = match path {
        [] => return Err(wrong_length),
        path if first.is_power_of_two() => (first_root, path),
        [begin, rest @ ..] => (begin, rest),
    };
    let (mut node, mut last) = (first - 1, second - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    let (mut earlier, mut later) = (*begin, *begin);
    for beside in rest {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            earlier = node_hash(beside, &earlier);
            later = node_hash(beside, &later);
            (node, last) = skip_levels_without_sibling(node, last);
        } else {
            later = node_hash(&later, beside);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(wrong_length);
    }
    if earlier != *first_root {
        return Err(ProofError::FirstRoot { first });
    }
    if later != *second_root {
        return Err(ProofError::SecondRoot { second });
    }
    Ok(())
}

/// A last node that is a left child is carried up unchanged to the level where it is a right child: nothing of the
/// path belongs to the levels between.
fn skip_levels_without_sibling(mut node: u64, mut last: u64) -> (u64, u64) {
    while node & 1 == 0 && node != 0 {
        (node, last) = (node >> 1, last >> 1);
    }
    (node, last)
}

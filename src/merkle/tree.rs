//! Hashes of the Merkle tree of RFC 6962 §2.1.
//!
//! Nodes are named by level and index: the node `(level, index)` is the root of the complete subtree over the
//! `2^level` leaves from `index * 2^level` on. The nodes of a tree never change while it grows.

use crate::digest::Digest;

/// The hash of one entry as a leaf: SHA-256 of `0x00` and the entry (RFC 6962 §2.1).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest::of_parts(&[&[0], entry])
}

/// The hash of two subtrees joined: SHA-256 of `0x01` and both hashes (RFC 6962 §2.1).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The root of the tree without leaves: SHA-256 of nothing (RFC 6962 §2.1).
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// The root of the tree with these leaf hashes, `MTH` of RFC 6962 §2.1 as it is written there.
///
/// For lists that are in memory; [`root_through`] and [`super::CompactRange`] do without.
pub fn root(leaf_hashes: &[Digest]) -> Digest {
    match leaf_hashes {
        [] => empty_root(),
        [only] => *only,
        // Each half is smaller than its whole: at most 64 deep.
        _ => {
            let (left, right) = leaf_hashes.split_at(split_of_length(leaf_hashes.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// The root of a tree of `size` leaves, whose nodes `read` gives by level and index.
///
/// # Errors
/// What `read` fails with.
pub fn root_through<E>(
    size: u64,
    mut read: impl FnMut(u8, u64) -> Result<Digest, E>,
) -> Result<Digest, E> {
    if size == 0 {
        return Ok(empty_root());
    }
    subtree_hash(0, size, &mut read)
}

/// The hash over the leaves from `begin` up to `end` as one subtree, which must be one that RFC 6962 splits a tree
/// into: `begin` is a multiple of the smallest power of two that is not below its length, and it is not empty.
pub(super) fn subtree_hash<E>(
    begin: u64,
    end: u64,
    read: &mut impl FnMut(u8, u64) -> Result<Digest, E>,
) -> Result<Digest, E> {
    let mut complete = Vec::new();
    let mut at = begin;
    while at < end {
        let level = (end - at).ilog2();
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm below 64")]
        complete.push(read(level as u8, at >> level)?);
        at += 1 << level;
    }
    Ok(joined(&complete))
}

/// The root over complete subtrees that shrink from left to right, as they stand on the right edge of a tree.
pub(super) fn joined(complete: &[Digest]) -> Digest {
    let joined = complete.iter().copied();
    joined
        .rev()
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or_else(empty_root)
}

/// The largest power of two below `length`, which is 2 or more: where RFC 6962 splits a tree.
pub(super) fn split_of(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

fn split_of_length(length: usize) -> usize {
    1 << (length - 1).ilog2()
}

//! A tree in memory, made level by level and without any of the code under test but its two hash functions.

use super::*;
use crate::digest::Digest;
use std::ops::Range;

mod checkpoints;
mod notes;
mod proofs;
mod tiles;

/// The leaves of the tests of Certificate Transparency's programs, in hexadecimal.
const PUBLISHED_LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

fn bytes_of_hex(hex: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn digest_of_hex(hex: &str) -> Digest {
    Digest::from_bytes(bytes_of_hex(hex).try_into().unwrap())
}

/// Every complete subtree of a tree.
struct Levels(Vec<Vec<Digest>>);

impl Levels {
    fn of_leaves(leaves: Vec<Digest>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let pairs = below.as_chunks::<2>().0.iter();
            let above = pairs.map(|[left, right]| node_hash(left, right)).collect();
            levels.push(above);
        }
        Self(levels)
    }

    /// Leaf `i` is the decimal number `i`.
    fn counted(size: usize) -> Self {
        let leaves = (0..size).map(|at| leaf_hash(at.to_string().as_bytes()));
        Self::of_leaves(leaves.collect())
    }

    fn published() -> Self {
        let leaves = PUBLISHED_LEAVES.iter();
        Self::of_leaves(leaves.map(|hex| leaf_hash(&bytes_of_hex(hex))).collect())
    }

    fn leaves(&self) -> &[Digest] {
        &self.0[0]
    }

    #[expect(clippy::unnecessary_wraps, reason = "the form of a reader of nodes")]
    fn node<E>(&self, level: u8, index: u64) -> Result<Digest, E> {
        Ok(self.0[usize::from(level)][usize::try_from(index).unwrap()])
    }

    fn included(&self, index: u64, size: u64) -> InclusionProof {
        InclusionProof::through::<ProofError>(index, size, |level, at| self.node(level, at))
            .unwrap()
    }

    fn consistent(&self, first: u64, second: u64) -> ConsistencyProof {
        ConsistencyProof::through::<ProofError>(first, second, |level, at| self.node(level, at))
            .unwrap()
    }

    fn root_at(&self, size: u64) -> Digest {
        root(&self.leaves()[..usize::try_from(size).unwrap()])
    }

    fn checkpoint(&self, origin: &str, size: u64) -> Checkpoint {
        Checkpoint::new(origin, size, self.root_at(size)).unwrap()
    }

    /// The content of a tile, straight from the leaves.
    fn tile(&self, tile: Tile) -> Vec<u8> {
        let level = &self.0[usize::from(tile.level() * TILE_HEIGHT)];
        let begin = usize::try_from(tile.index() * TILE_WIDTH).unwrap();
        let range: Range<usize> = begin..begin + usize::try_from(tile.width()).unwrap();
        let hashes = level[range].iter();
        hashes.flat_map(|hash| *hash.as_bytes()).collect()
    }
}

/// The same digest with one bit turned.
fn with_bit_turned(digest: &Digest, bit: usize) -> Digest {
    let mut bytes = *digest.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Digest::from_bytes(bytes)
}

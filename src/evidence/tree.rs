//! The tree of the log up to a size, in memory: 64 bytes a record.

use crate::digest::Digest;
use crate::merkle::{
    ConsistencyProof, InclusionProof, ProofError, leaf_hash, node_hash, root_through,
};

/// The nodes of complete subtrees, by level.
#[derive(Debug, Default)]
pub(super) struct LogTree {
    levels: Vec<Vec<Digest>>,
}

impl LogTree {
    /// Adds the next line of the journal by its digest.
    pub(super) fn push(&mut self, line: &Digest) {
        let mut node = leaf_hash(line.as_bytes());
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let nodes = &mut self.levels[level];
            nodes.push(node);
            let [.., left, right] = nodes.as_slice() else {
                return;
            };
            if nodes.len() % 2 == 1 {
                return;
            }
            node = node_hash(left, right);
        }
    }

    pub(super) fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    pub(super) fn root(&self) -> Result<Digest, ProofError> {
        root_through(self.size(), self.reader())
    }

    /// That the line `seq`, counted from 1, is in the log.
    pub(super) fn inclusion(&self, seq: u64) -> Result<InclusionProof, ProofError> {
        InclusionProof::through(seq.wrapping_sub(1), self.size(), self.reader())
    }

    /// That the log has grown from what it was at `size`.
    pub(super) fn growth_from(&self, size: u64) -> Result<ConsistencyProof, ProofError> {
        ConsistencyProof::through(size, self.size(), self.reader())
    }

    fn reader(&self) -> impl FnMut(u8, u64) -> Result<Digest, ProofError> + '_ {
        |level, index| {
            let nodes = self.levels.get(usize::from(level));
            let node = nodes.and_then(|nodes| nodes.get(usize::try_from(index).ok()?));
            node.copied().ok_or(ProofError::OutsideTree {
                index,
                size: self.size(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::root;

    #[test]
    fn every_line_is_proved_to_be_in_the_tree_and_every_growth_to_be_one() {
        let mut tree = LogTree::default();
        let (mut leaves, mut roots) = (Vec::new(), vec![root(&[])]);
        for number in 0..70_u8 {
            let line = Digest::of(&[number]);
            tree.push(&line);
            leaves.push(leaf_hash(line.as_bytes()));
            roots.push(root(&leaves));
            assert_eq!(tree.root().unwrap(), *roots.last().unwrap());
            for (index, leaf) in leaves.iter().enumerate() {
                let proof = tree.inclusion(index as u64 + 1).unwrap();
                proof.verify(leaf, roots.last().unwrap()).unwrap();
                let growth = tree.growth_from(index as u64).unwrap();
                growth.verify(&roots[index], roots.last().unwrap()).unwrap();
            }
        }
        assert!(tree.inclusion(0).is_err());
        assert!(tree.inclusion(71).is_err());
    }
}

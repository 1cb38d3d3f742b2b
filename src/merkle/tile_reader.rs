//! Nodes of a tree, read from its tiles.

use super::compact::CompactRange;
use super::tile::{TILE_HEIGHT, TILE_WIDTH, Tile, TileError, TileHashes, tiles_of};
use crate::digest::Digest;
use std::collections::VecDeque;

/// Tiles kept while reading: those on the way from one leaf to the root and those on the right edge, of a tree of any
/// size. 8 KiB each.
const KEPT: usize = 16;

/// Reads nodes of a tree of a given size from its tiles; the reader that proofs ask for is
/// `|level, index| reader.node(level, index)`.
///
/// Tiles are taken as they come: whether they are true is known when a proof made from them leads to a signed root, or
/// from [`check_tiles`].
#[derive(Debug)]
pub struct TileReader<F> {
    size: u64,
    fetch: F,
    kept: VecDeque<TileHashes>,
}

impl<F> TileReader<F> {
    /// Reads the tree of `size` leaves through `fetch`, which gives a tile's content. Where a partial tile was cleared
    /// away, it may give the content of [`Tile::filled`] instead.
    pub fn new<E>(size: u64, fetch: F) -> Self
    where
        F: FnMut(Tile) -> Result<Vec<u8>, E>,
    {
        Self {
            size,
            fetch,
            kept: VecDeque::with_capacity(KEPT),
        }
    }

    /// The node at `level` and `index`.
    ///
    /// # Errors
    /// What `fetch` fails with; a node outside the tree; a tile of the wrong length.
    pub fn node<E>(&mut self, level: u8, index: u64) -> Result<Digest, E>
    where
        E: From<TileError>,
        F: FnMut(Tile) -> Result<Vec<u8>, E>,
    {
        let tile = Tile::holding(level, index, self.size)?;
        if let Some(kept) = self.kept.iter().find(|kept| kept.tile() == tile) {
            return Ok(kept.node(level, index)?);
        }
        let hashes = TileHashes::parse_from_wider(tile, &(self.fetch)(tile)?)?;
        let node = hashes.node(level, index)?;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(hashes);
        Ok(node)
    }
}

/// Reads every tile of the tree of `size` leaves and checks that each follows from those below it, and the root from
/// all. Gives the tree's right edge. Time grows with the size, memory does not.
///
/// # Errors
/// What `fetch` fails with; the first tile that is wrong; [`TileError::Root`] when the tiles agree with each other, but
/// not with `root`.
pub fn check_tiles<E: From<TileError>>(
    size: u64,
    root: &Digest,
    mut fetch: impl FnMut(Tile) -> Result<Vec<u8>, E>,
) -> Result<CompactRange, E> {
    let mut range = CompactRange::new();
    // The tile of each level above 0 that is being compared; level 0 is what the others follow from.
    let mut above: Vec<TileHashes> = Vec::new();
    for tile in tiles_of(size).take_while(|tile| tile.level() == 0) {
        let leaves = TileHashes::parse_from_wider(tile, &fetch(tile)?)?;
        let mut complete = Vec::new();
        for leaf in leaves.hashes() {
            range.append_visiting(*leaf, |level, index, hash| {
                if level > 0 && level % TILE_HEIGHT == 0 {
                    complete.push((level, index, *hash));
                }
            });
        }
        // Only the last leaf of a full tile completes nodes of other tiles, from the lowest level upwards.
        for (level, index, hash) in complete {
            let parent = Tile::holding(level, index, size)?;
            let place = usize::from(parent.level() - 1);
            if above.get(place).map(TileHashes::tile) != Some(parent) {
                let read = TileHashes::parse_from_wider(parent, &fetch(parent)?)?;
                above.splice(place..above.len().min(place + 1), [read]);
            }
            if above[place].node(level, index)? != hash {
                let child = Tile::new(parent.level() - 1, index, TILE_WIDTH)?;
                return Err(TileError::Disagree { parent, child }.into());
            }
        }
    }
    if range.root() != *root {
        return Err(TileError::Root { size }.into());
    }
    Ok(range)
}

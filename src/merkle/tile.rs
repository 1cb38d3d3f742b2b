//! A tree in files: the hash tiles of C2SP tlog-tiles, 256 hashes wide.
//!
//! A tile at level `L` holds nodes of the tree's level `8 * L`; the levels between are hashed anew when they are
//! asked for. Tiles to the right of a tree are partial, and their width is part of their name, so that what stands
//! under a name never changes.

use super::tree::{node_hash, root};
use crate::digest::Digest;
use std::fmt;
use std::str::FromStr;

/// How many levels of the tree one tile spans.
pub const TILE_HEIGHT: u8 = 8;
/// How many hashes a full tile holds.
pub const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;
/// The highest level that a path may name (C2SP tlog-tiles).
const MAX_LEVEL: u8 = 63;
const HASH_BYTES: usize = 32;

/// The name of a tile. `Display` gives its path, `tile/0/x001/x234/067` or `tile/0/000.p/17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u64,
}

/// A tile that cannot be named, or that does not hold what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not a path that C2SP tlog-tiles writes.
    #[error("{0:?} is not the path of a tile, such as tile/0/x001/234 or tile/0/000.p/17")]
    Path(String),
    /// A level, an index or a width that no tile has.
    #[error("no tile has level {level}, index {index} and {width} hashes")]
    Impossible {
        /// Level of the tile.
        level: u8,
        /// Place within the level.
        index: u64,
        /// Number of hashes.
        width: u64,
    },
    /// The content has the wrong length.
    #[error("{tile} must have {} bytes, but it has {found}", tile.byte_length())]
    Length {
        /// The tile.
        tile: Tile,
        /// The bytes that it has.
        found: usize,
    },
    /// The node is not in the tree.
    #[error("node {index} of level {level} is not in a log of {size} records")]
    OutsideTree {
        /// Level in the tree.
        level: u8,
        /// Place within the level.
        index: u64,
        /// How many leaves the tree has.
        size: u64,
    },
    /// The node is not in the tile.
    #[error("{tile} does not hold node {index} of level {level}")]
    OutsideTile {
        /// The tile.
        tile: Tile,
        /// Level in the tree.
        level: u8,
        /// Place within the level.
        index: u64,
    },
    /// A tile and the one above it disagree.
    #[error("{child} does not have the hash that {parent} gives for it: one of them was changed")]
    Disagree {
        /// The tile above.
        parent: Tile,
        /// The tile below.
        child: Tile,
    },
    /// The tiles are those of another tree.
    #[error(
        "the tiles are not those of the log of {size} records with this root: some were changed"
    )]
    Root {
        /// How many leaves the tree has.
        size: u64,
    },
}

impl Tile {
    /// The tile at a level (0 holds leaf hashes) and index with this many hashes, 1 to 256.
    ///
    /// # Errors
    /// When no tile can have these.
    pub fn new(level: u8, index: u64, width: u64) -> Result<Self, TileError> {
        if level > MAX_LEVEL || !(1..=TILE_WIDTH).contains(&width) || index > u64::MAX / TILE_WIDTH
        {
            return Err(TileError::Impossible {
                level,
                index,
                width,
            });
        }
        Ok(Self {
            level,
            index,
            width,
        })
    }

    /// The tile from which node `(level, index)` of a tree of `size` leaves is read.
    ///
    /// # Errors
    /// When that node is not (yet) in the tree.
    pub fn holding(level: u8, index: u64, size: u64) -> Result<Self, TileError> {
        let outside = TileError::OutsideTree { level, index, size };
        let in_tree = size.checked_shr(u32::from(level)).unwrap_or(0);
        if index >= in_tree {
            return Err(outside);
        }
        let (tile_level, inner) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let tile_index = (index << inner) / TILE_WIDTH;
        match width_at(tile_level, tile_index, size) {
            0 => Err(outside),
            width => Self::new(tile_level, tile_index, width),
        }
    }

    /// The tile's level: its hashes are nodes of 8 times this level of the tree.
    pub fn level(&self) -> u8 {
        self.level
    }

    /// The tile's place within its level.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes it holds.
    pub fn width(&self) -> u64 {
        self.width
    }

    /// Whether it holds 256 hashes and will never be replaced by a wider one.
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The full tile at the same place, which may be there when a partial one was cleared away.
    #[must_use]
    pub fn filled(&self) -> Self {
        Self {
            width: TILE_WIDTH,
            ..*self
        }
    }

    /// The tile above that holds the root of this one, if this one is full, of the given width.
    ///
    /// # Errors
    /// When this tile is partial (its root is nobody's node), or the one above cannot be.
    pub fn parent(&self, width: u64) -> Result<Self, TileError> {
        let parent = Self::new(self.level + 1, self.index / TILE_WIDTH, width)?;
        if self.is_full() && self.index % TILE_WIDTH < width {
            Ok(parent)
        } else {
            Err(TileError::OutsideTile {
                tile: parent,
                level: parent.level.saturating_mul(TILE_HEIGHT),
                index: self.index,
            })
        }
    }

    /// The length of its content: 32 bytes a hash.
    pub fn byte_length(&self) -> u64 {
        self.width * HASH_BYTES as u64
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        let mut rest = self.index;
        let mut groups = vec![rest % 1000];
        while rest >= 1000 {
            rest /= 1000;
            groups.push(rest % 1000);
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        if !self.is_full() {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        let wrong = || TileError::Path(path.to_owned());
        let rest = path.strip_prefix("tile/").ok_or_else(wrong)?;
        let (level, rest) = rest.split_once('/').ok_or_else(wrong)?;
        let (places, width) = match rest.split_once(".p/") {
            Some((places, width)) => (places, width.parse().map_err(|_| wrong())?),
            None => (rest, TILE_WIDTH),
        };
        let mut index = 0_u64;
        for place in places.split('/') {
            let group = place.strip_prefix('x').unwrap_or(place);
            let group: u64 = group.parse().map_err(|_| wrong())?;
            let shifted = index.checked_mul(1000).ok_or_else(wrong)?;
            index = shifted.checked_add(group).ok_or_else(wrong)?;
        }
        let level = level.parse().map_err(|_| wrong())?;
        let tile = Self::new(level, index, width).map_err(|_| wrong())?;
        // One tile has one path: signs, zeros too many, groups too long and a partial width of 256 are refused here.
        if tile.to_string() == path {
            Ok(tile)
        } else {
            Err(wrong())
        }
    }
}

/// A tile and its hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileHashes {
    tile: Tile,
    hashes: Vec<Digest>,
}

impl TileHashes {
    /// The tile with this content.
    ///
    /// # Errors
    /// When the content does not have the tile's length.
    pub fn parse(tile: Tile, bytes: &[u8]) -> Result<Self, TileError> {
        let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
        if !rest.is_empty() || tile.byte_length() != bytes.len() as u64 {
            let found = bytes.len();
            return Err(TileError::Length { tile, found });
        }
        let hashes = hashes.iter().copied().map(Digest::from_bytes).collect();
        Ok(Self { tile, hashes })
    }

    /// The tile with this content, or with that of the full tile in its place, of which it takes what it needs.
    ///
    /// # Errors
    /// When the content has the length of neither.
    pub fn parse_from_wider(tile: Tile, bytes: &[u8]) -> Result<Self, TileError> {
        let full = tile.filled();
        let takes_part = bytes.len() as u64 == full.byte_length();
        let needed = usize::try_from(tile.byte_length()).ok();
        match needed.and_then(|needed| bytes.get(..needed)) {
            Some(needed) if takes_part => Self::parse(tile, needed),
            _ => Self::parse(tile, bytes),
        }
    }

    /// Which tile it is.
    pub fn tile(&self) -> Tile {
        self.tile
    }

    /// The hashes in it.
    pub fn hashes(&self) -> &[Digest] {
        &self.hashes
    }

    /// The content of the tile's file: its hashes one after another.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = self.hashes.iter().flat_map(Digest::as_bytes);
        bytes.copied().collect()
    }

    /// The node of the tree at `level` and `index`, read from this tile or hashed from what is in it.
    ///
    /// # Errors
    /// When it does not follow from this tile.
    pub fn node(&self, level: u8, index: u64) -> Result<Digest, TileError> {
        let tile = self.tile;
        let outside = TileError::OutsideTile { tile, level, index };
        let below = u16::from(tile.level) * u16::from(TILE_HEIGHT);
        let inner = match u16::from(level).checked_sub(below) {
            Some(inner) if inner <= u16::from(TILE_HEIGHT) => inner,
            _ => return Err(outside),
        };
        let length = 1_u64 << inner;
        let begin = index
            .checked_mul(length)
            .and_then(|begin| begin.checked_sub(tile.index * TILE_WIDTH));
        let range = begin.and_then(|begin| {
            let begin = usize::try_from(begin).ok()?;
            Some(begin..begin.checked_add(usize::try_from(length).ok()?)?)
        });
        match range.and_then(|range| self.hashes.get(range)) {
            Some([only]) => Ok(*only),
            Some([left, right]) => Ok(node_hash(left, right)),
            Some(hashes) => Ok(root(hashes)),
            None => Err(outside),
        }
    }

    /// Whether `child`, a full tile one level below, has the hash that this tile gives for it.
    ///
    /// # Errors
    /// When it has another one, or is none of this tile's.
    pub fn check_child(&self, child: &Self) -> Result<(), TileError> {
        if child.tile.parent(self.tile.width)? != self.tile {
            return Err(TileError::OutsideTile {
                tile: self.tile,
                level: self.tile.level.saturating_mul(TILE_HEIGHT),
                index: child.tile.index,
            });
        }
        let place = usize::try_from(child.tile.index % TILE_WIDTH).unwrap_or(usize::MAX);
        if self.hashes.get(place) == Some(&root(&child.hashes)) {
            Ok(())
        } else {
            Err(TileError::Disagree {
                parent: self.tile,
                child: child.tile,
            })
        }
    }
}

/// All tiles of a tree of `size` leaves, level by level, from left to right; only the last of a level may be partial.
pub fn tiles_of(size: u64) -> impl Iterator<Item = Tile> {
    tiles_between(0, size)
}

/// The tiles that are new or wider when a tree grows from `old` to `new` leaves: what has to be written.
pub fn tiles_between(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    (0..=TILE_HEIGHT)
        .flat_map(move |level| {
            let (before, after) = (hashes_at(level, old), hashes_at(level, new));
            let end = if after > before {
                after.div_ceil(TILE_WIDTH)
            } else {
                0
            };
            (before / TILE_WIDTH..end).map(move |index| (level, index))
        })
        .filter_map(move |(level, index)| Tile::new(level, index, width_at(level, index, new)).ok())
}

/// How many nodes the tiles of a level hold all together.
fn hashes_at(tile_level: u8, size: u64) -> u64 {
    let level = u32::from(tile_level) * u32::from(TILE_HEIGHT);
    size.checked_shr(level).unwrap_or(0)
}

/// How many hashes the tile at this place has in a tree of `size` leaves, 0 if there is no such tile.
fn width_at(tile_level: u8, tile_index: u64, size: u64) -> u64 {
    let before = tile_index.saturating_mul(TILE_WIDTH);
    let after = hashes_at(tile_level, size).saturating_sub(before);
    after.min(TILE_WIDTH)
}

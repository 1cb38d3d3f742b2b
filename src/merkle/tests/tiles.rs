use super::*;
use std::collections::BTreeMap;

/// A test's log: what its reader may fail with.
#[derive(Debug, PartialEq, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Tile(#[from] TileError),
    #[error(transparent)]
    Proof(#[from] ProofError),
    #[error("{0} is not there")]
    Missing(Tile),
}

fn written(levels: &Levels, size: u64) -> BTreeMap<Tile, Vec<u8>> {
    let tiles = tiles_of(size);
    tiles.map(|tile| (tile, levels.tile(tile))).collect()
}

fn fetch(files: &BTreeMap<Tile, Vec<u8>>, tile: Tile) -> Result<Vec<u8>, ReadError> {
    let found = files.get(&tile).or_else(|| files.get(&tile.filled()));
    found.cloned().ok_or(ReadError::Missing(tile))
}

#[test]
fn paths_are_those_of_the_specification_and_of_go() {
    // C2SP tlog-tiles, and the path examples of the Go checksum database's log without their height.
    for (path, level, index, width) in [
        ("tile/0/x001/x234/067", 0, 1_234_067, 256),
        ("tile/0/001", 0, 1, 256),
        ("tile/0/001.p/5", 0, 1, 5),
        ("tile/5/x123/x456/078", 5, 123_456_078, 256),
        ("tile/5/x123/x456/078.p/2", 5, 123_456_078, 2),
        ("tile/0/x003/x057/500", 0, 3_057_500, 256),
        ("tile/63/000.p/255", 63, 0, 255),
    ] {
        let tile = Tile::new(level, index, width).unwrap();
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse::<Tile>(), Ok(tile));
    }
}

#[test]
fn a_tile_has_one_path() {
    for wrong in [
        "tile/5/123/456/078",
        "tile/-1/x123/x456/078",
        "tile/data/x003/x057/500",
        "tile/00/001",
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x001",
        "tile/0/x000/001",
        "tile/0/+01",
        "tile/0/001.p/0",
        "tile/0/001.p/05",
        "tile/0/001.p/256",
        "tile/0/001.p/",
        "tile/64/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/0/x99999999999999999999/001",
        "/tile/0/001",
        "tile/0/001/",
        "tile/0/../001",
        "tile/0",
        "",
    ] {
        let refused = wrong.parse::<Tile>();
        assert_eq!(refused, Err(TileError::Path(wrong.to_owned())));
    }
    assert!(Tile::new(0, u64::MAX, 1).is_err());
    assert!(Tile::new(0, 0, 257).is_err());
}

#[test]
fn a_tree_has_the_tiles_of_the_specification() {
    let tiles: Vec<Tile> = tiles_of(70_000).collect();
    let full = |level| {
        let of_level = tiles.iter().filter(|tile| tile.level() == level);
        of_level.filter(|tile| tile.is_full()).count()
    };
    let partial: Vec<String> = tiles
        .iter()
        .filter(|tile| !tile.is_full())
        .map(Tile::to_string)
        .collect();
    assert_eq!((full(0), full(1), full(2)), (273, 1, 0));
    assert_eq!(
        partial,
        ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    );
    let paths: Vec<String> = tiles_of(256).map(|tile| tile.to_string()).collect();
    assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(tiles_of(0).count(), 0);
}

#[test]
fn growth_writes_what_is_new_and_nothing_else() {
    for (old, new) in [
        (0, 1),
        (255, 256),
        (256, 257),
        (5, 5),
        (300, 700),
        (65_535, 65_536),
    ] {
        let before: Vec<Tile> = tiles_of(old).collect();
        let mut expected: Vec<Tile> = tiles_of(new).collect();
        expected.retain(|tile| !before.contains(tile));
        assert_eq!(tiles_between(old, new).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn nodes_are_read_from_tiles_as_they_are_in_the_tree() {
    let size = 1_100;
    let levels = Levels::counted(1_100);
    let files = written(&levels, size);
    let mut reader = TileReader::new(size, |tile| fetch(&files, tile));
    for (level, nodes) in (0_u8..).zip(&levels.0) {
        for (index, node) in (0_u64..).zip(nodes) {
            assert_eq!(reader.node(level, index), Ok(*node), "{level} {index}");
        }
        let beyond = nodes.len() as u64;
        assert!(reader.node(level, beyond).is_err(), "{level} {beyond}");
    }
    assert!(reader.node(64, 0).is_err());
    assert!(reader.node(255, u64::MAX).is_err());
}

#[test]
fn proofs_are_made_from_tiles() {
    let levels = Levels::counted(70_000);
    let files = written(&levels, 70_000);
    let root = levels.root_at(70_000);
    let mut fetched = 0;
    let mut reader = TileReader::new(70_000, |tile| {
        fetched += 1;
        fetch(&files, tile)
    });
    let index = 43_210;
    let read = |level, at| reader.node::<ReadError>(level, at);
    let proof = InclusionProof::through(index, 70_000, read).unwrap();
    let leaf = levels.node::<ReadError>(0, index).unwrap();
    assert_eq!(proof.verify(&leaf, &root), Ok(()));
    assert!(fetched <= 6, "{fetched} tiles");

    let mut reader = TileReader::new(70_000, |tile| fetch(&files, tile));
    let read = |level, at| reader.node::<ReadError>(level, at);
    let proof = ConsistencyProof::through(65_000, 70_000, read).unwrap();
    assert_eq!(proof.verify(&levels.root_at(65_000), &root), Ok(()));
}

#[test]
fn a_full_tile_stands_for_a_partial_one_that_was_cleared_away() {
    let levels = Levels::counted(600);
    let files = written(&levels, 600);
    let wanted = Tile::new(0, 1, 44).unwrap();
    assert!(!files.contains_key(&wanted));
    let mut reader = TileReader::new(300, |tile| match tile.level() {
        0 => fetch(&files, tile),
        _ => Ok(levels.tile(tile)),
    });
    let read = |level, at| reader.node::<ReadError>(level, at);
    assert_eq!(root_through(300, read), Ok(levels.root_at(300)));
}

#[test]
fn a_tile_of_the_wrong_length_is_named() {
    let tile = Tile::new(0, 0, 2).unwrap();
    for length in [0, 32, 63, 65, 96, 8_192] {
        let error = TileHashes::parse(tile, &vec![0; length]).unwrap_err();
        let expected = format!("tile/0/000.p/2 must have 64 bytes, but it has {length}");
        assert_eq!(error.to_string(), expected);
    }
    let hashes = TileHashes::parse(tile, &[7; 64]).unwrap();
    assert_eq!(hashes.to_bytes(), [7; 64]);
    assert_eq!(hashes.hashes().len(), 2);
}

#[test]
fn a_tile_agrees_with_the_one_above_or_is_named() {
    let levels = Levels::counted(600);
    let read = |path: &str| {
        let tile: Tile = path.parse().unwrap();
        TileHashes::parse(tile, &levels.tile(tile)).unwrap()
    };
    let above = read("tile/1/000.p/2");
    assert_eq!(above.check_child(&read("tile/0/000")), Ok(()));
    assert_eq!(above.check_child(&read("tile/0/001")), Ok(()));
    assert!(above.check_child(&read("tile/0/002.p/88")).is_err());
    let tile = "tile/0/001".parse().unwrap();
    let mut bytes = levels.tile(tile);
    bytes[5_000] ^= 1;
    let changed = TileHashes::parse(tile, &bytes).unwrap();
    assert_eq!(
        above.check_child(&changed).unwrap_err().to_string(),
        "tile/0/001 does not have the hash that tile/1/000.p/2 gives for it: one of them was changed"
    );
    let highest = Tile::new(63, 0, 256).unwrap();
    let highest = TileHashes::parse(highest, &[0; 8_192]).unwrap();
    assert!(highest.check_child(&highest).is_err());
    assert!(highest.node(255, 0).is_err());
}

#[test]
fn the_check_of_all_tiles_finds_any_changed_one() {
    for size in [0, 1, 255, 256, 257, 700, 66_000] {
        let levels = Levels::counted(usize::try_from(size).unwrap());
        let root = levels.root_at(size);
        let files = written(&levels, size);
        let range = check_tiles(size, &root, |tile| fetch(&files, tile)).unwrap();
        assert_eq!((range.size(), range.root()), (size, root));
        for (tile, content) in files.iter().step_by(37) {
            let mut changed = files.clone();
            let mut content = content.clone();
            let at = content.len() / 2;
            content[at] ^= 0x10;
            changed.insert(*tile, content);
            let refused = check_tiles(size, &root, |tile| fetch(&changed, tile));
            assert!(refused.is_err(), "{tile} of {size}");
            changed.remove(tile);
            let refused = check_tiles(size, &root, |tile| fetch(&changed, tile));
            assert_eq!(refused, Err(ReadError::Missing(*tile)));
        }
        let other = with_bit_turned(&root, 9);
        let refused = check_tiles(size, &other, |tile| fetch(&files, tile));
        assert_eq!(refused, Err(TileError::Root { size }.into()));
    }
}

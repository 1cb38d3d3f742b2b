use super::*;
use proptest::prelude::*;

/// Roots of the trees of the first 0 to 8 published leaves (Certificate Transparency, `RootHashes`).
const PUBLISHED_ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
/// Published proofs: leaf counted from 0, or size of the earlier tree; size; path.
type Published = (u64, u64, &'static [&'static str]);
const INCLUSIONS: [Published; 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        3,
        &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    ),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];
const CONSISTENCIES: [Published; 5] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
];

fn path_of(hex: &[&str]) -> Vec<Digest> {
    hex.iter().map(|hex| digest_of_hex(hex)).collect()
}

#[test]
fn the_published_leaves_have_the_published_roots() {
    let levels = Levels::published();
    let mut range = CompactRange::new();
    for (size, expected) in PUBLISHED_ROOTS.iter().enumerate() {
        let expected = digest_of_hex(expected);
        assert_eq!(root(&levels.leaves()[..size]), expected, "list of {size}");
        assert_eq!(range.root(), expected, "range of {size}");
        if let Some(leaf) = levels.leaves().get(size) {
            range.append(*leaf);
        }
    }
}

#[test]
fn the_published_inclusion_proofs_are_made_and_verified() {
    let levels = Levels::published();
    for (index, size, path) in INCLUSIONS {
        let proof = levels.included(index, size);
        assert_eq!(proof.path, path_of(path), "leaf {index} of {size}");
        let leaf = levels.node::<ProofError>(0, index).unwrap();
        assert_eq!(proof.verify(&leaf, &levels.root_at(size)), Ok(()));
    }
}

#[test]
fn the_published_consistency_proofs_are_made_and_verified() {
    let levels = Levels::published();
    for (first, second, path) in CONSISTENCIES {
        let proof = levels.consistent(first, second);
        assert_eq!(proof.path, path_of(path), "from {first} to {second}");
        let verified = proof.verify(&levels.root_at(first), &levels.root_at(second));
        assert_eq!(verified, Ok(()));
    }
}

#[test]
fn every_leaf_of_every_tree_up_to_300_is_proved_and_nowhere_else() {
    let levels = Levels::counted(301);
    for size in 1..=300_u64 {
        let root = levels.root_at(size);
        for index in 0..size {
            let proof = levels.included(index, size);
            let leaf = levels.node::<ProofError>(0, index).unwrap();
            assert_eq!(proof.verify(&leaf, &root), Ok(()), "{index} of {size}");
            let next = levels.node::<ProofError>(0, index + 1).unwrap();
            let elsewhere = InclusionProof {
                index: index + 1,
                ..proof.clone()
            };
            assert!(proof.verify(&next, &root).is_err(), "{index} of {size}");
            assert!(elsewhere.verify(&leaf, &root).is_err(), "{index} of {size}");
        }
    }
}

#[test]
fn every_changed_byte_of_a_small_tree_is_found() {
    let levels = Levels::counted(20);
    for size in 1..=20_u64 {
        let root = levels.root_at(size);
        for index in 0..size {
            let proof = levels.included(index, size);
            let leaf = levels.node::<ProofError>(0, index).unwrap();
            for byte in 0..32 {
                let bit = byte * 8 + byte % 8;
                assert!(proof.verify(&with_bit_turned(&leaf, bit), &root).is_err());
                assert!(proof.verify(&leaf, &with_bit_turned(&root, bit)).is_err());
                for at in 0..proof.path.len() {
                    let mut changed = proof.clone();
                    changed.path[at] = with_bit_turned(&changed.path[at], bit);
                    assert!(changed.verify(&leaf, &root).is_err());
                }
            }
        }
    }
}

#[test]
fn every_growth_up_to_130_is_proved_and_every_other_root_refused() {
    let levels = Levels::counted(130);
    let roots: Vec<Digest> = (0..=130).map(|size| levels.root_at(size)).collect();
    for second in 0..=130_u64 {
        let later = &roots[usize::try_from(second).unwrap()];
        for first in 0..=second {
            let earlier = &roots[usize::try_from(first).unwrap()];
            let proof = levels.consistent(first, second);
            let pair = format!("from {first} to {second}");
            assert_eq!(proof.verify(earlier, later), Ok(()), "{pair}");
            let other = with_bit_turned(earlier, usize::try_from(second).unwrap());
            assert!(proof.verify(&other, later).is_err(), "{pair}");
            let other = with_bit_turned(later, usize::try_from(first).unwrap());
            // The empty log says nothing about later ones.
            let is_bound = first > 0 || second == 0;
            assert_eq!(proof.verify(earlier, &other).is_err(), is_bound, "{pair}");
            for at in 0..proof.path.len() {
                let mut changed = proof.clone();
                changed.path[at] = with_bit_turned(&changed.path[at], at * 7);
                assert!(changed.verify(earlier, later).is_err(), "{pair} at {at}");
                changed.path.remove(at);
                assert!(changed.verify(earlier, later).is_err(), "{pair} at {at}");
            }
            let mut longer = proof.clone();
            longer.path.push(*later);
            assert!(longer.verify(earlier, later).is_err(), "{pair} and more");
        }
    }
}

#[test]
fn sizes_that_cannot_be_are_refused_in_words() {
    let levels = Levels::published();
    let outside = InclusionProof::through(8, 8, |level, at| levels.node(level, at));
    let outside: ProofError = outside.unwrap_err();
    assert_eq!(
        outside.to_string(),
        "record 8 (counted from 0) is not in a log of 8 records"
    );
    let shrunk = ConsistencyProof::through(8, 7, |level, at| levels.node(level, at));
    let expected = ProofError::Shrunk {
        first: 8,
        second: 7,
    };
    assert_eq!(shrunk, Err(expected.clone()));
    let root = levels.root_at(7);
    assert_eq!(verify_consistency(8, &root, 7, &root, &[]), Err(expected));
    let enormous = InclusionProof {
        index: u64::MAX - 1,
        size: u64::MAX,
        path: vec![root; 200],
    };
    assert_eq!(
        enormous.verify(&root, &root),
        Err(ProofError::Length { found: 200 })
    );
}

#[test]
fn a_proof_of_ten_million_leaves_asks_for_a_few_nodes() {
    let size = 10_000_019;
    for index in [0, 1, size / 2, size - 1] {
        let mut asked = 0;
        let proof = InclusionProof::through::<ProofError>(index, size, |level, at| {
            asked += 1;
            assert!((at + 1) << level <= size, "only complete subtrees");
            Ok(leaf_hash(&[level]))
        });
        assert!(proof.unwrap().path.len() <= 24);
        assert!(asked <= 48, "{asked} nodes");
    }
}

#[test]
fn a_range_is_kept_as_json_and_only_whole() {
    let levels = Levels::counted(200);
    let mut range = CompactRange::new();
    for (leaf, size) in levels.leaves().iter().zip(1_u64..) {
        range.append(*leaf);
        assert_eq!(range.size(), size);
        assert_eq!(range.root(), levels.root_at(size), "{size}");
        let read = |level, at| levels.node::<CompactRangeError>(level, at);
        assert_eq!(CompactRange::read_through(size, read).unwrap(), range);
        let kept = serde_json::to_string(&range).unwrap();
        assert_eq!(serde_json::from_str::<CompactRange>(&kept).unwrap(), range);
    }
    let short = CompactRange::from_edge(7, range.edge()[..2].to_vec());
    assert_eq!(
        short.unwrap_err().to_string(),
        "the right edge of a tree of 7 records has 3 hashes, but 2 are given"
    );
    let wrong = r#"{"size":18446744073709551615,"edge":[]}"#;
    assert!(serde_json::from_str::<CompactRange>(wrong).is_err());
}

#[test]
fn a_range_shows_every_node_once() {
    let levels = Levels::counted(150);
    let mut seen = Vec::new();
    let mut range = CompactRange::new();
    for leaf in levels.leaves() {
        range.append_visiting(*leaf, |level, index, hash| {
            assert_eq!(levels.node::<ProofError>(level, index), Ok(*hash));
            seen.push((level, index));
        });
    }
    let nodes: usize = levels.0.iter().map(Vec::len).sum();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), nodes);
    let read = |level, at| levels.node::<ProofError>(level, at);
    assert_eq!(root_through(150, read), Ok(range.root()));
}

proptest! {
    #[test]
    fn any_changed_bit_of_leaf_proof_or_root_is_found(
        (size, index) in (1_u64..=300).prop_flat_map(|size| (Just(size), 0..size)),
        place in any::<prop::sample::Index>(),
        bit in 0_usize..256,
    ) {
        let levels = Levels::counted(300);
        let mut proof = levels.included(index, size);
        let mut leaf = levels.node::<ProofError>(0, index).unwrap();
        let mut root = levels.root_at(size);
        let length = proof.path.len();
        match place.index(length + 2) {
            0 => leaf = with_bit_turned(&leaf, bit),
            1 => root = with_bit_turned(&root, bit),
            other => proof.path[other - 2] = with_bit_turned(&proof.path[other - 2], bit),
        }
        prop_assert!(proof.verify(&leaf, &root).is_err());
    }

    #[test]
    fn proofs_are_kept_as_json(size in 1_u64..=64, place in any::<prop::sample::Index>()) {
        let levels = Levels::counted(64);
        let index = place.index(usize::try_from(size).unwrap()) as u64;
        let proof = levels.included(index, size);
        let kept = serde_json::to_string(&proof).unwrap();
        prop_assert_eq!(serde_json::from_str::<InclusionProof>(&kept).unwrap(), proof);
        let proof = levels.consistent(index, size);
        let kept = serde_json::to_string(&proof).unwrap();
        prop_assert_eq!(serde_json::from_str::<ConsistencyProof>(&kept).unwrap(), proof);
    }
}

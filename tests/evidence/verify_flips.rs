//! Ten thousand bytes changed at random, one at a time: each is found.

use crate::forge::{failed, verify};
use crate::lab::Lab;
use crate::verify::exported;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use tazy::evidence::{VerifyOptions, verify_bundle, verify_store};

const FLIPS: usize = 10_000;

/// Places and differences, the same every time.
fn flips(seed: u64, length: usize, count: usize) -> Vec<(usize, u8)> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..count)
        .map(|_| (random.usize(..length), random.u8(1..)))
        .collect()
}

#[test]
fn every_flipped_byte_of_a_bundle_is_found() {
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    assert!(verify(&bundle).sound);
    let options = VerifyOptions {
        skip_findings: true,
        stop_at_failure: true,
        ..VerifyOptions::default()
    };
    std::thread::scope(|scope| {
        for seed in 0..2 {
            let (bundle, options) = (&bundle, &options);
            scope.spawn(move || {
                let mut changed = bundle.clone();
                for (at, difference) in flips(seed, bundle.len(), FLIPS / 2) {
                    changed[at] ^= difference;
                    let verification = verify_bundle(Cursor::new(&changed), options).unwrap();
                    assert!(!verification.sound, "byte {at} ^ {difference}");
                    changed[at] ^= difference;
                }
            });
        }
    });
}

#[test]
fn a_flipped_byte_is_named_with_its_entry() {
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    let mut changed = bundle.clone();
    for (at, difference) in flips(7, bundle.len(), 100) {
        changed[at] ^= difference;
        let verification = verify(&changed);
        assert!(!failed(&verification).is_empty());
        let first = verification
            .checks
            .iter()
            .flat_map(|check| &check.failures)
            .next();
        let place = &first.unwrap().place;
        assert!(
            place.contains("byte") || place.contains("the file"),
            "{at}: {place}"
        );
        changed[at] ^= difference;
    }
}

fn files_below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn every_flipped_byte_of_a_store_is_found() {
    let lab = Lab::new();
    lab.visit(&lab.store(), "r-000000000001", crate::lab::SITE, 0);
    exported(&lab);
    // What the export entered into the custody sheet is signed too.
    lab.store().checkpoint(None).unwrap();
    std::thread::scope(|scope| {
        for seed in 0..2 {
            let copy = lab.path(&format!("copy-{seed}"));
            crate::lab::copy(&lab.path("store"), &copy);
            scope.spawn(move || flip_store(&copy, seed));
        }
    });
}

fn flip_store(directory: &Path, seed: u64) {
    let store = crate::lab::open(directory);
    let options = VerifyOptions::default();
    let sound = verify_store(&store, &options).unwrap();
    assert!(sound.sound, "{:#?}", sound.checks);
    let mut files = vec![directory.join("journal.jsonl")];
    for part in ["captures", "rulesets", "log"] {
        files_below(&directory.join(part), &mut files);
    }
    let mut contents: Vec<(PathBuf, Vec<u8>)> = files
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect();
    let length: usize = contents.iter().map(|(_, bytes)| bytes.len()).sum();
    for (mut at, difference) in flips(seed, length, FLIPS / 2) {
        let file = contents.iter_mut().find(|(_, bytes)| {
            let here = at < bytes.len();
            at -= if here { 0 } else { bytes.len() };
            here
        });
        let (path, bytes) = file.unwrap();
        bytes[at] ^= difference;
        std::fs::write(&path, &bytes).unwrap();
        // That a check cannot go on is an answer too.
        let found = verify_store(&store, &options).map_or(true, |found| !found.sound);
        assert!(found, "{} byte {at} ^ {difference}", path.display());
        bytes[at] ^= difference;
        std::fs::write(&path, &bytes).unwrap();
    }
    assert!(verify_store(&store, &options).unwrap().sound);
}

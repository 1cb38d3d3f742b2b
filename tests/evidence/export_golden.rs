//! A bundle as format 1 wrote it; every later version must read it.

use crate::lab::{Lab, SITE};
use std::fs::File;
use std::path::PathBuf;
use tazy::evidence::{Bundle, Container, DataPackage, VerifyOptions, layout, verify_bundle};

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/evidence/v1.wacz")
}

#[test]
fn a_bundle_of_format_1_is_read() {
    let mut container = Container::open(File::open(golden()).unwrap()).unwrap();
    assert_eq!(container.faults(), []);
    let mut read = |name: &str| container.read(name, 1 << 20).unwrap().unwrap();
    let bundle: Bundle = serde_json::from_slice(&read(layout::BUNDLE)).unwrap();
    assert_eq!((bundle.format, bundle.site.as_str()), (1, SITE));
    let package: DataPackage = serde_json::from_slice(&read(layout::DATA_PACKAGE)).unwrap();
    for resource in package.resources {
        let entry = container.entry(&resource.path).unwrap();
        assert_eq!(entry.measure.digest, resource.hash, "{}", resource.path);
    }
}

#[test]
fn a_bundle_of_format_1_verifies_and_every_finding_follows_from_its_bytes() {
    let file = File::open(golden()).unwrap();
    let verification = verify_bundle(file, &VerifyOptions::default()).unwrap();
    let failed = verification
        .checks
        .iter()
        .filter(|check| !check.failures.is_empty());
    assert_eq!(
        failed.map(|check| format!("{check:?}")).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    assert!(verification.sound);
}

/// How the golden bundle was made: `cargo test --test evidence -- --ignored golden_bundle`. It is never made
/// again; a changed format gets a new file.
#[test]
#[ignore = "makes a file that must stay as it is"]
fn make_the_golden_bundle() {
    let path = golden();
    assert!(!path.exists(), "{} stays as it is", path.display());
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let lab = Lab::with_flag();
    let path = path.display().to_string();
    lab.run(&["evidence", "export", SITE, "--out", &path]);
}

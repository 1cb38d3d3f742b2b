//! What is in a bundle, and that it can be made again.

use crate::lab::{Lab, SITE, copy, open};
use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use tazy::custody::CustodyAct;
use tazy::digest::Digest;
use tazy::evidence::{Bundle, Container, DataPackage, DataPackageDigest, ProofLine, layout};
use tazy::id::FlagId;
use tazy::merkle::{Checkpoint, Note, Verifier, leaf_hash};

/// An exported bundle, read back.
struct Read {
    container: Container<Cursor<Vec<u8>>>,
}

impl Read {
    fn of(bytes: Vec<u8>) -> Self {
        let container = Container::open(Cursor::new(bytes)).unwrap();
        assert_eq!(container.faults(), []);
        Self { container }
    }

    fn text(&mut self, name: &str) -> String {
        let bytes = self.container.read(name, 1 << 20).unwrap().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn json<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> T {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    fn kinds(&mut self) -> Vec<String> {
        let records = self.text(layout::RECORDS);
        let lines = records.lines();
        lines
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                line["kind"].as_str().unwrap().to_owned()
            })
            .collect()
    }
}

fn exported(lab: &Lab, more: &[&str]) -> Vec<u8> {
    let words = [
        "evidence",
        "export",
        SITE,
        "--force",
        "--out",
        "bundle.wacz",
    ];
    lab.run(&[&words, more].concat());
    fs::read(lab.path("bundle.wacz")).unwrap()
}

#[test]
fn everything_in_a_bundle_is_listed_signed_and_proved() {
    let lab = Lab::with_flag();
    let mut read = Read::of(exported(&lab, &[]));
    let package: DataPackage = read.json(layout::DATA_PACKAGE);
    let names: Vec<String> = read
        .container
        .entries()
        .iter()
        .map(|e| e.name.clone())
        .collect();
    let listed: Vec<&str> = package.resources.iter().map(|r| r.path.as_str()).collect();
    assert_eq!(names[2..], listed);
    for resource in &package.resources {
        let measure = read.container.entry(&resource.path).unwrap().measure;
        assert_eq!(
            (measure.digest, measure.bytes),
            (resource.hash, resource.bytes)
        );
    }
    let keys: Vec<Verifier> = read
        .text(layout::KEYS)
        .lines()
        .map(|l| l.parse().unwrap())
        .collect();
    let bundle: Bundle = read.json(layout::BUNDLE);
    let digest: DataPackageDigest = read.json(layout::DATA_PACKAGE_DIGEST);
    assert_eq!(
        digest.hash,
        Digest::of(read.text(layout::DATA_PACKAGE).as_bytes())
    );
    let note = Note::parse(digest.note.as_bytes()).unwrap();
    note.verify(&keys).unwrap();
    assert_eq!(note.text(), bundle.note_text(&digest.hash));
    let note = Note::parse(read.text(layout::CHECKPOINT).as_bytes()).unwrap();
    note.verify(&keys).unwrap();
    let checkpoint: Checkpoint = note.text().parse().unwrap();
    assert_eq!(
        (checkpoint.origin(), checkpoint.size()),
        (bundle.origin.as_str(), bundle.size)
    );
    let records = read.text(layout::RECORDS);
    let proofs = read.text(layout::PROOFS);
    assert_eq!(records.lines().count(), proofs.lines().count());
    for (line, proof) in records.lines().zip(proofs.lines()) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let digest: Digest = line["digest"].as_str().unwrap().parse().unwrap();
        let ProofLine::Record { seq, proof } = serde_json::from_str(proof).unwrap() else {
            panic!("{proof}");
        };
        assert_eq!((Some(seq), proof.index), (line["seq"].as_u64(), seq - 1));
        let leaf = leaf_hash(digest.as_bytes());
        proof.verify(&leaf, &checkpoint.root()).unwrap();
    }
}

#[test]
fn a_bundle_has_what_concerns_its_flag_and_nothing_of_other_sites() {
    let lab = Lab::with_flag();
    let bytes = exported(&lab, &[]);
    let mut read = Read::of(bytes);
    let kinds = read.kinds();
    let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    // The flag is grounded on its second visit; one page of that is a revisit of the first.
    assert_eq!(
        (count("visit"), count("manifest"), count("flag")),
        (1, 4, 1)
    );
    assert_eq!(
        (count("decision"), count("ruleset"), count("log_key")),
        (1, 1, 1)
    );
    assert_eq!((count("run"), count("warc_file")), (1, 1), "{kinds:?}");
    let bundle: Bundle = read.json(layout::BUNDLE);
    let left: Vec<_> = bundle
        .left_out
        .iter()
        .map(|l| (l.what.as_str(), l.count))
        .collect();
    assert_eq!(left, [("visit", 1)]);
    let pages = read.text(layout::PAGES);
    assert_eq!(pages.lines().count(), 1 + 3, "{pages}");
    assert!(pages.contains("закладки в твоём районе"), "{pages}");
    let index = read.text(layout::INDEX);
    assert!(
        index.contains("example,lavka)/goods?a=1&b=2 20260301100000 {"),
        "{index}"
    );
    assert!(index.contains("warc/revisit"), "{index}");
    assert!(index.lines().is_sorted());
    for name in read.container.entries().to_vec() {
        let bytes = read.container.read(&name.name, 1 << 20).unwrap().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("other.example"), "{}", name.name);
    }
}

#[test]
fn lists_of_other_suspects_are_withheld_on_demand() {
    let lab = Lab::with_flag();
    let mut open = Read::of(exported(&lab, &[]));
    assert!(open.text(layout::RECORDS).contains("secret.example"));
    let mut withheld = Read::of(exported(&lab, &["--withhold-lists"]));
    assert!(!withheld.text(layout::RECORDS).contains("secret.example"));
    let bundle: Bundle = withheld.json(layout::BUNDLE);
    let left: BTreeSet<_> = bundle.left_out.iter().map(|l| l.what.as_str()).collect();
    assert!(left.contains("run"), "{left:?}");
}

#[test]
fn the_same_size_of_the_log_gives_the_same_bytes_also_from_a_copy_elsewhere() {
    let lab = Lab::with_flag();
    let first = exported(&lab, &[]);
    let bundle: Bundle = Read::of(first.clone()).json(layout::BUNDLE);
    let at = bundle.size.to_string();
    // The log has grown by the entry of the custody sheet; then comes another visit.
    lab.visit(&lab.store(), "r-000000000003", SITE, 120);
    assert_eq!(exported(&lab, &["--at", &at]), first);
    copy(&lab.path("store"), &lab.path("restored"));
    let restored = exported(&lab, &["--at", &at, "--store", "restored"]);
    assert_eq!(restored, first);
    let later = Read::of(exported(&lab, &[])).json::<Bundle>(layout::BUNDLE);
    assert!(later.size > bundle.size);
    let output = lab
        .command(&["evidence", "export", SITE, "--at", "2", "--out", "x.wacz"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("no checkpoint"),
        "{said}"
    );
}

#[test]
fn an_earlier_time_stamp_that_covers_the_visit_comes_along_with_its_checkpoint() {
    let lab = Lab::with_flag();
    let size = {
        let store = lab.store();
        let size = store.checkpoint(None).unwrap().checkpoint.size();
        let time = "2026-03-02T10:00:00Z".parse().unwrap();
        store
            .add_timestamp(size, b"a token", time, "authority")
            .unwrap();
        lab.visit(&store, "r-000000000009", "other.example", 9);
        size
    };
    let mut read = Read::of(exported(&lab, &[]));
    let bundle: Bundle = read.json(layout::BUNDLE);
    assert_eq!(read.text(&layout::timestamp_name(size)), "a token");
    let note = Note::parse(read.text(&layout::checkpoint_name(size)).as_bytes()).unwrap();
    let earlier: Checkpoint = note.text().parse().unwrap();
    let proofs = read.text(layout::PROOFS);
    let growth = proofs
        .lines()
        .find_map(|line| match serde_json::from_str(line).unwrap() {
            ProofLine::Growth(growth) => Some(growth),
            ProofLine::Record { .. } => None,
        });
    let growth = growth.unwrap();
    assert_eq!((growth.first, growth.second), (size, bundle.size));
    let note = Note::parse(read.text(layout::CHECKPOINT).as_bytes()).unwrap();
    let checkpoint: Checkpoint = note.text().parse().unwrap();
    growth.verify(&earlier.root(), &checkpoint.root()).unwrap();
    assert!(read.kinds().contains(&"timestamp".to_owned()));
}

#[test]
fn who_had_it_in_hands_is_on_the_custody_sheet() {
    let lab = Lab::with_flag();
    let bytes = exported(&lab, &["--recipient", "Court", "--note", "letter 5"]);
    let digest = Digest::of(&bytes);
    let sum = digest.hex();
    lab.run(&[
        "evidence",
        "record",
        SITE,
        "--recipient",
        "N. Omarova",
        "--digest",
        &sum,
    ]);
    let capture = lab.store().flag(&FlagId::of_site(SITE)).unwrap().captures[0].clone();
    let shown = lab.run(&["evidence", "open", capture.as_str()]);
    assert!(shown.contains("\"payload_digest\""), "{shown}");
    lab.run(&["evidence", "open", capture.as_str(), "--body", "page.bin"]);
    let body = fs::read(lab.path("page.bin")).unwrap();
    assert!(String::from_utf8(body).unwrap().contains("мефедрон"));
    let events = open(&lab.path("store")).custody().unwrap();
    let acts: Vec<CustodyAct> = events.iter().map(|event| event.act).collect();
    assert_eq!(
        acts,
        [CustodyAct::Export, CustodyAct::Copy, CustodyAct::View]
    );
    assert_eq!(events[0].digest, Some(digest));
    assert_eq!(events[0].recipient.as_deref(), Some("Court"));
    assert_eq!(events[2].captures, [capture]);
    let sheet = lab.run(&["evidence", "custody", SITE]);
    assert!(sheet.contains("export by d.akhmetov for Court"), "{sheet}");
    let json = lab.run(&["evidence", "custody", SITE, "--json"]);
    assert_eq!(json.lines().count(), 3);
}

#[test]
fn a_file_that_is_there_is_not_replaced_and_damage_is_not_exported() {
    let lab = Lab::with_flag();
    exported(&lab, &[]);
    let refused = |words: &[&str]| {
        let output = lab.command(words).output().unwrap();
        assert!(!output.status.success(), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let said = refused(&["evidence", "export", SITE, "--out", "bundle.wacz"]);
    assert!(said.contains("--force"), "{said}");
    let file = fs::read_dir(lab.path("store/captures"))
        .unwrap()
        .next()
        .unwrap();
    let path = file.unwrap().path();
    let mut bytes = fs::read(&path).unwrap();
    // Within the last capture, whose bytes are copied.
    let at = bytes.len() - 100;
    bytes[at] ^= 1;
    fs::write(&path, bytes).unwrap();
    let said = refused(&["evidence", "export", SITE, "--out", "other.wacz"]);
    assert!(said.contains("captures/"), "{said}");
    assert!(!lab.path("other.wacz").exists() && !lab.path("other.wacz.new").exists());
}

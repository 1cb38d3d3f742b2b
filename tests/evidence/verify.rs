//! `tazy evidence verify`: what verifies, and what is said about what does not.

use crate::forge::{Forge, failed, verify};
use crate::lab::{Lab, SITE};
use proptest::prelude::*;
use std::io::Cursor;
use tazy::evidence::{
    CheckId, CheckOutcome, FindingOutcome, VerifyOptions, layout, verify_bundle, verify_store,
};

/// The bundle of the lab's flag.
pub(crate) fn exported(lab: &Lab) -> Vec<u8> {
    lab.run(&[
        "evidence",
        "export",
        SITE,
        "--force",
        "--out",
        "bundle.wacz",
    ]);
    std::fs::read(lab.path("bundle.wacz")).unwrap()
}

#[test]
fn an_exported_bundle_verifies_and_every_finding_is_derived_again() {
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    let options = VerifyOptions::default();
    let verification = verify_bundle(Cursor::new(&bundle), &options).unwrap();
    for check in &verification.checks {
        assert_eq!(check.failures, [], "{}", check.id);
        assert!(
            check.checked > 0 || check.outcome == CheckOutcome::NotPossible,
            "{} checked nothing",
            check.id
        );
    }
    assert!(verification.sound);
    let not_done: Vec<CheckId> = verification
        .checks
        .iter()
        .filter(|check| check.outcome == CheckOutcome::NotPossible)
        .map(|check| check.id)
        .collect();
    assert_eq!(not_done, [CheckId::LogCosignatures, CheckId::LogTimestamp]);
    assert!(!verification.visits.is_empty());
    for visit in &verification.visits {
        assert!(visit.complete && visit.agrees());
        let shown = visit
            .findings()
            .filter(|finding| !finding.passages.is_empty());
        assert!(shown.count() > 0, "words are shown in the raw page");
        assert!(
            visit
                .findings()
                .all(|f| f.outcome == FindingOutcome::Confirmed)
        );
    }
    assert_eq!(verification.decisions.len(), 1);
    assert_eq!(verification.identity.bytes, bundle.len() as u64);
    assert!(!verification.is_signer_known(), "no key was named");
}

#[test]
fn a_bundle_needs_nothing_but_itself_and_the_program() {
    let lab = Lab::with_flag();
    exported(&lab);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(lab.path("bundle.wacz"), elsewhere.path().join("b.wacz")).unwrap();
    let ended = |words: &[&str]| {
        let mut command = lab.command(words);
        command
            .current_dir(elsewhere.path())
            .env_remove("TAZY_STORE");
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), said)
    };
    let (code, said) = ended(&["evidence", "verify", "b.wacz"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("Everything that was checked is as it should be"),
        "{said}"
    );
    assert!(said.contains("ATTENTION: you named no key"), "{said}");
    let names: Vec<_> = std::fs::read_dir(elsewhere.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing was written");
    let (code, said) = ended(&["evidence", "verify", "b.wacz", "--quiet"]);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let (_, json) = ended(&["evidence", "verify", "b.wacz", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["format"], 1);
    assert_eq!(json["sound"], true);
    assert_eq!(json["checks"][0]["id"], "container.canonical");
    let key = std::fs::read_to_string(lab.path("store/keys/log.pub")).unwrap();
    let (code, said) = ended(&["evidence", "verify", "b.wacz", "--key", key.trim()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("ATTENTION"), "{said}");
    let file = lab.path("store/keys/log.pub");
    let (code, _) = ended(&[
        "evidence",
        "verify",
        "b.wacz",
        "--key",
        file.to_str().unwrap(),
    ]);
    assert_eq!(code, Some(0));
}

#[test]
fn a_bundle_of_another_unit_does_not_verify_against_the_named_key() {
    let (lab, other) = (Lab::with_flag(), Lab::with_flag());
    exported(&lab);
    let forged = exported(&other);
    std::fs::write(lab.path("forged.wacz"), &forged).unwrap();
    let key = lab.path("store/keys/log.pub");
    let words = [
        "evidence",
        "verify",
        "forged.wacz",
        "--key",
        key.to_str().unwrap(),
    ];
    let output = lab.command(&words).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("FAILED   log.checkpoint"), "{said}");
    assert!(said.contains("no trusted key has signed this"), "{said}");
    let verification = verify(&forged);
    assert!(verification.sound && !verification.is_signer_known());
}

#[test]
fn what_is_no_bundle_is_said_to_be_none() {
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    let mut bomb = bundle.clone();
    // The first entry claims 4 GiB - 2.
    bomb[18..26].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff]);
    let cut = &bundle[..bundle.len() / 2];
    let cases: [(&str, &[u8]); 5] = [
        ("empty", b""),
        (
            "garbage",
            b"this is no bundle, but it is long enough to look at",
        ),
        ("cut", cut),
        ("bomb", &bomb),
        (
            "other zip",
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        ),
    ];
    for (name, bytes) in cases {
        std::fs::write(lab.path("wrong.wacz"), bytes).unwrap();
        let output = lab
            .command(&["evidence", "verify", "wrong.wacz"])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(4), "{name}: {said}");
        assert!(
            said.contains("FAILED   container.canonical"),
            "{name}: {said}"
        );
        assert!(said.contains("does NOT verify"), "{name}: {said}");
    }
    for words in [
        ["evidence", "verify", "there-is-none.wacz"].as_slice(),
        &["evidence", "verify", "rules"],
        &["evidence", "verify", "bundle.wacz", "--key", "nobody"],
        &[
            "evidence",
            "verify",
            "bundle.wacz",
            "--roots",
            "bundle.wacz",
        ],
    ] {
        let output = lab.command(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_store_verifies_as_a_whole() {
    let lab = Lab::with_flag();
    exported(&lab);
    let verification = verify_store(&lab.store(), &VerifyOptions::default()).unwrap();
    assert!(verification.sound, "{:#?}", verification.checks);
    let said = lab.run(&["evidence", "verify", "store"]);
    assert!(said.contains("passed   store.check"), "{said}");
    let journal = lab.path("store/journal.jsonl");
    let mut bytes = std::fs::read(&journal).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    let output = lab
        .command(&["evidence", "verify", "store"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
}

#[test]
fn an_entry_that_is_not_listed_or_is_missing_is_named() {
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    let mut more = Forge::of(&bundle);
    let place = more
        .entries
        .iter()
        .position(|(name, _)| name == layout::FINDINGS)
        .unwrap();
    let added = (layout::screenshot_name("c-zzzzzzzzzzzz"), b"more".to_vec());
    more.entries.insert(place, added.clone());
    let verification = verify(&more.build());
    let check = verification.check(CheckId::PackageDigests).unwrap();
    assert_eq!(check.failures[0].place, added.0);
    let mut less = Forge::of(&bundle);
    less.entries.retain(|(name, _)| name != layout::CUSTODY);
    let verification = verify(&less.build());
    assert_eq!(
        failed(&verification),
        [CheckId::PackageDigests, CheckId::Summaries]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_the_bytes_are_the_answer_is_a_verification(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(!verify(&bytes).sound);
    }
}

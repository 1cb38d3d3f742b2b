//! Somebody changes evidence and makes right again what can be: at each step the next check finds it.

use crate::forge::{Forge, failed, find, pretty, repair_record, verify};
use crate::lab::Lab;
use crate::verify::exported;
use std::io::Cursor;
use tazy::digest::Digest;
use tazy::evidence::{
    Bundle, CheckId, CheckOutcome, FindingOutcome, ProofLine, Verification, VerifyOptions, layout,
    verify_bundle,
};
use tazy::merkle::Signer;

/// A bundle, and the key of the log that an insider has.
fn stolen() -> (Forge, Signer) {
    let lab = Lab::with_flag();
    let forge = Forge::of(&exported(&lab));
    let key = std::fs::read_to_string(lab.path("store/keys/log.key")).unwrap();
    (forge, key.trim_end().parse().unwrap())
}

/// Puts other words into every page that has them.
fn change_bodies(forge: &mut Forge, repair: bool) {
    let (from, to) = ("мефедрон".as_bytes(), "мармелад".as_bytes());
    let mut changed = 0;
    forge.change_warc(|record| {
        let is_answer = record.starts_with(b"WARC/1.1\r\nWARC-Type: response");
        if is_answer && record.windows(from.len()).any(|window| window == from) {
            let at = find(record, from);
            record[at..at + from.len()].copy_from_slice(to);
            if repair {
                repair_record(record);
            }
            changed += 1;
        }
    });
    assert!(changed > 0);
}

#[test]
fn a_changed_body_is_found_at_every_level_of_repair() {
    let (original, signer) = stolen();
    let mut forge = original.clone();
    change_bodies(&mut forge, false);
    let found = failed(&verify(&forge.build()));
    assert!(found.contains(&CheckId::PackageDigests), "{found:?}");
    forge.repair_list();
    let found = failed(&verify(&forge.build()));
    assert!(!found.contains(&CheckId::PackageDigests), "{found:?}");
    assert!(found.contains(&CheckId::PackageSignature), "{found:?}");
    forge.repair_digest(None);
    let found = failed(&verify(&forge.build()));
    assert!(found.contains(&CheckId::PackageSignature), "{found:?}");
    // From here on somebody who has the key.
    forge.repair_digest(Some(&signer));
    let found = failed(&verify(&forge.build()));
    assert!(!found.contains(&CheckId::PackageSignature), "{found:?}");
    assert!(found.contains(&CheckId::WarcRecords), "{found:?}");
    let mut forge = original.clone();
    change_bodies(&mut forge, true);
    forge.seal(&signer);
    let verification = verify(&forge.build());
    let found = failed(&verification);
    assert!(!found.contains(&CheckId::WarcRecords), "{found:?}");
    assert!(found.contains(&CheckId::WarcCaptures), "{found:?}");
    assert_names_a_capture(&verification);
    // The journal's line too, with its own digest: then it is not the one in the log.
    let mut forge = original;
    change_record(&mut forge, "manifest", |line| {
        line.replace("\"status\":200", "\"status\":404")
    });
    forge.seal(&signer);
    let found = failed(&verify(&forge.build()));
    assert!(!found.contains(&CheckId::RecordDigests), "{found:?}");
    assert!(found.contains(&CheckId::RecordInclusion), "{found:?}");
}

fn assert_names_a_capture(verification: &Verification) {
    let check = verification.check(CheckId::WarcCaptures).unwrap();
    let place = &check.failures[0].place;
    assert!(place.starts_with("capture c-"), "{place}");
}

/// Changes the first record of a kind and makes the digest of its line right again.
fn change_record(forge: &mut Forge, kind: &str, change: impl Fn(&str) -> String) {
    let text = String::from_utf8(forge.entry(layout::RECORDS).clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let wanted = format!("\"kind\":\"{kind}\"");
    let line = lines
        .iter_mut()
        .find(|line| line.contains(&wanted))
        .unwrap();
    let changed = change(line);
    assert_ne!(*line, changed, "nothing was changed");
    let body = &changed[..changed.rfind(",\"digest\":\"").unwrap()];
    let previous = &body[body.rfind("sha256:").unwrap()..body.len() - 1];
    let previous: Digest = previous.parse().unwrap();
    let digest = Digest::of_parts(&[previous.as_bytes(), body.as_bytes(), b"}"]);
    *line = format!("{body},\"digest\":\"{digest}\"}}");
    *forge.entry(layout::RECORDS) = (lines.join("\n") + "\n").into_bytes();
}

#[test]
fn forged_records_are_not_in_the_log() {
    let (original, signer) = stolen();
    for (kind, from, to) in [
        (
            "decision",
            "\"verdict\":\"confirm\"",
            "\"verdict\":\"confirm\" ",
        ),
        ("decision", "seen by two", "seen by ten"),
        ("flag", "\"visits\":", "\"visits\":1"),
        ("visit", "\"pages\":3", "\"pages\":4"),
        ("run", "d.akhmetov", "d.akhmetov"),
        ("ruleset", "\"bytes\":", "\"bytes\":1"),
        ("log_key", "tazy.local", "tazy.other"),
    ] {
        let mut forge = original.clone();
        let records = String::from_utf8(forge.entry(layout::RECORDS).clone()).unwrap();
        if from == to || !records.contains(from) {
            continue;
        }
        change_record(&mut forge, kind, |line| line.replacen(from, to, 1));
        forge.seal(&signer);
        let found = failed(&verify(&forge.build()));
        assert!(
            found.contains(&CheckId::RecordInclusion),
            "{kind}: {found:?}"
        );
    }
}

#[test]
fn records_cannot_be_taken_out_or_change_places() {
    let (original, signer) = stolen();
    let lines = |forge: &mut Forge| -> Vec<String> {
        let text = String::from_utf8(forge.entry(layout::RECORDS).clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    let mut dropped = original.clone();
    let mut kept = lines(&mut dropped);
    let at = kept
        .iter()
        .position(|line| line.contains("\"kind\":\"decision\""))
        .unwrap();
    let gone = kept.remove(at);
    *dropped.entry(layout::RECORDS) = (kept.join("\n") + "\n").into_bytes();
    dropped.seal(&signer);
    let found = failed(&verify(&dropped.build()));
    assert!(
        found.contains(&CheckId::RecordInclusion),
        "its proof is left over: {found:?}"
    );
    let seq = gone["{\"seq\":".len()..gone.find(',').unwrap()]
        .parse::<u64>()
        .unwrap();
    let proofs = String::from_utf8(dropped.entry(layout::PROOFS).clone()).unwrap();
    let proofs: Vec<&str> = proofs
        .lines()
        .filter(|line| {
            !matches!(serde_json::from_str(line).unwrap(), ProofLine::Record { seq: n, .. } if n == seq)
        })
        .collect();
    *dropped.entry(layout::PROOFS) = (proofs.join("\n") + "\n").into_bytes();
    dropped.seal(&signer);
    let found = failed(&verify(&dropped.build()));
    assert_eq!(
        found,
        [CheckId::Summaries],
        "findings.json still has the decision"
    );
    let mut swapped = original.clone();
    let mut order = lines(&mut swapped);
    order.swap(1, 2);
    *swapped.entry(layout::RECORDS) = (order.join("\n") + "\n").into_bytes();
    swapped.seal(&signer);
    let found = failed(&verify(&swapped.build()));
    assert!(found.contains(&CheckId::RecordDigests), "{found:?}");
    let mut manifest = original;
    let mut kept = lines(&mut manifest);
    let at = kept
        .iter()
        .position(|line| line.contains("\"kind\":\"manifest\""))
        .unwrap();
    kept.remove(at);
    *manifest.entry(layout::RECORDS) = (kept.join("\n") + "\n").into_bytes();
    manifest.seal(&signer);
    let found = failed(&verify(&manifest.build()));
    assert!(found.contains(&CheckId::RecordReferences), "{found:?}");
    assert!(
        found.contains(&CheckId::WarcRecords),
        "a record that nothing names: {found:?}"
    );
}

#[test]
fn a_foreign_capture_does_not_pass() {
    let (mut forge, signer) = stolen();
    let mut first = None;
    forge.change_warc(|record| {
        if record.starts_with(b"WARC/1.1\r\nWARC-Type: response") && first.is_none() {
            first = Some(record.clone());
        }
    });
    let foreign = String::from_utf8_lossy(&first.unwrap()).replace("<urn:uuid:", "<urn:uuid:f");
    let mut packed = Vec::new();
    let mut encoder = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, foreign.as_bytes()).unwrap();
    encoder.finish().unwrap();
    let mut bundle: Bundle = serde_json::from_slice(forge.entry(layout::BUNDLE)).unwrap();
    bundle.pieces.last_mut().unwrap().length += packed.len() as u64;
    *forge.entry(layout::BUNDLE) = pretty(&bundle);
    forge.entry(layout::WARC).extend(packed);
    forge.seal(&signer);
    let found = failed(&verify(&forge.build()));
    assert!(found.contains(&CheckId::WarcRecords), "{found:?}");
}

#[test]
fn other_rules_summaries_and_indexes_do_not_pass() {
    let (original, signer) = stolen();
    let names: Vec<String> = original
        .entries
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let ruleset = names
        .iter()
        .find(|name| name.starts_with("tazy/ruleset-"))
        .unwrap();
    let cases: [(&str, &str, &str, CheckId); 6] = [
        (ruleset, "мефедрон", "мармелад", CheckId::RulesetArchive),
        (
            layout::FINDINGS,
            "a.serikova",
            "b.serikova",
            CheckId::Summaries,
        ),
        (layout::INDEX, "\"200\"", "\"404\"", CheckId::WarcIndex),
        (
            layout::BUNDLE,
            SITE_JSON,
            "\"other.example\"",
            CheckId::RecordReferences,
        ),
        (
            layout::PROOFS,
            "\"index\":",
            "\"index\":1",
            CheckId::RecordInclusion,
        ),
        ("tazy/README.en.txt", "not", "NOT", CheckId::Summaries),
    ];
    for (name, from, to, check) in cases {
        let mut forge = original.clone();
        forge.replace(name, from, to);
        forge.seal(&signer);
        let found = failed(&verify(&forge.build()));
        assert!(found.contains(&check), "{name}: {found:?}");
    }
    let mut picture = original.clone();
    let name = names
        .iter()
        .find(|name| name.starts_with("tazy/screenshot-"))
        .unwrap();
    picture.entry(name).push(0);
    picture.seal(&signer);
    assert_eq!(failed(&verify(&picture.build())), [CheckId::Screenshots]);
    let mut pages = original;
    pages.replace(layout::PAGES, "Лавка", "Лавра");
    pages.seal(&signer);
    let options = VerifyOptions::default();
    let verification = verify_bundle(Cursor::new(pages.build()), &options).unwrap();
    assert_eq!(failed(&verification), [CheckId::WarcIndex]);
    let findings = verification.check(CheckId::Findings).unwrap();
    assert_eq!(findings.outcome, CheckOutcome::NotPossible, "{findings:?}");
}

const SITE_JSON: &str = "\"lavka.example\"";

#[test]
fn a_checkpoint_signed_with_another_key_is_not_that_of_the_log() {
    let (original, _) = stolen();
    let mut forge = original;
    let other = Signer::from_seed("tazy.local/000000000000", &[7; 32]).unwrap();
    let checkpoint = forge.entry(layout::CHECKPOINT).clone();
    let text = tazy::merkle::Note::parse(&checkpoint)
        .unwrap()
        .text()
        .to_owned();
    let note = tazy::merkle::Note::sign(&text, &other).unwrap();
    *forge.entry(layout::CHECKPOINT) = note.to_string().into_bytes();
    *forge.entry(layout::KEYS) = format!("{}\n", other.verifier()).into_bytes();
    forge.seal(&other);
    let found = failed(&verify(&forge.build()));
    assert!(
        found.contains(&CheckId::LogKeys),
        "the log records its own key: {found:?}"
    );
}

#[test]
fn findings_that_do_not_follow_from_the_bytes_are_found_even_if_the_log_has_them() {
    let lab = Lab::new();
    let store = lab.store();
    lab.visit(&store, "r-000000000001", crate::lab::SITE, 0);
    let flag = store.flag_of_site(crate::lab::SITE).unwrap().unwrap();
    let mut visit = store.latest_visit(crate::lab::SITE).unwrap().unwrap();
    visit.run = tazy::id::RunId::from_written("r-000000000009");
    visit.categories[0].score = 0.999_999;
    visit.categories[0].findings[0].rule = "drug_sale.invented".to_owned();
    let run = store.runs().unwrap().remove(0).run;
    store
        .begin_run(&tazy::store::Run {
            id: visit.run.clone(),
            ..run
        })
        .unwrap();
    let forged = tazy::flag::raise(&visit, Some(&flag)).unwrap();
    let manifests: Vec<_> = visit
        .captures
        .iter()
        .map(|id| store.manifest(id).unwrap())
        .collect();
    store
        .commit_visit(&visit, &manifests, Some(&forged))
        .unwrap();
    drop(store);
    let bundle = exported(&lab);
    assert!(verify(&bundle).sound, "every digest and signature is right");
    let options = VerifyOptions::default();
    let verification = verify_bundle(Cursor::new(bundle), &options).unwrap();
    assert_eq!(failed(&verification), [CheckId::Findings]);
    let outcomes: Vec<_> = verification
        .visits
        .iter()
        .flat_map(tazy::evidence::Rederivation::findings)
        .collect();
    let of = |rule: &str| {
        outcomes
            .iter()
            .find(|f| f.finding.rule == rule)
            .unwrap()
            .outcome
            .clone()
    };
    assert_eq!(of("drug_sale.invented"), FindingOutcome::NotDerivedAgain);
}

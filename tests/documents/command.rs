//! `tazy block document` and `tazy block template` as people type them.

use crate::desk::{Ended, Lab};
use std::process::{Command, Output};

fn tazy(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tazy"))
        .args(arguments)
        .output()
        .expect("tazy runs")
}

#[test]
fn templates_are_copied_changed_and_checked() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("ours");
    let place = place.to_str().unwrap();
    let copied = tazy(&["block", "template", "copy", place]);
    assert_eq!(copied.status.code(), Some(0), "{copied:?}");
    let checked = tazy(&["block", "template", "check", place]);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    let annex = directory.path().join("ours/annex.html");
    let text = std::fs::read_to_string(&annex).unwrap();
    std::fs::write(
        &annex,
        text.replacen("{{ request.id }}", "{{ request.nr }}", 1),
    )
    .unwrap();
    let checked = tazy(&["block", "template", "check", place, "--json"]);
    assert_eq!(checked.status.code(), Some(1));
    let line = String::from_utf8(checked.stdout).unwrap();
    let error: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(
        (error["file"].as_str(), error["line"].as_u64()),
        (Some("annex.html"), Some(2))
    );
    // What a lawyer changed is never overwritten.
    let again = tazy(&["block", "template", "copy", place]);
    assert!(String::from_utf8_lossy(&again.stdout).starts_with("0 templates written"));
    assert!(
        std::fs::read_to_string(&annex)
            .unwrap()
            .contains("request.nr")
    );
}

#[test]
fn every_variable_is_listed() {
    let listed = tazy(&["block", "template", "list"]);
    let text = String::from_utf8(listed.stdout).unwrap();
    for line in [
        "submission.html  ru kk en",
        "  request.unit = ",
        "  items[].evidence[].utc = ",
        "  steps.order.number = ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

const SHOP: &str = "Мефедрон кристалл <script>alert(1)</script>";
const SETTINGS: &str =
    "[evidence]\nunit = 'Cyber unit 7'\n[block]\ncontact = 'unit7@police.example'\n";

#[track_caller]
fn done(ended: &Ended) -> &Ended {
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.out, ended.err);
    ended
}

/// A store with a request about a whole host, and its id.
fn with_request() -> (Lab, String) {
    let lab = Lab::new();
    lab.visit("r-1", &[("shop.example", SHOP)]);
    std::fs::write(lab.path("store/tazy.toml"), SETTINGS).unwrap();
    done(&lab.run(&[
        "review",
        "confirm",
        "shop.example",
        "--note",
        "sells mephedrone",
    ]));
    let drafted = lab.run(&[
        "block",
        "draft",
        "shop.example",
        "--authority",
        "information_committee",
        "--scope",
        "host",
        "--scope-reason",
        "every page sells",
        "--json",
    ]);
    let id = done(&drafted).json()["id"].as_str().unwrap().to_owned();
    (lab, id)
}

#[test]
fn the_papers_of_a_request_are_written_with_plain_names_and_never_over_others() {
    let (lab, id) = with_request();
    let place = lab.path("out");
    let out = place.to_str().unwrap();
    let arguments = [
        "block",
        "document",
        &id,
        "--kind",
        "submission",
        "--kind",
        "annex",
        "--kind",
        "protocol",
        "--language",
        "ru+kk",
        "--language",
        "ru",
        "--out",
        out,
        "--json",
    ];
    let written = lab.run(&arguments);
    let lines: Vec<serde_json::Value> = done(&written)
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3 * 2 * 2 + 2);
    for line in &lines {
        let path = std::path::Path::new(line["path"].as_str().unwrap());
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with(&id) && name.is_ascii(), "{name}");
        let content = std::fs::read(path).unwrap();
        let digest = tazy::digest::Digest::of(&content).to_string();
        assert_eq!(line["digest"].as_str(), Some(digest.as_str()));
    }
    let page = std::fs::read_to_string(place.join(format!("{id}_submission_ru-kk.html"))).unwrap();
    assert!(page.contains("shop[.]example") && page.contains("sells mephedrone"));
    assert!(page.contains("ПРОЕКТ"));
    let urls = std::fs::read_to_string(place.join(format!("{id}_annex-urls.txt"))).unwrap();
    assert!(urls.starts_with("http://shop.example/"), "{urls}");
    let again = lab.run(&arguments);
    assert_eq!(again.code, Some(1));
    assert!(
        again.err.contains("is there already") && again.err.contains("--force"),
        "{}",
        again.err
    );
    let before: Vec<Vec<u8>> = lines
        .iter()
        .map(|line| std::fs::read(line["path"].as_str().unwrap()).unwrap())
        .collect();
    done(&lab.run(&[&arguments[..], &["--force"]].concat()));
    let after: Vec<Vec<u8>> = lines
        .iter()
        .map(|line| std::fs::read(line["path"].as_str().unwrap()).unwrap())
        .collect();
    assert!(before == after, "the same records give the same bytes");
}

#[test]
fn what_cannot_be_made_is_listed_and_the_rest_is_written() {
    let (lab, id) = with_request();
    let place = lab.path("out");
    let ended = lab.run(&["block", "document", &id, "--out", place.to_str().unwrap()]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(
        ended.err.contains("evidence_sheet is not made")
            && ended.err.contains("tazy evidence export"),
        "{}",
        ended.err
    );
    assert!(
        ended.out.contains("submission") && ended.out.contains("inspection_protocol"),
        "{}",
        ended.out
    );
    let unlifted = lab.run(&[
        "block",
        "document",
        &id,
        "--kind",
        "lift",
        "--out",
        place.to_str().unwrap(),
    ]);
    assert!(
        unlifted.err.contains("record `lift` first"),
        "{}",
        unlifted.err
    );
}

#[test]
fn the_evidence_bundle_of_a_new_draft_stands_in_its_evidence_sheet() {
    let (lab, id) = with_request();
    let bundle = lab.path("shop.wacz");
    done(&lab.run(&[
        "evidence",
        "export",
        "shop.example",
        "--out",
        bundle.to_str().unwrap(),
    ]));
    let drafted = lab.run(&[
        "block",
        "draft",
        "shop.example",
        "--authority",
        "information_committee",
        "--scope",
        "host",
        "--scope-reason",
        "every page sells",
        "--supersede",
        &id,
        "--json",
    ]);
    let new = done(&drafted).json()["id"].as_str().unwrap().to_owned();
    let place = lab.path("out");
    let out = place.to_str().unwrap();
    done(&lab.run(&[
        "block",
        "document",
        &new,
        "--kind",
        "evidence",
        "--language",
        "kk",
        "--out",
        out,
    ]));
    let page =
        std::fs::read_to_string(place.join(format!("{new}_evidence_sheet_kk.html"))).unwrap();
    let digest = tazy::digest::Digest::of(&std::fs::read(&bundle).unwrap()).to_string();
    assert!(page.contains(&digest) && page.contains("<img class=\"qr\""));
    // What was replaced says so on every page.
    done(&lab.run(&[
        "block",
        "document",
        &id,
        "--kind",
        "annex",
        "--language",
        "ru",
        "--out",
        out,
    ]));
    let old = std::fs::read_to_string(place.join(format!("{id}_annex_ru.html"))).unwrap();
    assert!(old.contains("SUPERSEDED") && old.contains(&new));
}

//! The figures of a unit, from the records of a store, on the command line.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

#[expect(dead_code, reason = "this file needs a part of it")]
#[path = "review/lab.rs"]
mod lab;

use lab::{Ended, Lab};

const SHOP: &str = "Мефедрон кристалл";
/// Whatever the clock of this machine says.
const EVER: &str = "2000-01-01..2199-12-31";

#[track_caller]
fn done(ended: &Ended) -> &Ended {
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.out, ended.err);
    ended
}

/// Four sites examined, three flagged; one confirmed and ordered to be blocked, one dismissed, one open.
fn worked() -> Lab {
    let lab = Lab::new();
    let sites = [
        ("shop.example", SHOP),
        ("news.example", SHOP),
        ("open.example", SHOP),
        ("clear.example", "Погода"),
    ];
    lab.visit("r-1", &sites);
    std::fs::write(lab.path("store/tazy.toml"), "[evidence]\nunit = 'Unit 7'\n").unwrap();
    done(&lab.run(&[
        "review",
        "confirm",
        "shop.example",
        "--note",
        "sells mephedrone",
    ]));
    done(&lab.run(&["review", "dismiss", "news.example", "--reason", "news"]));
    let draft = lab.run(&[
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
    let id = done(&draft).json()["id"].as_str().unwrap().to_owned();
    done(&lab.run(&["block", "approve", &id, "--author", "n.omarova"]));
    let paper = ["--number", "1", "--date", "2026-11-22"];
    done(&lab.run(&[&["block", "file", &id], &paper[..]].concat()));
    let order = ["--organ", "Committee"];
    done(&lab.run(&[&["block", "reply", &id, "order"], &paper[..], &order[..]].concat()));
    lab
}

fn report(lab: &Lab, more: &[&str]) -> Ended {
    lab.run(&[&["report", "--period", EVER], more].concat())
}

#[test]
fn every_number_follows_from_the_records() {
    let lab = worked();
    let json = done(&report(&lab, &["--format", "json"])).json();
    let total = &json["figures"]["total"];
    for (measure, count) in [
        ("examined", 4),
        ("flagged", 3),
        ("confirmed", 1),
        ("dismissed", 1),
        ("submitted", 1),
        ("ordered", 1),
    ] {
        assert_eq!(total[measure]["count"], count, "{measure}");
        let dossiers = total[measure]["dossiers"].as_array().unwrap();
        assert_eq!(dossiers.len(), count, "{measure}");
    }
    assert!(total.get("verified_blocked").is_none());
    assert_eq!(
        json["figures"]["by_category"]["drug_sale"]["confirmed"]["count"],
        1
    );
    let rule = &json["figures"]["rules"]["drug_sale.goods"];
    assert_eq!(rule["confirmed"]["count"], 1);
    assert_eq!(rule["dismissed"]["count"], 1);
    assert_eq!(rule["precision"], 0.5);
    let before = report(&lab, &["--json"]).json();
    assert_eq!(before["digest"], json["digest"]);
    let none = lab.run(&["report", "--period", "2001", "--json"]).json();
    assert_eq!(none["figures"]["total"], serde_json::json!({}));
}

#[test]
fn the_forms_say_the_same_and_none_shows_a_live_link_to_people() {
    let lab = worked();
    let text = report(&lab, &["--dossiers"]);
    for wanted in [
        "sites examined",
        "drug_sale",
        "drug_sale.goods",
        "shop[.]example",
        "50.0 %",
    ] {
        assert!(
            done(&text).out.contains(wanted),
            "{wanted:?} in {}",
            text.out
        );
    }
    assert!(!text.out.contains("shop.example"), "{}", text.out);
    let html = report(&lab, &["--format", "html"]);
    for wanted in [
        "<svg",
        "<figure role=\"img\"",
        "<th>Category</th>",
        "default-src 'none'",
        "shop[.]example",
    ] {
        assert!(done(&html).out.contains(wanted), "{wanted:?}");
    }
    assert!(!html.out.contains("shop.example") && !html.out.contains("<script"));
    assert_eq!(
        html.out,
        report(&lab, &["--format", "html"]).out,
        "the same bytes"
    );
    let csv = report(&lab, &["--format", "csv"]);
    assert!(
        done(&csv).out.contains("number,examined,4,\r\n"),
        "{}",
        csv.out
    );
    assert!(
        csv.out.contains("dossier,examined,1,shop.example\r\n"),
        "{}",
        csv.out
    );
    let refused = report(&lab, &["--format", "docx"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("--out FILE"), "{}", refused.err);
    done(&report(
        &lab,
        &["--format", "docx", "--out", "figures.docx"],
    ));
    let docx = std::fs::read(lab.path("figures.docx")).unwrap();
    assert!(docx.starts_with(b"PK"));
}

#[test]
fn frozen_figures_are_the_same_whatever_is_recorded_later() {
    let lab = worked();
    let frozen = report(&lab, &["--freeze", "--json"]);
    let id = done(&frozen).json()["frozen"].as_str().unwrap().to_owned();
    assert!(frozen.err.contains(&id), "{}", frozen.err);
    lab.visit("r-2", &[("later.example", SHOP), ("shop.example", SHOP)]);
    done(&lab.run(&["review", "confirm", "open.example", "--note", "sells too"]));
    let now = report(&lab, &["--json"]).json();
    assert_eq!(now["figures"]["total"]["confirmed"]["count"], 2);
    let again = lab.run(&["report", "--recompute", &id]);
    assert!(
        done(&again).out.contains("the same figures"),
        "{}",
        again.out
    );
    let all = lab.run(&["report", "--recompute", "all", "--json"]);
    assert_eq!(done(&all).json()["same"], true);
    let list = lab.run(&["report", "--list", "--json"]).json();
    assert_eq!(list["id"], id.as_str());
    assert_eq!(list["numbers"]["confirmed"], 1);
    assert_eq!(list["by"], "d.akhmetov");
    // The index can be made anew, and the log vouches for the record.
    done(&lab.run(&["store", "rebuild"]));
    done(&lab.run(&["report", "--recompute", &id]));
    done(&lab.run(&["store", "check"]));
    let unknown = lab.run(&["report", "--recompute", "rep-none"]);
    assert_eq!(unknown.code, Some(1));
}

#[test]
fn a_report_of_records_that_were_deleted_says_which_numbers_differ() {
    let lab = worked();
    done(&report(&lab, &["--freeze"]));
    done(&lab.run(&[
        "store",
        "delete",
        "clear.example",
        "--reason",
        "kept long enough",
    ]));
    let again = lab.run(&["report", "--recompute", "all"]);
    assert_eq!(again.code, Some(1), "{}\n{}", again.out, again.err);
    assert!(
        again.out.contains("examined: 4 reported, 3 now"),
        "{}",
        again.out
    );
    assert!(again.out.contains("deleted by retention"), "{}", again.out);
}

#[test]
fn a_wrong_period_says_what_to_write() {
    let lab = worked();
    for (words, wanted) in [
        (["report", "--period", "last year"], "2026-Q3"),
        (
            ["report", "--period", "2026-03-01..2026-01-01"],
            "earlier day first",
        ),
    ] {
        let refused = lab.run(&words);
        assert_eq!(refused.code, Some(2));
        assert!(refused.err.contains(wanted), "{}", refused.err);
    }
    assert_eq!(lab.run(&["report"]).code, Some(2));
}

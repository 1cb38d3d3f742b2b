use super::*;
use crate::app::eval::{Summary, read_manifest};
use std::fs;
use std::path::Path;

const PACK: &str = r"
pack: test
version: 1.0.0
owner: tazy
terms:
  goods: {any: [мефедрон]}
  bait: {any: [гарантированный доход]}
  weather: {any: [погода]}
rules:
  - {id: drug_sale.a, version: 1, status: live, category: drug_sale, evidence: goods, weight: 6, when: {term: goods}}
  - {id: investment_fraud.a, version: 1, status: live, category: investment_fraud, evidence: bait, weight: 4.5, when: {term: bait}}
  - {id: drug_sale.weather, version: 1, status: shadow, category: drug_sale, evidence: goods, weight: 6, when: {term: weather}}
";
const SCORING: &str = "prior: -4\nreview: 0.5\nurgent: 0.8\nagainst_cap: 6\nsupplement_share: 0.7\n\
    other_pages_against_cap: 1\nevidence: {goods: {cap: 6}, bait: {cap: 6}}\n";
const MANIFEST: &str = r#"{"id":"a","label":"drug_sale","path":"a.html","lang":"ru","site":"s"}
{"id":"b","label":"drug_sale","path":"b","lang":"ru","site":"s"}
{"id":"c","label":"drug_sale","path":"c.txt","lang":"ru"}
{"id":"d","label":"scam","path":"c.txt","lang":"kk","url":"http://a.example.kz/"}
{"id":"e","label":"benign","path":"e.html"}
{"id":"f","label":"benign_hard","path":"b"}
{"id":"g","label":"benign","path":"missing.html"}
"#;

fn folder_with_data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("a.html", "<p>Ничего особенного");
    write("b", "<!DOCTYPE html><body><p>Есть <b>мефедрон</b>");
    write("c.txt", "Гарантированный доход каждый день");
    write("e.html", "<p>Погода в Астане");
    write("rules/test.yaml", PACK);
    write("rules/scoring.yaml", SCORING);
    folder
}

fn run(folder: &Path, threads: usize) -> (Vec<Judged>, Vec<LineError>) {
    let ruleset = Ruleset::load(&folder.join("rules")).expect("a ruleset");
    let (samples, errors) = read_manifest(MANIFEST, folder);
    assert_eq!(errors, []);
    evaluate(&samples, &ruleset, threads)
}

#[test]
fn samples_are_judged_by_site_and_counted_by_label_and_family() {
    let folder = folder_with_data();
    let (judged, errors) = run(folder.path(), 2);
    let ids: Vec<&str> = judged.iter().map(|sample| sample.id.as_str()).collect();
    assert_eq!(ids, ["s", "c", "d", "e", "f"]);
    assert_eq!(errors.len(), 1, "the missing file is named: {errors:?}");
    assert!(errors[0].message.starts_with("g: "));
    let summary = Summary::of(&judged, errors.len());
    let counts = |label: Label| {
        let c = summary.labels[&label];
        (c.n, c.flagged, c.urgent, c.right_family)
    };
    assert_eq!(
        counts(Label::DrugSale),
        (2, 2, 1, 1),
        "c is flagged, but as fraud"
    );
    assert_eq!(counts(Label::Scam), (1, 1, 0, 1));
    assert_eq!(counts(Label::BenignHard), (1, 1, 1, 0));
    let weather = summary.shadow["drug_sale.weather"];
    assert_eq!((weather.positives, weather.negatives), (0, 1));
    assert!((summary.recall - 1.0).abs() < 1e-9);
    assert!((summary.false_positive_rate - 0.5).abs() < 1e-9);
    assert!((summary.precision - 0.75).abs() < 1e-9);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = folder_with_data();
    let verdicts = |threads| -> Vec<Verdict> {
        run(folder.path(), threads)
            .0
            .into_iter()
            .map(|judged| judged.verdict)
            .collect()
    };
    assert_eq!(verdicts(1), verdicts(4));
}

#[test]
fn pages_without_a_url_get_a_host_that_means_nothing() {
    assert_eq!(
        synthetic_url("Каспи/kaspi-1.html", 0),
        "http://kaspi-1-html.invalid/"
    );
    assert_eq!(synthetic_url("***", 2), "http://sample.invalid/2");
}

use super::*;
use crate::capture::Capture;
use crate::page::{self, RegionKind};
use crate::suspect::SuspectUrl;
use crate::text::Language;

const SCORING: &str = "\
prior: -4.0
review: 0.5
urgent: 0.9
against_cap: 6.0
place_cap: 3.9
supplement_share: 0.7
other_pages_against_cap: 1.0
evidence:
  goods: {cap: 2.5}
  stash: {cap: 2.6, supplements: true}
  contact: {cap: 1.0, supplements: true}
against:
  report: 4.0
";

/// Scoring without any rule: the findings are given.
fn ruleset() -> Ruleset {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("scoring.yaml"), SCORING).expect("a file");
    Ruleset::load(folder.path()).expect("a ruleset")
}

fn finding(rule: &str, evidence: &str, weight: f64) -> Finding {
    let against = weight < 0.0;
    Finding {
        rule: rule.to_owned(),
        category: (!against).then_some(Category::DrugSale),
        lowers: if against {
            vec![Family::Drugs]
        } else {
            Vec::new()
        },
        evidence: evidence.to_owned(),
        weight,
        url: SuspectUrl::parse("http://a.invalid/").expect("a URL"),
        region: RegionKind::Text,
        excerpt: String::new(),
        marks: Vec::new(),
        span: (place_of(rule), place_of(rule) + 1),
    }
}

/// Different rules rest on different places, unless a test says otherwise.
fn place_of(rule: &str) -> usize {
    rule.bytes().map(usize::from).sum()
}

fn page_with(findings: Vec<Finding>) -> Examined {
    let url = SuspectUrl::parse("http://a.invalid/").expect("a URL");
    Examined {
        page: page::parse(&Capture::of_file(&url, Some("text/plain"), Vec::new())),
        language: Language::Ru,
        entities: Vec::new(),
        findings,
        shadow: Vec::new(),
    }
}

fn score(pages: &[Examined]) -> f64 {
    judge(pages, &ruleset()).top().map_or(0.0, |top| top.score)
}

#[test]
fn evidence_of_one_kind_is_capped() {
    let one = score(&[page_with(vec![finding("a", "goods", 9.0)])]);
    let ten = score(&[page_with(
        (0..10)
            .map(|i| finding(&i.to_string(), "goods", 9.0))
            .collect(),
    )]);
    assert!((one - ten).abs() < 1e-9);
    assert!(one < 0.5, "goods alone never flag");
}

#[test]
fn rules_that_rest_on_one_place_of_a_page_share_its_cap() {
    let kinds = || {
        [
            finding("a", "goods", 2.5),
            finding("b", "stash", 2.6),
            finding("c", "contact", 1.0),
        ]
    };
    let mut together = kinds();
    for finding in &mut together {
        finding.span = (0, 5);
    }
    let same_word = score(&[page_with(together.to_vec())]);
    assert!(same_word < 0.5, "{same_word}");
    let mut apart = kinds();
    for (at, finding) in apart.iter_mut().enumerate() {
        finding.span = (at * 10, at * 10 + 5);
    }
    let three_words = score(&[page_with(apart.to_vec())]);
    assert!(three_words > 0.85, "{three_words}");
}

#[test]
fn goods_and_contact_on_two_pages_are_one_shop() {
    let goods = || vec![finding("a", "goods", 2.5), finding("b", "stash", 2.6)];
    let alone = score(&[page_with(goods())]);
    let with_contact = score(&[
        page_with(goods()),
        page_with(vec![finding("c", "contact", 1.0)]),
    ]);
    let together = score(&[page_with(
        [goods(), vec![finding("c", "contact", 1.0)]].concat(),
    )]);
    assert!(alone < with_contact && with_contact < together);
}

#[test]
fn a_thousand_harmless_pages_do_not_add_up() {
    let pages: Vec<Examined> = (0..1000)
        .map(|i| page_with(vec![finding(&format!("r{i}"), "goods", 1.5)]))
        .collect();
    let one = score(&pages[..1]);
    assert!((score(&pages) - one).abs() < 1e-9);
}

#[test]
fn evidence_against_lowers_and_elsewhere_only_a_little() {
    let shop = || {
        vec![
            finding("a", "goods", 2.5),
            finding("b", "stash", 2.6),
            finding("c", "contact", 1.0),
        ]
    };
    let plain = score(&[page_with(shop())]);
    let own = score(&[page_with(
        [shop(), vec![finding("n", "report", -3.0)]].concat(),
    )]);
    let elsewhere = score(&[
        page_with(shop()),
        page_with(vec![finding("n", "report", -3.0)]),
    ]);
    assert!(own < elsewhere && elsewhere < plain);
    let log_odds = |score: f64| (score / (1.0 - score)).ln();
    assert!(log_odds(plain) - log_odds(elsewhere) <= 1.0 + 1e-9);
}

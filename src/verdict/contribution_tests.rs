use super::*;
use crate::capture::Capture;
use crate::rules::Ruleset;
use crate::verdict::{Band, CategoryScore, Examined, examine, judge};

const PACK: &str = r"
pack: test
version: 1.0.0
owner: tazy
terms:
  goods: {any: [мефедрон]}
  price: {any: [недорого]}
  contact: {any: [пишите]}
  news: {any: [полиция]}
rules:
  - {id: drug_sale.goods, version: 1, status: live, category: drug_sale, evidence: goods, weight: 3, when: {term: goods}}
  - {id: drug_sale.price, version: 1, status: live, category: drug_sale, evidence: price, weight: 2, when: {term: price}}
  - {id: drug_sale.contact, version: 1, status: live, category: drug_sale, evidence: contact, weight: 1.5, when: {term: contact}}
  - {id: context.news, version: 1, status: live, lowers: [drugs], evidence: report, weight: -2, when: {term: news}}
";
const SCORING: &str = "prior: -4\nreview: 0.5\nurgent: 0.8\nagainst_cap: 6\nsupplement_share: 0.7\n\
    other_pages_against_cap: 1\nevidence: {goods: {cap: 6}, price: {cap: 2}, contact: {cap: 3, supplements: true}}\nagainst: {report: 3}\n";

fn ruleset() -> Ruleset {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("test.yaml"), PACK).unwrap();
    std::fs::write(folder.path().join("scoring.yaml"), SCORING).unwrap();
    Ruleset::load(folder.path()).unwrap()
}

fn pages(texts: &[&str], ruleset: &Ruleset) -> Vec<Examined> {
    let page = |(n, text): (usize, &&str)| {
        let url = SuspectUrl::parse(&format!("http://a.invalid/{n}")).unwrap();
        let body = format!("<p>{text}").into_bytes();
        examine(&Capture::of_file(&url, Some("text/html"), body), ruleset)
    };
    texts.iter().enumerate().map(page).collect()
}

fn judged(pages: &[Examined], ruleset: &Ruleset) -> Option<CategoryScore> {
    judge(pages, ruleset).top().cloned()
}

/// Without the rule, as if it had not been written.
fn judged_without(pages: &[Examined], rule: &str, ruleset: &Ruleset) -> f64 {
    let mut pages = pages.to_vec();
    for page in &mut pages {
        page.findings.retain(|finding| finding.rule != rule);
    }
    judged(&pages, ruleset).map_or(0.0, |score| score.score)
}

#[test]
fn the_score_without_a_rule_is_what_the_pages_would_give_without_it() {
    let ruleset = ruleset();
    for texts in [
        &["Мефедрон недорого. Пишите"][..],
        &["Мефедрон недорого", "Пишите"],
        &["Мефедрон недорого. Полиция", "Пишите", "Полиция"],
        &["Мефедрон", "Мефедрон недорого пишите", "Полиция"],
        &["Пишите"],
    ] {
        let pages = pages(texts, &ruleset);
        let recorded = judged(&pages, &ruleset).unwrap();
        for rule in [
            "drug_sale.goods",
            "drug_sale.price",
            "drug_sale.contact",
            "context.news",
        ] {
            let without = score_without(&recorded, rule, &ruleset);
            let expected = judged_without(&pages, rule, &ruleset);
            assert!(
                (without - expected).abs() < 1e-9,
                "{texts:?} {rule}: {without} {expected}"
            );
        }
    }
}

#[test]
fn a_score_of_another_ruleset_loses_what_the_rule_weighs() {
    let ruleset = ruleset();
    let pages = pages(&["Мефедрон недорого. Пишите"], &ruleset);
    let mut recorded = judged(&pages, &ruleset).unwrap();
    assert_eq!(recorded.band, Band::Urgent);
    recorded.score = 0.5;
    let without = score_without(&recorded, "drug_sale.contact", &ruleset);
    assert!((without - logistic(-1.5)).abs() < 1e-9);
    let unnamed = score_without(&recorded, "drug_sale.other", &ruleset);
    assert!((unnamed - 0.5).abs() < 1e-9);
}

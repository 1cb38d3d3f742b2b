use super::*;
use crate::rules::load::compile;
use crate::rules::{RuleError, Status, scan};
use crate::{capture::Capture, entity, page};

const PACK: &str = "\
pack: test
version: 1.0.0
owner: tazy
terms:
  goods: {any: [мефедрон]}
  contact: {any: [пишите]}
  news: {any: [репортаж]}
rules:
  - {id: drug_sale.goods, version: 1, status: live, category: drug_sale, evidence: goods, weight: 1, when: {term: goods}}
  - {id: drug_sale.contact, version: 1, status: shadow, category: drug_sale, evidence: goods, weight: 1, when: {term: contact}}
  - {id: drug_sale.news, version: 1, status: draft, category: drug_sale, evidence: goods, weight: 1, when: {term: news}}
";

fn with_site_rule(when: &str, status: &str) -> Result<Ruleset, Vec<RuleError>> {
    let rule = format!(
        "  - {{id: drug_sale.apart, version: 1, status: {status}, scope: site, category: drug_sale, \
         evidence: composite, weight: 2, when: {when}}}\n"
    );
    compile(&[("test.yaml".to_owned(), format!("{PACK}{rule}"))])
}

fn scan_pages(ruleset: &Ruleset, pages: &[&str]) -> Scanned {
    let scanned: Vec<(SuspectUrl, Scanned)> = pages
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let url = SuspectUrl::parse(&format!("http://a.invalid/{index}")).expect("a URL");
            let capture = Capture::of_file(&url, Some("text/plain"), text.as_bytes().to_vec());
            let page = page::parse(&capture);
            let found = scan(&page, &entity::scan(&page), ruleset);
            (url, found)
        })
        .collect();
    let pages = scanned.iter().map(|(url, found)| PageFindings {
        url,
        parts: &found.parts,
    });
    scan_site(pages, ruleset)
}

fn holds(when: &str, pages: &[&str]) -> bool {
    let ruleset = with_site_rule(when, "live").expect("a ruleset");
    !scan_pages(&ruleset, pages).findings.is_empty()
}

#[track_caller]
fn problem(when: &str) -> String {
    let errors = with_site_rule(when, "live").expect_err("a problem");
    errors.iter().map(ToString::to_string).collect()
}

const APART: &str = "{all: [{any_page: {rule: drug_sale.goods}}, {any_page: {rule: drug_sale.contact}}, \
    {not: {any_page: {all: [{rule: drug_sale.goods}, {rule: drug_sale.contact}]}}}]}";

#[test]
fn goods_and_contact_on_two_pages_are_one_finding_with_both_places() {
    let ruleset = with_site_rule(APART, "live").expect("a ruleset");
    let found = scan_pages(&ruleset, &["Есть мефедрон", "О нас", "Всегда пишите"]).findings;
    assert_eq!(found.len(), 1);
    assert!(found[0].url.as_str().ends_with("/0"));
    assert_eq!(found[0].excerpt, "Есть мефедрон");
    assert_eq!(found[0].also.len(), 1);
    assert!(found[0].also[0].url.as_str().ends_with("/2"));
    assert_eq!(found[0].also[0].excerpt, "Всегда пишите");
    assert!(!holds(APART, &["Есть мефедрон", "О нас"]));
    assert!(!holds(APART, &["Есть мефедрон, пишите", "пишите"]));
}

#[test]
fn what_a_page_must_show_is_written_like_any_condition() {
    let when = "{all: [{any_page: {all: [{term: goods}, {not: {term: news}}]}}, {any_page: {entity: telegram}}]}";
    assert!(holds(when, &["мефедрон", "наш канал t.me/abcde_shop"]));
    assert!(!holds(
        when,
        &["мефедрон, репортаж", "наш канал t.me/abcde_shop"]
    ));
    let ruleset = with_site_rule(when, "live").expect("a ruleset");
    assert_eq!(ruleset.rules().len(), 4, "parts are not listed");
    let found = scan_pages(&ruleset, &["мефедрон"]);
    assert!(found.findings.is_empty() && found.shadow.is_empty());
}

#[test]
fn pages_with_a_rule_are_counted_by_their_addresses() {
    let two = "{pages_with: {at_least: 2, of: drug_sale.goods}}";
    assert!(holds(two, &["мефедрон", "", "мефедрон"]));
    assert!(!holds(two, &["мефедрон, мефедрон", ""]));
    let ruleset = with_site_rule(two, "live").expect("a ruleset");
    let url = SuspectUrl::parse("http://a.invalid/").expect("a URL");
    let capture = Capture::of_file(&url, Some("text/plain"), "мефедрон".into());
    let page = page::parse(&capture);
    let found = scan(&page, &[], &ruleset);
    let twice = || PageFindings {
        url: &url,
        parts: &found.parts,
    };
    assert!(scan_site([twice(), twice()], &ruleset).findings.is_empty());
}

#[test]
fn a_shadow_rule_over_sites_is_counted_and_shows_nothing() {
    let ruleset = with_site_rule(APART, "shadow").expect("a ruleset");
    let found = scan_pages(&ruleset, &["мефедрон", "пишите"]);
    assert!(found.findings.is_empty());
    assert_eq!(found.shadow.len(), 1);
    assert_eq!(ruleset.rules()[0].status, Status::Shadow);
}

#[test]
fn mistakes_in_rules_over_sites_are_named() {
    let refused = |when: &str, why: &str| assert!(problem(when).contains(why), "{when}");
    refused(
        "{any_page: {rule: drug_sale.good}}",
        "did you mean \"drug_sale.goods\"?",
    );
    refused("{any_page: {term: good}}", "did you mean \"goods\"?");
    refused("{term: goods}", "goes into any_page");
    refused(
        "{any_page: {any_page: {term: goods}}}",
        "need `scope: site`",
    );
    refused(
        "{not: {any_page: {rule: drug_sale.goods}}}",
        "holds on an empty page",
    );
    refused(
        "{any_page: {not: {rule: drug_sale.goods}}}",
        "holds on an empty page",
    );
    refused(
        "{any_page: {rule: drug_sale.apart}}",
        "holds on no single page",
    );
    let pages = "{pages_with: {at_least: 0, of: drug_sale.goods}}";
    assert!(problem(pages).contains("always holds"));
    let page_rule = "  - {id: drug_sale.x, version: 1, status: live, category: drug_sale, evidence: goods, \
        weight: 1, when: {any_page: {rule: drug_sale.goods}}}\n";
    let errors = compile(&[("test.yaml".to_owned(), format!("{PACK}{page_rule}"))]);
    assert!(
        errors.expect_err("a problem")[0]
            .message
            .contains("scope: site")
    );
    let refers = "  - {id: drug_sale.s, version: 1, status: live, scope: site, category: drug_sale, evidence: a, \
        weight: 1, when: {any_page: {rule: drug_sale.goods}}}\n  - {id: drug_sale.x, version: 1, status: live, \
        category: drug_sale, evidence: a, weight: 1, when: {rule: drug_sale.s}}\n";
    let errors = compile(&[("test.yaml".to_owned(), format!("{PACK}{refers}"))]);
    assert!(
        errors.expect_err("a problem")[0]
            .message
            .contains("holds on no single page")
    );
}

#[test]
fn examples_of_rules_over_sites_are_sites() {
    let rule = format!(
        "  - {{id: drug_sale.apart, version: 1, status: live, scope: site, category: drug_sale, evidence: composite, \
         weight: 2, when: {APART}, tests: {{match: [{{pages: [мефедрон, {{html: <p>пишите}}]}}], \
         no_match: [{{pages: [мефедрон]}}, мефедрон]}}}}\n"
    );
    let ruleset = compile(&[("test.yaml".to_owned(), format!("{PACK}{rule}"))]).expect("a ruleset");
    let report = ruleset.run_examples(Some("apart"));
    assert_eq!((report.examples, report.failures), (3, Vec::new()));
}

use crate::rules::load::{compile, compile_with};
use crate::rules::{RuleError, Ruleset, Scanned, scan};
use crate::suspect::SuspectUrl;
use crate::{capture::Capture, entity, page};
use jiff::civil::{Date, date};

const PACK: &str = "\
pack: test
version: 1.0.0
owner: tazy
terms:
  goods: {any: [соль для ванн]}
  sale: {any: [купить]}
  news: {any: [репортаж]}
rules:
  - {id: drug_sale.goods, version: 1, status: live, category: drug_sale, evidence: goods, weight: 1, when: {term: goods}}
  - {id: drug_sale.both, version: 1, status: live, category: drug_sale, evidence: goods, weight: 2,
     when: {all: [{rule: drug_sale.goods}, {term: sale}]}}
  - {id: context.news, version: 1, status: live, lowers: [drugs], evidence: report, weight: -1,
     when: {all: [{term: news}, {term: goods}]}}
";
const TODAY: Date = date(2026, 11, 22);
const SIGNED: &str = "reason: a test, author: me";

fn pack() -> (String, String) {
    ("test.yaml".to_owned(), PACK.to_owned())
}

fn with(entry: &str) -> Result<Ruleset, Vec<RuleError>> {
    let file = (
        "overrides.yaml".to_owned(),
        format!("overrides:\n  - {{{entry}, {SIGNED}}}\n"),
    );
    compile_with(&[pack()], Some((&file, TODAY)))
}

fn scan_at(ruleset: &Ruleset, url: &str, html: &str) -> Scanned {
    let url = SuspectUrl::parse(url).expect("a URL");
    let capture = Capture::of_file(&url, Some("text/html; charset=utf-8"), html.into());
    let page = page::parse(&capture);
    scan(&page, &entity::scan(&page), ruleset)
}

fn rules_of(scanned: &Scanned) -> Vec<&str> {
    scanned.findings.iter().map(|f| f.rule.as_str()).collect()
}

const PAGE: &str = "<p>Купить соль для ванн, репортаж";

#[test]
fn a_disabled_rule_holds_for_nobody_and_says_why() {
    let ruleset = with("disable: drug_sale.goods").expect("a ruleset");
    let scanned = scan_at(&ruleset, "http://a.invalid/", PAGE);
    assert_eq!(rules_of(&scanned), ["context.news"]);
    assert_eq!(scanned.silenced.len(), 1);
    assert_eq!(scanned.silenced[0].why, "disabled: a test (me)");
    assert_eq!(
        ruleset.override_of("drug_sale.goods").as_deref(),
        Some("disabled: a test (me)")
    );
    assert_eq!(ruleset.override_of("drug_sale.both"), None);
}

#[test]
fn a_rule_gets_another_weight_of_the_same_sign() {
    let ruleset = with("weigh: drug_sale.goods, weight: 0.25").expect("a ruleset");
    let scanned = scan_at(&ruleset, "http://a.invalid/", PAGE);
    assert!((scanned.findings[0].weight - 0.25).abs() < 1e-9);
    let note = ruleset.override_of("drug_sale.goods").expect("a note");
    assert!(note.starts_with("weight 0.25 instead of 1.00"), "{note}");
    let errors = with("weigh: drug_sale.goods, weight: -1").expect_err("a problem");
    assert!(errors[0].message.contains("keeps its sign"));
}

#[test]
fn a_host_is_exempt_from_the_rules_that_are_named() {
    let ruleset =
        with("exempt_host: www.museum.invalid, rules: [drug_sale.both]").expect("a ruleset");
    let there = scan_at(&ruleset, "http://museum.invalid/", PAGE);
    assert_eq!(rules_of(&there), ["drug_sale.goods", "context.news"]);
    for elsewhere in ["http://a.invalid/", "http://shop.museum.invalid/"] {
        let scanned = scan_at(&ruleset, elsewhere, PAGE);
        assert!(
            rules_of(&scanned).contains(&"drug_sale.both"),
            "{elsewhere}"
        );
    }
    let all = with("exempt_host: museum.invalid").expect_err("a problem");
    assert!(all[0].message.contains("never from all"));
}

#[test]
fn an_exempt_text_proves_nothing_and_the_rest_of_the_page_counts() {
    let ruleset = with("exempt_text: \"Соль для ванн «Мечта»\"").expect("a ruleset");
    let scanned = scan_at(
        &ruleset,
        "http://a.invalid/",
        "<p>купить соль для ванн «Мечта»</p><p>репортаж",
    );
    // What speaks against stays.
    assert_eq!(rules_of(&scanned), ["context.news"]);
    assert_eq!(scanned.silenced.len(), 2);
    assert!(scanned.silenced[0].why.contains("Мечта"));
    let other = scan_at(
        &ruleset,
        "http://a.invalid/",
        "<p>купить соль для ванн «Мечта»</p><p>и соль для ванн покрепче",
    );
    assert_eq!(rules_of(&other), ["drug_sale.goods", "drug_sale.both"]);
    assert!(other.findings[0].excerpt.contains("покрепче"));
    let word = with("exempt_text: мефедрон").expect_err("a problem");
    assert!(word[0].message.contains("single word"));
}

#[test]
fn an_expired_override_is_noted_and_changes_nothing() {
    let ruleset = with("disable: drug_sale.goods, expires: 2026-11-22").expect("a ruleset");
    assert_eq!(ruleset.override_notes().len(), 1);
    assert_eq!(
        ruleset.override_notes()[0].to_string(),
        "overrides.yaml:2: expired 2026-11-22 and is ignored: a test (me)"
    );
    assert_eq!(ruleset.overrides_in_force(), 0);
    assert!(
        !scan_at(&ruleset, "http://a.invalid/", PAGE)
            .findings
            .is_empty()
    );
    let tomorrow = with("disable: drug_sale.goods, expires: 2026-11-23").expect("a ruleset");
    assert_eq!(tomorrow.overrides_in_force(), 1);
    assert_ne!(ruleset.version(), tomorrow.version());
}

#[test]
fn overrides_change_the_version_of_the_rules() {
    let plain = compile(&[pack()]).expect("a ruleset");
    let disabled = with("disable: drug_sale.goods").expect("a ruleset");
    let other = with("disable: drug_sale.both").expect("a ruleset");
    assert_ne!(plain.version(), disabled.version());
    assert_ne!(disabled.version(), other.version());
}

#[test]
fn mistakes_are_told_with_place_and_way_out() {
    let problem = |entry: &str| with(entry).expect_err("a problem")[0].to_string();
    assert_eq!(
        problem("disable: drug_sale.good"),
        "overrides.yaml:2: unknown rule \"drug_sale.good\"; did you mean \"drug_sale.goods\"?"
    );
    assert!(problem("disable: drug_sale.good, expires: 2020-01-01").contains("unknown rule"));
    assert!(problem("disable: drug_sale.goods, exempt_text: соль для ванн").contains("one of"));
    assert!(problem("weigh: drug_sale.goods").contains("belong together"));
    assert!(problem("disabled: drug_sale.goods").contains("unknown field"));
    assert!(problem("disable: drug_sale.goods, expires: soon").starts_with("overrides.yaml:2"));
    let file = (
        "overrides.yaml".to_owned(),
        "overrides:\n  - {disable: drug_sale.goods, reason: a}\n".to_owned(),
    );
    let errors = compile_with(&[pack()], Some((&file, TODAY))).expect_err("a problem");
    assert!(errors[0].message.contains("author"), "{}", errors[0]);
}

use crate::rules::load::compile;
use crate::rules::{Ruleset, RulesetSource};
use jiff::civil::date;

const SCORING: &str = "prior: -4\nreview: 0.5\nurgent: 0.9\nagainst_cap: 6\nsupplement_share: 0.7\n\
    other_pages_against_cap: 1\nevidence: {goods: {cap: 2.5}}\nagainst: {report: 4}\n";
const LAW: &str = "jurisdiction: kz\nacts: [{id: code, articles: [{id: '1'}]}]\n";
const TITLE: &str = "{ru: Товар, kk: Тауар, en: Goods}";
const TESTS: &str = "{match: [меф соль, меф соли, меф солью], no_match: [а, б, в]}";

/// The lints of a pack with these lists and rules.
fn lints(terms: &str, rules: &str) -> String {
    let pack = format!("pack: t\nversion: 1.0.0\nowner: o\nterms:\n{terms}rules:\n{rules}");
    let ruleset = compile(&[
        ("jurisdictions/kz.yaml".to_owned(), LAW.to_owned()),
        ("scoring.yaml".to_owned(), SCORING.to_owned()),
        ("t.yaml".to_owned(), pack),
    ])
    .expect("a ruleset");
    let lines: Vec<String> = ruleset.lint().iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn rule(id: &str, when: &str) -> String {
    format!(
        "  - {{id: {id}, version: 1, status: live, title: {TITLE}, category: drug_sale, evidence: goods, weight: 1.5, \
         legal_basis: [kz.code.1], when: {when}, tests: {TESTS}}}\n"
    )
}

const WORDS: &str = "  goods: {any: [соль, гашиш]}\n";

fn sound() -> String {
    rule("drug_sale.a", "{term: goods}")
}

fn with_entry(entry: &str) -> String {
    lints(&format!("  goods:\n    any:\n      - {entry}\n"), &sound())
}

#[test]
fn a_sound_pack_has_no_lints() {
    assert_eq!(lints(WORDS, &sound()), "");
}

#[test]
fn costly_expressions_are_told() {
    let message = with_entry(r#""re:меф\\w{1,9}""#);
    assert!(message.starts_with("t.yaml:7: goods: "), "{message}");
    assert!(message.contains("costly"), "{message}");
    assert!(with_entry("\"re:меф.*соль\"").contains("whole text"));
    assert!(with_entry("\"re:меф[^.]{0,500}соль\"").contains("whole text"));
    assert_eq!(with_entry("\"re:меф[^.]{0,40}соль\""), "");
}

#[test]
fn latin_classes_and_letters_beside_cyrillic_ones_are_told() {
    assert!(with_entry("\"re:закладк[a-z]+\"").contains("class of Latin letters"));
    assert!(with_entry("\"re:[a-z]?закладк\"").contains("class of Latin letters"));
    assert_eq!(with_entry("\"re:закладк[а-я]+\""), "");
    assert_eq!(with_entry("\"re:закладк [a-z]{2,9}\""), "");
    assert!(with_entry("\"re:зaкладк[аи]\"").contains("Latin and a Cyrillic letter"));
}

#[test]
fn a_short_word_needs_something_beside_it() {
    let short = "  goods: {any: [меф, гашиш]}\n  sale: {any: [купить]}\n";
    let both = rule("drug_sale.b", "{all: [{term: goods}, {term: sale}]}");
    assert_eq!(lints(short, &both), "");
    let alone = rule("drug_sale.b", "{all: [{term: goods}, {not: {term: sale}}]}");
    let message = lints(short, &alone);
    assert!(message.contains("\"меф\" of goods is enough"), "{message}");
    assert_eq!(
        lints(short, &alone.replace("weight: 1.5", "weight: 0.9")),
        ""
    );
}

#[test]
fn what_is_said_twice_is_told() {
    let same = lints(
        "  goods: {any: [соль, гашиш]}\n  wares: {any: [гашиш, Соль]}\n",
        &rule("drug_sale.a", "{any: [{term: goods}, {term: wares}]}"),
    );
    assert!(
        same.contains("t.yaml:6: wares: the same entries as goods (t.yaml:5)"),
        "{same}"
    );
    let within = lints(
        "  goods: {any: [соль, гашиш]}\n  wares: {any: [гашиш, соль, мак]}\n",
        &rule("drug_sale.a", "{all: [{term: goods}, {term: wares}]}"),
    );
    assert!(
        within.contains("every entry of goods is in wares too"),
        "{within}"
    );
    let twice = format!("{}{}", sound(), rule("drug_sale.b", "{term: goods}"));
    assert!(lints(WORDS, &twice).contains("the same condition as drug_sale.a"));
    assert!(with_entry("соль\n      - Соль").contains("stands in the list already, line 7"));
}

#[test]
fn a_list_that_no_rule_uses_is_told() {
    let message = lints("  goods: {any: [соль]}\n  other: {any: [мак]}\n", &sound());
    assert_eq!(message, "t.yaml:6: other: no rule uses the list; delete it");
}

#[test]
fn what_a_rule_lacks_is_told() {
    for (from, to, expected) in [
        (
            "legal_basis: [kz.code.1]",
            "legal_basis: []",
            "no legal_basis",
        ),
        ("kz.code.1", "kz.code.2", "did you mean \"kz.code.1\"?"),
        (TESTS, "{}", "0 match examples"),
        ("weight: 1.5", "weight: -1.5", "needs a positive weight"),
        ("evidence: goods", "evidence: wares", "has no cap"),
        ("ru: Товар", "ru: Tовар", "both Latin and Cyrillic"),
        ("en: Goods", "en: ''", "no en title"),
        (
            "[а, б, в]",
            "[а, б, меф соль]",
            "cannot both match and not match",
        ),
        ("меф солью]", "меф соль]", "stands twice"),
        ("version: 1,", "version: 0,", "count from 1"),
        (
            "drug_sale.a",
            "drug_job.a",
            "the id starts with the category",
        ),
    ] {
        let source = sound();
        assert!(source.contains(from), "{from}");
        let message = lints(WORDS, &source.replace(from, to));
        assert!(message.contains(expected), "{to}: {message}");
        assert!(message.starts_with("t.yaml:7: drug_"), "{message}");
    }
}

/// Every shipped rule has tests, owner and legal basis, and nothing that the checks above find.
#[test]
fn the_shipped_packs_have_no_lints() {
    let today = date(2026, 11, 22);
    let ruleset: Ruleset = RulesetSource::default().load(today).expect("the packs");
    assert_eq!(ruleset.lint(), []);
    for rule in ruleset.rules() {
        assert!(rule.examples >= 6, "{}", rule.id);
        assert!(
            rule.category.is_none() || !rule.legal_basis.is_empty(),
            "{}",
            rule.id
        );
    }
}

#[test]
fn the_shipped_packs_are_in_canonical_form() {
    let files = crate::rules::pack_files::embedded_files();
    for (path, text) in files
        .into_iter()
        .filter(|(path, _)| path != crate::rules::MODEL_FILE)
    {
        let formatted = crate::rules::format_yaml(&text).expect("a file that can be formatted");
        assert!(formatted == text, "{path}: run `tazy rules fmt`");
    }
}

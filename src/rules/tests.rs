//! Packs of a few lines through the whole engine.

use super::load::compile;
use super::*;
use crate::capture::Capture;
use crate::suspect::SuspectUrl;
use crate::{entity, page};

const SCORING: &str = "prior: -4\nreview: 0.5\nurgent: 0.9\nagainst_cap: 6\nsupplement_share: 0.7\n\
    other_pages_against_cap: 1\nevidence: {goods: {cap: 2.5}}\nagainst: {report: 4}\n";
const TERMS: &str = "\
pack: test
version: 1.0.0
owner: tazy
terms:
  goods: {any: [мефедрон, соль, гашиш]}
  sale: {any: [купить, цена]}
  shop: {any: [магазин]}
rules:
";

fn with_rule(rule: &str) -> Result<Ruleset, Vec<RuleError>> {
    compile(&[
        ("scoring.yaml".to_owned(), SCORING.to_owned()),
        ("test.yaml".to_owned(), format!("{TERMS}{rule}")),
    ])
}

/// A rule `drug_sale.r` with this condition and more keys.
fn rule(when: &str, more: &str) -> String {
    format!(
        "  - id: drug_sale.r\n    version: 1\n    status: live\n    category: drug_sale\n    evidence: goods\n    \
         weight: 1\n    when: {when}\n{more}"
    )
}

fn findings_at(ruleset: &Ruleset, url: &str, html: &str) -> Vec<Finding> {
    let url = SuspectUrl::parse(url).expect("a URL");
    let capture = Capture::of_file(&url, Some("text/html; charset=utf-8"), html.into());
    let page = page::parse(&capture);
    let entities = entity::scan(&page);
    scan(&page, &entities, ruleset).findings
}

fn holds(when: &str, html: &str) -> bool {
    let ruleset = with_rule(&rule(when, "")).expect("a ruleset");
    !findings_at(&ruleset, "http://a.invalid/", html).is_empty()
}

#[track_caller]
fn problem(source: &str) -> String {
    let errors = with_rule(source).expect_err("a problem");
    errors.iter().map(|e| e.to_string() + "\n").collect()
}

#[test]
fn conditions_hold_as_they_are_described() {
    let near = "{near: {words: 2, of: [{term: goods}, {term: sale}]}}";
    assert!(holds(near, "<p>Цена за наш мефедрон"));
    assert!(!holds(near, "<p>Цена очень и очень хорошая, мефедрон"));
    assert!(!holds(near, "<p>Цена</p><p>мефедрон"));
    let block = "{same_block: [{term: goods}, {term: sale}]}";
    assert!(holds(
        block,
        "<p>Цена и много других слов о том, как купить гашиш"
    ));
    assert!(!holds(block, "<p>Цена</p><p>гашиш"));
    let distinct = "{distinct: {at_least: 2, of: {term: goods}}}";
    assert!(holds(distinct, "<p>соль</p><p>гашиш"));
    assert!(!holds(distinct, "<p>соль, соль, соли"));
    assert!(holds(
        "{all: [{term: goods}, {not: {term: shop}}]}",
        "<p>соль"
    ));
    assert!(!holds(
        "{all: [{term: goods}, {not: {term: shop}}]}",
        "<p>соль магазин"
    ));
    assert!(holds(
        "{n_of: {n: 2, of: [{term: goods}, {term: sale}, {term: shop}]}}",
        "<p>соль магазин"
    ));
    assert!(holds(
        "{in: {where: [title], when: {term: shop}}}",
        "<title>Магазин</title>"
    ));
    assert!(!holds(
        "{in: {where: [title], when: {term: shop}}}",
        "<p>Магазин"
    ));
}

#[test]
fn the_text_of_a_link_counts_once() {
    let twice = "{count: {at_least: 2, of: {term: goods}}}";
    assert!(!holds(twice, "<p>есть <a href='/s'>соль</a> тут"));
    assert!(holds(twice, "<p>есть <a href='/s'>соль</a> и соль"));
}

#[test]
fn disguised_words_are_found_with_their_raw_spans() {
    let ruleset = with_rule(&rule("{term: goods}", "")).expect("a ruleset");
    for written in [
        "мeфедрон",
        "м е ф е д р о н",
        "м.е.ф.е.д.р.о.н",
        "ме\u{200b}федрон",
        "Г4шиш",
        "сoль",
    ] {
        let html = format!("<p>Есть <b>{written}</b> тут</p>");
        let found = findings_at(&ruleset, "http://a.invalid/", &html);
        assert_eq!(found.len(), 1, "{written}");
        let (start, end) = found[0].span;
        assert_eq!(&html[start..end], written);
        let (from, to) = found[0].marks[0];
        assert_eq!(
            found[0].excerpt[from..to].replace('\u{200b}', ""),
            written.replace('\u{200b}', "")
        );
    }
}

#[test]
fn words_that_a_style_sheet_turns_round_are_read() {
    let ruleset = with_rule(&rule("{term: goods}", "")).expect("a ruleset");
    let html = "<style>i{unicode-bidi:bidi-override;direction:rtl}</style><p>полка: <i>шишаг</i>";
    let found = findings_at(&ruleset, "http://a.invalid/", html);
    assert_eq!(found.len(), 1);
    assert_eq!(&html[found[0].span.0..found[0].span.1], "шишаг");
    assert!(findings_at(&ruleset, "http://a.invalid/", "<p>шишаг").is_empty());
}

#[test]
fn a_rule_that_refers_to_another_holds_with_it() {
    let source = "  - {id: drug_sale.b, version: 1, status: live, category: drug_sale, evidence: goods, weight: 1, \
         when: {all: [{rule: drug_sale.a}, {term: sale}]}}\n  - {id: drug_sale.a, version: 1, status: shadow, \
         category: drug_sale, evidence: goods, weight: 1, when: {term: goods}}\n";
    let ruleset = with_rule(source).expect("a ruleset");
    let found = findings_at(&ruleset, "http://a.invalid/", "<p>купить соль");
    let ids: Vec<&str> = found.iter().map(|f| f.rule.as_str()).collect();
    assert_eq!(ids, ["drug_sale.b"], "shadow rules hold but are not shown");
}

#[test]
fn mistakes_are_told_with_place_and_way_out() {
    assert!(
        problem(&rule("{term: good}", ""))
            .contains("test.yaml:9: drug_sale.r: unknown term \"good\"; did you mean \"goods\"?")
    );
    assert!(
        problem(&rule("{signal: form.pasword}", "")).contains("did you mean \"form.password\"?")
    );
    assert!(problem(&rule("{entity: telegramm}", "")).contains("did you mean \"telegram\"?"));
    assert!(
        problem(&rule("{term: goods}", "    where: [headings]\n"))
            .contains("did you mean \"heading\"?")
    );
    assert!(problem(&rule("{not: {term: goods}}", "")).contains("holds on an empty page"));
    assert!(
        problem(&rule(
            "{near: {words: 3, of: [{term: goods}, {signal: page.thin}]}}",
            ""
        ))
        .contains("near")
    );
    assert!(problem(&rule("{rule: drug_sale.r}", "")).contains("in a circle"));
    assert!(
        problem(&rule("{term: goods}", "    wheight: 2\n")).contains("test.yaml:16: unknown field")
    );
    assert!(
        problem(&format!(
            "{}{}",
            rule("{term: goods}", ""),
            rule("{term: sale}", "")
        ))
        .contains("exists already")
    );
}

#[test]
fn lint_asks_for_tests_titles_and_legal_basis() {
    let ruleset = with_rule(&rule("{term: goods}", "")).expect("a ruleset");
    let lints: String = ruleset
        .lint()
        .iter()
        .map(|lint| lint.to_string() + "\n")
        .collect();
    for expected in [
        "0 match examples",
        "0 no_match examples",
        "no ru title",
        "no legal_basis",
    ] {
        assert!(lints.contains(expected), "{expected} in {lints}");
    }
}

#[test]
fn examples_are_run_through_the_whole_pipeline() {
    let tests = "    tests: {match: [соль, \"<p>соли</p>\", консоль], no_match: [консоль, {html: \"<p>соль</p>\", url: \"http://a.kz/\"}]}\n";
    let ruleset = with_rule(&rule("{term: goods}", tests)).expect("a ruleset");
    let report = ruleset.run_examples(None);
    assert_eq!(
        (report.rules, report.examples, report.failures.len()),
        (1, 5, 2)
    );
    assert!(
        report.failures[0]
            .message
            .contains("should match, but does not: консоль")
    );
    assert!(
        report.failures[1]
            .message
            .contains("should not match, but does")
    );
}

fn has_signal(signal: &str, url: &str, html: &str) -> bool {
    let brands = "brands: [{id: kaspi, kind: bank, names: [Kaspi, Каспи], domains: [kaspi.kz], host_tokens: [kaspi], \
        distinctive: [kaspi], except: [kaspiysk]}, {id: ozon, kind: marketplace, names: [Ozon], domains: [ozon.ru], \
        host_tokens: [ozon]}]\nfree_hosting: [pages.dev]\nprotected: [gov.kz]\n";
    let source = rule(&format!("{{signal: {signal}}}"), "");
    let ruleset = compile(&[
        ("brands.yaml".to_owned(), brands.to_owned()),
        ("test.yaml".to_owned(), format!("{TERMS}{source}")),
    ])
    .expect("a ruleset");
    !findings_at(&ruleset, url, html).is_empty()
}

#[test]
fn hosts_that_imitate_a_brand_are_told_from_honest_ones() {
    let imitates = |url: &str| has_signal("host.brand_lookalike", url, "<p>a");
    for url in [
        "http://kaspi-bonus.top/",
        "http://kaspi.kz.login.site/",
        "http://kasp1.kz/",
        "http://kaspi.shop/",
        "http://mykaspigold.kz/",
        "http://kаspi.kz/",
        "http://ozon-kz.site/",
        "http://pay.ozon.delivery24.site/",
    ] {
        assert!(imitates(url), "{url}");
    }
    for url in [
        "http://kaspi.kz/",
        "http://pay.kaspi.kz/",
        "http://kaspiysk.ru/",
        "http://amazonozone.kz/",
        "http://ozonator.kz/",
        "http://news.kz/",
    ] {
        assert!(!imitates(url), "{url}");
    }
    assert!(has_signal("host.protected", "http://www.gov.kz/", "<p>a"));
    assert!(has_signal(
        "host.free_hosting",
        "http://shop.pages.dev/",
        "<p>a"
    ));
    assert!(!has_signal(
        "host.free_hosting",
        "http://pages.dev/",
        "<p>a"
    ));
}

#[test]
fn a_foreign_brand_in_the_title_is_a_signal() {
    assert!(has_signal(
        "title.foreign_brand",
        "http://bonus.site/",
        "<title>Вход в Kaspi</title>"
    ));
    assert!(has_signal(
        "title.foreign_brand",
        "http://bonus.site/",
        "<h1>Подарки от Каспи</h1>"
    ));
    assert!(!has_signal(
        "title.foreign_brand",
        "http://kaspi.kz/",
        "<title>Kaspi</title>"
    ));
}

#[test]
fn forms_lists_and_links_give_signals() {
    let form = "<form method=post action='http://10.0.0.1/x'><input type=password name=p></form>";
    assert!(has_signal("form.password", "http://a.kz/", form));
    assert!(has_signal("form.posts_to_ip", "http://a.kz/", form));
    assert!(has_signal("form.posts_elsewhere", "http://a.kz/", form));
    assert!(!has_signal(
        "form.posts_elsewhere",
        "http://a.kz/",
        "<form action='http://m.a.kz/'><input name=q></form>"
    ));
    let cities = "<ul><li>Алматы<li>Астана<li>Шымкент<li>Актобе<li>Өскемен</ul>";
    assert!(has_signal("list.cities", "http://a.kz/", cities));
    assert!(!has_signal(
        "list.cities",
        "http://a.kz/",
        "<p>В Алматы, как и в Астане, Шымкенте, Актобе и Таразе, прошли встречи жителей с акимами районов и городов"
    ));
    let dead = "<a href='#'>1</a><a href='#'>2</a><a href='#'>3</a><a href='javascript:void(0)'>4</a><a href='/x'>5</a>";
    assert!(has_signal("page.dead_links", "http://a.kz/", dead));
}

#[test]
fn the_embedded_rules_load() {
    let ruleset = Ruleset::embedded().expect("the packs of the repository");
    assert_eq!(ruleset.version().len(), 12);
}

//! The report for people: hostile pages stay text.

use crate::lab::Lab;
use crate::verify::exported;
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use std::io::Cursor;
use tazy::evidence::{VerifyOptions, verify_bundle};
use tazy::report::{Style, verification_html, write_verification};

const ELEMENTS: [&str; 26] = [
    "b", "body", "br", "code", "h1", "h2", "h3", "head", "html", "li", "mark", "meta", "p", "pre",
    "span", "style", "table", "tbody", "td", "th", "title", "tr", "ul", "i", "em", "strong",
];

fn elements(html: &str) -> BTreeSet<String> {
    let document = Html::parse_document(html);
    let all = Selector::parse("*").unwrap();
    let found = document.select(&all);
    found
        .map(|element| element.value().name().to_owned())
        .collect()
}

#[test]
fn nothing_of_a_hostile_page_becomes_markup_or_a_terminal_sequence() {
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    let mut verification = verify_bundle(Cursor::new(bundle), &VerifyOptions::default()).unwrap();
    let evil = "\"'><script>alert(1)</script><img src=x onerror=y>\x1b[31m\u{202e}http://evil.example/&amp;</pre>";
    verification.identity.origin = Some(evil.to_owned());
    verification.visits[0].site = evil.to_owned();
    verification.visits[0].notes.push(evil.to_owned());
    verification.decisions[0].note = Some(evil.to_owned());
    verification.keys[0].name = evil.to_owned();
    verification.checks[0].notes.push(evil.to_owned());
    for category in &mut verification.visits[0].categories {
        category.differences.push(evil.to_owned());
        for finding in &mut category.findings {
            finding.finding.rule = evil.to_owned();
            finding.finding.excerpt = evil.to_owned();
            for passage in &mut finding.passages {
                passage.before = evil.to_owned();
                passage.marked = evil.to_owned();
                passage.after = evil.to_owned();
            }
        }
    }
    let html = verification_html(&verification, evil);
    let found = elements(&html);
    let allowed: BTreeSet<String> = ELEMENTS.map(str::to_owned).into();
    assert!(found.is_subset(&allowed), "{found:?}");
    assert!(!html.contains(['\u{202e}', '\x1b']));
    assert!(html.contains("default-src 'none'") && html.contains("⟨U+202E⟩"));
    let attributes: BTreeSet<String> = Html::parse_document(&html)
        .select(&Selector::parse("body *").unwrap())
        .flat_map(|element| {
            element
                .value()
                .attrs()
                .map(|(name, _)| name.to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(attributes, BTreeSet::from(["class".to_owned()]));
    let mut out = Vec::new();
    write_verification(&verification, evil, Style::PLAIN, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains(['\u{202e}', '\x1b']) && !text.contains("http://"));
}

#[test]
fn the_report_says_what_was_checked_what_was_found_and_what_is_not_proved() {
    let lab = Lab::with_flag();
    exported(&lab);
    lab.run(&["evidence", "verify", "bundle.wacz", "--html", "report.html"]);
    let html = std::fs::read_to_string(lab.path("report.html")).unwrap();
    for wanted in [
        "Everything that was checked is as it should be",
        "lavka[.]example",
        "drug_sale.goods",
        "<mark>мефедрон</mark>",
        "of the body as received, in UTF-8",
        "findings.rederived",
        "Проверка доказательств",
        "Что этим не доказано",
        "HTTP and TLS leave no signature",
        "a.serikova",
        "seen by two",
        "No key was named by the person who verified",
    ] {
        assert!(html.contains(wanted), "{wanted} is not in the report");
    }
}

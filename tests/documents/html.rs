//! Print-ready pages.

use crate::lab::{HOSTILE, Lab, assert_kazakh};
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use tazy::block::document::{PaperError, PaperKind, raw_urls, raw_urls_csv};

const EDITIONS: [&str; 4] = ["ru", "kk", "en", "ru+kk"];
const ELEMENTS: [&str; 28] = [
    "html", "head", "meta", "title", "style", "body", "p", "h1", "h2", "h3", "ul", "ol", "li",
    "table", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "strong", "em", "code", "br",
    "hr", "img", "",
];
const ATTRIBUTES: [&str; 11] = [
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "width",
    "colspan",
    "src",
    "alt",
    "",
];

/// Elements, and attributes other than classes, languages and widths.
pub(crate) fn assert_only_ours(page: &str) {
    let parsed = Html::parse_document(page);
    for element in parsed.select(&Selector::parse("*").unwrap()) {
        let name = element.value().name();
        assert!(ELEMENTS.contains(&name), "<{name}>");
        for (attribute, value) in element.value().attrs() {
            assert!(ATTRIBUTES.contains(&attribute), "<{name} {attribute}>");
            if attribute == "src" {
                assert!(value.starts_with("data:image/svg+xml;base64,"), "{value}");
            }
        }
    }
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
}

fn text_of(page: &str) -> String {
    let parsed = Html::parse_document(page);
    let body = Selector::parse("body").unwrap();
    parsed.select(&body).flat_map(|body| body.text()).collect()
}

#[test]
fn whatever_a_page_said_stands_in_every_paper_as_text_and_as_nothing_else() {
    let lab = Lab::with_all_steps();
    for kind in PaperKind::ALL {
        for edition in EDITIONS {
            let page = lab.paper(kind, edition).html();
            assert_only_ours(&page);
            for live in ["http://", "https://", "javascript:", "{{ item"] {
                assert!(!page.contains(live), "{kind} {edition}: {live}");
            }
            let text = text_of(&page);
            let is_hidden = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}' | '\u{fffe}')
            };
            assert_eq!(
                text.chars().find(|&c| is_hidden(c)),
                None,
                "{kind} {edition}"
            );
        }
    }
}

#[test]
fn crawled_words_are_quoted_to_the_letter() {
    let text = text_of(&Lab::hostile().paper(PaperKind::Submission, "ru").html());
    let begin = text.find("begin-reasons").unwrap();
    let end = text.find("end-reasons").unwrap();
    let quoted = &text[begin..end];
    for literal in [
        HOSTILE[0],
        HOSTILE[1],
        HOSTILE[2],
        HOSTILE[3],
        HOSTILE[4],
        "]]> <![CDATA[ x <?xml?> &amp; &#0; &bogus;",
        "=HYPERLINK(\"hxxp://evil.example/\",\"click\") hxxp://evil.example/x",
        "abcfdp.exe",
        "nulbellesc[31m",
        HOSTILE[11],
    ] {
        assert!(quoted.contains(literal), "{literal}\n{quoted}");
    }
    assert_kazakh(&text);
}

#[test]
fn a_paper_says_that_it_is_a_draft_until_a_second_person_has_approved() {
    let mut lab = Lab::hostile();
    let draft = lab.paper(PaperKind::Submission, "ru").html();
    assert!(text_of(&draft).contains("ПРОЕКТ / ЖОБА / DRAFT"));
    assert!(draft.contains("@top-center"), "on every page");
    assert!(text_of(&draft).contains("[to confirm]"));
    lab.step("approve");
    let approved = lab.paper(PaperKind::Submission, "ru").html();
    assert!(!approved.contains("ЖОБА") && !text_of(&approved).contains("[to confirm]"));
    assert!(text_of(&approved).contains("Н. Омарова"));
}

#[test]
fn nothing_is_fetched_or_run_by_a_page() {
    let page = Lab::hostile()
        .paper(PaperKind::EvidenceSheet, "ru+kk")
        .html();
    let parsed = Html::parse_document(&page);
    let policy = Selector::parse("meta[http-equiv=Content-Security-Policy]").unwrap();
    let policy = parsed.select(&policy).next().unwrap();
    let policy = policy.value().attr("content").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(
        !policy.contains("unsafe") && !policy.contains("script"),
        "{policy}"
    );
    let urls: BTreeSet<&str> = page
        .match_indices("url(")
        .map(|(at, _)| &page[at..at + 14])
        .collect();
    assert_eq!(urls.into_iter().collect::<Vec<_>>(), ["url(data:font/"]);
}

#[test]
fn two_languages_stand_side_by_side_under_one_number() {
    let page = Lab::hostile().paper(PaperKind::Submission, "ru+kk").html();
    let parsed = Html::parse_document(&page);
    let cells = |language: &str| {
        let selector = format!("table.two-columns td[lang={language}]");
        parsed.select(&Selector::parse(&selector).unwrap()).count()
    };
    assert!(cells("ru") > 10);
    assert_eq!(cells("ru"), cells("kk"));
    let text = text_of(&page);
    assert!(text.contains("Просим") && text.contains("Сұраймыз"));
    // What is not language stands once.
    assert_eq!(text.matches("end-reasons").count(), 2, "one for each item");
}

#[test]
fn times_and_dates_are_told_as_people_of_the_place_do() {
    let lab = Lab::hostile();
    let text = text_of(&lab.paper(PaperKind::EvidenceSheet, "ru").html());
    assert!(
        text.contains("22.11.2026 21:05:09 UTC")
            && text.contains("23.11.2026 02:05:09 (UTC+05:00)")
    );
    let english = text_of(&lab.paper(PaperKind::EvidenceSheet, "en").html());
    assert!(english.contains("22 November 2026 21:05:09 UTC"));
    assert!(text.contains("unit.example/log") && text.contains("1024"));
}

#[test]
fn the_real_effect_of_a_block_is_stated() {
    let text = text_of(&Lab::hostile().paper(PaperKind::Submission, "en").html());
    assert!(text.contains("in fact all of the host would be hit (shop[.]example)"));
}

#[test]
fn a_paper_without_a_required_fact_is_not_made_and_says_what_is_missing() {
    let mut lab = Lab::hostile();
    lab.request.items[0].grounds.clear();
    lab.request.items[0].evidence.clear();
    lab.request.items[1].bundle = None;
    lab.profile.provisions.remove("test.act.2");
    lab.profile.authorities.clear();
    let Err(PaperError::Missing { missing, .. }) = lab.write(PaperKind::EvidenceSheet, "ru+kk")
    else {
        unreachable!("it must not be made");
    };
    let all = missing.join("\n");
    for what in [
        "legal ground",
        "capture",
        "evidence bundle",
        "test.act.2 in kk",
        "addressee body in ru",
    ] {
        assert!(all.contains(what), "{what}\n{all}");
    }
    let unlifted = Lab::hostile()
        .write(PaperKind::LiftRequest, "ru")
        .unwrap_err();
    assert!(unlifted.to_string().contains("record `lift` first"));
    let mut elsewhere = Lab::hostile();
    elsewhere.profile.time_zone = "Mars/Olympus".into();
    let error = elsewhere.write(PaperKind::Annex, "ru").unwrap_err();
    assert!(error.to_string().contains("tzdata"), "{error}");
}

#[test]
fn only_the_annex_for_machines_has_live_urls() {
    let lab = Lab::hostile();
    assert_eq!(
        raw_urls(&lab.request),
        "https://shop.example/a?b=%3Cscript%3E&c={{d}}\r\nhttp://xn--80aairftm.example/\r\n"
    );
    let csv = raw_urls_csv(&lab.request).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.starts_with("\"number\",\"item\",\"scope\",\"target\",\"url\"\r\n\"1\",\"i-1\",\"url\",\"https://shop.example/"));
}

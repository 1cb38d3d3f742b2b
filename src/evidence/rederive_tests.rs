//! Tests of deriving findings again.

use super::*;
use crate::capture::Capture;
use crate::flag::{SiteVerdict, Visit};
use crate::id::RunId;
use crate::rules::Ruleset;
use crate::suspect::SuspectUrl;
use crate::verdict::{Band, Examined, distinct_entities, examine, judge};
use std::collections::BTreeMap;
use std::io::Write;

const PACK: &str = "\
pack: test
version: 1.0.0
owner: a.serikova
terms:
  goods: {any: [мефедрон]}
  offers: {any: [закладка]}
  reports: {any: [полиция]}
rules:
  - {id: drug_sale.goods, version: 1, status: live, category: drug_sale, evidence: goods, weight: 6, when: {term: goods}}
  - {id: drug_sale.offers, version: 1, status: live, category: drug_sale, evidence: payment, weight: 2, when: {term: offers}}
  - {id: context.report, version: 1, status: live, lowers: [drugs], evidence: report, weight: -1, when: {term: reports}}
";
const SCORING: &str = "prior: -4\nreview: 0.5\nurgent: 0.9\nagainst_cap: 6\nsupplement_share: 0.7\n\
    other_pages_against_cap: 1\nevidence: {goods: {cap: 6}, payment: {cap: 6, supplements: true}}\nagainst: {report: 3}\n";

fn ruleset() -> Ruleset {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("test.yaml"), PACK).unwrap();
    std::fs::write(directory.path().join("scoring.yaml"), SCORING).unwrap();
    Ruleset::load(directory.path()).unwrap()
}

fn capture(path: &str, html: &str) -> Capture {
    let url = SuspectUrl::parse(&format!("http://lavka.example/{path}")).unwrap();
    Capture::of_file(
        &url,
        Some("text/html; charset=utf-8"),
        html.as_bytes().to_vec(),
    )
}

fn captures() -> Vec<Capture> {
    vec![
        capture(
            "",
            "<title>Лавка</title>\n<h1>Лавка</h1>\n<p>Продам <b>мефе</b>дрон, пишите @lavka_kz_example</p>",
        ),
        capture("news", "<p>Новости: полиция не спит</p>"),
        capture("how", "<p>Ваша закладка ждёт</p>"),
    ]
}

fn visit(captures: &[Capture], ruleset: &Ruleset) -> Visit {
    let mut examined: Vec<Examined> = captures.iter().map(|c| examine(c, ruleset)).collect();
    examined.iter_mut().for_each(Examined::forget_content);
    let verdict = judge(&examined, ruleset);
    assert!(verdict.band() > Band::Clear);
    Visit {
        site: "lavka.example".to_owned(),
        entry: captures[0].manifest.url.clone(),
        run: RunId::from_written("r-1"),
        verdict: SiteVerdict::Flagged,
        entities: distinct_entities(&examined),
        pages: captures.len(),
        bytes: 0,
        outcomes: BTreeMap::new(),
        gate: None,
        attempts: Vec::new(),
        traps: Vec::new(),
        landed_on: None,
        captures: captures.iter().map(|c| c.manifest.id.clone()).collect(),
        ruleset: verdict.ruleset,
        shadow: verdict.shadow,
        minimized: false,
        loaded: Vec::new(),
        categories: verdict.categories,
        started: "2026-03-01T10:00:00Z".parse().unwrap(),
        finished: "2026-03-01T10:00:05Z".parse().unwrap(),
        flag: None,
    }
}

fn rederive(visit: &Visit, captures: &[Capture], ruleset: &Ruleset) -> Rederivation {
    let mut rederiver = Rederiver::new(visit, ruleset);
    for capture in captures {
        rederiver.take_capture(capture);
    }
    rederiver.finish()
}

fn outcome<'a>(rederivation: &'a Rederivation, rule: &str) -> &'a FindingOutcome {
    let found = rederivation.findings().find(|f| f.finding.rule == rule);
    &found.unwrap().outcome
}

#[test]
fn what_was_recorded_is_derived_again_and_shown_in_the_raw_page() {
    let (ruleset, captures) = (ruleset(), captures());
    let visit = visit(&captures, &ruleset);
    let again = rederive(&visit, &captures, &ruleset);
    assert!(again.agrees() && again.complete, "{again:#?}");
    assert_eq!((again.notes.len(), again.entities), (0, 1));
    assert_eq!(again.findings().count(), 3);
    let goods = again
        .findings()
        .find(|f| f.finding.rule == "drug_sale.goods");
    let passage = &goods.unwrap().passages[0];
    assert_eq!(passage.capture, captures[0].manifest.id);
    assert_eq!((passage.line, passage.column), (3, 14));
    assert_eq!(passage.marked, "мефе</b>дрон");
    assert!(passage.before.ends_with("<p>Продам <b>"));
    assert!(passage.after.starts_with(", пишите"));
    let RawPlace::Body {
        start,
        end,
        charset: "UTF-8",
        coding: None,
    } = passage.raw
    else {
        panic!("{:?}", passage.raw);
    };
    assert_eq!(&captures[0].body[start..end], passage.marked.as_bytes());
}

#[test]
fn a_passage_is_found_in_a_coded_body_of_an_old_charset() {
    let ruleset = ruleset();
    let html = encoding_rs::WINDOWS_1251
        .encode("<p>Привет! Продам мефедрон, пишите</p>")
        .0
        .into_owned();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&html).unwrap();
    let url = SuspectUrl::parse("http://lavka.example/").unwrap();
    let body = encoder.finish().unwrap();
    let mut coded = Capture::of_file(&url, Some("text/html; charset=windows-1251"), body);
    coded.manifest.content_encoding = Some("gzip".to_owned());
    let captures = [coded];
    let again = rederive(&visit(&captures, &ruleset), &captures, &ruleset);
    let passage = &again.findings().next().unwrap().passages[0];
    let RawPlace::Body {
        start,
        end,
        charset: "windows-1251",
        coding,
    } = &passage.raw
    else {
        panic!("{:?}", passage.raw);
    };
    assert_eq!(coding.as_deref(), Some("gzip"));
    let wanted = encoding_rs::WINDOWS_1251.encode("мефедрон").0.into_owned();
    assert_eq!(html[*start..*end], wanted);
}

#[test]
fn a_record_that_says_something_else_is_found_out() {
    let (ruleset, captures) = (ruleset(), captures());
    let honest = visit(&captures, &ruleset);
    let again = |change: fn(&mut Visit)| {
        let mut forged = honest.clone();
        change(&mut forged);
        let again = rederive(&forged, &captures, &ruleset);
        assert!(!again.agrees(), "{again:#?}");
        again
    };
    let weight = again(|visit| visit.categories[0].findings[0].weight += 0.5);
    let how = vec!["weight"];
    assert_eq!(
        outcome(&weight, "drug_sale.goods"),
        &FindingOutcome::Differs { how }
    );
    let moved = again(|visit| visit.categories[0].findings[0].span.0 -= 1);
    let how = vec!["place"];
    assert_eq!(
        outcome(&moved, "drug_sale.goods"),
        &FindingOutcome::Differs { how }
    );
    let left_out = again(|visit| drop(visit.categories[0].against.pop()));
    assert_eq!(outcome(&left_out, "context.report"), &FindingOutcome::New);
    let invented =
        again(|visit| visit.categories[0].findings[0].rule = "drug_sale.more".to_owned());
    assert_eq!(
        outcome(&invented, "drug_sale.more"),
        &FindingOutcome::NotDerivedAgain
    );
    let score = again(|visit| visit.categories[0].score = 0.999);
    assert!(score.categories[0].differences[0].contains("0.999"));
    let entity = again(|visit| visit.entities[0].value = "@other_example".to_owned());
    assert_eq!(entity.differences.len(), 2);
    let verdict = again(|visit| visit.verdict = SiteVerdict::Clear);
    assert!(verdict.differences[0].contains("flagged"));
    let category = again(|visit| visit.categories.clear());
    assert_eq!(category.categories[0].recorded, None);
    again(|visit| visit.ruleset = "other".to_owned());
    again(|visit| visit.captures.reverse());
}

#[test]
fn another_body_gives_other_findings() {
    let (ruleset, mut captures) = (ruleset(), captures());
    let visit = visit(&captures, &ruleset);
    captures[0].body = "<p>Продам диван, пишите @lavka_kz_example</p>".into();
    let again = rederive(&visit, &captures, &ruleset);
    assert_eq!(
        outcome(&again, "drug_sale.goods"),
        &FindingOutcome::NotDerivedAgain
    );
    assert!(!again.agrees());
}

#[test]
fn deleted_content_is_named_and_the_rest_still_compared() {
    let (ruleset, captures) = (ruleset(), captures());
    let visit = visit(&captures, &ruleset);
    let mut rederiver = Rederiver::new(&visit, &ruleset);
    rederiver.take_capture(&captures[0]);
    rederiver.take_capture(&captures[1]);
    rederiver.take_unreadable(&captures[2].manifest.id, "deleted by tombstone t-1");
    let again = rederiver.finish();
    assert!(again.agrees() && !again.complete, "{again:#?}");
    assert_eq!(
        outcome(&again, "drug_sale.goods"),
        &FindingOutcome::Confirmed
    );
    assert_eq!(
        outcome(&again, "context.report"),
        &FindingOutcome::Confirmed
    );
    assert_eq!(
        outcome(&again, "drug_sale.offers"),
        &FindingOutcome::ContentDeleted
    );
    assert_eq!(again.categories[0].derived, None);
    assert!(again.notes[0].starts_with("1 of 3 captures"));
}

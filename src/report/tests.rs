use super::*;
use crate::app::ScanEvent;
use crate::clock::{Clock, SystemClock};
use crate::flag::{Attempt, Flag, SiteVerdict, Visit, raise};
use crate::id::{CaptureId, FlagId, RunId};
use crate::page::{Gate, RegionKind};
use crate::review::Standing;
use crate::rules::{Category, Family, Finding};
use crate::suspect::SuspectUrl;
use crate::verdict::{Band, CategoryScore, NamedEntity};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

const HOSTILE: &str = "\x1b[2J\u{202e}Продам мефедрон\r\n";

fn url(text: &str) -> SuspectUrl {
    SuspectUrl::parse(text).unwrap()
}

fn finding(rule: &str, weight: f64) -> Finding {
    let excerpt = HOSTILE.to_owned();
    let start = excerpt.find("мефедрон").unwrap();
    Finding {
        rule: rule.into(),
        category: Some(Category::DrugSale),
        lowers: Vec::new(),
        evidence: "goods".into(),
        weight,
        url: url("http://shop.kz/catalog"),
        region: RegionKind::LinkText,
        marks: vec![(start, start + "мефедрон".len())],
        excerpt,
        span: (120, 136),
        also: Vec::new(),
    }
}

fn visit(site: &str, verdict: SiteVerdict, score: f64) -> Visit {
    let band = if score >= 0.9 {
        Band::Urgent
    } else {
        Band::Review
    };
    let is_flagged = verdict == SiteVerdict::Flagged;
    let category = CategoryScore {
        category: Category::DrugSale,
        family: Family::Drugs,
        score,
        band,
        findings: vec![
            finding("drug_sale.named", 2.1),
            finding("drug_sale.price", 1.0),
        ],
        against: vec![finding("context.news", -1.5)],
    };
    let time = "2026-11-22T10:00:00Z".parse().unwrap();
    let entry = url(&format!("http://{site}/"));
    Visit {
        site: site.into(),
        entry: entry.clone(),
        run: RunId::from_written("r-1"),
        verdict,
        categories: if is_flagged {
            vec![category]
        } else {
            Vec::new()
        },
        entities: vec![NamedEntity {
            kind: crate::entity::EntityKind::Telegram,
            value: "@shop_bot".into(),
            url: entry,
        }],
        pages: 3,
        bytes: 48_211,
        outcomes: BTreeMap::from([("200".into(), 3)]),
        gate: (verdict == SiteVerdict::Gated).then_some(Gate::Captcha),
        attempts: Vec::new(),
        traps: Vec::new(),
        landed_on: None,
        captures: vec![CaptureId::from_written("c-1")],
        ruleset: "sha256:00".into(),
        shadow: BTreeMap::new(),
        minimized: false,
        loaded: Vec::new(),
        started: time,
        finished: time,
        flag: is_flagged.then(|| FlagId::of_site(site)),
    }
}

fn flag(site: &str) -> Flag {
    raise(&visit(site, SiteVerdict::Flagged, 0.999), None).unwrap()
}

fn titles() -> RuleTitles {
    RuleTitles::of_pairs([("drug_sale.named".into(), "A drug is named".into())])
}

fn text_of(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn json_has_the_fields_that_other_programs_rely_on() {
    let text = text_of(|out| write_json_line(out, &visit("shop.kz", SiteVerdict::Flagged, 0.97)));
    assert_eq!(text.matches('\n').count(), 1, "one object a line");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["site"], "shop.kz");
    assert_eq!(
        json["entry"], "http://shop.kz/",
        "machines get the live URL"
    );
    assert_eq!(json["verdict"], "flagged");
    let category = &json["categories"][0];
    assert_eq!(category["category"], "drug_sale");
    assert_eq!(category["family"], "drugs");
    assert_eq!(category["score"], 0.97);
    assert_eq!(category["band"], "urgent");
    let finding = &category["findings"][0];
    assert_eq!(finding["rule"], "drug_sale.named");
    assert_eq!(finding["weight"], 2.1);
    assert_eq!(finding["url"], "http://shop.kz/catalog");
    assert_eq!(finding["region"], "link_text");
    assert_eq!(finding["excerpt"], HOSTILE);
    assert_eq!(finding["span"], serde_json::json!([120, 136]));
    let entity =
        serde_json::json!({"kind": "telegram", "value": "@shop_bot", "url": "http://shop.kz/"});
    assert_eq!(json["entities"][0], entity);
    assert_eq!(
        (&json["pages"], &json["bytes"]),
        (&3.into(), &48_211.into())
    );
    assert_eq!(json["outcomes"], serde_json::json!({"200": 3}));
    assert_eq!(json["started"], "2026-11-22T10:00:00Z");
    assert_eq!(json["finished"], "2026-11-22T10:00:00Z");
    assert_eq!(json["flag"], FlagId::of_site("shop.kz").as_str());
    let clear = text_of(|out| write_json_line(out, &visit("a.kz", SiteVerdict::Clear, 0.0)));
    assert!(clear.contains(r#""flag":null"#), "{clear}");
}

#[test]
fn the_summary_puts_the_most_urgent_first_and_says_why() {
    let mut report = ScanReport::new(titles());
    report.add(&visit("clear.kz", SiteVerdict::Clear, 0.0));
    report.add(&visit("gated.kz", SiteVerdict::Gated, 0.0));
    report.add(&visit("mild.kz", SiteVerdict::Flagged, 0.6));
    report.add(&visit("bad.kz", SiteVerdict::Flagged, 0.999));
    let mut dead = visit("dead.kz", SiteVerdict::Unreachable, 0.0);
    dead.attempts.push(Attempt {
        url: url("http://dead.kz/"),
        outcome: "dns".into(),
        detail: format!("name not resolved{HOSTILE}"),
    });
    report.add(&dead);
    let best = FlagId::of_site("bad.kz");
    assert_eq!(report.best_flag(), Some(best.as_str()));
    let table = text_of(|out| report.write(out, Style::PLAIN));
    let places: Vec<usize> = [
        "bad[.]kz",
        "mild[.]kz",
        "gated[.]kz",
        "dead[.]kz",
        "clear[.]kz",
    ]
    .iter()
    .map(|site| {
        table
            .find(site)
            .unwrap_or_else(|| panic!("{site} in {table}"))
    })
    .collect();
    assert!(places.is_sorted(), "{table}");
    assert!(table.contains("flagged, urgent"), "{table}");
    assert!(
        table.contains("0.99"),
        "no score is rounded up to certainty: {table}"
    );
    assert!(
        table.contains("A drug is named; drug_sale.price"),
        "{table}"
    );
    assert!(table.contains("name not resolved"), "{table}");
    assert!(!table.contains(['\x1b', '\u{202e}']), "{table:?}");
    assert!(!table.contains("http://"), "{table}");
}

#[test]
fn the_summary_of_an_endless_list_stays_short() {
    let mut report = ScanReport::new(titles());
    for n in 0..2000 {
        report.add(&visit(&format!("s{n}.kz"), SiteVerdict::Clear, 0.0));
    }
    let table = text_of(|out| report.write(out, Style::PLAIN));
    assert!(table.lines().count() < 100);
    assert_eq!(table.trim(), "… and 2000 clear");
}

#[test]
fn an_explained_flag_shows_both_sides_and_no_live_link() {
    let evidence = FlagEvidence {
        standing: Standing::of(&flag("shop.kz"), None, Timestamp::UNIX_EPOCH),
        flag: flag("shop.kz"),
        manifests: Vec::new(),
        block_requests: Vec::new(),
    };
    let text = text_of(|out| explain_flag(out, &evidence, &titles(), Style::PLAIN));
    for wanted in [
        "shop[.]kz  urgent",
        "status    open",
        "sale of drugs (drug_sale)  score 0.99, urgent",
        "+2.1  A drug is named  (drug_sale.named)",
        "Продам [[мефедрон]]",
        "hxxp://shop[.]kz/catalog  link text, bytes 120–136",
        "Against",
        "-1.5  context.news",
        "@shop_bot",
        "1 capture not in this store",
    ] {
        assert!(text.contains(wanted), "{wanted:?} in:\n{text}");
    }
    assert!(
        !text.contains("http://") && !text.contains(['\x1b', '\u{202e}']),
        "{text:?}"
    );
}

#[test]
fn the_flag_table_names_flag_site_and_reason() {
    let flag = flag("shop.kz");
    let rows = [StandingFlag {
        standing: Standing::of(&flag, None, Timestamp::UNIX_EPOCH),
        flag,
    }];
    let table = flag_table(&rows, &titles(), Style::PLAIN);
    for wanted in [
        FlagId::of_site("shop.kz").as_str(),
        "shop[.]kz",
        "urgent",
        "open",
        "drug_sale",
        "A drug is named",
    ] {
        assert!(table.contains(wanted), "{wanted:?} in:\n{table}");
    }
    let colored = flag_table(&rows, &titles(), Style::COLORED);
    assert!(colored.contains("\x1b["));
}

fn observed(mode: ProgressMode) -> String {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut progress = Progress::new(mode, Style::PLAIN, 60, 2, clock);
    let mut screen = Vec::new();
    let page =
        url("http://shop.kz/a-very-long-path-that-does-not-fit-into-the-width-of-the-terminal");
    progress.observe(&ScanEvent::SiteStarted { site: "shop.kz" }, &mut screen);
    let fetched = ScanEvent::PageFetched {
        site: "shop.kz",
        url: &page,
        outcome: "200",
        pages: 1,
    };
    progress.observe(&fetched, &mut screen);
    let visit = visit("shop.kz", SiteVerdict::Flagged, 0.97);
    progress.observe(&ScanEvent::SiteFinished { visit: &visit }, &mut screen);
    progress.close(&mut screen);
    String::from_utf8(screen).unwrap()
}

#[test]
fn progress_is_a_line_a_site() {
    let plain = observed(ProgressMode::Plain);
    assert_eq!(plain.lines().count(), 1, "{plain}");
    assert!(
        plain.contains("shop[.]kz")
            && plain.contains("3 pages")
            && plain.contains("urgent drug_sale 0.97")
    );
    assert_eq!(observed(ProgressMode::Silent), "");
}

#[test]
fn live_progress_leaves_only_finished_sites_behind() {
    let screen = shown_on_a_terminal(&observed(ProgressMode::Live));
    assert_eq!(screen.len(), 1, "{screen:?}");
    assert!(screen[0].contains("urgent drug_sale"), "{screen:?}");
}

/// Plays the two sequences that live progress uses: up by n, and clear to the end.
fn shown_on_a_terminal(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in text.split_inclusive('\n') {
        let mut piece = piece;
        if let Some(rest) = piece.strip_prefix("\x1b[") {
            let (up, rest) = rest.split_once('A').unwrap();
            lines.truncate(lines.len() - up.parse::<usize>().unwrap());
            piece = rest.strip_prefix("\r\x1b[0J").unwrap();
        }
        if !piece.is_empty() {
            // Finished sites scroll away; only lines that are counted must not wrap.
            let is_live = piece.starts_with('·') || piece.contains(" of ");
            assert!(
                !is_live || piece.chars().count() <= 60,
                "it would wrap: {piece}"
            );
            lines.push(piece.trim_end().to_owned());
        }
    }
    lines
}

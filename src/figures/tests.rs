use super::samples::{
    at, confirm, decision, file, flag, item, named, paper, verification, visit, year,
};
use super::*;
use crate::block::{BlockAct, BlockItem};
use crate::dossier::RequestFile;
use crate::flag::Flag;
use crate::id::RequestId;
use crate::review::{Choice, Decision, Reason};
use crate::rules::Category;
use crate::verify::BlockVerdict;

fn counts(figures: &Figures) -> Vec<(&'static str, usize)> {
    let all = figures.total.iter();
    all.map(|(measure, number)| (measure.as_str(), number.count))
        .collect()
}

#[test]
fn periods_are_read_as_people_write_them() {
    for (written, shown) in [
        ("2026", "2026-01-01 to 2026-12-31 (Asia/Almaty)"),
        ("2026-Q3", "2026-07-01 to 2026-09-30 (Asia/Almaty)"),
        ("2026-q4", "2026-10-01 to 2026-12-31 (Asia/Almaty)"),
        ("2026-11", "2026-11-01 to 2026-11-30 (Asia/Almaty)"),
        ("2026-12", "2026-12-01 to 2026-12-31 (Asia/Almaty)"),
        (
            "2026-02-03..2026-02-03",
            "2026-02-03 to 2026-02-03 (Asia/Almaty)",
        ),
    ] {
        assert_eq!(
            Period::parse(written, "Asia/Almaty").unwrap().to_string(),
            shown
        );
    }
    for written in [
        "",
        "26",
        "2026-Q5",
        "2026-13",
        "2026-1",
        "0000",
        "2026-11-01",
        "..",
        "+026",
    ] {
        let error = Period::parse(written, "Asia/Almaty")
            .unwrap_err()
            .to_string();
        assert!(error.contains("2026-Q3"), "{written}: {error}");
    }
    let backward = Period::parse("2026-03-01..2026-02-01", "Asia/Almaty").unwrap_err();
    assert!(matches!(backward, PeriodError::Backward(_)));
    assert!(matches!(
        Period::parse("2026", "Asia/Atlantis"),
        Err(PeriodError::Zone(_))
    ));
}

#[test]
fn a_year_begins_and_ends_at_midnight_of_its_zone() {
    // Almaty is five hours ahead.
    for (time, is_in) in [
        ("2025-12-31T18:59:59Z", false),
        ("2025-12-31T19:00:00Z", true),
        ("2026-12-31T18:59:59Z", true),
        ("2026-12-31T19:00:00Z", false),
    ] {
        assert_eq!(year().contains(at(time)), is_in, "{time}");
    }
    assert_eq!(year().month_of(at("2026-10-31T19:00:00Z")), "2026-11");
}

#[test]
fn sites_and_flags_are_counted_once_and_where_they_belong() {
    let mut tally = Tally::new(year());
    for (site, finished) in [
        ("a.example", "2026-02-01T10:00:00Z"),
        ("a.example", "2026-03-01T10:00:00Z"),
        ("b.example", "2026-03-01T10:00:00Z"),
        ("c.example", "2025-03-01T10:00:00Z"),
    ] {
        tally.take_visit(&visit(site, finished));
    }
    let drugs =
        "продам мефедрон, закладки по городу, пишите в телеграм, доставка быстро и без предоплаты";
    let shop = flag(
        "a.example",
        Category::DrugSale,
        drugs,
        "2026-02-01T10:00:00Z",
    );
    tally.take_flag(&shop);
    // Seen again: the same flag.
    let again = Flag {
        seen: at("2026-03-01T10:00:00Z"),
        visits: 2,
        ..shop.clone()
    };
    tally.take_flag(&again);
    // Raised the year before: not flagged in this one.
    let old = flag(
        "c.example",
        Category::FakeShop,
        "buy cheap phones with the best prices",
        "2025-03-01T10:00:00Z",
    );
    tally.take_flag(&old);
    let figures = tally.finish(&[]);
    assert_eq!(counts(&figures), [("examined", 2), ("flagged", 1)]);
    let examined = &figures.total[&Measure::Examined].dossiers;
    assert_eq!(
        examined.iter().collect::<Vec<_>>(),
        ["a.example", "b.example"]
    );
    assert_eq!(figures.by_month["2026-02"][&Measure::Examined].count, 1);
    assert_eq!(figures.by_month["2026-03"][&Measure::Examined].count, 2);
    assert_eq!(figures.by_category["drug_sale"][&Measure::Flagged].count, 1);
    assert_eq!(figures.by_language["ru"][&Measure::Flagged].count, 1);
    assert_eq!(figures.by_language.len(), 1);
}

fn decisions_about(flags: &[Flag; 4]) -> [Decision; 6] {
    [
        decision(
            &flags[0],
            confirm(Category::DrugJob),
            &[],
            "2026-02-01T12:00:00Z",
        ),
        decision(
            &flags[1],
            confirm(Category::DrugSale),
            &[],
            "2026-02-02T10:00:00Z",
        ),
        decision(
            &flags[1],
            Choice::Dismiss,
            &[Reason::News],
            "2026-02-03T10:00:00Z",
        ),
        decision(
            &flags[2],
            Choice::Defer {
                until: at("2026-03-01T00:00:00Z"),
            },
            &[],
            "2026-02-03T10:00:00Z",
        ),
        // The year after: not yet.
        decision(
            &flags[2],
            confirm(Category::DrugSale),
            &[],
            "2027-02-03T10:00:00Z",
        ),
        // Confirmed for fraud: a rule for drugs learns nothing.
        decision(
            &flags[3],
            confirm(Category::FakeShop),
            &[],
            "2026-02-01T10:30:00Z",
        ),
    ]
}

#[test]
fn the_last_decision_of_the_period_counts_and_rules_learn_from_it() {
    let mut tally = Tally::new(year());
    let sites = ["a.example", "b.example", "c.example", "d.example"];
    let flags = sites.map(|site| flag(site, Category::DrugSale, "x", "2026-02-01T10:00:00Z"));
    for flag in &flags {
        tally.take_flag(flag);
    }
    for taken in decisions_about(&flags) {
        tally.take_decision(&taken);
    }
    let figures = tally.finish(&[]);
    assert_eq!(
        counts(&figures),
        [
            ("flagged", 4),
            ("confirmed", 2),
            ("dismissed", 1),
            ("deferred", 1)
        ]
    );
    assert_eq!(
        figures.by_category["drug_job"][&Measure::Confirmed].count,
        1
    );
    assert_eq!(
        figures.by_category["fake_shop"][&Measure::Confirmed].count,
        1
    );
    assert_eq!(
        figures.by_category["drug_sale"][&Measure::Dismissed].count,
        1
    );
    let rule = &figures.rules["drug_sale.offer"];
    assert_eq!((rule.confirmed.count, rule.dismissed.count), (1, 1));
    assert!((rule.precision - 0.5).abs() < 1e-12);
    // Newcombe (1998): 1 of 2 is 0.0945 to 0.9055.
    assert!((rule.low - 0.0945).abs() < 5e-5 && (rule.high - 0.9055).abs() < 5e-5);
    let time = &figures.times[&Span::FlagToDecision];
    // 30 minutes, 2 hours, a day: the first that settled each.
    assert_eq!(
        time.dossiers
            .values()
            .copied()
            .collect::<std::collections::BTreeSet<_>>(),
        [30, 120, 1440].into()
    );
    assert_eq!((time.median_minutes, time.ninetieth_minutes), (120, 1440));
}

/// Submitted, ordered and in effect; the first item is blocked and comes back.
fn request_about(items: &[BlockItem]) -> RequestFile {
    let steps = vec![
        (BlockAct::Approve, "2026-02-02T11:00:00Z"),
        (BlockAct::Submit(paper(2, 2)), "2026-02-02T12:00:00Z"),
        // Of the 3rd, entered on the 5th: the end of the 3rd in Almaty.
        (BlockAct::Order(paper(2, 3)), "2026-02-05T06:00:00Z"),
        (BlockAct::Effect(paper(2, 6)), "2026-02-06T06:00:00Z"),
    ];
    let mut request = file(items.to_vec(), steps);
    request.verifications = vec![
        verification(
            &items[0],
            BlockVerdict::BlockedSniTimeout,
            "2026-02-03T19:59:59Z",
        ),
        verification(
            &items[0],
            BlockVerdict::BlockedSniTimeout,
            "2026-03-03T19:59:59Z",
        ),
        verification(&items[0], BlockVerdict::Reachable, "2026-04-01T00:00:00Z"),
        // Reached from the beginning: it did not come back.
        verification(&items[1], BlockVerdict::Reachable, "2026-02-06T08:00:00Z"),
        verification(&items[1], BlockVerdict::Unreachable, "2026-02-07T08:00:00Z"),
    ];
    request
}

#[test]
fn requests_are_counted_by_their_papers_and_verifications_by_what_they_found() {
    let mut tally = Tally::new(year());
    let sites = ["a.example", "b.example"];
    let flags = sites.map(|site| flag(site, Category::DrugSale, "x", "2026-02-01T10:00:00Z"));
    for flag in &flags {
        tally.take_flag(flag);
    }
    let items: Vec<BlockItem> = flags
        .iter()
        .map(|flag| item(flag, "2026-02-02T10:00:00Z"))
        .collect();
    let request = request_about(&items);
    let mut replaced = file(
        items,
        vec![(BlockAct::Submit(paper(2, 2)), "2026-02-02T12:00:00Z")],
    );
    replaced.request.id = RequestId::from_written("b-0");
    replaced.superseded_by = Some(RequestId::from_written("b-1"));
    let figures = tally.finish(&[replaced, request]);
    assert_eq!(
        counts(&figures),
        [
            ("flagged", 2),
            ("submitted", 2),
            ("ordered", 2),
            ("in_effect", 2),
            ("verified_blocked", 1),
            ("came_back", 1)
        ]
    );
    let came_back = &figures.total[&Measure::CameBack].dossiers;
    assert_eq!(came_back.iter().collect::<Vec<_>>(), ["b-1/i-a.example"]);
    assert_eq!(
        figures.by_month["2026-02"][&Measure::VerifiedBlocked].count,
        1
    );
    assert_eq!(
        figures.by_month["2026-03"][&Measure::VerifiedBlocked].count,
        1
    );
    let median = |span| {
        figures
            .times
            .get(&span)
            .map(|time: &Duration| time.median_minutes)
    };
    assert_eq!(median(Span::DecisionToSubmission), Some(120));
    // From noon UTC on the 2nd to 18:59:59 UTC on the 3rd.
    assert_eq!(median(Span::SubmissionToOrder), Some(24 * 60 + 7 * 60 - 1));
    assert_eq!(median(Span::OrderToVerified), Some(61 - 1));
    assert_eq!(figures.times[&Span::FlagToVerified].dossiers.len(), 1);
}

#[test]
fn every_number_has_its_dossiers_and_the_digest_stands_for_all_of_them() {
    let figures = |site: &str| {
        let mut tally = Tally::new(year());
        tally.take_visit(&visit(site, "2026-02-01T10:00:00Z"));
        tally.take_flag(&flag(site, Category::DrugSale, "x", "2026-02-01T10:00:00Z"));
        tally.finish(&[])
    };
    let (one, other) = (figures("a.example"), figures("b.example"));
    assert!(one.numbers().count() > 3);
    assert!(
        one.numbers()
            .all(|(_, number)| number.count == number.dossiers.len() && number.count > 0)
    );
    assert_eq!(
        one.canonical().unwrap(),
        figures("a.example").canonical().unwrap()
    );
    // The same numbers of another site are not the same figures.
    let report =
        FrozenReport::of(&one, 3, named("a.serikova"), at("2027-01-01T00:00:00Z")).unwrap();
    assert_eq!(differences(&report, &other), []);
    assert_ne!(report.digest, other.digest().unwrap());
    let empty = Tally::new(year()).finish(&[]);
    let told = differences(&report, &empty);
    let flagged = told
        .iter()
        .find(|difference| difference.name == "flagged")
        .unwrap();
    assert_eq!((flagged.reported, flagged.found), (1, 0));
}

use super::*;
use crate::block::profile::BlockRules;
use jiff::civil::{Weekday, date};
use proptest::prelude::*;
use std::sync::OnceLock;

fn profile(code: &str) -> &'static Profile {
    static RULES: OnceLock<BlockRules> = OnceLock::new();
    let rules = RULES.get_or_init(|| BlockRules::load(None).unwrap());
    rules.profile(code).unwrap()
}

fn due(code: &str, from: &str, within: Term) -> (String, bool) {
    let due = profile(code).due(from.parse().unwrap(), within);
    (due.at.to_string(), due.is_covered)
}

/// Begin, term and end in Kazakhstan.
const ENDS: [(&str, Term, &str); 11] = [
    // Hours are exact, over nights and holidays.
    (
        "2026-03-20T10:00:00Z",
        Term::Hours(48),
        "2026-03-22T10:00:00Z",
    ),
    // A day ends at midnight in Almaty, which is 19:00 UTC.
    (
        "2026-03-20T10:00:00Z",
        Term::Days(1),
        "2026-03-21T18:59:59Z",
    ),
    (
        "2026-03-20T10:00:00Z",
        Term::Days(0),
        "2026-03-20T18:59:59Z",
    ),
    // 20:00 UTC is the next day there.
    (
        "2026-03-20T20:00:00Z",
        Term::Days(1),
        "2026-03-22T18:59:59Z",
    ),
    // Friday before Nauryz: 21 to 25 March are days off, Thursday the 26th is the first working day.
    (
        "2026-03-20T10:00:00Z",
        Term::WorkingDays(1),
        "2026-03-26T18:59:59Z",
    ),
    (
        "2026-03-20T10:00:00Z",
        Term::WorkingDays(3),
        "2026-03-30T18:59:59Z",
    ),
    // A term of no days on a day off ends on the next working day.
    (
        "2026-03-21T10:00:00Z",
        Term::WorkingDays(0),
        "2026-03-26T18:59:59Z",
    ),
    (
        "2026-03-20T10:00:00Z",
        Term::WorkingDays(0),
        "2026-03-20T18:59:59Z",
    ),
    // New Year 2027: Thursday 31 December; off on 1, 2, 3, 4 and 7 January.
    (
        "2026-12-30T10:00:00Z",
        Term::WorkingDays(1),
        "2026-12-31T18:59:59Z",
    ),
    (
        "2026-12-31T10:00:00Z",
        Term::WorkingDays(1),
        "2027-01-05T18:59:59Z",
    ),
    (
        "2026-12-31T10:00:00Z",
        Term::WorkingDays(3),
        "2027-01-08T18:59:59Z",
    ),
];

#[test]
fn terms_end_where_a_calendar_on_the_wall_says() {
    for (from, within, ends) in ENDS {
        assert_eq!(
            due("kz", from, within),
            (ends.to_owned(), true),
            "{from} {within}"
        );
    }
}

#[test]
fn other_jurisdictions_have_other_days_and_zones() {
    // Moscow is three hours ahead; its year begins with ten days off.
    let new_year = due("ru", "2026-12-30T10:00:00Z", Term::WorkingDays(1));
    assert_eq!(new_year, ("2027-01-11T20:59:59Z".to_owned(), true));
    // Brussels in summer is two hours ahead.
    let summer = due("eu", "2026-07-20T10:00:00Z", Term::WorkingDays(1));
    assert_eq!(summer, ("2026-07-22T21:59:59Z".to_owned(), true));
}

#[test]
fn a_year_without_a_calendar_is_never_silently_counted() {
    assert!(!due("kz", "2027-12-31T10:00:00Z", Term::WorkingDays(1)).1);
    assert!(!due("kz", "2025-12-31T10:00:00Z", Term::WorkingDays(1)).1);
    assert!(due("kz", "2027-12-31T10:00:00Z", Term::Days(5)).1);
}

#[test]
fn verifications_follow_the_schedule_and_then_every_month() {
    let kz = profile("kz");
    let since: Timestamp = "2026-04-01T00:00:00Z".parse().unwrap();
    let mut last = None;
    let mut planned = Vec::new();
    for _ in 0..5 {
        let next = kz.next_verification(since, last);
        planned.push(next.duration_since(since).as_hours());
        last = Some(next);
    }
    assert_eq!(planned, [2, 24, 168, 168 + 720, 168 + 1440]);
    // What was looked at before it took effect does not count.
    let early = "2026-03-01T00:00:00Z".parse().unwrap();
    assert_eq!(
        kz.next_verification(since, Some(early))
            .duration_since(since)
            .as_hours(),
        2
    );
}

proptest! {
    #[test]
    fn working_days_never_end_on_a_day_off(second in 1_767_000_000_i64..1_830_000_000, days in 0_u32..200) {
        let kz = profile("kz");
        let from = Timestamp::from_second(second).unwrap();
        let end = kz.day_of(kz.due(from, Term::WorkingDays(days)).at);
        prop_assert!(kz.is_working_day(end), "{end}");
        prop_assert!(!matches!(end.weekday(), Weekday::Saturday | Weekday::Sunday));
        let mut counted = 0;
        let mut day = kz.day_of(from);
        let began = day;
        while day < end {
            day = day.tomorrow().unwrap();
            counted += u32::from(kz.is_working_day(day));
        }
        let wanted = if days == 0 && !kz.is_working_day(began) { 1 } else { days };
        prop_assert_eq!(counted, wanted);
    }

    #[test]
    fn more_days_never_end_earlier(second in 1_767_000_000_i64..1_830_000_000, days in 0_u32..100) {
        let kz = profile("kz");
        let from = Timestamp::from_second(second).unwrap();
        prop_assert!(kz.due(from, Term::WorkingDays(days)).at <= kz.due(from, Term::WorkingDays(days + 1)).at);
        prop_assert!(kz.due(from, Term::Days(days)).at <= kz.due(from, Term::WorkingDays(days)).at);
    }
}

#[test]
fn the_last_day_that_there_is_ends_the_count() {
    let (day, is_covered) = profile("kz").working_day_after(date(9999, 12, 31), 3);
    assert_eq!((day, is_covered), (Date::MAX, false));
}

use super::*;
use crate::flag::Flag;
use crate::id::{DecisionId, FlagId, RunId};
use crate::rules::Category;
use crate::suspect::SuspectUrl;
use crate::verdict::{Band, CategoryScore};
use jiff::Timestamp;
use proptest::prelude::*;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    time("2026-03-02T12:00:00Z")
}

fn flag() -> Flag {
    let category = |category: Category, band| CategoryScore {
        category,
        family: category.family(),
        score: 0.9,
        band,
        findings: Vec::new(),
        against: Vec::new(),
    };
    Flag {
        id: FlagId::of_site("lavka.example"),
        site: "lavka.example".to_owned(),
        entry: SuspectUrl::parse("http://lavka.example/").unwrap(),
        band: Band::Urgent,
        categories: vec![
            category(Category::DrugSale, Band::Urgent),
            category(Category::FakeShop, Band::Clear),
        ],
        entities: Vec::new(),
        captures: Vec::new(),
        ruleset: "1".to_owned(),
        run: RunId::from_written("r-1"),
        raised: time("2026-03-01T12:00:00Z"),
        seen: time("2026-03-01T12:00:00Z"),
        visits: 1,
    }
}

fn ruling(choice: Choice, reasons: &[Reason]) -> Ruling {
    Ruling {
        choice,
        reasons: reasons.to_vec(),
        note: None,
        supersedes: None,
    }
}

fn confirm() -> Choice {
    Choice::Confirm {
        category: Category::DrugSale,
        elements: vec![Element::Contact, Element::Goods, Element::Contact],
    }
}

fn reviewer() -> Reviewer {
    Reviewer::named(" a.serikova ").unwrap()
}

fn taken(choice: Choice, reasons: &[Reason]) -> Decision {
    decide(&flag(), None, ruling(choice, reasons), reviewer(), noon()).unwrap()
}

#[test]
fn a_decision_says_who_when_why_and_about_what() {
    let decision = taken(confirm(), &[Reason::OpenOffer]);
    assert_eq!(decision.author.as_str(), "a.serikova");
    assert_eq!(decision.grounds.categories, [Category::DrugSale]);
    assert_eq!(
        decision.choice,
        Choice::Confirm {
            category: Category::DrugSale,
            elements: vec![Element::Goods, Element::Contact]
        },
        "each element once, in their order"
    );
    let json = serde_json::to_value(&decision).unwrap();
    assert_eq!(json["verdict"], "confirm");
    assert_eq!(json["category"], "drug_sale");
    assert_eq!(json["reasons"][0], "open_offer");
    assert!(json.get("supersedes").is_none());
    assert_eq!(serde_json::from_value::<Decision>(json).unwrap(), decision);
}

#[test]
fn a_dismissal_needs_a_reason_and_reasons_fit_their_decision() {
    let refused = |choice, reasons: &[Reason]| {
        decide(&flag(), None, ruling(choice, reasons), reviewer(), noon()).unwrap_err()
    };
    assert_eq!(refused(Choice::Dismiss, &[]), DecideError::NoReason);
    let wrong = refused(Choice::Dismiss, &[Reason::OpenOffer]).to_string();
    assert!(
        wrong.contains("open_offer") && wrong.contains("news"),
        "{wrong}"
    );
    assert!(matches!(
        refused(confirm(), &[Reason::News]),
        DecideError::WrongReason { .. }
    ));
    assert_eq!(
        refused(Choice::Defer { until: noon() }, &[]),
        DecideError::NotLater
    );
}

#[test]
fn only_the_current_decision_is_superseded_and_only_by_name() {
    let first = taken(Choice::Dismiss, &[Reason::News]);
    let second = |supersedes: Option<DecisionId>, current: Option<&Decision>, now| {
        let ruling = Ruling {
            supersedes,
            ..ruling(confirm(), &[])
        };
        decide(&flag(), current, ruling, reviewer(), now)
    };
    let later = time("2026-03-03T12:00:00Z");
    assert!(matches!(
        second(None, Some(&first), later),
        Err(DecideError::Stands { .. })
    ));
    let other = Some(DecisionId::from_written("d-000000000000"));
    assert!(matches!(
        second(other.clone(), Some(&first), later),
        Err(DecideError::NotCurrent { .. })
    ));
    assert!(matches!(
        second(other, None, later),
        Err(DecideError::NotCurrent { .. })
    ));
    assert_eq!(
        second(
            Some(first.id.clone()),
            Some(&first),
            time("2026-03-01T12:00:00Z")
        ),
        Err(DecideError::ClockBehind)
    );
    let superseding = second(Some(first.id.clone()), Some(&first), later).unwrap();
    assert_eq!(superseding.supersedes, Some(first.id.clone()));
    assert_ne!(superseding.id, first.id);
}

#[test]
fn a_deferral_is_followed_without_being_named_and_ends_by_itself() {
    let until = time("2026-03-09T00:00:00Z");
    let deferred = taken(Choice::Defer { until }, &[Reason::MoreEvidence]);
    let status = |now| ReviewStatus::of(Some(&deferred.choice), now);
    assert_eq!(status(noon()), ReviewStatus::Deferred);
    assert_eq!(status(until), ReviewStatus::Open);
    let next = ruling(Choice::Dismiss, &[Reason::Treatment]);
    let next = decide(&flag(), Some(&deferred), next, reviewer(), until).unwrap();
    assert_eq!(next.supersedes, Some(deferred.id));
}

#[test]
fn a_flag_that_changed_meanwhile_is_looked_at_again_first() {
    let decision = taken(confirm(), &[]);
    let mut updated = flag();
    updated.run = RunId::from_written("r-2");
    assert_eq!(
        check_decision(&decision, &updated, None),
        Err(DecideError::FlagChanged)
    );
    assert_eq!(check_decision(&decision, &flag(), None), Ok(()));
}

#[test]
fn a_later_visit_changes_the_standing_only_if_it_found_something_else() {
    let decision = taken(Choice::Dismiss, &[Reason::Law]);
    let mut flag = flag();
    flag.run = RunId::from_written("r-2");
    let standing = Standing::of(&flag, Some(decision.clone()), noon());
    assert_eq!(standing.status, ReviewStatus::Dismissed);
    assert!(!standing.changed_since);
    flag.categories[1].band = Band::Review;
    assert!(Standing::of(&flag, Some(decision), noon()).changed_since);
    assert_eq!(Standing::of(&flag, None, noon()).status, ReviewStatus::Open);
}

#[test]
fn rules_learn_only_from_decisions_that_say_what_the_site_is() {
    assert_eq!(taken(confirm(), &[]).lesson(), Some(true));
    assert_eq!(
        taken(Choice::Dismiss, &[Reason::News]).lesson(),
        Some(false)
    );
    for reason in [
        Reason::TooLittle,
        Reason::OutOfRemit,
        Reason::Gone,
        Reason::Duplicate,
    ] {
        assert_eq!(taken(Choice::Dismiss, &[reason]).lesson(), None);
    }
    let both = taken(Choice::Dismiss, &[Reason::Gone, Reason::Fiction]);
    assert_eq!(both.lesson(), Some(false));
}

#[test]
fn every_code_is_unique_is_what_json_has_and_has_titles_in_three_languages() {
    for reason in Reason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        assert_eq!(Reason::named(reason.as_str()), Some(reason));
        let titles = reason.titles();
        assert!(!titles.ru.is_empty() && !titles.kk.is_empty() && !titles.en.is_empty());
        assert!(!reason.is_protected() || reason.says_honest());
    }
    for element in Element::ALL {
        assert_eq!(serde_json::to_value(element).unwrap(), element.as_str());
        assert_eq!(Element::named(element.as_str()), Some(element));
        let titles = element.titles();
        assert!(!titles.ru.is_empty() && !titles.kk.is_empty() && !titles.en.is_empty());
    }
    for status in ReviewStatus::ALL {
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        assert_eq!(ReviewStatus::named(status.as_str()), Some(status));
    }
    let sides = Reason::for_confirming().count() + Reason::for_dismissing().count();
    assert_eq!(sides + Reason::for_deferring().count(), Reason::ALL.len());
}

#[test]
fn a_reviewer_has_a_name_that_can_be_shown() {
    for name in ["", "  ", "a\nb", "a\u{202e}b", "\u{200b}", &"x".repeat(101)] {
        assert_eq!(Reviewer::named(name), Err(ReviewerError), "{name:?}");
    }
    assert_eq!(
        Reviewer::named("Әлия Серікова").unwrap().as_str(),
        "Әлия Серікова"
    );
    assert!(serde_json::from_str::<Reviewer>("\"\"").is_err());
}

proptest! {
    #[test]
    fn a_chain_of_decisions_names_each_time_the_one_before(choices in prop::collection::vec(0..3_u8, 1..12)) {
        let mut current: Option<Decision> = None;
        for (n, choice) in choices.into_iter().enumerate() {
            let now = noon() + jiff::SignedDuration::from_hours(i64::try_from(n).unwrap());
            let (choice, reasons) = match choice {
                0 => (confirm(), vec![]),
                1 => (Choice::Dismiss, vec![Reason::News]),
                _ => (Choice::Defer { until: now + jiff::SignedDuration::from_hours(1) }, vec![]),
            };
            let ruling = Ruling {
                choice,
                reasons,
                note: Some("  ".to_owned()),
                supersedes: current.as_ref().map(|decision| decision.id.clone()),
            };
            let next = decide(&flag(), current.as_ref(), ruling, reviewer(), now).unwrap();
            prop_assert_eq!(&next.supersedes, &current.map(|decision| decision.id));
            prop_assert_eq!(&next.note, &None);
            current = Some(next);
        }
    }
}

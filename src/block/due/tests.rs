use super::*;
use crate::block::profile::{Authority, BlockRules, Role, Term};
use crate::block::tests::{item, named, request, url};
use crate::block::{BlockAct, BlockTarget, Paper};
use crate::id::StepId;
use jiff::civil::{Date, date};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn paper(day: Date) -> Paper {
    Paper {
        number: "1".to_owned(),
        date: day,
        organ: "organ".to_owned(),
        digest: None,
    }
}

fn step(act: BlockAct, time: &str) -> BlockStep {
    BlockStep {
        id: StepId::from_written("s-1"),
        request: crate::id::RequestId::from_written("b-1"),
        items: Vec::new(),
        act,
        by: named("n.omarova"),
        at: at(time),
        note: None,
    }
}

fn deadline(act: &str, after: &str, within: Term) -> Deadline {
    Deadline {
        act: act.to_owned(),
        after: after.to_owned(),
        within,
        source: "a law".to_owned(),
        confirmed: false,
    }
}

/// Kazakhstan with an addressee of our own.
fn profile() -> Profile {
    let mut profile = BlockRules::load(None)
        .unwrap()
        .profile("kz")
        .unwrap()
        .clone();
    profile.authorities = vec![Authority {
        id: "body".to_owned(),
        role: Role::OrderBody,
        title: std::collections::BTreeMap::new(),
        address: None,
        email: None,
        channel: None,
        languages: Vec::new(),
        categories: Vec::new(),
        documents: Vec::new(),
        deadlines: vec![
            deadline("approve", "draft", Term::Hours(24)),
            deadline("submit", "approve", Term::WorkingDays(1)),
            deadline("acknowledge", "submit", Term::Days(1)),
            deadline("order", "submit", Term::WorkingDays(3)),
            deadline("effect", "order", Term::Hours(48)),
            deadline("lifted", "lift", Term::WorkingDays(5)),
        ],
    }];
    profile
}

fn awaited_after(steps: &[BlockStep], now: &str) -> Vec<(String, String, bool)> {
    let target = BlockTarget::Url(url("http://shop.example/goods"));
    let mut request = request(vec![item(target)]);
    request.drafted = at("2026-03-19T05:00:00Z");
    request.review_by = date(2026, 9, 15);
    due_acts(&request, steps, &profile(), at(now))
        .into_iter()
        .map(|due| (due.act, due.due.to_string(), due.overdue_by.is_some()))
        .collect()
}

fn one(act: &str, due: &str, late: bool) -> (String, String, bool) {
    (act.to_owned(), due.to_owned(), late)
}

#[test]
fn each_state_awaits_what_comes_next_across_nauryz() {
    let mut steps = Vec::new();
    assert_eq!(
        awaited_after(&steps, "2026-03-20T05:00:01Z"),
        [one("approve", "2026-03-20T05:00:00Z", true)]
    );
    // Thursday, 19 March 2026; Friday is the next working day.
    steps.push(step(BlockAct::Approve, "2026-03-19T06:00:00Z"));
    assert_eq!(
        awaited_after(&steps, "2026-03-19T07:00:00Z"),
        [one("submit", "2026-03-20T18:59:59Z", false)]
    );
    // Sent on Friday. Nauryz with its transfers ends on Wednesday: the third working day is Monday, 30 March.
    steps.push(step(
        BlockAct::Submit(paper(date(2026, 3, 20))),
        "2026-03-20T06:00:00Z",
    ));
    assert_eq!(
        awaited_after(&steps, "2026-03-22T06:00:00Z"),
        [
            one("acknowledge", "2026-03-21T18:59:59Z", true),
            one("order", "2026-03-30T18:59:59Z", false)
        ]
    );
    // The order is of Friday and was entered on Monday: 48 hours from the end of its day.
    steps.push(step(
        BlockAct::Order(paper(date(2026, 3, 27))),
        "2026-03-30T06:00:00Z",
    ));
    assert_eq!(
        awaited_after(&steps, "2026-03-29T19:00:00Z"),
        [
            one("effect", "2026-03-29T18:59:59Z", true),
            one("review", "2026-09-15T18:59:59Z", false)
        ]
    );
    steps.push(step(
        BlockAct::Effect(paper(date(2026, 3, 30))),
        "2026-03-30T07:00:00Z",
    ));
    assert_eq!(
        awaited_after(&steps, "2026-09-15T19:00:00Z"),
        [one("review", "2026-09-15T18:59:59Z", true)]
    );
    let reason = "the owner removed it".to_owned();
    steps.push(step(BlockAct::Lift { reason }, "2026-12-29T06:00:00Z"));
    // 30 and 31 December, 5, 6 and 8 January: 1, 2, 4 and 7 January are days off in Kazakhstan.
    assert_eq!(
        awaited_after(&steps, "2026-12-30T06:00:00Z"),
        [one("lifted", "2027-01-08T18:59:59Z", false)]
    );
    steps.push(step(
        BlockAct::Lifted(paper(date(2027, 1, 4))),
        "2027-01-04T06:00:00Z",
    ));
    assert_eq!(awaited_after(&steps, "2027-02-01T00:00:00Z"), []);
}

#[test]
fn a_step_about_one_item_leaves_the_deadlines_of_the_others() {
    let first = item(BlockTarget::Url(url("http://shop.example/a")));
    let second = item(BlockTarget::Url(url("http://shop.example/b")));
    let (gone, other) = (first.id.clone(), second.id.clone());
    let request = request(vec![first, second]);
    let mut refused = step(
        BlockAct::Refuse {
            paper: paper(date(2026, 3, 27)),
            reason: "no ground".to_owned(),
        },
        "2026-03-27T06:00:00Z",
    );
    refused.items = vec![gone];
    let steps = [
        step(BlockAct::Approve, "2026-03-19T06:00:00Z"),
        step(
            BlockAct::Submit(paper(date(2026, 3, 20))),
            "2026-03-20T06:00:00Z",
        ),
        refused,
    ];
    let due = due_acts(&request, &steps, &profile(), at("2026-03-27T07:00:00Z"));
    assert!(!due.is_empty());
    assert!(due.iter().all(|due| due.item == other));
}

#[test]
fn a_deadline_in_a_year_without_a_calendar_is_marked() {
    let target = BlockTarget::Url(url("http://shop.example/goods"));
    let request = request(vec![item(target)]);
    let steps = [
        step(BlockAct::Approve, "2027-12-30T06:00:00Z"),
        step(
            BlockAct::Submit(paper(date(2027, 12, 30))),
            "2027-12-30T06:00:00Z",
        ),
    ];
    let due = due_acts(&request, &steps, &profile(), at("2027-12-30T07:00:00Z"));
    let order = due.iter().find(|due| due.act == "order").unwrap();
    assert!(!order.is_covered);
    let acknowledged = due.iter().find(|due| due.act == "acknowledge").unwrap();
    assert!(acknowledged.is_covered);
}

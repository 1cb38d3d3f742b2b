mod requests;

use super::*;
use crate::digest::Digest;
use crate::document::Language;
use crate::id::{CaptureId, DecisionId, FlagId, ItemId, RequestId, StepId};
use crate::review::Reviewer;
use crate::rules::Category;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

pub(super) fn time(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

pub(super) fn named(name: &str) -> Reviewer {
    Reviewer::named(name).unwrap()
}

pub(super) fn url(text: &str) -> SuspectUrl {
    SuspectUrl::parse(text).unwrap()
}

pub(super) fn item(target: BlockTarget) -> BlockItem {
    let page = url("http://shop.example/goods");
    BlockItem {
        id: ItemId::from_written(&format!("i-{}", target.live())),
        target,
        scope_reason: Some("every page sells".to_owned()),
        flag: FlagId::of_site("shop.example"),
        site: "shop.example".to_owned(),
        urls: vec![page.clone()],
        decision: DecisionId::from_written("d-1"),
        decided_by: named("a.serikova"),
        decided: time(0),
        category: Category::DrugSale,
        grounds: vec!["kz.criminal_code.297".to_owned()],
        reasons: "sells mephedrone".to_owned(),
        findings: vec![ItemFinding {
            rule: "drug_sale.goods".to_owned(),
            url: page.clone(),
            excerpt: "мефедрон".to_owned(),
            ruleset: "1".to_owned(),
        }],
        evidence: vec![ItemEvidence {
            capture: CaptureId::from_written("c-1"),
            url: page,
            fetched: time(0),
            status: 200,
            payload_digest: Digest::of(b"body"),
            block_digest: Digest::of(b"head and body"),
            screenshot: None,
        }],
        bundle: None,
        addresses: Vec::new(),
        first_seen: time(0),
        last_seen: time(0),
        overrides: Vec::new(),
    }
}

pub(super) fn request(items: Vec<BlockItem>) -> BlockRequest {
    BlockRequest {
        id: RequestId::from_written("b-1"),
        purpose: Purpose::Block,
        jurisdiction: "kz".to_owned(),
        authority: "body".to_owned(),
        addressee: None,
        languages: vec![Language::Ru],
        unit: "unit".to_owned(),
        contact: None,
        author: named("a.serikova"),
        drafted: time(1),
        items,
        review_by: date(2027, 5, 1),
        supersedes: None,
        parent: None,
    }
}

fn two_items() -> BlockRequest {
    request(vec![
        item(BlockTarget::Url(url("http://shop.example/goods"))),
        item(BlockTarget::Host(HostName::parse("shop.example").unwrap())),
    ])
}

fn paper() -> Paper {
    Paper {
        number: "7".to_owned(),
        date: date(2026, 11, 24),
        organ: "body".to_owned(),
        digest: None,
    }
}

fn reason() -> String {
    "because".to_owned()
}

/// Every act, once.
fn acts() -> Vec<BlockAct> {
    vec![
        BlockAct::Approve,
        BlockAct::Submit(paper()),
        BlockAct::Acknowledge(paper()),
        BlockAct::Order(paper()),
        BlockAct::Effect(paper()),
        BlockAct::Refuse {
            paper: paper(),
            reason: reason(),
        },
        BlockAct::Withdraw { reason: reason() },
        BlockAct::Removed { reason: reason() },
        BlockAct::Appeal(paper()),
        BlockAct::Appealed {
            paper: paper(),
            upheld: true,
        },
        BlockAct::Appealed {
            paper: paper(),
            upheld: false,
        },
        BlockAct::Lift { reason: reason() },
        BlockAct::Lifted(paper()),
        BlockAct::Expire { reason: reason() },
    ]
}

fn step(act: BlockAct, items: &[&BlockItem], second: i64) -> BlockStep {
    let request = RequestId::from_written("b-1");
    BlockStep {
        id: StepId::taken(&request, act.as_str(), "n.omarova", time(second)),
        request,
        items: items.iter().map(|item| item.id.clone()).collect(),
        act,
        by: named("n.omarova"),
        at: time(second),
        note: None,
    }
}

/// Records acts one after the other, each about all items.
fn after(request: &BlockRequest, acts: Vec<BlockAct>) -> Result<Vec<BlockStep>, StepError> {
    let mut steps = Vec::new();
    for (second, act) in (2..).zip(acts) {
        let step = step(act, &[], second);
        check_step(request, None, &steps, &step)?;
        steps.push(step);
    }
    Ok(steps)
}

#[test]
fn a_request_goes_from_draft_to_lifted_and_every_state_is_seen() {
    let request = two_items();
    let acts = vec![
        BlockAct::Approve,
        BlockAct::Submit(paper()),
        BlockAct::Acknowledge(paper()),
        BlockAct::Order(paper()),
        BlockAct::Effect(paper()),
        BlockAct::Appeal(paper()),
        BlockAct::Appealed {
            paper: paper(),
            upheld: false,
        },
        BlockAct::Lift { reason: reason() },
        BlockAct::Lifted(paper()),
    ];
    let steps = after(&request, acts).unwrap();
    let states: Vec<&str> = (0..=steps.len())
        .map(|count| item_state(&request.items[0].id, &steps[..count]).as_str())
        .collect();
    assert_eq!(
        states,
        [
            "draft",
            "approved",
            "submitted",
            "acknowledged",
            "ordered",
            "effective",
            "appealed",
            "effective",
            "lifting",
            "lifted"
        ]
    );
}

#[test]
fn an_upheld_appeal_takes_the_target_out_of_force_at_once() {
    let request = two_items();
    let upheld = BlockAct::Appealed {
        paper: paper(),
        upheld: true,
    };
    let acts = vec![
        BlockAct::Approve,
        BlockAct::Submit(paper()),
        BlockAct::Order(paper()),
        BlockAct::Appeal(paper()),
        upheld,
    ];
    let steps = after(&request, acts).unwrap();
    let id = &request.items[0].id;
    assert!(item_state(id, &steps[..4]).is_in_force());
    assert_eq!(item_state(id, &steps), ItemState::Lifting);
    assert!(!item_state(id, &steps).is_in_force());
}

#[test]
fn a_step_may_be_about_some_of_the_items() {
    let request = two_items();
    let mut steps = after(&request, vec![BlockAct::Approve, BlockAct::Submit(paper())]).unwrap();
    let order = step(BlockAct::Order(paper()), &[&request.items[0]], 10);
    check_step(&request, None, &steps, &order).unwrap();
    steps.push(order);
    assert_eq!(item_state(&request.items[0].id, &steps), ItemState::Ordered);
    assert_eq!(
        item_state(&request.items[1].id, &steps),
        ItemState::Submitted
    );
    let lift = step(BlockAct::Lift { reason: reason() }, &[], 11);
    let refused = check_step(&request, None, &steps, &lift).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("shop[.]example is submitted; lift comes after ordered"),
        "{refused}"
    );
}

#[test]
fn the_author_cannot_approve_their_own_request() {
    let request = two_items();
    let mut own = step(BlockAct::Approve, &[], 2);
    own.by = named("a.serikova");
    assert_eq!(
        check_step(&request, None, &[], &own),
        Err(StepError::OwnRequest(named("a.serikova")))
    );
}

#[test]
fn steps_without_what_they_need_are_refused() {
    let request = two_items();
    let steps = after(&request, vec![BlockAct::Approve]).unwrap();
    let blank = Paper {
        number: " ".to_owned(),
        ..paper()
    };
    for (act, wanted) in [
        (BlockAct::Submit(blank), StepError::NoPaper("submit")),
        (
            BlockAct::Withdraw {
                reason: "  ".to_owned(),
            },
            StepError::NoReason("withdraw"),
        ),
    ] {
        assert_eq!(
            check_step(&request, None, &steps, &step(act, &[], 9)),
            Err(wanted)
        );
    }
    let early = step(BlockAct::Submit(paper()), &[], 0);
    assert_eq!(
        check_step(&request, None, &steps, &early),
        Err(StepError::ClockBehind)
    );
    let later = RequestId::from_written("b-2");
    let submit = step(BlockAct::Submit(paper()), &[], 9);
    assert_eq!(
        check_step(&request, Some(&later), &steps, &submit),
        Err(StepError::Superseded(later))
    );
    let stranger = item(BlockTarget::Host(HostName::parse("other.example").unwrap()));
    assert_eq!(
        check_step(
            &request,
            None,
            &steps,
            &step(BlockAct::Submit(paper()), &[&stranger], 9)
        ),
        Err(StepError::OtherItem(stranger.id.clone()))
    );
}

proptest! {
    /// Whatever is tried in whatever order: nothing is in force that two people did not ask for and somebody
    /// did not order or carry out.
    #[test]
    fn nothing_comes_into_force_without_approval_submission_and_answer(
        order in prop::collection::vec(0..14_usize, 0..40)
    ) {
        let request = two_items();
        let mut steps: Vec<BlockStep> = Vec::new();
        for (second, choice) in (2..).zip(order) {
            let step = step(acts()[choice].clone(), &[], second);
            if check_step(&request, None, &steps, &step).is_ok() {
                steps.push(step);
            }
            let state = item_state(&request.items[0].id, &steps);
            if state.is_in_force() {
                let done: Vec<&str> = steps.iter().map(|step| step.act.as_str()).collect();
                let place = |act: &str| done.iter().position(|done| *done == act);
                let approved = place("approve").expect("approved");
                let submitted = place("submit").expect("submitted");
                prop_assert!(approved < submitted);
                prop_assert!(place("order").or(place("effect")).is_some_and(|at| at > submitted));
                prop_assert!(!done.contains(&"lift") && !done.contains(&"withdraw"));
            }
        }
    }

    #[test]
    fn a_name_that_is_taken_survives_every_line(written in "\\PC{0,80}") {
        if let Ok(name) = HostName::parse(&written) {
            let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b);
            prop_assert!(name.as_str().bytes().all(is_plain));
            let again = HostName::parse(name.as_str()).expect("its own form");
            prop_assert_eq!(again, name);
        }
    }
}

#[test]
fn names_are_taken_in_one_form() {
    for (written, name) in [
        ("Shop.Example.", "shop.example"),
        ("магазин.қаз", "xn--80aairftm.xn--80ao21a"),
        ("a_b.shop.example", "a_b.shop.example"),
    ] {
        assert_eq!(HostName::parse(written).unwrap().as_str(), name);
    }
    for written in [
        "localhost",
        "203.0.113.7",
        "a b.example",
        "-a.example",
        "shop.example/x",
        "1.2",
        "",
    ] {
        assert!(HostName::parse(written).is_err(), "{written}");
    }
}

#[test]
fn a_target_covers_what_its_scope_says_and_nothing_else() {
    let host = || HostName::parse("shop.example").unwrap();
    let pages = [
        "http://shop.example/goods",
        "https://shop.example/goods",
        "http://shop.example/",
        "http://www.shop.example/",
        "http://notshop.example/",
        "http://shop.example.net/",
        "http://203.0.113.7/",
    ];
    let covered = |target: BlockTarget| -> Vec<usize> {
        let covers = |page: &str| target.covers(&url(page));
        (0..pages.len()).filter(|at| covers(pages[*at])).collect()
    };
    assert_eq!(covered(BlockTarget::Url(url(pages[0]))), [0]);
    assert_eq!(covered(BlockTarget::Host(host())), [0, 1, 2]);
    assert_eq!(covered(BlockTarget::HostAndBelow(host())), [0, 1, 2, 3]);
    assert_eq!(
        covered(BlockTarget::Address("203.0.113.7".parse().unwrap())),
        [6]
    );
}

#[test]
fn records_come_back_as_they_were_written() {
    let request = two_items();
    let json = serde_json::to_value(&request).unwrap();
    assert_eq!(json["items"][0]["scope"], "url");
    assert_eq!(json["items"][0]["target"], "http://shop.example/goods");
    assert_eq!(
        serde_json::from_value::<BlockRequest>(json).unwrap(),
        request
    );
    for act in acts() {
        let step = step(act, &[], 2);
        let json = serde_json::to_value(&step).unwrap();
        assert_eq!(json["act"], step.act.as_str());
        assert_eq!(serde_json::from_value::<BlockStep>(json).unwrap(), step);
    }
}

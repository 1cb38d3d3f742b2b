//! What a request must have before it is recorded, and the codes of what follows.

use super::{acts, item, named, request, time, two_items, url};
use crate::block::guard::{Objection, ObjectionCode};
use crate::block::{BlockAct, BlockTarget, Override, RequestError, check_request};
use crate::id::{DecisionId, FlagId, RunId};
use crate::review::{Choice, Decision, Grounds};
use crate::rules::Category;
use crate::verdict::Band;

fn confirmation() -> Decision {
    Decision {
        id: DecisionId::from_written("d-1"),
        flag: FlagId::of_site("shop.example"),
        choice: Choice::Confirm {
            category: Category::DrugSale,
            elements: Vec::new(),
        },
        reasons: Vec::new(),
        note: None,
        author: named("a.serikova"),
        decided: time(0),
        supersedes: None,
        grounds: Grounds {
            run: RunId::from_written("r-1"),
            ruleset: "1".to_owned(),
            band: Band::Urgent,
            categories: vec![Category::DrugSale],
            captures: Vec::new(),
        },
    }
}

#[test]
fn a_request_without_a_fact_names_what_is_missing() {
    let mut bare = two_items();
    let item = &mut bare.items[1];
    item.grounds.clear();
    item.reasons = " ".to_owned();
    item.evidence.clear();
    item.findings.clear();
    item.urls.clear();
    item.scope_reason = None;
    let error = check_request(&bare, |_| Some(confirmation()), |_| Vec::new()).unwrap_err();
    let RequestError::Missing { site, missing } = &error else {
        panic!("{error}");
    };
    assert_eq!(site, "shop[.]example");
    assert_eq!(missing.len(), 6, "{missing:?}");
}

#[test]
fn a_request_rests_on_the_confirmation_that_stands() {
    let request = two_items();
    check_request(&request, |_| Some(confirmation()), |_| Vec::new()).unwrap();
    let dismissed = Decision {
        choice: Choice::Dismiss,
        ..confirmation()
    };
    let newer = Decision {
        id: DecisionId::from_written("d-2"),
        ..confirmation()
    };
    for standing in [None, Some(dismissed), Some(newer)] {
        let refused = check_request(&request, |_| standing.clone(), |_| Vec::new());
        assert!(matches!(refused, Err(RequestError::NotConfirmed { .. })));
    }
}

#[test]
fn a_supervisor_sets_aside_what_can_be_and_nothing_else() {
    let objection = |code| Objection {
        code,
        message: "no".to_owned(),
    };
    let mut request = request(vec![item(BlockTarget::Url(url(
        "http://shop.example/goods",
    )))]);
    let set_aside = |code: ObjectionCode| Override {
        objection: code.as_str().to_owned(),
        supervisor: named("b.chief"),
        reason: "looked at it".to_owned(),
    };
    request.items[0].overrides = ObjectionCode::ALL.map(set_aside).to_vec();
    for code in ObjectionCode::ALL {
        let checked = check_request(
            &request,
            |_| Some(confirmation()),
            |_| vec![objection(code)],
        );
        assert_eq!(
            checked.is_ok(),
            code.can_be_set_aside(),
            "{}",
            code.as_str()
        );
    }
    request.items[0].overrides.clear();
    let shared = ObjectionCode::SharedPlatform;
    let refused = check_request(
        &request,
        |_| Some(confirmation()),
        |_| vec![objection(shared)],
    );
    assert!(matches!(refused, Err(RequestError::Objections { .. })));
}

#[test]
fn one_target_stands_in_a_request_once() {
    let target = || BlockTarget::Url(url("http://shop.example/goods"));
    let twice = request(vec![item(target()), item(target())]);
    let refused = check_request(&twice, |_| Some(confirmation()), |_| Vec::new());
    assert!(matches!(refused, Err(RequestError::TwiceTarget(_))));
    let none = check_request(&request(Vec::new()), |_| None, |_| Vec::new());
    assert_eq!(none, Err(RequestError::NoItems));
}

#[test]
fn the_codes_of_acts_are_those_of_every_act() {
    let mut acts = acts();
    acts.dedup_by_key(|act| act.as_str());
    assert_eq!(
        acts.iter().map(BlockAct::as_str).collect::<Vec<_>>(),
        BlockAct::CODES
    );
}

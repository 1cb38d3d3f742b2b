//! Decisions: what the store refuses, what it keeps, and that nothing takes them away again.

use crate::samples::{StoppedClock, commit, commit_flagged, copy, open, open_sound, score, visit};
use std::fs;
use std::sync::Arc;
use tazy::clock::Clock;
use tazy::flag::Flag;
use tazy::id::{DecisionId, RunId};
use tazy::review::{
    Choice, DecideError, Decision, Element, Reason, ReviewStatus, Reviewer, Ruling, decide,
};
use tazy::rules::Category;
use tazy::store::{FlagFilter, Store, StoreError};
use tazy::verdict::Band;

fn ruling(choice: Choice, reasons: &[Reason], supersedes: Option<DecisionId>) -> Ruling {
    Ruling {
        choice,
        reasons: reasons.to_vec(),
        note: Some("проверено".to_owned()),
        supersedes,
    }
}

fn confirm() -> Choice {
    Choice::Confirm {
        category: Category::DrugSale,
        elements: vec![Element::Goods, Element::Contact],
    }
}

fn flagged(store: &Store, run: &str, site: &str) -> Flag {
    let committed = commit_flagged(store, &RunId::from_written(run), site);
    committed.flag.unwrap()
}

/// Takes a decision as the program does, and records it.
fn take(store: &Store, flag: &Flag, ruling: Ruling) -> Decision {
    let current = store.current_decision(&flag.id).unwrap();
    let author = Reviewer::named("a.serikova").unwrap();
    let decision = decide(flag, current.as_ref(), ruling, author, StoppedClock.now()).unwrap();
    store.record_decision(&decision).unwrap();
    decision
}

#[test]
fn a_decision_survives_reopening_and_a_rebuilt_index() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let flag = flagged(&store, "r-1", "a.example");
    let other = flagged(&store, "r-1", "b.example");
    let first = take(&store, &flag, ruling(confirm(), &[Reason::OpenOffer], None));
    let second = ruling(Choice::Dismiss, &[Reason::News], Some(first.id.clone()));
    let second = take(&store, &flag, second);
    let verify = |store: &Store| {
        assert_eq!(
            store.decisions(&flag.id).unwrap(),
            [first.clone(), second.clone()]
        );
        assert_eq!(
            store.current_decision(&flag.id).unwrap(),
            Some(second.clone())
        );
        assert_eq!(
            store.standing(&flag).unwrap().status,
            ReviewStatus::Dismissed
        );
        assert_eq!(store.standing(&other).unwrap().status, ReviewStatus::Open);
        assert_eq!(
            store.flag(&flag.id).unwrap(),
            flag,
            "a decision changes no flag"
        );
        assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    };
    verify(&store);
    drop(store);
    verify(&open_sound(directory.path()));
    let (store, _) = Store::rebuild(directory.path(), Arc::new(StoppedClock)).unwrap();
    verify(&store);
    drop(store);
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    verify(&open(directory.path()).0);
}

#[test]
fn the_store_refuses_what_may_not_be_decided_whoever_asks() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let flag = flagged(&store, "r-1", "a.example");
    let author = Reviewer::named("a.serikova").unwrap();
    let honest = ruling(Choice::Dismiss, &[Reason::Law], None);
    let good = decide(&flag, None, honest, author, StoppedClock.now()).unwrap();
    let refused = |change: &dyn Fn(&mut Decision)| {
        let mut decision = good.clone();
        change(&mut decision);
        store.record_decision(&decision).unwrap_err()
    };
    let unknown = refused(&|d| d.flag = tazy::id::FlagId::of_site("nobody.example"));
    assert!(matches!(unknown, StoreError::Unknown { kind: "flag", .. }));
    let reasonless = refused(&|d| d.reasons.clear());
    assert!(matches!(
        reasonless,
        StoreError::Refused(DecideError::NoReason)
    ));
    let strange = refused(&|d| d.reasons = vec![Reason::OpenOffer]);
    assert!(matches!(
        strange,
        StoreError::Refused(DecideError::WrongReason { .. })
    ));
    let chained = refused(&|d| d.supersedes = Some(DecisionId::from_written("d-1")));
    assert!(matches!(
        chained,
        StoreError::Refused(DecideError::NotCurrent { .. })
    ));
    let stale = refused(&|d| d.grounds.run = RunId::from_written("r-0"));
    assert!(matches!(
        stale,
        StoreError::Refused(DecideError::FlagChanged)
    ));
    assert_eq!(store.decisions(&flag.id).unwrap(), []);
    store.record_decision(&good).unwrap();
    let again = store.record_decision(&good).unwrap_err();
    assert!(
        matches!(again, StoreError::Refused(DecideError::Stands { .. })),
        "{again}"
    );
}

#[test]
fn of_decisions_taken_at_once_one_stands() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let flag = flagged(&store, "r-1", "a.example");
    let recorded = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let (store, flag) = (&store, &flag);
                scope.spawn(move || {
                    let author = Reviewer::named(&format!("reviewer {n}")).unwrap();
                    let ruling = ruling(confirm(), &[], None);
                    let decision = decide(flag, None, ruling, author, StoppedClock.now()).unwrap();
                    store.record_decision(&decision).is_ok()
                })
            })
            .collect();
        let mut recorded = 0;
        for task in tasks {
            recorded += usize::from(task.join().unwrap());
        }
        recorded
    });
    assert_eq!(recorded, 1);
    assert_eq!(store.decisions(&flag.id).unwrap().len(), 1);
}

#[test]
fn a_second_visit_keeps_the_decision_and_the_listing_finds_it_by_status() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let flag = flagged(&store, "r-1", "a.example");
    flagged(&store, "r-1", "b.example");
    let later = flagged(&store, "r-1", "c.example");
    let decision = take(
        &store,
        &flag,
        ruling(Choice::Dismiss, &[Reason::News], None),
    );
    let until = "2026-03-09T00:00:00Z".parse().unwrap();
    take(&store, &later, ruling(Choice::Defer { until }, &[], None));
    let updated = flagged(&store, "r-2", "a.example");
    assert_eq!(updated.visits, 2);
    let standing = store.standing(&updated).unwrap();
    assert_eq!(standing.decision, Some(decision.clone()));
    assert!(!standing.changed_since);
    let scores = vec![score("a.example", Category::Phishing, Band::Urgent, 0.99)];
    let other = commit(
        &store,
        visit(&RunId::from_written("r-3"), "a.example", scores),
        &[],
    );
    let standing = store.standing(&other.flag.unwrap()).unwrap();
    assert_eq!(standing.status, ReviewStatus::Dismissed);
    assert!(standing.changed_since);
    let decided_on = store
        .visit(&decision.grounds.run, "a.example")
        .unwrap()
        .unwrap();
    assert_eq!(decided_on.captures, decision.grounds.captures);
    let sites = |status| {
        let filter = FlagFilter {
            status,
            ..FlagFilter::default()
        };
        let flags = store.flags(&filter).unwrap();
        flags.into_iter().map(|flag| flag.site).collect::<Vec<_>>()
    };
    assert_eq!(sites(None).len(), 3);
    assert_eq!(sites(Some(ReviewStatus::Open)), ["b.example"]);
    assert_eq!(sites(Some(ReviewStatus::Dismissed)), ["a.example"]);
    assert_eq!(sites(Some(ReviewStatus::Deferred)), ["c.example"]);
    assert_eq!(sites(Some(ReviewStatus::Confirmed)), Vec::<String>::new());
}

#[test]
fn a_flag_with_many_decisions_has_them_in_the_order_in_which_they_were_taken() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let flag = flagged(&store, "r-1", "a.example");
    let mut taken: Vec<Decision> = Vec::new();
    for n in 0..20 {
        let choice = if n % 2 == 0 {
            confirm()
        } else {
            Choice::Dismiss
        };
        let reasons: &[Reason] = if n % 2 == 0 { &[] } else { &[Reason::Fiction] };
        let supersedes = taken.last().map(|decision| decision.id.clone());
        taken.push(take(&store, &flag, ruling(choice, reasons, supersedes)));
    }
    assert_eq!(store.decisions(&flag.id).unwrap(), taken);
}

/// A tazy without decisions keeps them in the journal, enters everything else, and says that it did.
#[test]
fn an_index_that_an_older_tazy_brought_up_to_date_is_completed() {
    let directory = tempfile::tempdir().unwrap();
    let (before, after) = (
        directory.path().join("before"),
        directory.path().join("after"),
    );
    let store = open_sound(&before);
    let flag = flagged(&store, "r-1", "a.example");
    drop(store);
    copy(&before, &after);
    let store = open_sound(&after);
    let decision = take(&store, &flag, ruling(confirm(), &[], None));
    drop(store);
    // The older program's index: it has seen the whole journal and left the decision out.
    fs::remove_dir_all(after.join("index")).unwrap();
    copy(&before.join("index"), &after.join("index"));
    let journal = fs::read_to_string(after.join("journal.jsonl")).unwrap();
    let last: serde_json::Value = serde_json::from_str(journal.lines().last().unwrap()).unwrap();
    let checkpoint = format!(
        "{{\"offset\":{},\"seq\":{},\"digest\":{}}}",
        journal.len(),
        last["seq"],
        last["digest"]
    );
    let index = sled::open(after.join("index")).unwrap();
    index.insert("checkpoint", checkpoint.as_bytes()).unwrap();
    index.flush().unwrap();
    drop(index);
    let store = open_sound(&after);
    assert_eq!(store.current_decision(&flag.id).unwrap(), Some(decision));
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
}

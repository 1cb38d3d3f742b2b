use super::*;
use crate::block::Paper;
use crate::id::{RequestId, StepId, VerificationId};
use crate::review::Reviewer;
use crate::verify::Confidence;

const ORDERED: &str = "2026-11-22T10:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn paper() -> Paper {
    Paper {
        number: "1".to_owned(),
        date: "2026-11-22".parse().unwrap(),
        organ: "Committee".to_owned(),
        digest: None,
    }
}

fn step(act: BlockAct, at: &str) -> BlockStep {
    BlockStep {
        id: StepId::from_written("s-1"),
        request: RequestId::from_written("b-1"),
        items: Vec::new(),
        act,
        by: Reviewer::named("a").unwrap(),
        at: time(at),
        note: None,
    }
}

fn look(at: &str, verdict: BlockVerdict) -> Verification {
    Verification {
        id: VerificationId::from_written("y-1"),
        item: ItemId::from_written("i-1"),
        request: RequestId::from_written("b-1"),
        target: serde_json::from_str(r#"{"scope":"host","target":"shop.example"}"#).unwrap(),
        at: time(at),
        by: Reviewer::named("a").unwrap(),
        verdict,
        confidence: Confidence::Low,
        reasons: Vec::new(),
        reaches: Vec::new(),
        open_from: Vec::new(),
        siblings: Vec::new(),
    }
}

/// When a look is due after these steps and looks at these times that found it blocked.
fn next(steps: &[BlockStep], looks: &[&str]) -> Option<String> {
    let looks: Vec<Verification> = looks
        .iter()
        .map(|at| look(at, BlockVerdict::BlockedDns))
        .collect();
    let item = ItemId::from_written("i-1");
    let found = due(&item, steps, looks.iter(), &Schedule::default());
    found.map(|due| format!("{} {}", due.at, due.after))
}

#[test]
fn an_order_is_looked_at_after_hours_days_a_week_and_then_each_month() {
    let steps = [step(BlockAct::Order(paper()), ORDERED)];
    for (looks, wanted) in [
        (&[][..], "2026-11-22T12:00:00Z"),
        (&["2026-11-22T11:00:00Z"], "2026-11-22T12:00:00Z"),
        (&["2026-11-22T12:00:01Z"], "2026-11-23T10:00:00Z"),
        (&["2026-11-23T10:00:00Z"], "2026-11-29T10:00:00Z"),
        // One look makes up for all that were missed.
        (&["2026-11-28T10:00:00Z"], "2026-11-29T10:00:00Z"),
        (&["2026-11-29T12:00:00Z"], "2026-12-29T10:00:00Z"),
        (&["2026-12-29T10:00:00Z"], "2027-01-28T10:00:00Z"),
        (
            &["2027-02-01T10:00:00Z", "2026-11-23T10:00:00Z"],
            "2027-02-27T10:00:00Z",
        ),
    ] {
        assert_eq!(
            next(&steps, looks),
            Some(format!("{wanted} order")),
            "{looks:?}"
        );
    }
}

#[test]
fn a_report_of_effect_begins_anew_and_earlier_looks_do_not_count() {
    let steps = [
        step(BlockAct::Order(paper()), ORDERED),
        step(BlockAct::Effect(paper()), "2026-11-24T10:00:00Z"),
    ];
    let wanted = Some("2026-11-24T12:00:00Z effect".to_owned());
    assert_eq!(next(&steps, &["2026-11-23T10:00:00Z"]), wanted);
}

#[test]
fn what_is_not_in_force_is_not_looked_at() {
    assert_eq!(next(&[], &[]), None);
    assert_eq!(next(&[step(BlockAct::Submit(paper()), ORDERED)], &[]), None);
    let lift = BlockAct::Lift {
        reason: "mended".to_owned(),
    };
    let steps = [step(BlockAct::Order(paper()), ORDERED), step(lift, ORDERED)];
    assert_eq!(next(&steps, &[]), None);
}

#[test]
fn what_was_lifted_is_looked_at_until_it_is_reached_again() {
    let steps = [
        step(BlockAct::Order(paper()), ORDERED),
        step(BlockAct::Lifted(paper()), "2026-12-01T10:00:00Z"),
    ];
    assert_eq!(
        next(&steps, &[]),
        Some("2026-12-01T12:00:00Z lifted".to_owned())
    );
    let still = ["2026-12-01T13:00:00Z"];
    assert_eq!(
        next(&steps, &still),
        Some("2026-12-02T10:00:00Z lifted".to_owned())
    );
    assert_eq!(next(&steps, &["2026-12-09T13:00:00Z"]), None);
    let reached = [look("2026-12-01T13:00:00Z", BlockVerdict::Reachable)];
    let item = ItemId::from_written("i-1");
    assert_eq!(
        due(&item, &steps, reached.iter(), &Schedule::default()),
        None
    );
}

#[test]
fn a_profile_says_when_and_its_silence_means_the_default() {
    let profile = Profile {
        verify_after_hours: vec![48, 1],
        verify_every_days: 7,
        ..Profile::default()
    };
    let schedule = Schedule::of_profile(Some(&profile));
    assert_eq!(
        (schedule.after_hours, schedule.every_days),
        (vec![1, 48], 7)
    );
    assert_eq!(
        Schedule::of_profile(Some(&Profile::default())),
        Schedule::default()
    );
    assert_eq!(Schedule::of_profile(None), Schedule::default());
}

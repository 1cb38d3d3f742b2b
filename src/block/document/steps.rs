//! What happened, as templates see it.

use super::local::Local;
use crate::block::{BlockAct, BlockStep};
use crate::document::clean_text;
use serde::Serialize;
use std::collections::BTreeMap;

/// Longest name of an organ, number of a paper, name of a person.
const NAME: usize = 300;
/// Longest reason.
const REASON: usize = 2_000;

/// The latest step of each act.
pub(super) type Steps = BTreeMap<&'static str, Option<StepFacts>>;

/// A step.
#[derive(Debug, Serialize)]
pub(super) struct StepFacts {
    by: String,
    /// The day on which it was recorded.
    day: String,
    /// Number, date and organ of its paper; empty without one.
    number: String,
    date: String,
    organ: String,
    /// Empty without one.
    reason: String,
    /// Whether an appeal was successful.
    upheld: bool,
}

/// The latest of each act among `steps`.
pub(super) fn latest_steps<'a>(steps: impl Iterator<Item = &'a BlockStep>, local: &Local) -> Steps {
    // Each is there, with nothing if it did not happen.
    let mut latest: Steps = BlockAct::CODES.into_iter().map(|act| (act, None)).collect();
    for step in steps {
        latest.insert(step.act.as_str(), Some(facts_of(step, local)));
    }
    latest
}

fn facts_of(step: &BlockStep, local: &Local) -> StepFacts {
    let paper = step.act.paper();
    let name = |text: &str| clean_text(text, NAME);
    let reason = match &step.act {
        BlockAct::Refuse { reason, .. }
        | BlockAct::Withdraw { reason }
        | BlockAct::Removed { reason }
        | BlockAct::Lift { reason }
        | BlockAct::Expire { reason } => clean_text(reason, REASON),
        _ => String::new(),
    };
    StepFacts {
        by: name(step.by.as_str()),
        day: local.day(step.at),
        number: paper.map(|paper| name(&paper.number)).unwrap_or_default(),
        date: paper
            .map(|paper| local.date(paper.date))
            .unwrap_or_default(),
        organ: paper.map(|paper| name(&paper.organ)).unwrap_or_default(),
        reason,
        upheld: matches!(step.act, BlockAct::Appealed { upheld: true, .. }),
    }
}

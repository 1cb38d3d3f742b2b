//! What is awaited next for each item of a request, and until when.

use super::profile::{Deadline, Profile};
use super::{BlockItem, BlockRequest, BlockStep, ItemState, item_state};
use crate::id::ItemId;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// Something that has to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueAct {
    /// For which item.
    pub item: ItemId,
    /// What, by the code of its act; `review`: the block is to be looked at again.
    pub act: String,
    /// The last second that is in time.
    pub due: Timestamp,
    /// By how much it is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue_by: Option<SignedDuration>,
    /// Whether the calendar covers every day that was counted; where it does not, the true day may be later.
    pub is_covered: bool,
    /// Where the deadline is written.
    pub source: String,
    /// Whether a lawyer confirmed it.
    pub confirmed: bool,
}

/// What is awaited for each item where it stands now, the earliest first. `steps` are those of the request, in the
/// order in which they were recorded.
///
/// A deadline begins to run with the last act of its kind: when it was recorded, or at the end of the day on its
/// paper if that is earlier, so that nobody is called late who is not.
pub fn due_acts(
    request: &BlockRequest,
    steps: &[BlockStep],
    profile: &Profile,
    now: Timestamp,
) -> Vec<DueAct> {
    let mut due = Vec::new();
    let deadlines = profile
        .authority(&request.authority)
        .map_or(&[][..], |authority| &authority.deadlines);
    for item in &request.items {
        let state = item_state(&item.id, steps);
        for deadline in deadlines {
            if awaited(state).contains(&deadline.act.as_str())
                && let Some(from) = begin_of(deadline, request, item, steps, profile)
            {
                let until = profile.due(from, deadline.within);
                due.push(DueAct {
                    item: item.id.clone(),
                    act: deadline.act.clone(),
                    due: until.at,
                    overdue_by: late_by(until.at, now),
                    is_covered: until.is_covered,
                    source: deadline.source.clone(),
                    confirmed: deadline.confirmed,
                });
            }
        }
        if state.is_in_force() {
            let at = profile.end_of(request.review_by);
            due.push(DueAct {
                item: item.id.clone(),
                act: "review".to_owned(),
                due: at,
                overdue_by: late_by(at, now),
                is_covered: true,
                source: "review date of the request".to_owned(),
                confirmed: true,
            });
        }
    }
    due.sort_by(|a, b| (a.due, &a.item, &a.act).cmp(&(b.due, &b.item, &b.act)));
    due
}

/// What can come next where an item stands, by the codes of acts.
fn awaited(state: ItemState) -> &'static [&'static str] {
    match state {
        ItemState::Draft => &["approve"],
        ItemState::Approved => &["submit"],
        ItemState::Submitted => &["acknowledge", "order", "effect", "removed"],
        ItemState::Acknowledged => &["order", "effect", "removed"],
        ItemState::Ordered => &["effect", "removed"],
        ItemState::Appealed => &["appealed"],
        // What was removed stays removed, and an order may still have to be lifted.
        ItemState::Lifting => &["lifted"],
        ItemState::Effective
        | ItemState::Refused
        | ItemState::Withdrawn
        | ItemState::Removed
        | ItemState::Lifted
        | ItemState::Expired => &[],
    }
}

fn begin_of(
    deadline: &Deadline,
    request: &BlockRequest,
    item: &BlockItem,
    steps: &[BlockStep],
    profile: &Profile,
) -> Option<Timestamp> {
    if deadline.after == "draft" {
        return Some(request.drafted);
    }
    let concerns = |step: &&BlockStep| step.items.is_empty() || step.items.contains(&item.id);
    let last = steps
        .iter()
        .filter(concerns)
        .rfind(|step| deadline.begins_with(&step.act))?;
    let on_paper = last.act.paper().map(|paper| profile.end_of(paper.date));
    Some(on_paper.map_or(last.at, |end_of_day| end_of_day.min(last.at)))
}

fn late_by(due: Timestamp, now: Timestamp) -> Option<SignedDuration> {
    (due < now).then(|| now.duration_since(due))
}

#[cfg(test)]
mod tests;

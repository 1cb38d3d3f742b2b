//! When an item is to be looked at next.

use super::{BlockVerdict, Verification};
use crate::block::profile::Profile;
use crate::block::{BlockAct, BlockStep, ItemState, item_state};
use crate::id::ItemId;
use jiff::{SignedDuration, Timestamp};

/// Hours after an order or its effect, if the profile says nothing.
const AFTER_HOURS: [u32; 3] = [2, 24, 168];
/// Days between later looks, if the profile says nothing.
const EVERY_DAYS: u32 = 30;

/// When blocks are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Hours after the order, its effect or the lifting, ascending.
    pub after_hours: Vec<u32>,
    /// Days between later looks.
    pub every_days: u32,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            after_hours: AFTER_HOURS.to_vec(),
            every_days: EVERY_DAYS,
        }
    }
}

impl Schedule {
    /// As a jurisdiction has it; the default where it says nothing.
    pub fn of_profile(profile: Option<&Profile>) -> Self {
        let mut schedule = Self::default();
        if let Some(profile) = profile {
            if !profile.verify_after_hours.is_empty() {
                schedule.after_hours.clone_from(&profile.verify_after_hours);
                schedule.after_hours.sort_unstable();
            }
            if profile.verify_every_days > 0 {
                schedule.every_days = profile.verify_every_days;
            }
        }
        schedule
    }
}

/// A look that is to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When; what is not later than now is due.
    pub at: Timestamp,
    /// What it counts from, by the code of the act (`order`, `effect`, `lifted`, `removed`).
    pub after: &'static str,
}

/// When an item is to be looked at next: at the hours of the schedule after the last order, report of effect,
/// removal or lifting, then every so many days while it is in force. A look makes up for every one that was
/// missed before it. What was lifted is looked at until it is reached again, and not after the last hour.
pub fn due<'a>(
    item: &ItemId,
    steps: &[BlockStep],
    verifications: impl Iterator<Item = &'a Verification>,
    schedule: &Schedule,
) -> Option<Due> {
    let state = item_state(item, steps);
    let is_lifted = state == ItemState::Lifted;
    if !(state.is_in_force() || is_lifted || state == ItemState::Removed) {
        return None;
    }
    let concerns = |step: &&BlockStep| step.items.is_empty() || step.items.contains(item);
    let counts = |step: &&BlockStep| match step.act {
        BlockAct::Order(_) | BlockAct::Effect(_) | BlockAct::Removed { .. } => !is_lifted,
        BlockAct::Lifted(_) => is_lifted,
        _ => false,
    };
    let start = steps.iter().filter(concerns).rfind(counts)?;
    let own = verifications.filter(|look| look.item == *item && look.at >= start.at);
    let (mut last, mut is_restored) = (None, false);
    for look in own {
        last = last.max(Some(look.at));
        is_restored |= look.verdict == BlockVerdict::Reachable;
    }
    if is_lifted && is_restored {
        return None;
    }
    let is_open = |at: &Timestamp| last.is_none_or(|last| *at > last);
    let fixed = schedule.after_hours.iter().filter_map(|hours| {
        start
            .at
            .checked_add(SignedDuration::from_hours(i64::from(*hours)))
            .ok()
    });
    let after = start.act.as_str();
    if let Some(at) = fixed.clone().find(is_open) {
        return Some(Due { at, after });
    }
    if is_lifted {
        return None;
    }
    let period = SignedDuration::from_hours(24 * i64::from(schedule.every_days.max(1)));
    let base = fixed.max().unwrap_or(start.at).max(start.at);
    // Whole periods from the last fixed hour to the last look; the next one is due.
    let passed = last.map_or(0, |last| {
        last.duration_since(base).as_secs() / period.as_secs()
    });
    let next = i32::try_from(passed.max(0) + 1).ok()?;
    let at = base.checked_add(period.checked_mul(next)?).ok()?;
    Some(Due { at, after })
}

#[cfg(test)]
mod tests;

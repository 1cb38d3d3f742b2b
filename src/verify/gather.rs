//! Which measurements are weighed, and what each vantage sees against the others.

use super::glimpse::{Glimpse, glimpses};
use super::reference::{Expectations, Reference};
use super::sight::{Sight, look_of, words_of};
use crate::reach::Reach;
use jiff::SignedDuration;

/// Measurements further apart say nothing about each other.
const MAX_APART: SignedDuration = SignedDuration::from_hours(48);

/// The latest measurement of each vantage, of the same host and not too far apart.
pub(super) fn usable<'a>(reaches: &'a [Reach], notes: &mut Vec<String>) -> Vec<&'a Reach> {
    let mut sorted: Vec<&Reach> = reaches.iter().collect();
    sorted.sort_by_key(|reach| std::cmp::Reverse(reach.measured));
    let Some(newest) = sorted.first().copied() else {
        return Vec::new();
    };
    let mut kept: Vec<&Reach> = Vec::new();
    for reach in sorted {
        let name = &reach.vantage.name;
        if reach.input.host() != newest.input.host() {
            notes.push(format!("{name}: left out, it measured another host"));
        } else if newest.measured.duration_since(reach.measured) > MAX_APART {
            notes.push(format!(
                "{name}: left out, it measured more than two days earlier"
            ));
        } else if kept.iter().any(|other| other.vantage == reach.vantage) {
            notes.push(format!(
                "{name}: an earlier measurement was left out for a later one"
            ));
        } else {
            kept.push(reach);
        }
    }
    // As they were given.
    let is_kept = |reach: &&Reach| kept.iter().any(|kept| std::ptr::eq(*kept, *reach));
    reaches.iter().filter(is_kept).collect()
}

/// What each vantage sees, against those that reach the site.
pub(super) fn sights<'a>(reaches: &[&'a Reach], known: &Expectations) -> Vec<Sight<'a>> {
    let nothing = Reference::default();
    let alone: Vec<(&Reach, Vec<Glimpse>)> = reaches
        .iter()
        .map(|reach| (*reach, glimpses(reach, known, &nothing)))
        .collect();
    let is_proven = |glimpse: &Glimpse| matches!(glimpse, Glimpse::Reached { proven: true, .. });
    let has_answer = |glimpse: &Glimpse| {
        matches!(
            glimpse,
            Glimpse::Reached { .. } | Glimpse::Gone | Glimpse::OtherCertificate { .. }
        )
    };
    let mut references: Vec<(&Reach, Vec<Glimpse>)> = alone
        .iter()
        .filter(|(_, seen)| seen.iter().any(is_proven))
        .cloned()
        .collect();
    if references.is_empty() {
        // Nobody proves the site: then the controls are believed, whatever their certificate is worth.
        references = alone
            .iter()
            .filter(|(reach, seen)| {
                !known.is_subject(&reach.vantage) && seen.iter().any(has_answer)
            })
            .map(|(reach, seen)| (*reach, seen.iter().map(believed).collect()))
            .collect();
    }
    let sight = |reach: &&'a Reach| {
        let mut reference = Reference::default();
        for (other, seen) in &references {
            // A vantage does not confirm itself.
            if other.vantage != reach.vantage || other.measured != reach.measured {
                reference.learn(other, seen);
            }
        }
        let is_subject = known.is_subject(&reach.vantage);
        let is_believed = references
            .iter()
            .any(|(other, _)| std::ptr::eq(*other, *reach));
        let seen: Vec<Glimpse> = glimpses(reach, known, &reference)
            .iter()
            .map(|glimpse| {
                if is_believed && !is_subject {
                    believed(glimpse)
                } else {
                    glimpse.clone()
                }
            })
            .collect();
        if reference.addresses.is_empty() {
            reference.addresses.extend(&known.addresses);
        }
        Sight {
            look: look_of(reach, &seen, &reference),
            words: words_of(&seen),
            reach,
            is_subject,
        }
    };
    reaches.iter().map(sight).collect()
}

/// A control with a certificate that nobody can verify reaches the site as well as it can be reached.
fn believed(glimpse: &Glimpse) -> Glimpse {
    match glimpse {
        Glimpse::OtherCertificate {
            is_known_other: false,
            ..
        } => Glimpse::Reached {
            proven: false,
            status: 200,
        },
        other => other.clone(),
    }
}

//! Many vantages: verdict, confidence and reasons.

use super::gather::{sights, usable};
use super::reference::Expectations;
use super::sight::{Failing, Look, Sight};
use super::{BlockVerdict, Confidence};
use crate::reach::Reach;
use std::collections::{BTreeMap, BTreeSet};

/// What measurements say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The verdict.
    pub verdict: BlockVerdict,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why, in a sentence each: first the verdict, then each vantage.
    pub reasons: Vec<String>,
    /// Vantages in the country that reach the site.
    pub open_from: Vec<String>,
}

/// Weighs what vantages measured of one target. "Blocked" is said only if a vantage fails in the country, in
/// the same way in its tries, while another vantage reaches the site; what all fail to reach is down, not
/// blocked; what one vantage alone fails to reach is unreachable from there, no more.
pub fn assess(reaches: &[Reach], known: &Expectations) -> Assessment {
    let mut notes = Vec::new();
    let reaches = usable(reaches, &mut notes);
    let sights = sights(&reaches, known);
    let mut assessment = weigh(&sights);
    let by_vantage = sights.iter().map(|sight| {
        let role = if sight.is_subject { "" } else { " (control)" };
        format!("{}{role}: {}", sight.reach.vantage.name, sight.words)
    });
    assessment.reasons.extend(by_vantage);
    let is_open =
        |sight: &&Sight<'_>| sight.is_subject && matches!(sight.look, Look::Reached { .. });
    let open = sights.iter().filter(is_open);
    assessment.open_from = open.map(|sight| sight.reach.vantage.name.clone()).collect();
    assessment.reasons.extend(notes);
    assessment
}

fn conclude(
    verdict: BlockVerdict,
    confidence: Confidence,
    reason: impl Into<String>,
) -> Assessment {
    Assessment {
        verdict,
        confidence,
        reasons: vec![reason.into()],
        open_from: Vec::new(),
    }
}

fn weigh(sights: &[Sight<'_>]) -> Assessment {
    use BlockVerdict::{Inconclusive, Unreachable};
    let with = |is: fn(&Look) -> bool| -> Vec<&Sight<'_>> {
        sights.iter().filter(|sight| is(&sight.look)).collect()
    };
    let reached = with(|look| matches!(look, Look::Reached { .. }));
    let gone = with(|look| matches!(look, Look::Gone));
    let failing = with(|look| matches!(look, Look::Failing(_)));
    let mixed = with(|look| matches!(look, Look::Mixed));
    match (failing.is_empty(), reached.is_empty() && gone.is_empty()) {
        (true, true) if mixed.is_empty() => {
            let reason = "no vantage measured anything that says something";
            conclude(Inconclusive, Confidence::Low, reason)
        }
        (true, _) => without_failing(&reached, &gone, &mixed),
        (false, true) if mixed.is_empty() => nobody_reaches(&failing),
        (false, true) => {
            let reason = "it is reached now and then only";
            conclude(Unreachable, Confidence::Low, reason)
        }
        (false, false) => some_fail(&reached, &gone, &failing, &mixed),
    }
}

/// Some fail, and others reach the site.
fn some_fail(
    reached: &[&Sight<'_>],
    gone: &[&Sight<'_>],
    failing: &[&Sight<'_>],
    mixed: &[&Sight<'_>],
) -> Assessment {
    let inside = |sights: &[&'_ Sight<'_>]| sights.iter().any(|sight| sight.is_subject);
    let is_open = inside(reached);
    let all_apart = apart(reached, gone, failing);
    if !inside(failing) {
        if is_open {
            let open: Vec<&Sight<'_>> = subjects(reached);
            let reason = format!("it is reached in the country; not from {}", names(failing));
            return conclude(BlockVerdict::Reachable, sure_of_reaching(&open), reason);
        }
        let reason = format!("{all_apart}; nobody measured in the country");
        return conclude(BlockVerdict::Unreachable, Confidence::Low, reason);
    }
    if is_open {
        let reason = format!("the block does not hold everywhere: {all_apart}");
        return conclude(BlockVerdict::Unreachable, Confidence::Medium, reason);
    }
    blocked(&subjects(failing), reached, gone, inside(mixed))
}

/// Those in the country.
fn subjects<'s, 'r>(sights: &[&'s Sight<'r>]) -> Vec<&'s Sight<'r>> {
    let is_subject = |sight: &&&Sight<'_>| sight.is_subject;
    sights.iter().filter(is_subject).copied().collect()
}

/// Nobody fails.
fn without_failing(
    reached: &[&Sight<'_>],
    gone: &[&Sight<'_>],
    mixed: &[&Sight<'_>],
) -> Assessment {
    use BlockVerdict::{Inconclusive, Reachable, RemovedByOwner};
    if !mixed.is_empty() {
        return conclude(
            Inconclusive,
            Confidence::Low,
            format!(
                "{}: reached in some tries only; measure again",
                names(mixed)
            ),
        );
    }
    if gone.is_empty() {
        let is_inside = |sight: &&&Sight<'_>| sight.is_subject;
        let inside: Vec<&Sight<'_>> = reached.iter().filter(is_inside).copied().collect();
        if inside.is_empty() {
            return conclude(
                Inconclusive,
                Confidence::Low,
                "it is reached from outside the country; nobody measured inside",
            );
        }
        return conclude(Reachable, sure_of_reaching(&inside), "it is reached");
    }
    if !reached.is_empty() {
        return conclude(
            Inconclusive,
            Confidence::Low,
            format!(
                "the content is gone as seen from {}, and not as seen from {}",
                names(gone),
                names(reached)
            ),
        );
    }
    let has_control = gone.iter().any(|sight| !sight.is_subject);
    if has_control && gone.len() > 1 {
        let sure = if networks(gone) > 1 {
            Confidence::High
        } else {
            Confidence::Medium
        };
        return conclude(
            RemovedByOwner,
            sure,
            "the content is gone, from wherever it is looked at",
        );
    }
    conclude(
        Inconclusive,
        Confidence::Low,
        "the content is gone as seen from here; a control from elsewhere has to see the same",
    )
}

/// All fail.
fn nobody_reaches(failing: &[&Sight<'_>]) -> Assessment {
    let networks_of = |is_subject: bool| -> BTreeSet<String> {
        let of_role = failing
            .iter()
            .filter(|sight| sight.is_subject == is_subject);
        of_role.map(|sight| sight.reach.vantage.network()).collect()
    };
    let has_no_kind =
        |sight: &&Sight<'_>| matches!(&sight.look, Look::Failing(Failing { kind: None, .. }));
    if failing.iter().all(has_no_kind) {
        return conclude(
            BlockVerdict::Inconclusive,
            Confidence::Low,
            "somebody answers, but nothing proves that it is the site, or says why it is not",
        );
    }
    let (inside, outside) = (networks_of(true), networks_of(false));
    let controls = outside.difference(&inside).count();
    let shows_block_page = failing.iter().any(|sight| {
        matches!(
            &sight.look,
            Look::Failing(Failing {
                kind: Some(BlockVerdict::BlockPage),
                ..
            })
        )
    });
    let is_elsewhere = controls > usize::from(inside.is_empty());
    if is_elsewhere && !shows_block_page {
        let is_steady =
            |sight: &&Sight<'_>| matches!(&sight.look, Look::Failing(f) if f.is_consistent);
        let sure = match (failing.iter().all(is_steady), controls) {
            (true, 2..) => Confidence::High,
            (true, _) => Confidence::Medium,
            (false, _) => Confidence::Low,
        };
        return conclude(
            BlockVerdict::DownEverywhere,
            sure,
            "nobody reaches it, also from elsewhere: the site is down, which says nothing about a block",
        );
    }
    conclude(
        BlockVerdict::Unreachable,
        Confidence::Low,
        "it is not reached, and no control from another network reached it: blocked or down",
    )
}

/// Vantages in the country fail while others reach the site.
fn blocked(
    failing: &[&Sight<'_>],
    reached: &[&Sight<'_>],
    gone: &[&Sight<'_>],
    is_reached_at_times: bool,
) -> Assessment {
    let looks: Vec<&Failing> = failing
        .iter()
        .filter_map(|sight| match &sight.look {
            Look::Failing(look) => Some(look),
            _ => None,
        })
        .collect();
    let mut kinds: BTreeMap<BlockVerdict, usize> = BTreeMap::new();
    for kind in looks.iter().filter_map(|look| look.kind) {
        *kinds.entry(kind).or_default() += 1;
    }
    let most = kinds
        .iter()
        .max_by_key(|(kind, count)| (**count, std::cmp::Reverse(**kind)));
    let Some((&verdict, &count)) = most else {
        return conclude(
            BlockVerdict::Inconclusive,
            Confidence::Low,
            format!(
                "{}; the failure may have many causes",
                apart(reached, gone, failing)
            ),
        );
    };
    let of_kind: Vec<&&Failing> = looks
        .iter()
        .filter(|look| look.kind == Some(verdict))
        .collect();
    let is_steady = of_kind.iter().all(|look| look.is_consistent);
    let is_weak = of_kind.iter().all(|look| look.is_weak);
    let is_proven = reached
        .iter()
        .any(|sight| sight.look == Look::Reached { proven: true });
    let is_telling = of_kind.iter().any(|look| look.is_telling) || networks(failing) > 1;
    // A control whose certificate nobody can verify may be deceived itself.
    let is_secure = |sight: &&Sight<'_>| sight.reach.input.as_url().scheme() == "https";
    let is_doubtful = !is_proven && gone.is_empty() && reached.iter().any(is_secure);
    let has_exceptions = is_reached_at_times || count < failing.len() || is_doubtful;
    let sure = if !is_steady || is_weak || has_exceptions {
        Confidence::Low
    } else if is_telling && (is_proven || verdict == BlockVerdict::BlockPage) {
        Confidence::High
    } else {
        Confidence::Medium
    };
    conclude(verdict, sure, apart(reached, gone, failing))
}

fn sure_of_reaching(reached: &[&Sight<'_>]) -> Confidence {
    let is_proven = |sight: &&Sight<'_>| sight.look == Look::Reached { proven: true };
    let tries = reached.iter().map(|sight| sight.reach.tries).max();
    match (reached.iter().any(is_proven), tries) {
        (true, Some(2..)) => Confidence::High,
        (true, _) => Confidence::Medium,
        (false, _) => Confidence::Low,
    }
}

/// `reachable from A, blocked from B`.
fn apart(reached: &[&Sight<'_>], gone: &[&Sight<'_>], failing: &[&Sight<'_>]) -> String {
    let mut parts = Vec::new();
    if !reached.is_empty() {
        parts.push(format!("reached from {}", names(reached)));
    }
    if !gone.is_empty() {
        parts.push(format!("answered (content gone) from {}", names(gone)));
    }
    parts.push(format!("not reached from {}", names(failing)));
    parts.join(", ")
}

fn names(sights: &[&Sight<'_>]) -> String {
    let names: Vec<&str> = sights
        .iter()
        .map(|sight| sight.reach.vantage.name.as_str())
        .collect();
    names.join(", ")
}

fn networks(sights: &[&Sight<'_>]) -> usize {
    let networks: BTreeSet<String> = sights
        .iter()
        .map(|sight| sight.reach.vantage.network())
        .collect();
    networks.len()
}

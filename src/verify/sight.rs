//! One vantage: all its tries, and what they mean against what others saw.

use super::BlockVerdict;
use super::glimpse::{Glimpse, Leg};
use super::reference::{Reference, is_secure};
use crate::reach::{Failure, Reach};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What a vantage sees.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Look {
    /// It reaches nothing at all, or nothing was tried.
    Blind,
    /// It reaches the site. Proven if the certificate or the page says so.
    Reached { proven: bool },
    /// It is told that there is nothing.
    Gone,
    /// It does not reach the site.
    Failing(Failing),
    /// Now it reaches the site and now it does not.
    Mixed,
}

/// How a vantage fails to reach the site.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failing {
    /// What that is, if somebody else reaches the site; `None` if it can be many things.
    pub(super) kind: Option<BlockVerdict>,
    /// Whether it cannot be chance: the name alone is dropped, a known block page, a false address.
    pub(super) is_telling: bool,
    /// Whether a weaker sign alone speaks for it.
    pub(super) is_weak: bool,
    /// Whether every try failed in the same way.
    pub(super) is_consistent: bool,
}

/// A vantage with what it sees.
#[derive(Debug, Clone)]
pub(super) struct Sight<'a> {
    pub(super) reach: &'a Reach,
    pub(super) look: Look,
    /// The look in words.
    pub(super) words: String,
    pub(super) is_subject: bool,
}

/// What the tries of a vantage come to.
pub(super) fn look_of(reach: &Reach, glimpses: &[Glimpse], reference: &Reference) -> Look {
    let seen: Vec<&Glimpse> = glimpses
        .iter()
        .filter(|glimpse| !matches!(glimpse, Glimpse::Offline | Glimpse::NotTried))
        .collect();
    let Some(first) = seen.first() else {
        return Look::Blind;
    };
    let count = |is: fn(&Glimpse) -> bool| seen.iter().filter(|glimpse| is(glimpse)).count();
    let reached = count(|glimpse| matches!(glimpse, Glimpse::Reached { .. }));
    let gone = count(|glimpse| matches!(glimpse, Glimpse::Gone));
    if reached == seen.len() {
        let is_proven =
            |glimpse: &&&Glimpse| matches!(glimpse, Glimpse::Reached { proven: true, .. });
        return Look::Reached {
            proven: seen.iter().any(|glimpse| is_proven(&glimpse)),
        };
    }
    if gone == seen.len() {
        return Look::Gone;
    }
    if reached + gone > 0 {
        return Look::Mixed;
    }
    let is_same =
        |glimpse: &&Glimpse| std::mem::discriminant(*glimpse) == std::mem::discriminant(*first);
    let kinds: Vec<Failing> = seen
        .iter()
        .map(|glimpse| failing(reach, glimpse, reference))
        .collect();
    let all_alike = seen.iter().all(is_same) && kinds.iter().all(|kind| kind.kind == kinds[0].kind);
    // The most frequent sort; of equals the first.
    let mut failing = kinds
        .iter()
        .max_by_key(|one| {
            (
                count_of(&kinds, one),
                std::cmp::Reverse(position_of(&kinds, one)),
            )
        })
        .cloned()
        .unwrap_or(UNKNOWN);
    failing.is_consistent = all_alike && seen.len() > 1 && seen.len() == glimpses.len();
    Look::Failing(failing)
}

fn count_of(kinds: &[Failing], one: &Failing) -> usize {
    kinds.iter().filter(|other| other.kind == one.kind).count()
}

fn position_of(kinds: &[Failing], one: &Failing) -> usize {
    kinds
        .iter()
        .position(|other| other.kind == one.kind)
        .unwrap_or_default()
}

const UNKNOWN: Failing = Failing {
    kind: None,
    is_telling: false,
    is_weak: true,
    is_consistent: false,
};

fn of_kind(kind: BlockVerdict) -> Failing {
    Failing {
        kind: Some(kind),
        is_telling: false,
        is_weak: false,
        is_consistent: false,
    }
}

/// What a failed try would mean if somebody else reaches the site.
fn failing(reach: &Reach, glimpse: &Glimpse, reference: &Reference) -> Failing {
    use BlockVerdict::{BlockPage, BlockedDns, BlockedMitm, BlockedTcp};
    // Addresses that are far from the site's: then the name server is to blame for what happens there.
    let leads_astray = reference.has_near(&addresses_of(reach)) == Some(false);
    let weak = |kind: BlockVerdict| Failing {
        is_weak: true,
        ..of_kind(kind)
    };
    let telling = |kind: BlockVerdict| Failing {
        is_telling: true,
        ..of_kind(kind)
    };
    match glimpse {
        Glimpse::NoAddress(Failure::DnsServerFailed) => weak(BlockedDns),
        Glimpse::NoAddress(_) => of_kind(BlockedDns),
        Glimpse::FalseAddress { .. } => telling(BlockedDns),
        Glimpse::NoHandshake {
            failure,
            by_name: Some(true),
        } => by_name(failure).map_or(UNKNOWN, telling),
        Glimpse::BlockPage { .. } => telling(BlockPage),
        Glimpse::OtherPage { status: 200..400 } => weak(BlockPage),
        Glimpse::NoConnection(_)
        | Glimpse::NoHandshake { .. }
        | Glimpse::OtherCertificate {
            is_known_other: true,
            ..
        }
        | Glimpse::NoPage {
            leg: Leg::Plain, ..
        } if leads_astray => weak(BlockedDns),
        Glimpse::NoConnection(_) => of_kind(BlockedTcp),
        Glimpse::NoHandshake {
            failure,
            by_name: Some(false),
        } => by_name(failure).map_or(UNKNOWN, |_| of_kind(BlockedTcp)),
        Glimpse::NoHandshake {
            failure,
            by_name: None,
        } => by_name(failure).map_or(UNKNOWN, weak),
        Glimpse::OtherCertificate {
            is_known_other: true,
            ..
        } => of_kind(BlockedMitm),
        Glimpse::NoPage {
            failure,
            leg: Leg::Plain,
        } => by_name(failure).map_or(UNKNOWN, |_| of_kind(BlockedTcp)),
        _ => UNKNOWN,
    }
}

/// What a failure after the name was sent is, if the name is to blame; none of a server that answers.
fn by_name(failure: &Failure) -> Option<BlockVerdict> {
    match failure {
        Failure::Timeout => Some(BlockVerdict::BlockedSniTimeout),
        Failure::ConnectionReset | Failure::Eof => Some(BlockVerdict::BlockedSniReset),
        _ => None,
    }
}

fn addresses_of(reach: &Reach) -> BTreeSet<IpAddr> {
    let connects = reach.tcp_connect.iter();
    connects
        .filter(|connect| connect.x_purpose == crate::reach::Purpose::Target)
        .filter_map(|connect| connect.ip.parse().ok())
        .collect()
}

/// What the tries of a vantage saw, for people: each sort once, with how often.
pub(super) fn words_of(glimpses: &[Glimpse]) -> String {
    let mut sorts: Vec<(String, usize)> = Vec::new();
    for glimpse in glimpses {
        let words = words(glimpse);
        match sorts.iter_mut().find(|(known, _)| *known == words) {
            Some((_, count)) => *count += 1,
            None => sorts.push((words, 1)),
        }
    }
    let total = glimpses.len();
    let sorts = sorts.iter().map(|(words, count)| {
        if total == 1 {
            words.clone()
        } else {
            format!("{words} ({count} of {total} tries)")
        }
    });
    sorts.collect::<Vec<_>>().join("; ")
}

fn words(glimpse: &Glimpse) -> String {
    match glimpse {
        Glimpse::Offline => "nothing is reached, not even the control".to_owned(),
        Glimpse::NotTried => "nothing was tried".to_owned(),
        Glimpse::Reached { proven, status } => {
            let how = if *proven {
                ""
            } else {
                ", and nothing proves that it is the site's own"
            };
            format!("the site answers with status {status}{how}")
        }
        Glimpse::Gone => "the site answers that there is nothing any more".to_owned(),
        Glimpse::BlockPage { fingerprint, leg } => {
            let scheme = if is_secure(*leg) { "https" } else { "http" };
            format!("a block page answers over {scheme} ({fingerprint})")
        }
        Glimpse::OtherPage { status } => {
            format!("another page than elsewhere answers over http with status {status}")
        }
        Glimpse::NoAddress(failure) => format!("names: {}", failure.in_words()),
        Glimpse::FalseAddress { why } => format!("names: a false address is answered, {why}"),
        Glimpse::NoConnection(failure) => format!("TCP: {}", failure.in_words()),
        Glimpse::NoHandshake { failure, by_name } => {
            let blame = match by_name {
                Some(true) => {
                    "; with another name at the same address, or this name elsewhere, the name alone makes the difference"
                }
                Some(false) => "; with any name at this address",
                None => "; whether the name is to blame is not known",
            };
            format!("TLS after ClientHello: {}{blame}", failure.in_words())
        }
        Glimpse::OtherCertificate {
            issuer,
            is_known_other,
        } => {
            let other = if *is_known_other {
                ", not the site's"
            } else {
                ""
            };
            format!("TLS: a certificate that does not verify answers{other} (issuer: {issuer})")
        }
        Glimpse::NoPage { failure, leg } => {
            let scheme = if is_secure(*leg) { "https" } else { "http" };
            format!("{scheme} after the request: {}", failure.in_words())
        }
    }
}

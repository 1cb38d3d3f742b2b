//! A request as it is recorded, and whether it may be.

use super::guard::Objection;
use super::{BlockTarget, ScopeKind};
use crate::digest::Digest;
use crate::document::Language;
use crate::id::{CaptureId, DecisionId, FlagId, ItemId, RequestId};
use crate::review::{Choice, Decision, Reviewer};
use crate::rules::Category;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// That access is restricted, by the body that orders it.
    Block,
    /// That the content is removed, by whoever hosts, registers or carries it.
    Removal,
}

/// A submission: one addressee, one or many targets. Never edited; a later one may supersede it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlockRequest {
    /// Which request.
    pub id: RequestId,
    /// What is asked for.
    pub purpose: Purpose,
    /// Code of the jurisdiction, as its profile names it (`kz`).
    pub jurisdiction: String,
    /// Id of the addressee in the profile.
    pub authority: String,
    /// Who exactly is addressed, where the profile leaves it open (the abuse desk of one host).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<String>,
    /// Languages of its documents.
    pub languages: Vec<Language>,
    /// The unit that asks.
    pub unit: String,
    /// Where the unit is reached: telephone, e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Who drafted it.
    pub author: Reviewer,
    /// When.
    pub drafted: Timestamp,
    /// What it is about, each target once.
    pub items: Vec<BlockItem>,
    /// When the block is to be looked at again.
    pub review_by: Date,
    /// The request that this one replaces before it was submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<RequestId>,
    /// The request whose site came back or moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<RequestId>,
}

/// One target of a request, with everything that it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlockItem {
    /// Which item.
    pub id: ItemId,
    /// What exactly is to be blocked.
    #[serde(flatten)]
    pub target: BlockTarget,
    /// Why a scope wider than one URL is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_reason: Option<String>,
    /// The flag that was confirmed.
    pub flag: FlagId,
    /// Host as given in the list of suspects.
    pub site: String,
    /// The exact URLs that show the content, the most telling first.
    pub urls: Vec<SuspectUrl>,
    /// The decision that it rests on.
    pub decision: DecisionId,
    /// Who confirmed.
    pub decided_by: Reviewer,
    /// When.
    pub decided: Timestamp,
    /// What it was confirmed as.
    pub category: Category,
    /// Provisions that it rests on, by id (`kz.criminal_code.297`).
    pub grounds: Vec<String>,
    /// The reasons in words; without them no document is made.
    pub reasons: String,
    /// The findings that led to the flag.
    pub findings: Vec<ItemFinding>,
    /// The captures that show it.
    pub evidence: Vec<ItemEvidence>,
    /// The evidence bundle that goes with it, if one was exported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Bundle>,
    /// Addresses of the host when it was captured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// When the site was first flagged.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// Objections that a supervisor set aside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// A finding as a request quotes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemFinding {
    /// The rule.
    pub rule: String,
    /// Where it was found.
    pub url: SuspectUrl,
    /// The text around it, as it stands on the page.
    pub excerpt: String,
    /// Version of the ruleset.
    pub ruleset: String,
}

/// A capture as a request cites it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemEvidence {
    /// Which capture.
    pub capture: CaptureId,
    /// What was fetched.
    pub url: SuspectUrl,
    /// When.
    pub fetched: Timestamp,
    /// Status of the answer.
    pub status: u16,
    /// Digest of the body as received.
    pub payload_digest: Digest,
    /// Digest of head and body as received.
    pub block_digest: Digest,
    /// Digest of the screenshot, if one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screenshot: Option<Digest>,
}

/// An evidence bundle (WACZ) that was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Digest of the whole file.
    pub digest: Digest,
    /// When it was exported.
    pub exported: Timestamp,
}

/// An objection that a supervisor set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Code of the objection.
    pub objection: String,
    /// Who set it aside.
    pub supervisor: Reviewer,
    /// Why.
    pub reason: String,
}

/// Why a request may not be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Nothing is asked for.
    #[error("a request needs at least one item")]
    NoItems,
    /// A target stands in it twice.
    #[error("{0} stands in it twice")]
    TwiceTarget(String),
    /// Facts without which no document is made.
    #[error("{site}: missing: {}", missing.join("; "))]
    Missing {
        /// The site, defanged.
        site: String,
        /// What is missing, each with what to do.
        missing: Vec<String>,
    },
    /// The flag is not confirmed any more, or by another decision.
    #[error("{site}: the decision it rests on does not stand as a confirmation")]
    NotConfirmed {
        /// The site, defanged.
        site: String,
    },
    /// The request that it is to replace was sent already.
    #[error("{0} was sent already; withdraw it, or lift the block")]
    AlreadySent(RequestId),
    /// It would hit what it must not.
    #[error("{target}: {}", objections.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Objections {
        /// The target, defanged.
        target: String,
        /// Why not.
        objections: Vec<Objection>,
    },
}

impl BlockItem {
    /// The objections that nobody set aside, or that nobody can.
    pub fn standing_objections(&self, objections: Vec<Objection>) -> Vec<Objection> {
        let is_set_aside = |objection: &Objection| {
            objection.code.can_be_set_aside()
                && self
                    .overrides
                    .iter()
                    .any(|set| set.objection == objection.code.as_str())
        };
        objections
            .into_iter()
            .filter(|objection| !is_set_aside(objection))
            .collect()
    }

    /// What a document cannot be made without (blocking.md §1.3: 4, 6, 7, 8, 9), in words that say what to do.
    pub fn missing_facts(&self) -> Vec<String> {
        let mut missing = Vec::new();
        let mut need = |is_there: bool, what: &str| {
            if !is_there {
                missing.push(what.to_owned());
            }
        };
        need(!self.grounds.is_empty(), "a legal ground (--ground)");
        need(
            !self.reasons.trim().is_empty(),
            "the reasons in words (--reasons)",
        );
        need(!self.urls.is_empty(), "an exact URL that shows the content");
        need(
            self.target.scope() == ScopeKind::Url
                || self
                    .scope_reason
                    .as_deref()
                    .is_some_and(|r| !r.trim().is_empty()),
            "why one URL is not enough (--scope-reason)",
        );
        need(
            !self.evidence.is_empty(),
            "a capture with time and digest (scan the site again)",
        );
        need(
            !self.findings.is_empty(),
            "a finding that the decision rests on",
        );
        missing
    }
}

/// Whether a request may be recorded: every fact is there, every item rests on the decision that stands, and
/// nothing speaks against a target. `standing` gives the current decision of a flag, `objections` what speaks
/// against an item.
pub fn check_request(
    request: &BlockRequest,
    standing: impl Fn(&FlagId) -> Option<Decision>,
    objections: impl Fn(&BlockItem) -> Vec<Objection>,
) -> Result<(), RequestError> {
    if request.items.is_empty() {
        return Err(RequestError::NoItems);
    }
    for (at, item) in request.items.iter().enumerate() {
        if request.items[..at]
            .iter()
            .any(|other| other.target == item.target)
        {
            return Err(RequestError::TwiceTarget(item.target.to_string()));
        }
        let site = item.site.replace('.', "[.]");
        let missing = item.missing_facts();
        if !missing.is_empty() {
            return Err(RequestError::Missing { site, missing });
        }
        let stands = standing(&item.flag).is_some_and(|decision| {
            decision.id == item.decision && matches!(decision.choice, Choice::Confirm { .. })
        });
        if !stands {
            return Err(RequestError::NotConfirmed { site });
        }
        let objections = item.standing_objections(objections(item));
        if !objections.is_empty() {
            return Err(RequestError::Objections {
                target: item.target.to_string(),
                objections,
            });
        }
    }
    Ok(())
}

//! Which papers there are.

use super::PaperFacts;
use crate::block::Purpose;
use crate::block::profile::Role;
use std::fmt;

/// A paper; its code is the name of its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaperKind {
    /// The submission to the body that orders.
    Submission,
    /// The list of targets and URLs that goes with it.
    Annex,
    /// What an officer saw at which time: протокол осмотра.
    InspectionProtocol,
    /// Captures with times and digests.
    EvidenceSheet,
    /// To whoever hosts the content.
    NoticeHost,
    /// To whoever registered the domain.
    NoticeRegistrar,
    /// To a platform that carries it.
    NoticePlatform,
    /// To a messenger that carries it.
    NoticeTelegram,
    /// The request that access be restored.
    LiftRequest,
    /// The letter that takes a request back.
    Withdrawal,
    /// The record that the content was removed.
    RemovalRecord,
    /// The record of a refusal.
    RefusalRecord,
    /// The unit's answer to an appeal.
    AppealAnswer,
}

impl PaperKind {
    /// All kinds, in the order in which they are put together.
    pub const ALL: [Self; 13] = [
        Self::Submission,
        Self::NoticeHost,
        Self::NoticeRegistrar,
        Self::NoticePlatform,
        Self::NoticeTelegram,
        Self::Annex,
        Self::InspectionProtocol,
        Self::EvidenceSheet,
        Self::LiftRequest,
        Self::Withdrawal,
        Self::RemovalRecord,
        Self::RefusalRecord,
        Self::AppealAnswer,
    ];

    /// Its code: name of its template and part of file names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::Annex => "annex",
            Self::InspectionProtocol => "inspection_protocol",
            Self::EvidenceSheet => "evidence_sheet",
            Self::NoticeHost => "notice_host",
            Self::NoticeRegistrar => "notice_registrar",
            Self::NoticePlatform => "notice_platform",
            Self::NoticeTelegram => "notice_telegram",
            Self::LiftRequest => "lift_request",
            Self::Withdrawal => "withdrawal",
            Self::RemovalRecord => "removal_record",
            Self::RefusalRecord => "refusal_record",
            Self::AppealAnswer => "appeal_answer",
        }
    }

    /// The kind with this code.
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == code)
    }

    /// The act that it is about, for papers that follow from one.
    pub fn follows_from(self) -> Option<&'static str> {
        Some(match self {
            Self::LiftRequest => "lift",
            Self::Withdrawal => "withdraw",
            Self::RemovalRecord => "removed",
            Self::RefusalRecord => "refuse",
            Self::AppealAnswer => "appeal",
            _ => return None,
        })
    }

    /// Whether an evidence bundle must be there to be named in it.
    pub fn needs_bundle(self) -> bool {
        self == Self::EvidenceSheet
    }

    /// The notice for whoever is addressed.
    pub fn notice_to(role: Role) -> Self {
        match role {
            Role::Registrar => Self::NoticeRegistrar,
            Role::Platform => Self::NoticePlatform,
            Role::Messenger => Self::NoticeTelegram,
            Role::OrderBody => Self::Submission,
            Role::Operator | Role::Host | Role::Owner => Self::NoticeHost,
        }
    }

    /// The papers that a request needs now: those that the profile names for its addressee, or the usual ones,
    /// and one for each act that calls for a letter.
    pub fn needed(facts: &PaperFacts<'_>) -> Vec<Self> {
        let authority = facts.authority();
        let named = authority.map_or(&[][..], |authority| &authority.documents);
        let mut kinds: Vec<Self> = named.iter().filter_map(|name| Self::named(name)).collect();
        if kinds.is_empty() {
            let letter = match (facts.request.purpose, authority) {
                (Purpose::Removal, Some(authority)) => Self::notice_to(authority.role),
                (Purpose::Removal, None) => Self::NoticeHost,
                (Purpose::Block, _) => Self::Submission,
            };
            kinds = vec![
                letter,
                Self::Annex,
                Self::InspectionProtocol,
                Self::EvidenceSheet,
            ];
        }
        let happened = |act| {
            let items = facts.request.items.iter();
            items.clone().any(|item| facts.has_step(item, act))
        };
        kinds.extend(
            Self::ALL
                .into_iter()
                .filter(|kind| kind.follows_from().is_some_and(happened)),
        );
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

impl fmt::Display for PaperKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

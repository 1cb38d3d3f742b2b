//! The variables of templates (`docs/blocking/documents.md` lists them). Every text is cleaned here, URLs are
//! defanged, and nothing is marked as safe: templates escape.

use super::effect::{EffectKind, effect_of};
use super::local::Local;
use super::missing::concerned;
use super::steps::{Steps, latest_steps};
use super::{PaperFacts, PaperKind};
use crate::block::{BlockItem, BlockTarget, ItemEvidence};
use crate::document::{clean_lines, clean_text};
use crate::id::ItemId;
use serde::Serialize;
use std::collections::BTreeSet;

/// Longest name of a person, organ or site.
const NAME: usize = 300;
/// Longest URL as shown; the whole of it stands in the annex for machines.
const URL: usize = 600;
/// Longest excerpt of a page.
const EXCERPT: usize = 400;
/// Longest line of reasons.
const REASON: usize = 4_000;
/// Findings of one item that are quoted.
const FINDINGS: usize = 12;

/// What a template sees.
#[derive(Debug, Serialize)]
pub(super) struct Variables {
    language: &'static str,
    is_draft: bool,
    jurisdiction: String,
    time_zone: String,
    to_confirm: Vec<String>,
    request: RequestFacts,
    authority: AuthorityFacts,
    items: Vec<ItemFacts>,
    steps: Steps,
    log: Option<LogFacts>,
}

#[derive(Debug, Serialize)]
struct RequestFacts {
    id: String,
    purpose: crate::block::Purpose,
    unit: String,
    contact: String,
    author: String,
    drafted: String,
    review_by: String,
    parent: String,
    supersedes: String,
}

#[derive(Debug, Serialize)]
struct AuthorityFacts {
    title: String,
    address: String,
    email: String,
    role: &'static str,
}

#[derive(Debug, Serialize)]
struct ItemFacts {
    number: usize,
    id: String,
    site: String,
    scope: &'static str,
    target: String,
    target_unicode: String,
    is_encrypted: bool,
    category: &'static str,
    grounds: Vec<Ground>,
    reasons: Vec<String>,
    scope_reason: String,
    urls: Vec<String>,
    findings: Vec<FindingFacts>,
    findings_left_out: usize,
    evidence: Vec<EvidenceFacts>,
    bundle: Option<BundleFacts>,
    addresses: Vec<String>,
    first_seen: String,
    last_seen: String,
    decided: String,
    decided_by: String,
    decision: String,
    flag: String,
    effect: EffectFacts,
    state: &'static str,
    overrides: Vec<OverrideFacts>,
    measurements: Vec<MeasurementFacts>,
    steps: Steps,
}

#[derive(Debug, Serialize)]
struct Ground {
    id: String,
    title: String,
    is_confirmed: bool,
}

#[derive(Debug, Serialize)]
struct FindingFacts {
    rule: String,
    url: String,
    excerpt: String,
    ruleset: String,
}

#[derive(Debug, Serialize)]
struct EvidenceFacts {
    number: usize,
    capture: String,
    url: String,
    utc: String,
    local: String,
    status: u16,
    payload_digest: String,
    block_digest: String,
    screenshot: String,
}

#[derive(Debug, Serialize)]
struct BundleFacts {
    digest: String,
    exported: String,
}

#[derive(Debug, Serialize)]
struct EffectFacts {
    kind: EffectKind,
    target: String,
}

#[derive(Debug, Serialize)]
struct OverrideFacts {
    objection: String,
    supervisor: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct MeasurementFacts {
    at: String,
    verdict: String,
    confidence: String,
    vantages: usize,
}

#[derive(Debug, Serialize)]
struct LogFacts {
    origin: String,
    size: u64,
    root: String,
}

/// The variables of a paper in one language.
pub(super) fn variables(kind: PaperKind, facts: &PaperFacts<'_>, local: &Local) -> Variables {
    let name = |text: &str| clean_text(text, NAME);
    let profile = facts.profile;
    let items = facts.request.items.iter().enumerate();
    let concerned: BTreeSet<&ItemId> = concerned(kind, facts).map(|item| &item.id).collect();
    Variables {
        language: local.language.as_str(),
        is_draft: facts.is_draft(),
        jurisdiction: profile
            .title
            .get(&local.language)
            .map_or_else(|| name(&profile.jurisdiction), |title| name(title)),
        time_zone: name(&profile.time_zone),
        to_confirm: profile.to_confirm.iter().map(|line| name(line)).collect(),
        request: request_facts(facts, local),
        authority: authority_facts(facts, local),
        items: items
            .filter(|(_, item)| concerned.contains(&item.id))
            .map(|(at, item)| item_facts(at + 1, item, facts, local))
            .collect(),
        steps: latest_steps(facts.steps.iter(), local),
        log: facts.log.map(|log| LogFacts {
            origin: name(&log.origin),
            size: log.size,
            root: log.root.to_string(),
        }),
    }
}

fn request_facts(facts: &PaperFacts<'_>, local: &Local) -> RequestFacts {
    let request = facts.request;
    let name = |text: &str| clean_text(text, NAME);
    let id = |id: Option<&crate::id::RequestId>| id.map(|id| name(id.as_str())).unwrap_or_default();
    RequestFacts {
        id: name(request.id.as_str()),
        purpose: request.purpose,
        unit: name(&request.unit),
        contact: request.contact.as_deref().map(name).unwrap_or_default(),
        author: name(request.author.as_str()),
        drafted: local.day(request.drafted),
        review_by: local.date(request.review_by),
        parent: id(request.parent.as_ref()),
        supersedes: id(request.supersedes.as_ref()),
    }
}

fn authority_facts(facts: &PaperFacts<'_>, local: &Local) -> AuthorityFacts {
    let authority = facts.authority();
    let title = authority.and_then(|found| found.title.get(&local.language));
    let addressee = facts
        .request
        .addressee
        .as_deref()
        .or(title.map(String::as_str));
    let line = |text: Option<&str>| text.map(|text| clean_text(text, NAME)).unwrap_or_default();
    AuthorityFacts {
        title: line(addressee),
        address: line(authority.and_then(|found| found.address.as_deref())),
        email: line(authority.and_then(|found| found.email.as_deref())),
        role: authority.map_or("", |found| found.role.as_str()),
    }
}

fn item_facts(number: usize, item: &BlockItem, facts: &PaperFacts<'_>, local: &Local) -> ItemFacts {
    let (kind, target) = effect_of(&item.target);
    ItemFacts {
        number,
        id: item.id.to_string(),
        site: clean_text(&item.site.replace('.', "[.]"), NAME),
        scope: item.target.scope().as_str(),
        target: clean_text(&item.target.to_string(), URL),
        target_unicode: unicode_of(&item.target),
        is_encrypted: item.urls.iter().any(|url| url.as_url().scheme() == "https"),
        category: item.category.as_str(),
        grounds: item
            .grounds
            .iter()
            .map(|id| ground(id, facts, local))
            .collect(),
        reasons: clean_lines(&item.reasons, REASON),
        scope_reason: clean_text(item.scope_reason.as_deref().unwrap_or_default(), REASON),
        urls: item
            .urls
            .iter()
            .map(|url| clean_text(&url.to_string(), URL))
            .collect(),
        findings: finding_facts(item),
        findings_left_out: item.findings.len().saturating_sub(FINDINGS),
        evidence: evidence_facts(&item.evidence, local),
        bundle: item.bundle.as_ref().map(|bundle| BundleFacts {
            digest: bundle.digest.to_string(),
            exported: local.time(bundle.exported),
        }),
        addresses: item
            .addresses
            .iter()
            .map(|address| address.to_string().replace('.', "[.]"))
            .collect(),
        first_seen: local.day(item.first_seen),
        last_seen: local.day(item.last_seen),
        decided: local.day(item.decided),
        decided_by: clean_text(item.decided_by.as_str(), NAME),
        decision: item.decision.to_string(),
        flag: item.flag.to_string(),
        effect: EffectFacts {
            kind,
            target: clean_text(&target, URL),
        },
        state: facts.state(item).as_str(),
        overrides: override_facts(item),
        measurements: measurement_facts(item, facts, local),
        steps: latest_steps(facts.steps_of(&item.id), local),
    }
}

fn finding_facts(item: &BlockItem) -> Vec<FindingFacts> {
    let shown = item.findings.iter().take(FINDINGS);
    shown
        .map(|finding| FindingFacts {
            rule: clean_text(&finding.rule, NAME),
            url: clean_text(&finding.url.to_string(), URL),
            excerpt: clean_text(&finding.excerpt, EXCERPT),
            ruleset: clean_text(&finding.ruleset, NAME),
        })
        .collect()
}

fn override_facts(item: &BlockItem) -> Vec<OverrideFacts> {
    let overrides = item.overrides.iter();
    overrides
        .map(|set| OverrideFacts {
            objection: clean_text(&set.objection, NAME),
            supervisor: clean_text(set.supervisor.as_str(), NAME),
            reason: clean_text(&set.reason, REASON),
        })
        .collect()
}

fn measurement_facts(
    item: &BlockItem,
    facts: &PaperFacts<'_>,
    local: &Local,
) -> Vec<MeasurementFacts> {
    let measured = facts.measurements.iter();
    measured
        .filter(|measured| measured.item == item.id)
        .map(|measured| MeasurementFacts {
            at: local.time(measured.at),
            verdict: clean_text(&measured.verdict, NAME),
            confidence: clean_text(&measured.confidence, NAME),
            vantages: measured.vantages,
        })
        .collect()
}

fn ground(id: &str, facts: &PaperFacts<'_>, local: &Local) -> Ground {
    let heading = facts.profile.provisions.get(id);
    let title = heading.and_then(|heading| heading.get(&local.language));
    Ground {
        id: clean_text(id, NAME),
        title: clean_text(title.map_or(id, String::as_str), NAME),
        is_confirmed: facts.profile.confirmed_provisions.contains(id),
    }
}

fn evidence_facts(evidence: &[ItemEvidence], local: &Local) -> Vec<EvidenceFacts> {
    let numbered = evidence.iter().zip(1..);
    numbered
        .map(|(capture, number)| EvidenceFacts {
            number,
            capture: capture.capture.to_string(),
            url: clean_text(&capture.url.to_string(), URL),
            utc: local.utc(capture.fetched),
            local: local.time(capture.fetched),
            status: capture.status,
            payload_digest: capture.payload_digest.to_string(),
            block_digest: capture.block_digest.to_string(),
            screenshot: capture
                .screenshot
                .map(|it| it.to_string())
                .unwrap_or_default(),
        })
        .collect()
}

/// The name as people of the country write it, if that is another form.
fn unicode_of(target: &BlockTarget) -> String {
    let Some(host) = target.host() else {
        return String::new();
    };
    let unicode = host.to_unicode();
    if unicode == host.as_str() {
        String::new()
    } else {
        clean_text(&unicode.replace('.', "[.]"), NAME)
    }
}

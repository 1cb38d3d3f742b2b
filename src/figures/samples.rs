//! Records for tests.

use super::Period;
use crate::block::{
    BlockAct, BlockItem, BlockRequest, BlockStep, BlockTarget, HostName, Paper, Purpose,
};
use crate::dossier::RequestFile;
use crate::flag::{Flag, SiteVerdict, Visit};
use crate::id::{DecisionId, FlagId, ItemId, RequestId, RunId, StepId, VerificationId};
use crate::page::RegionKind;
use crate::review::{Choice, Decision, Grounds, Reason, Reviewer};
use crate::rules::{Category, Finding};
use crate::suspect::SuspectUrl;
use crate::verdict::{Band, CategoryScore};
use crate::verify::{BlockVerdict, Confidence, Verification};
use jiff::Timestamp;
use jiff::civil::date;
use std::collections::BTreeMap;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn year() -> Period {
    Period::parse("2026", "Asia/Almaty").unwrap()
}

pub(super) fn page(site: &str) -> SuspectUrl {
    SuspectUrl::parse(&format!("http://{site}/")).unwrap()
}

pub(super) fn named(name: &str) -> Reviewer {
    Reviewer::named(name).unwrap()
}

pub(super) fn score(site: &str, category: Category, excerpt: &str) -> CategoryScore {
    CategoryScore {
        category,
        family: category.family(),
        score: 0.95,
        band: Band::Urgent,
        findings: vec![Finding {
            rule: format!("{category}.offer"),
            category: Some(category),
            lowers: Vec::new(),
            evidence: "offer".to_owned(),
            weight: 2.0,
            url: page(site),
            region: RegionKind::Text,
            excerpt: excerpt.to_owned(),
            marks: Vec::new(),
            span: (0, 1),
            also: Vec::new(),
        }],
        against: Vec::new(),
    }
}

pub(super) fn flag(site: &str, category: Category, excerpt: &str, raised: &str) -> Flag {
    Flag {
        id: FlagId::of_site(site),
        site: site.to_owned(),
        entry: page(site),
        band: Band::Urgent,
        categories: vec![score(site, category, excerpt)],
        entities: Vec::new(),
        captures: Vec::new(),
        ruleset: "1".to_owned(),
        run: RunId::from_written("r-1"),
        raised: at(raised),
        seen: at(raised),
        visits: 1,
    }
}

pub(super) fn visit(site: &str, finished: &str) -> Visit {
    Visit {
        site: site.to_owned(),
        entry: page(site),
        run: RunId::from_written("r-1"),
        verdict: SiteVerdict::Clear,
        categories: Vec::new(),
        entities: Vec::new(),
        pages: 1,
        bytes: 1,
        outcomes: BTreeMap::new(),
        gate: None,
        attempts: Vec::new(),
        traps: Vec::new(),
        landed_on: None,
        captures: Vec::new(),
        loaded: Vec::new(),
        ruleset: "1".to_owned(),
        shadow: BTreeMap::new(),
        minimized: false,
        started: at(finished),
        finished: at(finished),
        flag: None,
    }
}

pub(super) fn decision(flag: &Flag, choice: Choice, reasons: &[Reason], decided: &str) -> Decision {
    Decision {
        id: DecisionId::from_written(&format!("d-{decided}")),
        flag: flag.id.clone(),
        choice,
        reasons: reasons.to_vec(),
        note: None,
        author: named("a.serikova"),
        decided: at(decided),
        supersedes: None,
        grounds: Grounds::of(flag),
    }
}

pub(super) fn confirm(category: Category) -> Choice {
    Choice::Confirm {
        category,
        elements: Vec::new(),
    }
}

pub(super) fn item(flag: &Flag, decided: &str) -> BlockItem {
    BlockItem {
        id: ItemId::from_written(&format!("i-{}", flag.site)),
        target: BlockTarget::Host(HostName::parse(&flag.site).unwrap()),
        scope_reason: None,
        flag: flag.id.clone(),
        site: flag.site.clone(),
        urls: Vec::new(),
        decision: DecisionId::from_written("d-1"),
        decided_by: named("a.serikova"),
        decided: at(decided),
        category: Category::DrugSale,
        grounds: Vec::new(),
        reasons: String::new(),
        findings: Vec::new(),
        evidence: Vec::new(),
        bundle: None,
        addresses: Vec::new(),
        first_seen: flag.raised,
        last_seen: flag.raised,
        overrides: Vec::new(),
    }
}

pub(super) fn file(items: Vec<BlockItem>, steps: Vec<(BlockAct, &str)>) -> RequestFile {
    let id = RequestId::from_written("b-1");
    let steps = steps.into_iter().map(|(act, time)| BlockStep {
        id: StepId::from_written("s-1"),
        request: id.clone(),
        items: Vec::new(),
        act,
        by: named("n.omarova"),
        at: at(time),
        note: None,
    });
    RequestFile {
        steps: steps.collect(),
        verifications: Vec::new(),
        superseded_by: None,
        request: BlockRequest {
            id: id.clone(),
            purpose: Purpose::Block,
            jurisdiction: "kz".to_owned(),
            authority: "body".to_owned(),
            addressee: None,
            languages: Vec::new(),
            unit: "unit".to_owned(),
            contact: None,
            author: named("a.serikova"),
            drafted: at("2026-01-01T00:00:00Z"),
            items,
            review_by: date(2027, 1, 1),
            supersedes: None,
            parent: None,
        },
    }
}

pub(super) fn paper(month: i8, day: i8) -> Paper {
    Paper {
        number: "1".to_owned(),
        date: date(2026, month, day),
        organ: "organ".to_owned(),
        digest: None,
    }
}

pub(super) fn verification(item: &BlockItem, verdict: BlockVerdict, time: &str) -> Verification {
    Verification {
        id: VerificationId::from_written("y-1"),
        item: item.id.clone(),
        request: RequestId::from_written("b-1"),
        target: item.target.clone(),
        at: at(time),
        by: named("a.serikova"),
        verdict,
        confidence: Confidence::High,
        reasons: Vec::new(),
        reaches: Vec::new(),
        open_from: Vec::new(),
        siblings: Vec::new(),
    }
}

//! A store with confirmed flags, and orders to block what they are about.

use crate::lab::{Lab, SITE, decide_on};
use jiff::{SignedDuration, Timestamp};
use tazy::block::profile::BlockRules;
use tazy::block::{
    BlockAct, BlockItem, BlockRequest, BlockStep, BlockTarget, ItemEvidence, ItemFinding, Override,
    Paper, Purpose,
};
use tazy::document::Language;
use tazy::id::{FlagId, ItemId, RequestId, StepId};
use tazy::review::Reviewer;
use tazy::store::Store;

/// A desk whose lists can be exported, with one confirmed flag.
pub(crate) fn desk() -> Lab {
    let lab = Lab::new();
    let store = lab.store();
    lab.visit(&store, "r-000000000001", SITE, 0);
    lab.visit(&store, "r-000000000001", "other.example", 1);
    decide_on(&store, SITE);
    drop(store);
    let settings = "[block]\ntitle = \"Тізім\"\nunit = \"Cyber unit\"\ncontact = \"desk@unit.example\"\n\
                    rpz_origin = \"rpz.unit.example\"\n[review]\nauthor = \"d.akhmetov\"\n";
    std::fs::write(lab.path("store/tazy.toml"), settings).unwrap();
    lab
}

fn begun() -> Timestamp {
    "2026-03-03T09:00:00Z".parse().unwrap()
}

fn paper(number: &str, organ: &str) -> Paper {
    Paper {
        number: number.to_owned(),
        date: "2026-03-03".parse().unwrap(),
        organ: organ.to_owned(),
        digest: None,
    }
}

/// Records that a block of these targets was asked for, approved, sent and ordered.
pub(crate) fn order_blocks(store: &Store, targets: &[BlockTarget], minute: i64) -> RequestId {
    let drafted = begun() + SignedDuration::from_mins(minute);
    let request = draft(store, targets, drafted);
    store
        .record_request(&request, &BlockRules::default())
        .unwrap();
    let acts = [
        (BlockAct::Approve, "b.omarov"),
        (BlockAct::Submit(paper("5/112", "Cyber unit")), "a.serikova"),
        (BlockAct::Order(paper("KZ-17", "Committee")), "a.serikova"),
    ];
    for (act, by) in acts {
        record(store, &request.id, Vec::new(), act, by, drafted);
    }
    request.id
}

/// Records that the block of one target is to be lifted.
pub(crate) fn lift(store: &Store, request: &RequestId, target: &BlockTarget) {
    let item = ItemId::of_target(request, &target.to_string());
    let reason = "the owner removed it".to_owned();
    let later = begun() + SignedDuration::from_hours(48);
    record(
        store,
        request,
        vec![item],
        BlockAct::Lift { reason },
        "a.serikova",
        later,
    );
}

fn record(
    store: &Store,
    request: &RequestId,
    items: Vec<ItemId>,
    act: BlockAct,
    by: &str,
    at: Timestamp,
) {
    let step = BlockStep {
        id: StepId::taken(request, act.as_str(), by, at),
        request: request.clone(),
        items,
        act,
        by: Reviewer::named(by).unwrap(),
        at,
        note: None,
    };
    store.record_step(&step).unwrap();
}

fn draft(store: &Store, targets: &[BlockTarget], drafted: Timestamp) -> BlockRequest {
    let id = RequestId::drafted("information_committee", "a.serikova", drafted, None);
    BlockRequest {
        purpose: Purpose::Block,
        jurisdiction: "kz".to_owned(),
        authority: "information_committee".to_owned(),
        addressee: None,
        languages: vec![Language::Ru],
        unit: "Cyber unit".to_owned(),
        contact: None,
        author: Reviewer::named("a.serikova").unwrap(),
        drafted,
        items: targets
            .iter()
            .map(|target| item(store, &id, target))
            .collect(),
        review_by: "2026-09-01".parse().unwrap(),
        supersedes: None,
        parent: None,
        id,
    }
}

/// All rest on the one flag there is: what they are about is not asked here.
fn item(store: &Store, request: &RequestId, target: &BlockTarget) -> BlockItem {
    let flag = store.flag(&FlagId::of_site(SITE)).unwrap();
    let decision = store.current_decision(&flag.id).unwrap().unwrap();
    let visit = store.latest_visit(SITE).unwrap().unwrap();
    let manifest = store.manifest(&visit.captures[0]).unwrap();
    let findings = flag.categories.iter().flat_map(|scored| &scored.findings);
    BlockItem {
        id: ItemId::of_target(request, &target.to_string()),
        target: target.clone(),
        scope_reason: Some("every page of it offers goods".to_owned()),
        flag: flag.id.clone(),
        site: SITE.to_owned(),
        urls: vec![manifest.url.clone()],
        decision: decision.id,
        decided_by: decision.author,
        decided: decision.decided,
        category: flag.categories[0].category,
        grounds: vec!["kz.criminal_code.297".to_owned()],
        reasons: "offers goods".to_owned(),
        findings: findings
            .map(|finding| ItemFinding {
                rule: finding.rule.clone(),
                url: finding.url.clone(),
                excerpt: finding.excerpt.clone(),
                ruleset: "2026.03.1".to_owned(),
            })
            .collect(),
        evidence: vec![ItemEvidence {
            capture: manifest.id.clone(),
            url: manifest.url,
            fetched: manifest.requested_at,
            status: manifest.status,
            payload_digest: manifest.payload_digest,
            block_digest: manifest.block_digest,
            screenshot: None,
        }],
        bundle: None,
        addresses: Vec::new(),
        first_seen: flag.seen,
        last_seen: flag.seen,
        overrides: vec![Override {
            objection: "unrelated_neighbors".to_owned(),
            supervisor: Reviewer::named("n.omarova").unwrap(),
            reason: "all of them sell the same".to_owned(),
        }],
    }
}

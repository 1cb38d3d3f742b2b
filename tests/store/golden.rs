//! Records and a whole store as format 1 wrote them; every later version must read them.

use crate::samples::{copy, open};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::path::{Path, PathBuf};
use tazy::block::list::ListIssue;
use tazy::block::{BlockRequest, BlockStep, ItemState, item_state};
use tazy::capture::Manifest;
use tazy::figures::FrozenReport;
use tazy::flag::{Flag, Visit};
use tazy::id::{FlagId, RunId};
use tazy::review::{Choice, Decision, Reason, ReviewStatus};
use tazy::store::{FlagFilter, Repair, Run, RunFinished};
use tazy::verdict::Band;
use tazy::verify::{BlockVerdict, Verification};

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/store/v1")
}

/// Written when decisions and shadow rules joined the format.
fn decisions() -> PathBuf {
    fixtures().with_file_name("decisions")
}

fn comes_back_equal<T: Serialize + DeserializeOwned>(kind: &str) -> T {
    equal_in(&fixtures(), kind)
}

fn equal_in<T: Serialize + DeserializeOwned>(folder: &Path, kind: &str) -> T {
    let text = fs::read_to_string(folder.join(format!("{kind}.json"))).unwrap();
    let written: serde_json::Value = serde_json::from_str(&text).unwrap();
    let record: T = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(&record).unwrap(), written, "{kind}");
    record
}

#[test]
fn every_kind_of_record_of_format_1_is_read_and_written_back_equal() {
    let run: Run = comes_back_equal("run");
    assert_eq!(run.suspects.len(), 2);
    let visit: Visit = comes_back_equal("visit");
    assert_eq!(visit.attempts.len(), 1);
    let manifest: Manifest = comes_back_equal("manifest");
    assert!(manifest.tls.is_some() && manifest.warc.is_some() && manifest.redirect.is_some());
    let flag: Flag = comes_back_equal("flag");
    assert_eq!(flag.id, FlagId::of_site(&flag.site));
    let finished: RunFinished = comes_back_equal("run_finished");
    assert_eq!(finished.run, run.id);
    let repair: Repair = comes_back_equal("repair");
    assert!(!repair.what.is_empty());
}

#[test]
fn a_store_of_format_1_opens_and_answers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    copy(&fixtures().join("store"), &path);
    let (store, repairs) = open(&path);
    assert_eq!(repairs.len(), 1, "the index is made anew: {repairs:?}");
    let flags = store.flags(&FlagFilter::default()).unwrap();
    assert_eq!(flags.len(), 1);
    assert_eq!(
        (flags[0].site.as_str(), flags[0].band),
        ("lavka.example", Band::Urgent)
    );
    let capture = store.capture(&flags[0].captures[0]).unwrap();
    assert_eq!(capture.body, "<h1>Лавка lavka.example</h1>".as_bytes());
    let state = store.unfinished_run().unwrap().unwrap();
    assert_eq!(state.run.id, RunId::from_written("r-golden2"));
    assert_eq!(state.finished_sites, Vec::<String>::new());
    assert_eq!(store.runs().unwrap().len(), 2);
    let report = store.check().unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    let unknown = fs::read_to_string(path.join("journal.jsonl")).unwrap();
    assert!(
        unknown.contains("\"kind\":\"weather\""),
        "a kind that this version does not know is kept"
    );
}

#[test]
fn decisions_and_shadow_rules_are_read_and_written_back_equal() {
    let folder = decisions();
    let deferred: Decision = equal_in(&folder, "defer");
    assert!(matches!(deferred.choice, Choice::Defer { .. }));
    let confirmed: Decision = equal_in(&folder, "confirm");
    assert_eq!(confirmed.supersedes, Some(deferred.id));
    let dismissed: Decision = equal_in(&folder, "dismiss");
    assert_eq!(dismissed.reasons, [Reason::News, Reason::Warning]);
    let visit: Visit = equal_in(&folder, "visit");
    assert_eq!(visit.shadow.get("drug_sale.draft_rule.ru"), Some(&1));
}

#[test]
fn a_store_with_decisions_opens_and_answers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    copy(&decisions().join("store"), &path);
    let (store, _) = open(&path);
    let status = |site: &str| {
        let flag = store.flag_of_site(site).unwrap().unwrap();
        store.standing(&flag).unwrap().status
    };
    assert_eq!(status("lavka.example"), ReviewStatus::Confirmed);
    assert_eq!(status("gazeta.example"), ReviewStatus::Dismissed);
    let chain = store.decisions(&FlagId::of_site("lavka.example")).unwrap();
    assert_eq!(chain.len(), 2);
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
}

/// Written when block requests joined the format.
fn blocking() -> PathBuf {
    fixtures().with_file_name("blocking")
}

#[test]
fn requests_and_what_follows_them_are_read_and_written_back_equal() {
    let folder = blocking();
    let request: BlockRequest = equal_in(&folder, "block_request");
    let item = &request.items[0];
    assert_eq!(item.target.live(), "applecity-greens.me");
    let steps = ["approve", "submit", "order"].map(|act| {
        let step: BlockStep = equal_in(&folder, &format!("block_step_{act}"));
        assert_eq!((step.act.as_str(), &step.request), (act, &request.id));
        step
    });
    assert_eq!(item_state(&item.id, &steps), ItemState::Ordered);
    let verification: Verification = equal_in(&folder, "verification");
    assert_eq!(verification.verdict, BlockVerdict::Inconclusive);
    assert_eq!(verification.item, item.id);
    let issue: ListIssue = equal_in(&folder, "list_issue");
    assert_eq!((issue.serial, issue.entries), (2_026_112_301, 1));
    let report: FrozenReport = equal_in(&folder, "frozen_report");
    assert!(report.log_size > issue.log_size);
}

//! Every query of a store gives the same before and after its index is made anew, and in a restored backup.

use crate::samples::{StoppedClock, commit, commit_flagged, copy, open, run, score, visit};
use std::path::Path;
use std::sync::Arc;
use tazy::clock::Clock;
use tazy::custody::{CustodyAct, CustodyEvent, Hold};
use tazy::id::{CaptureId, CustodyId, FlagId, RunId};
use tazy::review::{Choice, Reason, ReviewStatus, Reviewer, Ruling, decide};
use tazy::rules::{Category, Ruleset, RulesetSource};
use tazy::store::{BackupRequest, Deletion, FlagFilter, Store, StoreError, backup, restore};
use tazy::verdict::Band;

pub(crate) const SITES: [&str; 8] = [
    "a.example",
    "shop.a.example",
    "b.example",
    "c.example",
    "d.example",
    "clear.example",
    "gone.example",
    "never.example",
];

pub(crate) fn reviewer() -> Reviewer {
    Reviewer::named("a.serikova").unwrap()
}

pub(crate) fn rule(store: &Store, site: &str, choice: Choice, reasons: Vec<Reason>) {
    let flag = store.flag_of_site(site).unwrap().unwrap();
    let current = store.current_decision(&flag.id).unwrap();
    let ruling = Ruling {
        choice,
        reasons,
        note: Some(format!("seen {site}")),
        supersedes: current.as_ref().map(|decision| decision.id.clone()),
    };
    let now = StoppedClock.now();
    let decision = decide(&flag, current.as_ref(), ruling, reviewer(), now).unwrap();
    store.record_decision(&decision).unwrap();
}

pub(crate) fn custody_event(what: &str) -> CustodyEvent {
    let at = StoppedClock.now();
    CustodyEvent {
        id: CustodyId::of_event("export", what, "a.serikova", at),
        act: CustodyAct::Export,
        by: reviewer(),
        at,
        flag: Some(FlagId::of_site(what)),
        captures: Vec::new(),
        recipient: Some("the court".to_owned()),
        digest: None,
        log_size: Some(3),
        note: None,
        program: "0.1.0".to_owned(),
    }
}

pub(crate) fn deletion(site: &str) -> Deletion {
    Deletion {
        site: site.to_owned(),
        by: reviewer(),
        reason: "visited by mistake".to_owned(),
        policy: None,
    }
}

fn confirm() -> Choice {
    Choice::Confirm {
        category: Category::DrugSale,
        elements: Vec::new(),
    }
}

/// The built-in rules; compiled once.
fn ruleset() -> &'static Ruleset {
    static RULESET: std::sync::OnceLock<Ruleset> = std::sync::OnceLock::new();
    RULESET.get_or_init(|| {
        let day = jiff::civil::date(2026, 3, 1);
        RulesetSource::default().load(day).unwrap()
    })
}

/// Three runs over eight sites, decisions of each kind, custody, holds, a ruleset, a deletion.
pub(crate) fn fill(directory: &Path) {
    let (store, _) = open(directory);
    let runs = ["r-1", "r-2", "r-3"].map(|name| run(name, &SITES));
    store.archive_ruleset(ruleset().archive()).unwrap();
    for run in &runs[..2] {
        store.begin_run(run).unwrap();
        for site in &SITES[..4] {
            commit_flagged(&store, &run.id, site);
        }
        let scores = vec![score("d.example", Category::Phishing, Band::Review, 0.7)];
        commit(&store, visit(&run.id, "d.example", scores), &[b"<p>d"]);
        let clear = visit(&run.id, "clear.example", Vec::new());
        commit(&store, clear, &[b"<p>nothing here"]);
        store.finish_run(&run.id).unwrap();
    }
    store.begin_run(&runs[2]).unwrap();
    commit_flagged(&store, &runs[2].id, "a.example");
    commit_flagged(&store, &runs[2].id, "gone.example");
    rule(&store, "a.example", confirm(), Vec::new());
    rule(&store, "b.example", confirm(), Vec::new());
    rule(&store, "b.example", Choice::Dismiss, vec![Reason::News]);
    let until = "2026-04-01T00:00:00Z".parse().unwrap();
    rule(&store, "c.example", Choice::Defer { until }, Vec::new());
    store.record_custody(&custody_event("a.example")).unwrap();
    store.record_custody(&custody_event("b.example")).unwrap();
    for (site, held) in [
        ("a.example", true),
        ("b.example", true),
        ("b.example", false),
    ] {
        let hold = Hold {
            site: site.to_owned(),
            held,
            reason: "case 12".to_owned(),
            by: reviewer(),
            at: StoppedClock.now(),
        };
        store.record_hold(&hold).unwrap();
    }
    store.delete_site(&deletion("gone.example")).unwrap();
}

fn filters() -> Vec<FlagFilter> {
    let all = FlagFilter::default;
    let mut filters = vec![
        all(),
        FlagFilter {
            category: Some(Category::Phishing),
            ..all()
        },
        FlagFilter {
            band: Some(Band::Urgent),
            ..all()
        },
        FlagFilter {
            host: Some("a.example".to_owned()),
            ..all()
        },
        FlagFilter {
            since: Some("2026-03-01T10:00:06Z".parse().unwrap()),
            ..all()
        },
    ];
    filters.extend(ReviewStatus::ALL.map(|status| FlagFilter {
        status: Some(status),
        ..all()
    }));
    filters
}

fn of_flags(store: &Store, told: &mut Vec<String>) {
    for filter in filters() {
        told.push(format!("{filter:?} {:?}", store.flags(&filter)));
    }
    let mut seen = Vec::new();
    store
        .each_flag(|flag| {
            seen.push(format!("{:?}", store.standing(&flag)));
            seen.push(format!("{:?}", store.flag(&flag.id)));
            Ok::<(), StoreError>(())
        })
        .unwrap();
    told.extend(seen);
    for site in SITES {
        let id = FlagId::of_site(site);
        told.push(format!("{site} {:?}", store.flag_of_site(site)));
        told.push(format!("{site} {:?}", store.decisions(&id)));
        told.push(format!("{site} {:?}", store.current_decision(&id)));
    }
}

/// The answer of every query that the store has.
pub(crate) fn answers(store: &Store) -> Vec<String> {
    let mut told = Vec::new();
    of_flags(store, &mut told);
    let mut captures: Vec<CaptureId> = Vec::new();
    let mut latest = Vec::new();
    store
        .each_latest_visit(|visit| {
            latest.push(visit);
            true
        })
        .unwrap();
    told.push(format!("{latest:?}"));
    let runs = ["r-1", "r-2", "r-3", "r-4"].map(RunId::from_written);
    for run in &runs {
        let visits = store.visits_of_run(run).unwrap();
        captures.extend(visits.iter().flat_map(|visit| visit.captures.clone()));
        told.push(format!("{run} {visits:?}"));
        for site in SITES {
            told.push(format!("{run} {site} {:?}", store.visit(run, site)));
        }
    }
    for site in SITES {
        told.push(format!("{site} {:?}", store.latest_visit(site)));
        told.push(format!("{site} {:?}", store.hold(site)));
    }
    let tombstones = store.tombstones().unwrap();
    let gone = tombstones.iter().flat_map(|tombstone| &tombstone.captures);
    captures.extend(gone.map(|gone| gone.id.clone()));
    for id in &captures {
        told.push(format!("{:?}", store.manifest(id)));
        told.push(format!("{:?}", store.capture(id)));
        told.push(format!("{:?}", store.tombstone_of(id)));
    }
    told.push(format!("{tombstones:?}"));
    told.push(format!("{:?}", store.runs()));
    told.push(format!("{:?}", store.unfinished_run()));
    told.push(format!("{:?}", store.custody()));
    told.push(format!("{:?}", store.holds()));
    for version in [ruleset().version(), "none"] {
        told.push(format!("{:?}", store.archived_ruleset(version)));
        told.push(format!("{:?}", store.ruleset_archive_bytes(version)));
    }
    told
}

fn assert_same(before: &[String], after: &[String]) {
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before, after);
    }
}

#[test]
fn every_query_gives_the_same_after_the_index_is_made_anew_and_from_a_restored_backup() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    fill(&path);
    let (store, _) = open(&path);
    let before = answers(&store);
    assert!(before.len() > 100, "{}", before.len());
    assert_eq!(store.holds().unwrap().len(), 1);
    assert_eq!(store.custody().unwrap().len(), 2);
    let left = store.unfinished_run().unwrap().unwrap();
    assert_eq!(
        left.finished_sites,
        ["a.example", "gone.example"],
        "a deleted visit was made all the same"
    );
    drop(store);

    // With the index gone, with the verb, and with one that an older version began.
    let gone = directory.path().join("gone");
    copy(&path, &gone);
    std::fs::remove_dir_all(gone.join("index")).unwrap();
    let (store, _) = open(&gone);
    assert_same(&before, &answers(&store));
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    drop(store);
    let (store, _) = Store::rebuild(&gone, Arc::new(StoppedClock)).unwrap();
    assert_same(&before, &answers(&store));
    let leftovers = store.leftovers().unwrap();
    assert_eq!((leftovers.uncommitted, leftovers.missing), (0, Vec::new()));
    drop(store);

    let target = directory.path().join("backup");
    let request = BackupRequest {
        store: &path,
        target: &target,
        with_keys: false,
        full: true,
    };
    let made = backup(&request, &StoppedClock, &mut |_, _, _| {}).unwrap();
    assert_eq!(made.problems, Vec::<String>::new());
    let restored = directory.path().join("restored");
    let done = restore(
        &target,
        &restored,
        Arc::new(StoppedClock),
        &mut |_, _, _| {},
    )
    .unwrap();
    assert_eq!(done.check.problems, Vec::<String>::new());
    let (store, repairs) = open(&restored);
    assert_eq!(repairs, []);
    assert_same(&before, &answers(&store));
}

#[test]
fn rebuilding_says_which_captures_were_never_committed_and_which_are_missing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let (store, _) = open(&path);
    let run = RunId::from_written("r-1");
    let kept = commit_flagged(&store, &run, "a.example");
    let lost = crate::samples::captured(&run, "b.example", b"<p>never committed");
    store.append_capture(&lost).unwrap();
    drop(store);
    let (store, _) = Store::rebuild(&path, Arc::new(StoppedClock)).unwrap();
    let found = store.leftovers().unwrap();
    assert_eq!(found.uncommitted, 1);
    assert!(found.uncommitted_sites.contains("b.example"));
    assert_eq!(found.missing, []);
    assert!(
        store.capture(&lost.manifest.id).is_err(),
        "it is not entered"
    );
    let file = &kept.manifests[0].warc.as_ref().unwrap().file;
    std::fs::remove_file(path.join("captures").join(file)).unwrap();
    let found = store.leftovers().unwrap();
    let ids: Vec<_> = kept.manifests.iter().map(|it| it.id.clone()).collect();
    assert_eq!(found.missing.len(), ids.len());
    assert!(ids.iter().all(|id| found.missing.contains(id)));
}

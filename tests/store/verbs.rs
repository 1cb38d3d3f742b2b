//! What the verbs of the store answer.

use crate::samples::{captured, commit, commit_flagged, open, open_sound, run, score, url, visit};
use proptest::prelude::*;
use std::sync::Arc;
use tazy::id::{CaptureId, FlagId, RunId};
use tazy::rules::Category;
use tazy::store::{FlagFilter, Store, StoreError};
use tazy::verdict::Band;

#[test]
fn a_new_store_is_empty_and_answers_so() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(&directory.path().join("new/store"));
    assert_eq!(store.flags(&FlagFilter::default()).unwrap(), []);
    assert_eq!(store.unfinished_run().unwrap(), None);
    assert_eq!(store.runs().unwrap(), []);
    assert_eq!(store.latest_visit("a.example").unwrap(), None);
    let unknown = store.flag(&FlagId::from_written("f-000000000000"));
    assert!(matches!(
        unknown,
        Err(StoreError::Unknown { kind: "flag", .. })
    ));
    let unknown = store.capture(&CaptureId::from_written("c-1"));
    assert!(matches!(unknown, Err(StoreError::Unknown { .. })));
    let unknown = store.finish_run(&RunId::from_written("r-1"));
    assert!(matches!(
        unknown,
        Err(StoreError::Unknown { kind: "run", .. })
    ));
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn what_was_committed_is_answered_before_and_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let run = run("r-1", &["a.example", "b.example"]);
    store.begin_run(&run).unwrap();
    let a = commit_flagged(&store, &run.id, "a.example");
    let b = commit(&store, visit(&run.id, "b.example", Vec::new()), &[b"<p>"]);
    let verify = |store: &Store| {
        let flag = a.flag.clone().unwrap();
        assert_eq!(store.flag(&flag.id).unwrap(), flag);
        assert_eq!(store.flag_of_site("a.example").unwrap(), a.flag);
        assert_eq!(store.flag_of_site("b.example").unwrap(), None);
        for committed in [&a, &b] {
            let site = &committed.visit.site;
            assert_eq!(
                store.latest_visit(site).unwrap().as_ref(),
                Some(&committed.visit)
            );
            for manifest in &committed.manifests {
                assert_eq!(&store.manifest(&manifest.id).unwrap(), manifest);
                let capture = store.capture(&manifest.id).unwrap();
                assert_eq!(capture.body.len() as u64, manifest.body_bytes);
            }
        }
        let visits = store.visits_of_run(&run.id).unwrap();
        assert_eq!(visits, [a.visit.clone(), b.visit.clone()]);
        let state = store.unfinished_run().unwrap().unwrap();
        assert_eq!(state.run, run);
        assert_eq!(state.finished_sites, ["a.example", "b.example"]);
        let report = store.check().unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        (report.records, report.captures)
    };
    assert_eq!(verify(&store), (7, 3));
    drop(store);
    let store = open_sound(directory.path());
    assert_eq!(verify(&store), (8, 3), "and the WARC file that was closed");
    store.finish_run(&run.id).unwrap();
    assert_eq!(store.unfinished_run().unwrap(), None);
    assert!(store.runs().unwrap()[0].finished);
    drop(store);
    let (store, _) = Store::rebuild(directory.path(), Arc::new(tazy::clock::SystemClock)).unwrap();
    assert_eq!(store.unfinished_run().unwrap(), None);
    assert_eq!(
        store.verify_journal().unwrap(),
        10,
        "with the WARC file that was closed and the note of the rebuild"
    );
}

#[test]
fn a_second_visit_supersedes_and_duplicates_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let first = commit_flagged(&store, &RunId::from_written("r-1"), "a.example");
    let second = commit_flagged(&store, &RunId::from_written("r-2"), "a.example");
    let flags = store.flags(&FlagFilter::default()).unwrap();
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].visits, 2);
    assert_eq!(flags[0].raised, first.visit.finished);
    assert_eq!(store.latest_visit("a.example").unwrap(), Some(second.visit));
    let of_first = store.visits_of_run(&RunId::from_written("r-1")).unwrap();
    assert_eq!(of_first, [first.visit]);
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn the_latest_unfinished_run_is_continued() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    for name in ["r-9", "r-5", "r-7"] {
        store.begin_run(&run(name, &["a.example"])).unwrap();
    }
    let latest = || store.unfinished_run().unwrap().map(|state| state.run.id);
    assert_eq!(latest(), Some(RunId::from_written("r-7")));
    store.finish_run(&RunId::from_written("r-7")).unwrap();
    assert_eq!(latest(), Some(RunId::from_written("r-5")));
}

#[test]
fn flags_are_filtered_and_the_most_urgent_come_first() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let id = RunId::from_written("r-1");
    let flag = |site: &str, category, band, value| {
        let scores = vec![
            score(site, category, band, value),
            score(site, Category::FakeShop, Band::Clear, 0.1),
        ];
        commit(&store, visit(&id, site, scores), &[]);
    };
    flag("shop.a.example", Category::DrugSale, Band::Review, 0.7);
    flag("b.example", Category::Phishing, Band::Urgent, 0.95);
    flag("a.example", Category::DrugSale, Band::Urgent, 0.99);
    flag("nota.example", Category::DrugSale, Band::Review, 0.7);
    let sites = |filter: FlagFilter| -> Vec<String> {
        let flags = store.flags(&filter).unwrap();
        flags.into_iter().map(|flag| flag.site).collect()
    };
    let all = FlagFilter::default;
    assert_eq!(
        sites(all()),
        ["a.example", "b.example", "nota.example", "shop.a.example"]
    );
    let host = |host: &str| FlagFilter {
        host: Some(host.to_owned()),
        ..all()
    };
    assert_eq!(sites(host("A.example.")), ["a.example", "shop.a.example"]);
    assert_eq!(sites(host("shop.a.example")), ["shop.a.example"]);
    assert_eq!(sites(host("example")).len(), 4);
    let category = |category| FlagFilter {
        category: Some(category),
        ..all()
    };
    assert_eq!(sites(category(Category::Phishing)), ["b.example"]);
    assert_eq!(sites(category(Category::FakeShop)), Vec::<String>::new());
    let urgent = FlagFilter {
        band: Some(Band::Urgent),
        ..all()
    };
    assert_eq!(sites(urgent), ["a.example", "b.example"]);
    let since = |time: &str| FlagFilter {
        since: Some(time.parse().unwrap()),
        ..all()
    };
    assert_eq!(sites(since("2026-03-01T10:00:05Z")).len(), 4);
    assert_eq!(sites(since("2026-03-01T10:00:06Z")).len(), 0);
}

#[test]
fn a_capture_that_is_in_no_warc_file_cannot_be_committed() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let id = RunId::from_written("r-1");
    let capture = captured(&id, "a.example", b"x");
    let refused = store.commit_visit(
        &visit(&id, "a.example", Vec::new()),
        &[capture.manifest],
        None,
    );
    assert!(refused.unwrap_err().to_string().contains("WARC"));
    assert_eq!(store.latest_visit("a.example").unwrap(), None);
}

#[test]
fn a_record_that_could_not_be_read_back_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let scores = vec![score(
        "a.example",
        Category::DrugSale,
        Band::Clear,
        f64::NAN,
    )];
    let visit = visit(&RunId::from_written("r-1"), "a.example", scores);
    assert!(store.commit_visit(&visit, &[], None).is_err());
    assert_eq!(store.verify_journal().unwrap(), 0);
}

#[test]
fn many_tasks_may_write_and_read_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let id = RunId::from_written("r-1");
    std::thread::scope(|scope| {
        for task in 0..4 {
            let (store, id) = (&store, &id);
            scope.spawn(move || {
                for n in 0..5 {
                    let site = format!("s{n}.t{task}.example");
                    let committed = commit_flagged(store, id, &site);
                    assert_eq!(store.flag_of_site(&site).unwrap(), committed.flag);
                    store.capture(&committed.manifests[1].id).unwrap();
                }
            });
        }
    });
    let report = store.check().unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    assert_eq!((report.records, report.captures), (80, 40));
}

#[test]
fn a_directory_of_somebody_else_is_not_made_a_store() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("letter.txt"), "x").unwrap();
    let error = Store::open(directory.path(), Arc::new(tazy::clock::SystemClock)).unwrap_err();
    assert!(error.to_string().contains("letter.txt"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn scores_and_weights_come_back_exactly(values in prop::collection::vec(0.0..1.0_f64, 64)) {
        let directory = tempfile::tempdir().unwrap();
        let (store, _) = open(directory.path());
        let mut scores = Vec::new();
        for value in values {
            let mut one = score("a.example", Category::DrugSale, Band::Review, value);
            one.findings[0].weight = value * 7.0 - 3.0;
            one.findings[0].url = url("b.example");
            scores.push(one);
        }
        let committed = commit(&store, visit(&RunId::from_written("r-1"), "a.example", scores), &[]);
        prop_assert_eq!(store.latest_visit("a.example").unwrap(), Some(committed.visit));
        prop_assert_eq!(store.flag_of_site("a.example").unwrap(), committed.flag);
    }
}

//! WARC files: every byte is vouched for, files are recorded when they are closed, bodies are kept once.

use crate::samples::{
    StoppedClock, captured, captured_at, commit_at, copy, open, open_sound, run, visit,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tazy::digest::Digest;
use tazy::id::RunId;
use tazy::rules::RulesetArchive;
use tazy::store::{Store, StoreError, StoreOptions};

const EARLY: &str = "2026-03-01T10:00:00Z";
const LATE: &str = "2026-03-02T10:00:00Z";

fn names(store: &Path) -> Vec<String> {
    let entries = fs::read_dir(store.join("captures")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn only_file(store: &Path) -> PathBuf {
    let names = names(store);
    assert_eq!(names.len(), 1, "{names:?}");
    store.join("captures").join(&names[0])
}

fn open_with(directory: &Path, options: StoreOptions) -> Store {
    let opened = Store::open_with(directory, Arc::new(StoppedClock), options);
    opened.unwrap().0
}

fn run_id() -> RunId {
    RunId::from_written("r-1")
}

fn problems(store: &Store) -> Vec<String> {
    store.check().unwrap().problems
}

/// A body that is worth referring to.
fn body() -> Vec<u8> {
    "Лавка ".repeat(200).into_bytes()
}

/// Changes every byte of a file, one at a time; a check must name the file each time.
fn assert_every_byte_is_watched(store: &Store, file: &Path, name: &str) {
    let bytes = fs::read(file).unwrap();
    let mut copy = bytes.clone();
    for position in 0..bytes.len() {
        copy[position] ^= 1 << (position % 8);
        fs::write(file, &copy).unwrap();
        let problems = problems(store).join("\n");
        assert!(
            problems.contains(name),
            "byte {position} of {name}: {problems}"
        );
        copy[position] = bytes[position];
    }
    fs::write(file, &bytes).unwrap();
    assert_eq!(problems(store), Vec::<String>::new());
    println!("{name}: all of {} bytes are watched", bytes.len());
}

#[test]
fn any_changed_byte_of_any_file_of_evidence_is_found_and_the_file_named() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let store = open_sound(directory);
    store.begin_run(&run("r-1", &["a.example"])).unwrap();
    store.archive_ruleset(&archive()).unwrap();
    commit_at(&store, &run_id(), "a.example", b"<h1>a", EARLY);
    store.close_captures().unwrap();
    let warc = only_file(directory);
    let name = warc.file_name().unwrap().to_str().unwrap().to_owned();
    assert_every_byte_is_watched(&store, &warc, &name);
    assert_every_byte_is_watched(&store, &directory.join("journal.jsonl"), "journal.jsonl");
    assert_every_byte_is_watched(&store, &directory.join("FORMAT"), "FORMAT");
    let rules = "rulesets/2026.03.1.json";
    assert_every_byte_is_watched(&store, &directory.join(rules), rules);
}

#[test]
fn the_first_member_that_differs_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let first = commit_at(&store, &run_id(), "a.example", b"<h1>a", EARLY);
    let second = commit_at(&store, &run_id(), "b.example", b"<h1>b", EARLY);
    store.close_captures().unwrap();
    let file = only_file(directory.path());
    let bytes = fs::read(&file).unwrap();
    let at = |manifest: &tazy::capture::Manifest| manifest.warc.as_ref().unwrap().offset;
    // The time field of a gzip member's head says nothing of its content.
    for (offset, named) in [
        (0, "warcinfo"),
        (at(&first), first.id.as_str()),
        (at(&second), second.id.as_str()),
    ] {
        let mut copy = bytes.clone();
        copy[usize::try_from(offset).unwrap() + 5] ^= 1;
        fs::write(&file, copy).unwrap();
        let found = problems(&store);
        let of_file: Vec<_> = found
            .iter()
            .filter(|p| p.contains("when it was closed"))
            .collect();
        assert!(
            of_file.len() == 1 && of_file[0].contains(named),
            "{found:?}"
        );
    }
    let longer = [bytes.as_slice(), &bytes].concat();
    fs::write(&file, longer).unwrap();
    assert!(
        problems(&store)[0].contains("bytes of"),
        "a whole copy was appended"
    );
}

#[test]
fn files_that_are_missing_or_do_not_belong_are_reported() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let store = open_sound(directory);
    store.archive_ruleset(&archive()).unwrap();
    let version = archive().version;
    commit_at(&store, &run_id(), "a.example", b"<h1>a", EARLY);
    store.close_captures().unwrap();
    commit_at(&store, &run_id(), "b.example", b"<h1>b", EARLY);
    assert_eq!(
        problems(&store),
        Vec::<String>::new(),
        "one is being written"
    );
    let captures = directory.join("captures");
    for name in ["notes.txt", "x.warc.gz.open", "tazy-planted.warc.gz"] {
        fs::copy(captures.join(&names(directory)[0]), captures.join(name)).unwrap();
        let found = problems(&store);
        assert!(found.len() == 1 && found[0].contains(name), "{found:?}");
        fs::remove_file(captures.join(name)).unwrap();
    }
    let closed = captures.join(&names(directory)[0]);
    fs::rename(&closed, directory.join("aside")).unwrap();
    let missing = format!("{} is missing", names_of(&closed));
    assert!(
        problems(&store)
            .iter()
            .any(|problem| problem.contains(&missing))
    );
    fs::rename(directory.join("aside"), &closed).unwrap();
    let rules = directory.join(format!("rulesets/{version}.json"));
    fs::remove_file(&rules).unwrap();
    let found = problems(&store);
    assert!(found.len() == 1 && found[0].contains(&version), "{found:?}");
}

fn names_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn archive() -> RulesetArchive {
    RulesetArchive {
        version: "2026.03.1".to_owned(),
        files: vec![("ru.yaml".to_owned(), "terms: []".to_owned())],
        ..RulesetArchive::default()
    }
}

#[test]
fn closed_files_are_recorded_whoever_closes_them() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let recorded = |store: &Store, name: &str| {
        let record = store.warc_file(name).unwrap().unwrap();
        let bytes = fs::read(directory.join("captures").join(name)).unwrap();
        assert_eq!(record.bytes, bytes.len() as u64);
        assert_eq!(record.digest, Digest::of(&bytes));
        record.records
    };
    let small = StoreOptions {
        rotate_at: Some(1),
        ..StoreOptions::default()
    };
    let store = open_with(directory, small);
    commit_at(&store, &run_id(), "a.example", b"<h1>a", EARLY);
    commit_at(&store, &run_id(), "b.example", b"<h1>b", EARLY);
    let by_rotation = names(directory)[0].clone();
    assert_eq!(recorded(&store, &by_rotation), 4);
    drop(store);
    let by_drop = names(directory)[1].clone();
    let store = open_sound(directory);
    assert_eq!(recorded(&store, &by_drop), 4);
    commit_at(&store, &run_id(), "c.example", b"<h1>c", EARLY);
    store
        .append_capture(&captured(&run_id(), "d.example", b"<h1>d"))
        .unwrap();
    // As a killed process leaves it, and as one that is killed after it closed the file.
    for died_closing in [false, true] {
        let killed = tempfile::tempdir().unwrap();
        let killed = killed.path();
        copy(directory, killed);
        let left_open = names(killed).pop().unwrap();
        let name = left_open.strip_suffix(".open").unwrap();
        if died_closing {
            let captures = killed.join("captures");
            fs::rename(captures.join(&left_open), captures.join(name)).unwrap();
        }
        let (reopened, repairs) = open(killed);
        let closed = repairs.iter().filter(|r| r.what.contains("left open"));
        assert_eq!(closed.count(), usize::from(!died_closing), "{repairs:?}");
        assert_eq!(reopened.warc_file(name).unwrap().unwrap().records, 7);
        assert_eq!(problems(&reopened), Vec::<String>::new());
    }
}

#[test]
fn a_damaged_file_that_was_left_open_is_not_vouched_for() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let manifest = commit_at(&store, &run_id(), "a.example", b"<h1>a", EARLY);
    let killed = tempfile::tempdir().unwrap();
    copy(directory.path(), killed.path());
    let file = only_file(killed.path());
    let mut bytes = fs::read(&file).unwrap();
    let middle = usize::try_from(manifest.warc.unwrap().offset).unwrap() + 50;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let (reopened, _) = open(killed.path());
    let name = names(killed.path())[0].clone();
    assert_eq!(reopened.warc_file(&name).unwrap(), None);
    let found = problems(&reopened).join("\n");
    assert!(found.contains("was not recorded"), "{found}");
    assert!(found.contains(manifest.id.as_str()), "{found}");
}

#[test]
fn a_visit_whose_capture_is_not_in_the_file_as_written_is_not_acknowledged() {
    for verify_writes in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let options = StoreOptions {
            verify_writes,
            ..StoreOptions::default()
        };
        let store = open_with(directory.path(), options);
        let manifest = store.append_capture(&captured(&run_id(), "a.example", b"<h1>a"));
        let manifest = manifest.unwrap();
        let file = only_file(directory.path());
        let mut bytes = fs::read(&file).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&file, bytes).unwrap();
        let visit = visit(&run_id(), "a.example", Vec::new());
        let committed = store.commit_visit(&visit, std::slice::from_ref(&manifest), None);
        assert_eq!(committed.is_err(), verify_writes);
        assert_eq!(
            store.latest_visit("a.example").unwrap().is_some(),
            !verify_writes
        );
        if let Err(error) = committed {
            assert!(matches!(error, StoreError::Damaged { .. }));
            let text = error.to_string();
            assert!(
                text.contains(manifest.id.as_str()) && text.contains("--resume"),
                "{text}"
            );
        }
    }
}

#[test]
fn a_body_that_did_not_change_is_kept_once_and_read_from_the_first_capture() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let site = "a.example";
    let first = commit_at(&store, &run_id(), site, &body(), EARLY);
    assert_eq!(first.revisit_of, None);
    drop(store);
    let store = open_sound(directory.path());
    let mut later = Vec::new();
    for time in [LATE, "2026-03-03T10:00:00Z"] {
        later.push(commit_at(&store, &run_id(), site, &body(), time));
    }
    for manifest in &later {
        let earlier = manifest.revisit_of.as_ref().unwrap();
        assert_eq!(earlier.capture, first.id, "never a revisit of a revisit");
        assert_eq!(store.capture(&manifest.id).unwrap().body, body());
        assert_eq!(store.manifest(&manifest.id).unwrap(), *manifest);
    }
    let other_site = commit_at(&store, &run_id(), "b.example", &body(), LATE);
    assert_eq!(other_site.revisit_of, None, "another URL");
    let changed = commit_at(&store, &run_id(), site, &[body(), body()].concat(), LATE);
    assert_eq!(changed.revisit_of, None, "another body");
    let small = commit_at(&store, &run_id(), site, b"<p>", EARLY);
    let again = commit_at(&store, &run_id(), site, b"<p>", LATE);
    assert_eq!((small.revisit_of, again.revisit_of), (None, None), "small");
    assert_eq!(problems(&store), Vec::<String>::new());
    drop(store);
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    let (store, _) = open(directory.path());
    let again = commit_at(&store, &run_id(), site, &body(), "2026-03-04T10:00:00Z");
    assert_eq!(
        again.revisit_of.unwrap().capture,
        first.id,
        "also from a new index"
    );
}

#[test]
fn a_body_whose_first_capture_cannot_be_read_any_more_is_written_anew() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_sound(directory.path());
    let first = commit_at(&store, &run_id(), "a.example", &body(), EARLY);
    store.close_captures().unwrap();
    let file = only_file(directory.path());
    let mut bytes = fs::read(&file).unwrap();
    bytes[usize::try_from(first.warc.unwrap().offset).unwrap() + 60] ^= 1;
    fs::write(&file, bytes).unwrap();
    let capture = captured_at(&run_id(), "a.example", &body(), LATE);
    let manifest = store.append_capture(&capture).unwrap();
    assert_eq!(manifest.revisit_of, None);
}

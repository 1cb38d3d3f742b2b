use super::*;
use crate::clock::SystemClock;
use crate::fetch::RobotsMode;
use crate::id::RunId;
use crate::suspect::{Suspect, SuspectUrl};
use record::{Draft, Kind, read_line, record_of};
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn run(name: &str) -> Run {
    let url = SuspectUrl::parse("http://a.example/").unwrap();
    Run {
        id: RunId::from_written(name),
        started: "2026-03-01T09:00:00Z".parse().unwrap(),
        suspects: vec![Suspect::bare(url)],
        profile: "honest".to_owned(),
        robots: RobotsMode::Respect,
        program: "0.1.0".to_owned(),
        ruleset: "1".to_owned(),
        provenance: None,
    }
}

fn open(directory: &Path) -> Result<(Store, Vec<Repair>), StoreError> {
    Store::open(directory, Arc::new(SystemClock))
}

#[test]
fn the_store_may_be_shared_between_tasks() {
    fn shared<T: Send + Sync>() {}
    shared::<Store>();
}

#[test]
fn a_full_disk_is_said_and_takes_back_nothing_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = open(directory.path()).unwrap();
    store.begin_run(&run("r-1")).unwrap();
    let journal = directory.path().join("journal.jsonl");
    let before = fs::read(&journal).unwrap();
    for room in [0, 1, 100, before.len() as u64 / 2] {
        store.limit_journal_to(Some(before.len() as u64 + room));
        let error = store.begin_run(&run("r-2")).unwrap_err();
        assert!(matches!(error, StoreError::Full(_)), "{error}");
        assert!(error.to_string().contains("--resume"));
        assert_eq!(fs::read(&journal).unwrap(), before);
        assert_eq!(store.runs().unwrap().len(), 1);
    }
    store.limit_journal_to(None);
    store.begin_run(&run("r-2")).unwrap();
    drop(store);
    let (store, repairs) = open(directory.path()).unwrap();
    assert_eq!(repairs, []);
    assert_eq!(store.runs().unwrap().len(), 2);
    assert!(store.check().unwrap().is_sound());
}

#[test]
fn a_commit_that_failed_in_the_index_is_entered_before_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = open(directory.path()).unwrap();
    store.commit_to_journal_only(&[Draft::of(Kind::Run, &run("r-1")).unwrap()]);
    assert_eq!(store.runs().unwrap(), []);
    store.begin_run(&run("r-2")).unwrap();
    assert_eq!(store.runs().unwrap().len(), 2);
    assert!(store.check().unwrap().is_sound());
    drop(store);
    let (store, repairs) = open(directory.path()).unwrap();
    assert_eq!(repairs, []);
    assert_eq!(store.runs().unwrap().len(), 2);
}

#[test]
fn a_known_kind_in_a_newer_version_is_not_guessed_at() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    let previous = crate::digest::Digest::of(b"");
    let draft = Draft::of(Kind::Run, &run("r-1")).unwrap();
    let time = "2026-03-01T09:00:00Z".parse().unwrap();
    let (line, _) = draft.line(1, time, &previous);
    let text = String::from_utf8(line).unwrap();
    let body = text
        .split(",\"digest\"")
        .next()
        .unwrap()
        .replace("\"version\":1", "\"version\":2");
    let digest = crate::digest::Digest::of_parts(&[previous.as_bytes(), body.as_bytes(), b"}"]);
    let line = format!("{body},\"digest\":\"{digest}\"}}\n");
    fs::write(directory.path().join("journal.jsonl"), line).unwrap();
    let error = open(directory.path()).unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { found: 2, .. }),
        "{error}"
    );
}

#[test]
fn a_line_is_verified_by_the_digest_it_carries() {
    let previous = crate::digest::Digest::of(b"");
    let draft = Draft::of(Kind::Run, &run("r-1")).unwrap();
    let time = "2026-03-01T09:00:00Z".parse().unwrap();
    let (mut line, digest) = draft.line(7, time, &previous);
    assert_eq!(line.pop(), Some(b'\n'));
    let (header, found) = read_line(&line).unwrap();
    assert_eq!((header.seq, header.kind.as_str()), (7, "run"));
    assert_eq!(found, digest);
    assert_eq!(record_of::<Run>(&line).unwrap(), run("r-1"));
    let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
    let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys.len(), 7, "{keys:?}");
    for position in 0..line.len() {
        let mut changed = line.clone();
        changed[position] ^= 1;
        assert!(read_line(&changed).is_err(), "byte {position}");
        assert!(read_line(&line[..position]).is_err());
    }
}

//! What is broken from outside is mended where it can be, and named where it cannot.

use crate::samples::{StoppedClock, commit_flagged, copy, open, open_sound, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tazy::id::{FlagId, RunId};
use tazy::store::{FlagFilter, Store, StoreError};

/// A small store that was closed: two visits with four captures in a finished run.
fn small_store(directory: &Path) -> RunId {
    let store = open_sound(directory);
    let run = run("r-1", &["a.example", "b.example"]);
    store.begin_run(&run).unwrap();
    commit_flagged(&store, &run.id, "a.example");
    commit_flagged(&store, &run.id, "b.example");
    store.close_captures().unwrap();
    store.finish_run(&run.id).unwrap();
    run.id
}

fn names(directory: &Path, start: &str) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(start)
        })
        .collect();
    names.sort();
    names
}

fn try_open(directory: &Path) -> Result<Vec<String>, StoreError> {
    let opened = Store::open(directory, Arc::new(StoppedClock));
    opened.map(|(_, repairs)| repairs.into_iter().map(|repair| repair.what).collect())
}

/// Start of the last line of the journal.
fn last_line(journal: &[u8]) -> usize {
    let end = journal.len() - 1;
    journal[..end].iter().rposition(|&b| b == b'\n').unwrap() + 1
}

#[test]
fn a_journal_cut_at_any_byte_of_its_last_record_keeps_all_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let original = directory.path().join("original");
    small_store(&original);
    let journal = fs::read(original.join("journal.jsonl")).unwrap();
    let start = last_line(&journal);
    for cut in start..journal.len() {
        // With the index, which then knows more than the journal, and without.
        let with_index = cut % 16 == 0;
        let path = directory.path().join("cut");
        copy(&original, &path);
        if !with_index {
            fs::remove_dir_all(path.join("index")).unwrap();
        }
        fs::write(path.join("journal.jsonl"), &journal[..cut]).unwrap();
        let (store, repairs) = open(&path);
        assert!(!repairs.is_empty());
        let torn = names(&path, "journal.torn-");
        assert_eq!(torn.len(), usize::from(cut > start));
        if let Some(torn) = torn.first() {
            assert_eq!(fs::read(torn).unwrap(), journal[start..cut]);
        }
        assert_eq!(store.flags(&FlagFilter::default()).unwrap().len(), 2);
        assert!(
            store.unfinished_run().unwrap().is_some(),
            "the last record finished it"
        );
        if with_index {
            assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
            assert!(names(&path, "index.damaged").len() == 1);
        }
        drop(store);
        if with_index {
            open_sound(&path);
        }
        fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn a_commit_that_reached_only_the_journal_is_entered_into_the_index() {
    let directory = tempfile::tempdir().unwrap();
    let (early, late) = (
        directory.path().join("early"),
        directory.path().join("late"),
    );
    let store = open_sound(&early);
    commit_flagged(&store, &RunId::from_written("r-1"), "a.example");
    drop(store);
    copy(&early, &late);
    let store = open_sound(&late);
    let committed = commit_flagged(&store, &RunId::from_written("r-2"), "b.example");
    drop(store);
    // The index as it was before the second commit.
    fs::remove_dir_all(late.join("index")).unwrap();
    copy(&early.join("index"), &late.join("index"));
    let (store, repairs) = open(&late);
    assert!(repairs[0].what.contains("last 5 records"), "{repairs:?}");
    assert_eq!(store.flag_of_site("b.example").unwrap(), committed.flag);
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    drop(store);
    // A commit of which later lines reached the disk and an earlier one did not was never acknowledged.
    let mut journal = fs::read(late.join("journal.jsonl")).unwrap();
    let whole = fs::metadata(early.join("journal.jsonl")).unwrap().len();
    let hole = usize::try_from(whole).unwrap() + 100;
    journal[hole..hole + 200].fill(0);
    fs::write(early.join("journal.jsonl"), &journal).unwrap();
    let (store, repairs) = open(&early);
    assert!(repairs[0].what.contains("unfinished commit"), "{repairs:?}");
    assert_eq!(store.flags(&FlagFilter::default()).unwrap().len(), 1);
}

#[test]
fn a_changed_byte_anywhere_in_the_journal_is_found_and_named() {
    let directory = tempfile::tempdir().unwrap();
    small_store(directory.path());
    let store = open_sound(directory.path());
    let path = directory.path().join("journal.jsonl");
    let journal = fs::read(&path).unwrap();
    for position in (0..journal.len()).step_by(7) {
        let mut changed = journal.clone();
        changed[position] ^= 1;
        fs::write(&path, &changed).unwrap();
        let line = journal[..position].split(|&b| b == b'\n').count();
        let error = store.verify_journal().unwrap_err().to_string();
        assert!(
            error.contains(&format!("(line {line})")),
            "{position}: {error}"
        );
        assert!(!store.check().unwrap().is_sound());
    }
    fs::write(&path, &journal).unwrap();
    assert!(store.check().unwrap().is_sound());
    drop(store);
    // Without an index the whole chain is verified, and a break in its middle refuses to open.
    let mut changed = journal.clone();
    changed[300] ^= 1;
    fs::write(&path, changed).unwrap();
    let rebuilt = Store::rebuild(directory.path(), Arc::new(StoppedClock)).unwrap_err();
    assert!(matches!(rebuilt, StoreError::Damaged { .. }));
    assert!(
        directory.path().join("index").exists(),
        "not given up for nothing"
    );
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    let error = try_open(directory.path()).unwrap_err().to_string();
    assert!(error.contains("record 1 (line 1)"), "{error}");
}

#[test]
fn a_changed_byte_in_a_capture_is_found() {
    let directory = tempfile::tempdir().unwrap();
    small_store(directory.path());
    let store = open_sound(directory.path());
    let path = &names(&directory.path().join("captures"), "tazy-")[0];
    let bytes = fs::read(path).unwrap();
    let response = store.flag(&FlagId::of_site("b.example")).unwrap();
    let manifest = store.manifest(&response.captures[0]).unwrap();
    let position = manifest.warc.unwrap();
    let start = usize::try_from(position.offset).unwrap();
    let end = start + usize::try_from(position.length).unwrap();
    // Bytes 3 to 9 of a gzip member hold flags, time and system: reading a capture does not see them.
    for changed in (start..start + 3).chain(start + 10..end).step_by(3) {
        let mut copy = bytes.clone();
        copy[changed] ^= 0x10;
        fs::write(path, copy).unwrap();
        let report = store.check().unwrap();
        let problems = report.problems.join("\n");
        assert!(
            problems.contains(manifest.id.as_str()),
            "{changed}: {problems}"
        );
        assert!(store.capture(&manifest.id).is_err());
    }
    fs::remove_file(path).unwrap();
    let problems = store.check().unwrap().problems;
    assert_eq!(problems.len(), 5, "one a capture and one for the file");
}

#[test]
fn an_index_that_is_gone_is_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    small_store(directory.path());
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    let (store, repairs) = open(directory.path());
    assert!(
        repairs[0].what.contains("there was no index"),
        "{repairs:?}"
    );
    assert_eq!(store.flags(&FlagFilter::default()).unwrap().len(), 2);
    assert_eq!(store.unfinished_run().unwrap(), None);
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
    drop(store);
    open_sound(directory.path());
}

#[test]
fn an_interrupted_or_bad_snapshot_does_not_keep_the_store_from_opening() {
    let directory = tempfile::tempdir().unwrap();
    small_store(directory.path());
    // sled writes a snapshot when it opens, not when it closes.
    drop(open_sound(directory.path()));
    let index = directory.path().join("index");
    let snapshot = names(&index, "snap.").pop().unwrap();
    let bytes = fs::read(&snapshot).unwrap();
    let interrupted = index.join("snap.FFFFFFFFFFFFFFFF.generating");
    fs::write(&interrupted, &bytes[..bytes.len() / 2]).unwrap();
    let store = open_sound(directory.path());
    assert!(!interrupted.exists());
    assert_eq!(store.flags(&FlagFilter::default()).unwrap().len(), 2);
    drop(store);
    let snapshot = names(&index, "snap.").pop().unwrap_or(snapshot);
    fs::write(&snapshot, &bytes[..bytes.len() / 2]).unwrap();
    let (store, repairs) = open(directory.path());
    assert!(repairs[0].what.contains("bad snapshot"), "{repairs:?}");
    assert_eq!(store.flags(&FlagFilter::default()).unwrap().len(), 2);
    assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
}

#[test]
fn an_index_with_any_content_does_not_keep_the_store_from_opening() {
    let directory = tempfile::tempdir().unwrap();
    let original = directory.path().join("original");
    small_store(&original);
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..12 {
        let path = directory.path().join("changed");
        copy(&original, &path);
        for file in ["db", "conf"] {
            let file = path.join("index").join(file);
            let mut bytes = fs::read(&file).unwrap();
            for _ in 0..random.usize(1..40) {
                let position = random.usize(0..bytes.len());
                bytes[position] = random.u8(..);
            }
            bytes.truncate(random.usize(bytes.len() / 2..=bytes.len()));
            fs::write(&file, bytes).unwrap();
        }
        open(&path);
        let (store, _) = Store::rebuild(&path, Arc::new(StoppedClock)).unwrap();
        assert_eq!(store.flags(&FlagFilter::default()).unwrap().len(), 2);
        assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
        drop(store);
        fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn a_store_or_record_of_a_newer_version_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    small_store(directory.path());
    let format = directory.path().join("FORMAT");
    assert_eq!(fs::read_to_string(&format).unwrap(), "{\"format\":1}\n");
    fs::write(&format, "{\"format\":2,\"more\":true}\n").unwrap();
    let error = try_open(directory.path()).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Newer {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
    fs::write(&format, "nonsense").unwrap();
    let error = try_open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

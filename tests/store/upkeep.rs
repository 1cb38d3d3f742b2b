//! Backups: online, incremental, verified, and never of something else.

use crate::samples::{StoppedClock, commit_flagged, copy, open, open_sound, run};
use crate::upkeep_queries::{answers, deletion, fill};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tazy::id::RunId;
use tazy::store::{BackupReport, BackupRequest, Store, StoreError, backup, restore};

pub(crate) fn back_up(store: &Path, target: &Path) -> Result<BackupReport, StoreError> {
    let request = BackupRequest {
        store,
        target,
        with_keys: false,
        full: false,
    };
    backup(&request, &StoppedClock, &mut |_, _, _| {})
}

pub(crate) fn back_up_fully(store: &Path, target: &Path) -> BackupReport {
    let request = BackupRequest {
        store,
        target,
        with_keys: false,
        full: true,
    };
    let report = backup(&request, &StoppedClock, &mut |_, _, _| {}).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    report
}

pub(crate) fn restored(backup: &Path, target: &Path) -> Store {
    let done = restore(backup, target, Arc::new(StoppedClock), &mut |_, _, _| {}).unwrap();
    assert_eq!(done.check.problems, Vec::<String>::new());
    open_sound(target)
}

#[test]
fn a_backup_is_made_while_the_store_is_written_to_and_is_a_prefix_each_time() {
    let directory = tempfile::tempdir().unwrap();
    let (path, target) = (
        directory.path().join("store"),
        directory.path().join("backup"),
    );
    let store = open_sound(&path);
    let run = RunId::from_written("r-1");
    for round in 0..4 {
        for n in 0..5 {
            commit_flagged(&store, &run, &format!("s{n}.r{round}.example"));
        }
        // The file is open, and what was not committed is not copied.
        let loose = crate::samples::captured(&run, "loose.example", b"<p>never committed");
        store.append_capture(&loose).unwrap();
        let report = back_up(&path, &target).unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        assert_eq!(report.new_records, 20);
        assert_eq!(report.verified_captures, 10);
        assert_eq!(report.records, 20 * (round + 1));
        let nothing = back_up(&path, &target).unwrap();
        assert_eq!((nothing.new_records, nothing.bytes_copied), (0, 0));
        let journal = fs::read(path.join("journal.jsonl")).unwrap();
        assert!(journal.starts_with(&fs::read(target.join("journal.jsonl")).unwrap()));
        let copy = directory.path().join(format!("copy-{round}"));
        let flags = restored(&target, &copy).flags(&tazy::store::FlagFilter::default());
        assert_eq!(
            flags.unwrap().len(),
            5 * (usize::try_from(round).unwrap() + 1)
        );
    }
    drop(store);
    let report = back_up_fully(&path, &target);
    assert_eq!(report.verified_captures, 40);
}

#[test]
fn what_is_deleted_in_the_store_is_deleted_in_the_backup() {
    let directory = tempfile::tempdir().unwrap();
    let (path, target) = (
        directory.path().join("store"),
        directory.path().join("backup"),
    );
    fill(&path);
    back_up_fully(&path, &target);
    let (store, _) = open(&path);
    store.delete_site(&deletion("d.example")).unwrap();
    commit_flagged(&store, &RunId::from_written("r-9"), "e.example");
    let report = back_up(&path, &target).unwrap();
    assert_eq!(report.deletions, 1);
    back_up_fully(&path, &target);
    let expected = answers(&store);
    let copy = restored(&target, &directory.path().join("copy"));
    assert_eq!(answers(&copy), expected);
    drop((store, copy));
    for name in fs::read_dir(path.join("captures")).unwrap() {
        let name = name.unwrap().file_name();
        let read = |root: &Path| fs::read(root.join("captures").join(&name)).unwrap();
        let (mine, theirs) = (read(&path), read(&target));
        assert!(mine.starts_with(&theirs), "{}", name.display());
    }
}

#[test]
fn a_backup_of_something_else_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fill(&at("store"));
    back_up(&at("store"), &at("backup")).unwrap();
    let before = fs::read(at("backup").join("BACKUP")).unwrap();
    let refused = |store: &Path, target: &Path| back_up(store, target).unwrap_err().to_string();

    let (other, _) = open(&at("other"));
    commit_flagged(&other, &RunId::from_written("r-1"), "x.example");
    drop(other);
    let error = refused(&at("other"), &at("backup"));
    assert!(error.contains("another store"), "{error}");

    // A copy of the store that went its own way.
    copy(&at("store"), &at("twin"));
    let (store, _) = open(&at("store"));
    commit_flagged(&store, &RunId::from_written("r-5"), "x.example");
    let first = store.verify_journal().unwrap() - 3;
    drop(store);
    back_up(&at("store"), &at("backup")).unwrap();
    let (twin, _) = open(&at("twin"));
    commit_flagged(&twin, &RunId::from_written("r-6"), "y.example");
    drop(twin);
    let error = refused(&at("twin"), &at("backup"));
    assert!(
        error.contains(&format!("from record {first} on")),
        "{error}"
    );

    let inside = at("store").join("captures/backup");
    assert!(refused(&at("store"), &inside).contains("inside"));
    assert!(refused(&at("store"), &at("store")).contains("inside"));
    assert!(refused(&at("store"), &at("twin")).contains("no backup"));
    assert!(refused(&at("nowhere"), &at("new")).contains("no store"));
    assert_ne!(fs::read(at("backup").join("BACKUP")).unwrap(), before);
    back_up_fully(&at("store"), &at("backup"));

    let opened = Store::open(&at("backup"), Arc::new(StoppedClock)).unwrap_err();
    assert!(
        opened.to_string().contains("tazy store restore"),
        "{opened}"
    );
    let taken = restore(
        &at("backup"),
        &at("twin"),
        Arc::new(StoppedClock),
        &mut |_, _, _| {},
    );
    assert!(taken.unwrap_err().to_string().contains("overwritten"));
    let none = restore(
        &at("store"),
        &at("new"),
        Arc::new(StoppedClock),
        &mut |_, _, _| {},
    );
    assert!(none.unwrap_err().to_string().contains("no backup"));
}

#[test]
fn damage_of_a_backup_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let (path, target) = (
        directory.path().join("store"),
        directory.path().join("backup"),
    );
    fill(&path);
    back_up(&path, &target).unwrap();
    let request = BackupRequest {
        store: &path,
        target: &target,
        with_keys: false,
        full: true,
    };
    let captures = target.join("captures");
    let file = fs::read_dir(&captures)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let good = fs::read(&file).unwrap();
    let mut bad = good.clone();
    // In the third capture, after warcinfo and the first two.
    let third = bad.len() / 4;
    bad[third] ^= 0x10;
    fs::write(&file, bad).unwrap();
    let found = backup(&request, &StoppedClock, &mut |_, _, _| {}).unwrap();
    assert!(!found.problems.is_empty());
    fs::write(&file, &good[..good.len() - 1]).unwrap();
    let error = backup(&request, &StoppedClock, &mut |_, _, _| {}).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    fs::write(&file, good).unwrap();
    back_up_fully(&path, &target);
    let journal = target.join("journal.jsonl");
    let mut lines = fs::read(&journal).unwrap();
    lines[500] ^= 1;
    fs::write(&journal, lines).unwrap();
    let error = backup(&request, &StoppedClock, &mut |_, _, _| {}).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

#[test]
fn keys_are_copied_only_when_asked_for_and_stay_private() {
    let directory = tempfile::tempdir().unwrap();
    let (path, target) = (
        directory.path().join("store"),
        directory.path().join("backup"),
    );
    fill(&path);
    let sign = || {
        let store = open_sound(&path);
        store.begin_run(&run("r-signed", &["a.example"])).unwrap();
        store.checkpoint(Some("unit.example/tazy")).unwrap();
        fs::read(path.join("log/checkpoint")).unwrap()
    };
    let one = sign();
    fs::write(
        path.join("tazy.toml"),
        "[review]\nauthor = \"a.serikova\"\n",
    )
    .unwrap();
    back_up(&path, &target).unwrap();
    assert!(!target.join("keys").exists());
    assert_eq!(fs::read(target.join("log/checkpoint")).unwrap(), one);
    assert!(target.join("tazy.toml").exists());
    let two = sign();
    let request = BackupRequest {
        store: &path,
        target: &target,
        with_keys: true,
        full: false,
    };
    backup(&request, &StoppedClock, &mut |_, _, _| {}).unwrap();
    assert_eq!(fs::read(target.join("log/checkpoint")).unwrap(), two);
    restored(&target, &directory.path().join("copy"));
    let key = directory.path().join("copy/keys/log.key");
    assert_eq!(
        fs::read(&key).unwrap(),
        fs::read(path.join("keys/log.key")).unwrap()
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&key).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

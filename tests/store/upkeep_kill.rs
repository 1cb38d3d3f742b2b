//! A process that backs up or deletes is killed at random moments; the next completes its work.

use crate::samples::{StoppedClock, commit, copy, open, visit};
use crate::upkeep::{back_up, back_up_fully, restored};
use crate::upkeep_queries::{answers, deletion};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tazy::id::RunId;
use tazy::store::Store;

const STORE: &str = "TAZY_TEST_UPKEEP_STORE";
const TARGET: &str = "TAZY_TEST_UPKEEP_TARGET";
const KILLS: u32 = 20;
const SITES: u32 = 60;

fn site(n: u32) -> String {
    format!("s{n}.example")
}

/// Sites with bodies that take a while to copy and to overwrite.
fn large_store(path: &Path) {
    let (store, _) = open(path);
    let run = RunId::from_written("r-1");
    let mut random = fastrand::Rng::with_seed(5);
    for n in 0..SITES {
        let noise: Vec<u8> = std::iter::repeat_with(|| random.u8(..))
            .take(300_000)
            .collect();
        let mut body = format!("<h1>secret of {}</h1>", site(n)).into_bytes();
        body.extend(noise);
        commit(&store, visit(&run, &site(n), Vec::new()), &[&body, b"<p>2"]);
    }
}

fn start(test: &str, store: &Path, target: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(STORE, store)
        .env(TARGET, target)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_process_backs_up() {
    let (Some(store), Some(target)) = (std::env::var_os(STORE), std::env::var_os(TARGET)) else {
        return;
    };
    back_up(Path::new(&store), Path::new(&target)).unwrap();
}

#[test]
fn a_process_deletes_all_sites() {
    let Some(path) = std::env::var_os(STORE) else {
        return;
    };
    let (store, _) = Store::open(Path::new(&path), Arc::new(StoppedClock)).unwrap();
    for n in 0..SITES {
        if store.latest_visit(&site(n)).unwrap().is_some() {
            store.delete_site(&deletion(&site(n))).unwrap();
        }
    }
}

#[test]
fn a_backup_that_is_killed_at_random_moments_is_completed_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let (path, target) = (
        directory.path().join("store"),
        directory.path().join("backup"),
    );
    large_store(&path);
    let mut random = fastrand::Rng::with_seed(11);
    let mut killed = 0;
    for round in 0..KILLS {
        if round % 7 == 6 {
            fs::remove_dir_all(&target).unwrap();
        }
        let mut child = start("upkeep_kill::a_process_backs_up", &path, &target);
        std::thread::sleep(Duration::from_millis(random.u64(5..250)));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        // Deletions and new visits between backups.
        let (store, _) = open(&path);
        store.delete_site(&deletion(&site(round))).unwrap();
        let more = visit(
            &RunId::from_written("r-2"),
            &format!("n{round}.example"),
            Vec::new(),
        );
        commit(&store, more, &[b"<p>more"]);
        // Whatever is there can be restored.
        if round % 5 == 4 && target.join("BACKUP").exists() {
            restored(&target, &directory.path().join(format!("copy-{round}")));
        }
    }
    back_up(&path, &target).unwrap();
    back_up_fully(&path, &target);
    let (store, _) = open(&path);
    let copy = restored(&target, &directory.path().join("copy"));
    assert_eq!(answers(&copy), answers(&store));
    println!("{killed} of {KILLS} were killed before they were done");
    assert!(killed > 0);
}

#[test]
fn a_deletion_that_is_killed_at_random_moments_is_completed_by_the_next_opening() {
    let directory = tempfile::tempdir().unwrap();
    let original = directory.path().join("original");
    large_store(&original);
    let mut random = fastrand::Rng::with_seed(13);
    let (mut killed, mut mended) = (0, 0);
    for round in 0..KILLS {
        let path = directory.path().join("store");
        copy(&original, &path);
        let mut child = start("upkeep_kill::a_process_deletes_all_sites", &path, &path);
        std::thread::sleep(Duration::from_millis(random.u64(20..400)));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        if round % 4 == 3 {
            // Without the index, which knows how far deletions are.
            let _ = fs::remove_dir_all(path.join("index"));
        }
        let (store, repairs) = open(&path);
        mended += usize::from(repairs.iter().any(|it| it.what.contains("tombstone")));
        assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
        let mut bytes = Vec::new();
        for entry in fs::read_dir(path.join("captures")).unwrap() {
            let content = fs::read(entry.unwrap().path()).unwrap();
            let mut unpacked = flate2::bufread::MultiGzDecoder::new(content.as_slice());
            std::io::copy(&mut unpacked, &mut bytes).unwrap();
        }
        for n in 0..SITES {
            let is_there = store.latest_visit(&site(n)).unwrap().is_some();
            let secret = format!("<h1>secret of {}</h1>", site(n));
            let is_found = memchr::memmem::find(&bytes, secret.as_bytes()).is_some();
            assert_eq!(is_there, is_found, "{}", site(n));
        }
        drop(store);
        fs::remove_dir_all(&path).unwrap();
    }
    println!(
        "{killed} of {KILLS} were killed in their work, {mended} deletions were completed later"
    );
    assert!(killed > 0);
}

/// The kernel's own limit on file size stands in for a full disk.
#[cfg(unix)]
#[test]
fn a_backup_for_which_there_is_no_room_is_continued_when_there_is() {
    let directory = tempfile::tempdir().unwrap();
    let (path, target) = (
        directory.path().join("store"),
        directory.path().join("backup"),
    );
    large_store(&path);
    for blocks in [100, 9000, 20_000] {
        let output = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f $0; exec \"$@\""])
            .arg(blocks.to_string())
            .arg(std::env::current_exe().unwrap())
            .args(["upkeep_kill::a_process_backs_up", "--exact", "--nocapture"])
            .env(STORE, &path)
            .env(TARGET, &target)
            .output()
            .unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("Full("), "{blocks}: {said}");
    }
    back_up(&path, &target).unwrap();
    back_up_fully(&path, &target);
}

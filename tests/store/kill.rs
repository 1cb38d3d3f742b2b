//! A process that writes is killed at random moments; what it had acknowledged must all be there.

use crate::samples::{StoppedClock, commit_flagged, open, run};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tazy::clock::Clock;
use tazy::evidence::{VerifyOptions, verify_store};
use tazy::flag::Flag;
use tazy::id::{CaptureId, DecisionId, FlagId};
use tazy::review::{Choice, Reviewer, Ruling, decide};
use tazy::rules::Category;
use tazy::store::Store;

/// Names the store for a process that this test started.
const CHILD: &str = "TAZY_TEST_STORE_CHILD";
const ROUNDS: u32 = 100;

fn start(test: &str, directory: &Path, round: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, directory)
        .env("TAZY_TEST_ROUND", round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Writes visits and prints each when it is acknowledged, past the test harness that would hold it back.
fn write_visits(directory: &Path, round: &str, visits: u32) -> u32 {
    let (store, _) = Store::open(directory, Arc::new(StoppedClock)).unwrap();
    let run = run(&format!("r-{round}"), &["a.example"]);
    store.begin_run(&run).unwrap();
    let mut acknowledged = 0;
    for n in 0..visits {
        let site = match n % 5 {
            4 => "again.example".to_owned(),
            _ => format!("s{n}.r{round}.example"),
        };
        let committed = commit_flagged(&store, &run.id, &site);
        if n % 3 == 0 {
            store.checkpoint(Some("unit.example/tazy")).unwrap();
        }
        let flag = committed.flag.unwrap();
        let decision = confirm_anew(&store, &flag);
        let mut line = format!("ack {site} {} {} {}", flag.id, flag.visits, decision);
        for manifest in &committed.manifests {
            line.push(' ');
            line.push_str(manifest.id.as_str());
        }
        line.push('\n');
        let mut out = std::io::stdout().lock();
        if out
            .write_all(line.as_bytes())
            .and_then(|()| out.flush())
            .is_err()
        {
            break;
        }
        acknowledged += 1;
    }
    acknowledged
}

/// Confirms a flag, in place of the decision that stands.
fn confirm_anew(store: &Store, flag: &Flag) -> DecisionId {
    let current = store.current_decision(&flag.id).unwrap();
    let ruling = Ruling {
        choice: Choice::Confirm {
            category: Category::DrugSale,
            elements: Vec::new(),
        },
        reasons: Vec::new(),
        note: None,
        supersedes: current.as_ref().map(|decision| decision.id.clone()),
    };
    let author = Reviewer::named("a.serikova").unwrap();
    let decision = decide(flag, current.as_ref(), ruling, author, StoppedClock.now()).unwrap();
    store.record_decision(&decision).unwrap();
    decision.id
}

#[test]
fn a_writer_acknowledges_every_visit() {
    let round = std::env::var("TAZY_TEST_ROUND").unwrap_or_else(|_| "0".to_owned());
    if let Some(directory) = std::env::var_os(CHILD) {
        let acknowledged = write_visits(Path::new(&directory), &round, 100_000);
        assert!(acknowledged > 0);
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(write_visits(directory.path(), &round, 3), 3);
}

/// What was acknowledged for a site.
#[derive(Debug)]
struct Promise {
    flag: FlagId,
    /// How often it was raised.
    visits: u32,
    decisions: Vec<DecisionId>,
    captures: Vec<CaptureId>,
}

/// By site.
type Acknowledged = BTreeMap<String, Promise>;

fn note(output: &str, acknowledged: &mut Acknowledged) -> usize {
    let mut count = 0;
    // The harness prints "test … " before the first line; a line that the kill cut short was not printed.
    for line in output.split_inclusive('\n') {
        let Some((_, words)) = line.split_once("ack ").filter(|_| line.ends_with('\n')) else {
            continue;
        };
        let words: Vec<&str> = words.split_whitespace().collect();
        let captures = words[4..].iter().map(|id| CaptureId::from_written(id));
        let promise = acknowledged.entry(words[0].to_owned());
        let promise = promise.or_insert_with(|| Promise {
            flag: FlagId::from_written(words[1]),
            visits: 0,
            decisions: Vec::new(),
            captures: Vec::new(),
        });
        promise.visits = words[2].parse().unwrap();
        promise.decisions.push(DecisionId::from_written(words[3]));
        promise.captures.extend(captures);
        count += 1;
    }
    count
}

fn verify(store: &Store, acknowledged: &Acknowledged) {
    for (site, promise) in acknowledged {
        let Promise {
            flag: id,
            visits,
            decisions,
            captures,
        } = promise;
        let taken = store.decisions(id).unwrap();
        let taken: Vec<_> = taken.into_iter().map(|decision| decision.id).collect();
        assert!(
            decisions.iter().all(|decision| taken.contains(decision)),
            "{site}: every acknowledged decision is there"
        );
        let flag = store.flag(id).unwrap();
        assert_eq!(&flag.site, site);
        assert!(
            flag.visits >= *visits,
            "{site}: the acknowledged visit is there"
        );
        let visit = store.latest_visit(site).unwrap().unwrap();
        assert_eq!(visit.flag.as_ref(), Some(id));
        for capture in captures {
            let capture = store.capture(capture).unwrap();
            assert_eq!(&capture.manifest.site, site);
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_writer_is_killed_at_random_moments() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let mut random = fastrand::Rng::with_seed(20_260_301);
    let mut acknowledged = Acknowledged::new();
    let (mut total, mut repairs) = (0, 0);
    for round in 0..ROUNDS {
        let mut child = start("kill::a_writer_acknowledges_every_visit", &path, round);
        let mut out = child.stdout.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut output = String::new();
            out.read_to_string(&mut output).map(|_| output)
        });
        std::thread::sleep(Duration::from_millis(random.u64(10..300)));
        child.kill().unwrap();
        child.wait().unwrap();
        total += note(&reader.join().unwrap().unwrap(), &mut acknowledged);
        // Two times of three the next writer has to mend what this one left, and may be killed doing it.
        if round % 3 == 2 {
            let (store, mended) = open(&path);
            repairs += mended.len();
            verify(&store, &acknowledged);
            // Everything that was signed holds, and nothing half signed is left.
            let log = verify_store(&store, &VerifyOptions::default()).unwrap();
            let failed = log.checks.iter().filter(|check| !check.failures.is_empty());
            assert_eq!(
                failed.map(|check| format!("{check:?}")).collect::<Vec<_>>(),
                Vec::<String>::new()
            );
        }
    }
    let (store, mended) = open(&path);
    verify(&store, &acknowledged);
    let report = store.check().unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    println!(
        "{ROUNDS} kills, {total} acknowledged visits and decisions, {} repairs seen, {} records, {} checkpoints",
        repairs + mended.len(),
        report.records,
        report.checkpoints
    );
    assert!(report.checkpoints > 0, "the log was never signed");
    assert!(total > 0, "the writer was never fast enough to be tested");
}

#[test]
fn a_second_process_is_told_that_the_store_is_in_use() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = open(directory.path());
    let child = start(
        "kill::a_writer_acknowledges_every_visit",
        directory.path(),
        0,
    );
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("Locked"), "{said}");
    drop(store);
    open(directory.path());
}

/// The kernel's own limit on file size stands in for a full disk: `write` fails in the middle.
#[cfg(unix)]
#[test]
fn nothing_acknowledged_is_lost_when_no_file_may_grow_any_more() {
    for blocks in [300, 900, 2000] {
        let directory = tempfile::tempdir().unwrap();
        let exe = std::env::current_exe().unwrap();
        let output = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f $0; exec \"$@\""])
            .arg(blocks.to_string())
            .arg(exe)
            .args(["kill::a_writer_acknowledges_every_visit", "--exact"])
            .args(["--nocapture", "--test-threads=1"])
            .env(CHILD, directory.path())
            .output()
            .unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("Full("), "{blocks}: {said}");
        let mut acknowledged = Acknowledged::new();
        let count = note(&String::from_utf8_lossy(&output.stdout), &mut acknowledged);
        let (store, repairs) = open(directory.path());
        verify(&store, &acknowledged);
        assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
        println!("{blocks} blocks: {count} acknowledged, {repairs:?}");
    }
}

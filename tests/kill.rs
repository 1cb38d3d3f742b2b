//! A scan is killed with SIGKILL at random moments, again and again, and resumed. Nothing that was
//! reported on standard output may be lost, and no finished site may be fetched again.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail loudly, and a process is killed by the machine's clock"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tazy::app::demo::{DemoServer, fixture_sites};
use tazy::clock::SystemClock;
use tazy::store::{FlagFilter, Store};

/// Kills that must have hit a running scan.
const KILLS: usize = 24;

struct Reported {
    site: String,
    flag: Option<String>,
}

/// Starts the program on the list, or resumes, with its standard output read by a thread of ours.
fn start(store: &Path, proxy: &str, list: Option<&Path>) -> (Child, mpsc::Receiver<Reported>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tazy"));
    command.args([
        "scan",
        "--json",
        "--no-progress",
        "--allow-private",
        "--rate",
        "25",
        "--concurrency",
        "4",
    ]);
    command
        .args([
            "--max-pages",
            "3",
            "--global-rate",
            "100000",
            "--proxy",
            proxy,
        ])
        .arg("--store")
        .arg(store);
    match list {
        Some(list) => command.arg("--list").arg(list),
        None => command.arg("--resume"),
    };
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            // A line that the kill cut in two was not acknowledged.
            let Ok(visit) = serde_json::from_str::<serde_json::Value>(&line) else {
                continue;
            };
            let text = |key: &str| visit[key].as_str().map(str::to_owned);
            let _ = tell.send(Reported {
                site: text("site").unwrap(),
                flag: text("flag"),
            });
        }
    });
    (child, told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_scan_loses_nothing_reported_and_resumes_without_fetching_again() {
    let server = DemoServer::start(fixture_sites().unwrap()).await.unwrap();
    let proxy = format!("http://{}", server.address());
    let mut kills = 0;
    let mut rounds = 0;
    let mut reported_flags = 0;
    while kills < KILLS {
        rounds += 1;
        assert!(
            rounds <= 10,
            "the scan always ended before it could be killed"
        );
        let directory = tempfile::tempdir().unwrap();
        let list = directory.path().join("suspects.txt");
        let mut file = std::fs::File::create(&list).unwrap();
        for suspect in server.suspects() {
            writeln!(file, "{}", suspect.url.as_str()).unwrap();
        }
        drop(file);
        let (killed, flags) = kill_until_done(&server, &proxy, directory.path(), &list);
        kills += killed;
        reported_flags += flags;
    }
    println!(
        "{kills} kills in {rounds} lists, {reported_flags} reported flags, all found in the store"
    );
    assert!(reported_flags > 0, "something must have been flagged");
}

/// Scans one list to its end, killing the process whenever it has run for a random while.
fn kill_until_done(
    server: &DemoServer,
    proxy: &str,
    directory: &Path,
    list: &Path,
) -> (usize, usize) {
    let store = directory.join("store");
    let sites = server.suspects().len();
    let mut finished: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut requests_when_finished: BTreeMap<String, u64> = BTreeMap::new();
    let mut kills = 0;
    let mut fruitless = 0_u64;
    loop {
        let before = finished.len();
        let begun = store.join("journal.jsonl").exists()
            && Store::open(&store, Arc::new(SystemClock))
                .is_ok_and(|(store, _)| store.unfinished_run().unwrap().is_some());
        // Killed between the record that ends the run and the end of the process: the list is done.
        if !begun && !finished.is_empty() {
            break;
        }
        let (mut child, told) = start(&store, proxy, if begun { None } else { Some(list) });
        // Most kills hit the scan itself; some hit the opening of the store and the loading of the rules.
        if fastrand::u8(0..4) > 0 {
            wait_for_requests(server, &mut child);
        }
        // A site that needs longer than it is given would never be finished.
        let patience = 400 + 200 * fruitless;
        let lifetime = Duration::from_millis(fastrand::u64(1..patience));
        let killed = kill_after(&mut child, lifetime);
        kills += usize::from(killed);
        for report in told {
            let before = finished.insert(report.site.clone(), report.flag);
            assert!(
                before.is_none(),
                "{} was finished and reported before",
                report.site
            );
            let seen = server
                .requests()
                .get(&report.site)
                .copied()
                .unwrap_or_default();
            requests_when_finished.insert(report.site, seen);
        }
        println!(
            "{lifetime:?}: killed {killed}, {} of {sites} reported",
            finished.len()
        );
        fruitless = if finished.len() > before {
            0
        } else {
            fruitless + 1
        };
        verify(&store, &finished);
        if !killed {
            break;
        }
    }
    verify_end(server, &store, &requests_when_finished);
    (kills, finished.values().flatten().count())
}

/// Everything is visited, and nothing that was finished was fetched again.
fn verify_end(server: &DemoServer, store: &Path, requests_when_finished: &BTreeMap<String, u64>) {
    // A site may be committed in the instant before its line is printed; those are not reported twice.
    let (opened, _) = Store::open(store, Arc::new(SystemClock)).unwrap();
    assert!(
        opened.unfinished_run().unwrap().is_none(),
        "the list is finished"
    );
    let missing: BTreeSet<String> = server
        .suspects()
        .iter()
        .map(|suspect| suspect.url.authority())
        .filter(|site| opened.latest_visit(site).unwrap().is_none())
        .collect();
    assert!(missing.is_empty(), "never visited: {missing:?}");
    for (site, seen) in requests_when_finished {
        let now = server.requests()[site];
        assert_eq!(now, *seen, "{site} was fetched again after it was finished");
    }
}

/// Waits until the scan asks for something, or has ended.
fn wait_for_requests(server: &DemoServer, child: &mut Child) {
    let total = || server.requests().values().sum::<u64>();
    let before = total();
    while total() == before && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// True if the process was still running and was killed; false if it had ended by itself, well.
fn kill_after(child: &mut Child, lifetime: Duration) -> bool {
    let end = Instant::now() + lifetime;
    while Instant::now() < end {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

/// Every flag reported so far is in the store, with captures whose digests verify.
fn verify(store: &Path, finished: &BTreeMap<String, Option<String>>) {
    let (store, _) = Store::open(store, Arc::new(SystemClock)).unwrap();
    let flags = store.flags(&FlagFilter::default()).unwrap();
    for (site, flag) in finished {
        let visit = store
            .latest_visit(site)
            .unwrap()
            .unwrap_or_else(|| panic!("the visit of {site} is lost"));
        assert_eq!(
            visit.flag.as_ref().map(tazy::id::FlagId::as_str),
            flag.as_deref(),
            "{site}"
        );
        if let Some(id) = flag {
            let found = flags.iter().find(|flag| flag.id.as_str() == id);
            let found = found.unwrap_or_else(|| panic!("the flag of {site} is lost"));
            assert!(!found.captures.is_empty(), "{site}");
            for capture in &found.captures {
                store
                    .capture(capture)
                    .unwrap_or_else(|error| panic!("{site}: {error}"));
            }
        }
    }
}

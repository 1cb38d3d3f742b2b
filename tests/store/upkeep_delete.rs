//! What is deleted is gone, and everything else is as it was.

use crate::samples::{StoppedClock, commit_flagged, open, open_sound, run};
use crate::upkeep_queries::{SITES, deletion, fill, reviewer, rule};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tazy::custody::{Hold, RetentionPolicy};
use tazy::id::{FlagId, RunId};
use tazy::review::{Choice, Reason};
use tazy::store::{Store, StoreError};

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        } else {
            found.push(path);
        }
    }
    found
}

/// Every byte of every file, and of every gzip member as far as it can be unpacked.
fn everything(directory: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for path in files_below(directory) {
        let content = fs::read(&path).unwrap();
        if path.extension().is_some_and(|extension| extension == "gz") {
            let mut unpacked = flate2::bufread::MultiGzDecoder::new(content.as_slice());
            std::io::copy(&mut unpacked, &mut bytes).unwrap();
        }
        bytes.extend(content);
    }
    bytes
}

fn holds(directory: &Path, text: &str) -> bool {
    memchr::memmem::find(&everything(directory), text.as_bytes()).is_some()
}

fn problems(store: &Store) -> Vec<String> {
    store.check().unwrap().problems
}

#[test]
fn no_byte_of_what_was_deleted_remains_and_the_rest_is_sound() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let store = open_sound(&path);
    let run = run("r-1", &SITES);
    store.begin_run(&run).unwrap();
    let gone = commit_flagged(&store, &run.id, "gone.example");
    drop(store);
    assert!(holds(&path, "Лавка gone.example") && holds(&path, "клад в твоём"));
    let store = open_sound(&path);
    let tombstone = store.delete_site(&deletion("gone.example")).unwrap();
    assert_eq!((tombstone.captures.len(), tombstone.records.len()), (2, 2));
    for secret in [
        "Лавка gone.example",
        "клад в твоём",
        "@lavka_example",
        "drug_sale.stash",
    ] {
        assert!(!holds(&path, secret), "{secret}");
    }
    assert_eq!(problems(&store), Vec::<String>::new());
    assert_eq!(store.flag_of_site("gone.example").unwrap(), None);
    assert_eq!(store.latest_visit("gone.example").unwrap(), None);
    let manifest = &gone.manifests[0];
    assert_eq!(&store.manifest(&manifest.id).unwrap(), manifest);
    let error = store.capture(&manifest.id).unwrap_err();
    assert!(matches!(error, StoreError::Deleted { .. }), "{error}");
    let again = store.delete_site(&deletion("gone.example"));
    assert!(
        matches!(again, Err(StoreError::Unknown { .. })),
        "{again:?}"
    );

    // It may be visited and flagged again.
    let next = RunId::from_written("r-2");
    let anew = commit_flagged(&store, &next, "gone.example");
    assert_eq!(store.flag_of_site("gone.example").unwrap(), anew.flag);
    store.capture(&anew.manifests[0].id).unwrap();
    drop(store);
    let store = open_sound(&path);
    assert_eq!(problems(&store), Vec::<String>::new());
    let report = store.check().unwrap();
    let counts = (report.captures, report.deleted);
    assert_eq!(counts, (2, 0), "the same answers of the same moment");
    assert_eq!(
        store.verify_journal().unwrap(),
        13,
        "with what was recorded of files when they were closed, and of one anew"
    );
    drop(store);
    let (store, _) = Store::rebuild(&path, Arc::new(StoppedClock)).unwrap();
    assert_eq!(store.flag_of_site("gone.example").unwrap(), anew.flag);
    store.delete_site(&deletion("gone.example")).unwrap();
    assert_eq!(store.tombstones().unwrap().len(), 2);
    assert_eq!(problems(&store), Vec::<String>::new());
}

#[test]
fn other_programs_still_read_the_file() {
    let directory = tempfile::tempdir().unwrap();
    fill(directory.path());
    let captures = directory.path().join("captures");
    let files = files_below(&captures);
    let output = Command::new("warcio").arg("check").args(&files).output();
    let Ok(output) = output else {
        assert!(
            std::env::var_os("TAZY_TEST_ALL").is_none(),
            "warcio is missing"
        );
        println!("skipped: needs warcio");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_line_that_is_blank_without_a_tombstone_is_found_and_so_is_a_changed_byte_of_a_blank_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let store = open_sound(&path);
    let run = RunId::from_written("r-1");
    for site in ["a.example", "b.example"] {
        commit_flagged(&store, &run, site);
    }
    let tombstone = store.delete_site(&deletion("a.example")).unwrap();
    // The file was closed, and recorded anew.
    assert_eq!(store.verify_journal().unwrap(), 11);
    let journal = path.join("journal.jsonl");
    let good = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let blank = lines[usize::try_from(tombstone.records[0].seq).unwrap() - 1];
    assert!(blank.contains("\"kind\":\"redacted\"") && blank.contains(tombstone.id.as_str()));

    // Every byte of a blank line counts.
    let start = usize::try_from(tombstone.records[0].offset).unwrap();
    for position in (start..start + blank.len()).step_by(11) {
        let mut changed = good.clone().into_bytes();
        changed[position] ^= 1;
        fs::write(&journal, changed).unwrap();
        let error = store.verify_journal().unwrap_err().to_string();
        assert!(error.contains("record 3 "), "{position}: {error}");
        assert!(!problems(&store).is_empty());
    }

    // A line of another site, blanked by hand in the name of the same tombstone.
    let victim = lines
        .iter()
        .position(|line| line.contains("\"kind\":\"visit\",\"version\""))
        .unwrap();
    let line = lines[victim];
    let record = line.find("\"kind\":\"visit\"").unwrap();
    let end = line.rfind(",\"previous\"").unwrap();
    let note = format!(
        "\"kind\":\"redacted\",\"version\":1,\"record\":{{\"tombstone\":\"{}\",\"kind\":\"visit\"}}",
        tombstone.id
    );
    let forged = format!(
        "{}{note:<width$}{}",
        &line[..record],
        &line[end..],
        width = end - record
    );
    assert_eq!(forged.len(), line.len());
    fs::write(&journal, good.replace(line, &forged)).unwrap();
    let error = store.verify_journal().unwrap_err().to_string();
    assert!(error.contains(&format!("(line {})", victim + 1)), "{error}");
    drop(store);
    let rebuilt = Store::rebuild(&path, Arc::new(StoppedClock)).unwrap_err();
    assert!(matches!(rebuilt, StoreError::Damaged { .. }), "{rebuilt}");

    // Put back, it is sound; with what was deleted put back in the file, it is not.
    fs::write(&journal, &good).unwrap();
    let store = open_sound(&path);
    assert_eq!(problems(&store), Vec::<String>::new());
    let place = &tombstone.captures[0].places[0];
    let file = path.join("captures").join(&place.file);
    let mut bytes = fs::read(&file).unwrap();
    bytes[usize::try_from(place.offset).unwrap() + 100] ^= 1;
    fs::write(&file, bytes).unwrap();
    let found = problems(&store).join("\n");
    assert!(found.contains(tombstone.captures[0].id.as_str()), "{found}");
}

#[test]
fn the_policy_deletes_by_standing_and_leaves_sites_on_hold_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = open(directory.path());
    let run = RunId::from_written("r-1");
    for site in ["a.example", "b.example", "held.example"] {
        commit_flagged(&store, &run, site);
        rule(&store, site, Choice::Dismiss, vec![Reason::News]);
    }
    commit_flagged(&store, &run, "open.example");
    let hold = |held| Hold {
        site: "held.example".to_owned(),
        held,
        reason: "case 12".to_owned(),
        by: reviewer(),
        at: "2026-03-01T12:00:00Z".parse().unwrap(),
    };
    store.record_hold(&hold(true)).unwrap();
    let policy = RetentionPolicy {
        dismissed_days: Some(0),
        ..RetentionPolicy::default()
    };
    let due: Vec<_> = store.due(&policy).unwrap();
    let sites: Vec<_> = due.iter().map(|due| due.site.as_str()).collect();
    assert_eq!(sites, ["a.example", "b.example"]);
    assert_eq!(due[0].rule, "dismissed_days = 0");
    let mut told = 0;
    let done = store
        .retain(&policy, &reviewer(), &mut |_, _| told += 1)
        .unwrap();
    assert_eq!((done.len(), told), (2, 2));
    assert_eq!(done[0].policy.as_deref(), Some("dismissed_days = 0"));
    assert!(store.flag_of_site("open.example").unwrap().is_some());
    assert!(store.flag_of_site("held.example").unwrap().is_some());
    assert_eq!(
        store
            .decisions(&FlagId::of_site("a.example"))
            .unwrap()
            .len(),
        1
    );
    assert_eq!(store.due(&policy).unwrap(), []);
    let refused = store.delete_site(&deletion("held.example")).unwrap_err();
    assert!(matches!(refused, StoreError::Held { .. }), "{refused}");
    store.record_hold(&hold(false)).unwrap();
    assert_eq!(store.due(&policy).unwrap().len(), 1);
    store.delete_site(&deletion("held.example")).unwrap();
    assert_eq!(problems(&store), Vec::<String>::new());
}

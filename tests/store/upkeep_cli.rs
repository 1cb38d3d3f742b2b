//! The upkeep of a store as a person types it.

use crate::samples::open;
use crate::upkeep_queries::fill;
use std::path::Path;
use std::process::Command;

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

fn tazy(directory: &Path, words: &str) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_tazy"))
        .args(words.split(' '))
        .current_dir(directory)
        .env_remove("TAZY_STORE")
        .env("USER", "a.serikova")
        .output()
        .unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The output of a command that must succeed.
fn done(at: &Path, words: &str) -> String {
    let ended = tazy(at, words);
    assert_eq!(ended.code, Some(0), "{words}: {}{}", ended.out, ended.err);
    ended.out
}

#[test]
fn a_store_is_backed_up_while_it_is_open_and_restored() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fill(&at.join("s"));
    let run = |words: &str| done(at, words);
    let first = run("store backup b --store s");
    assert!(
        first.contains("Verified") && !first.contains("custody"),
        "{first}"
    );
    let second = run("store backup b --store s --full --json");
    let report: serde_json::Value = serde_json::from_str(&second).unwrap();
    assert_eq!(report["new_records"], 1, "the custody entry of the first");
    assert_eq!(report["custody_recorded"], true);

    // While another process has it open.
    let (store, _) = open(&at.join("s"));
    assert_eq!(store.custody().unwrap().len(), 4);
    let online = run("store backup b --store s");
    assert!(
        online.contains("another tazy has the store open"),
        "{online}"
    );
    drop(store);

    let restored = run("store restore b --store new");
    assert!(restored.contains("The store is sound"), "{restored}");
    let again = tazy(at, "store restore b --store new");
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("overwritten"), "{}", again.err);
    assert!(
        tazy(at, "store check --store b")
            .err
            .contains("tazy store restore")
    );

    let rebuilt = run("store rebuild --store new");
    assert!(rebuilt.contains("made anew"), "{rebuilt}");
}

#[test]
fn a_store_is_rid_of_what_is_due_and_of_what_is_not_on_hold() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fill(&at.join("s"));
    let run = |words: &str| done(at, words);
    assert_eq!(tazy(at, "store retain --store s").code, Some(2));
    let due = run("store retain --store s --clear-days 0 --dry-run");
    assert!(due.contains("1 site would be deleted"), "{due}");
    let done = run("store retain --store s --clear-days 0 --json");
    let line: serde_json::Value = serde_json::from_str(&done).unwrap();
    assert_eq!(line["site"], "clear.example");
    assert!(line["tombstone"].as_str().unwrap().starts_with("t-"));

    assert!(run("store holds --store s").contains("case 12"));
    let held = tazy(at, "store delete a.example --reason order --store s");
    assert_eq!(held.code, Some(1));
    assert!(held.err.contains("on hold"), "{}", held.err);
    run("store unhold a.example --reason closed --store s");
    assert_eq!(
        tazy(at, "store unhold a.example --reason closed --store s").code,
        Some(1)
    );
    let gone = run("store delete A.Example --reason order --store s");
    assert!(gone.contains("Tombstone t-"), "{gone}");
    let checked = run("store check --store s");
    assert!(checked.contains("deleted by tombstones"), "{checked}");
    run("store hold b.example --reason appeal --store s");
    assert!(run("store holds --store s").contains("appeal"));
    for verb in ["backup", "restore", "retain", "delete"] {
        let help = run(&format!("store {verb} --help"));
        assert!(help.contains("Examples:"), "{help}");
    }
}

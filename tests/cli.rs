//! The program as a user meets it: usage errors, exit codes, help, empty stores, bad lists.
#![expect(
    clippy::unwrap_used,
    reason = "a program that cannot be started fails the test"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn tazy(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tazy"));
    command
        .args(words)
        .env_remove("TAZY_STORE")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    command
}

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(words: &[&str]) -> Ended {
    ended(tazy(words).output().unwrap())
}

fn run_in(directory: &Path, words: &[&str]) -> Ended {
    ended(tazy(words).current_dir(directory).output().unwrap())
}

fn entries(directory: &Path) -> usize {
    std::fs::read_dir(directory).unwrap().count()
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let help = run(&["--help"]);
    assert_eq!(help.code, Some(0));
    for word in [
        "scan",
        "demo",
        "flags",
        "review",
        "store",
        "rules",
        "eval",
        "Begin here",
        "130",
    ] {
        assert!(help.out.contains(word), "{word:?} in:\n{}", help.out);
    }
    for command in [&["scan"][..], &["flags", "list"], &["flags", "show"]] {
        let help = run(&[command, &["--help"]].concat());
        assert!(help.out.contains("Examples:"), "{command:?}:\n{}", help.out);
    }
}

#[test]
fn the_version_is_told() {
    let version = run(&["--version"]);
    assert_eq!(
        version.out.trim(),
        concat!("tazy ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    for (words, wanted) in [
        (&[][..], "Usage"),
        (&["sacn"], "scan"),
        (&["scan"], "--list"),
        (&["scan", "a.kz", "--rte", "1"], "--rate"),
        (
            &["scan", "a.kz", "--rate", "0"],
            "--rate: 0 is out of range",
        ),
        (
            &["scan", "a.kz", "--render", "always"],
            "no browser rendering",
        ),
        (&["scan", "a.kz", "--robots", "ignore"], "investigate"),
        (&["scan", "a.kz", "--profile", "bot"], "honest"),
        (&["scan", "mailto:a@b.kz"], "e-mail"),
        (&["scan", "--list", "missing.txt"], "missing.txt"),
        (&["scan", "--resume", "a.kz"], "--resume"),
        (&["flags", "list", "--since", "yesterday"], "7d"),
        (&["flags", "list", "--category", "drugs"], "drug_sale"),
        (&["flags", "list", "--band", "clear"], "urgent"),
    ] {
        let ended = run_in(directory.path(), words);
        assert_eq!(ended.code, Some(2), "{words:?}: {}", ended.err);
        assert!(
            ended.err.contains(wanted),
            "{words:?}: {wanted:?} in:\n{}",
            ended.err
        );
        assert_eq!(ended.out, "", "{words:?}");
    }
    assert_eq!(
        entries(directory.path()),
        0,
        "wrong usage leaves nothing behind"
    );
}

#[test]
fn a_list_without_a_usable_line_is_told_line_by_line() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("list.txt"),
        "# c\nftp://a.kz\nне адрес\n",
    )
    .unwrap();
    let ended = run_in(directory.path(), &["scan", "--list", "list.txt"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("list.txt:2: skipped \"ftp://a.kz\""),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("list.txt:3: skipped"), "{}", ended.err);
    assert!(ended.err.contains("no site to scan"), "{}", ended.err);
    assert_eq!(entries(directory.path()), 1, "no store was made");
}

#[test]
fn a_list_may_come_from_standard_input_in_any_encoding() {
    let mut child = tazy(&["scan", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let utf16: Vec<u8> = "url;note\nslovo;x\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    child.stdin.take().unwrap().write_all(&utf16).unwrap();
    let ended = ended(child.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("standard input:2: skipped"),
        "{}",
        ended.err
    );
}

#[test]
fn a_store_that_is_not_there_is_named_and_not_made() {
    let directory = tempfile::tempdir().unwrap();
    let mut from_environment = tazy(&["flags", "list"]);
    from_environment
        .env("TAZY_STORE", "elsewhere")
        .current_dir(directory.path());
    for (ended, name) in [
        (run_in(directory.path(), &["flags", "list"]), "tazy-store"),
        (
            run_in(directory.path(), &["flags", "list", "--store", "typo"]),
            "typo",
        ),
        (ended(from_environment.output().unwrap()), "elsewhere"),
    ] {
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(
            ended.err.contains(&format!("there is no store {name}")),
            "{}",
            ended.err
        );
        assert!(
            ended.err.contains("→"),
            "a next step is named: {}",
            ended.err
        );
    }
    assert_eq!(entries(directory.path()), 0);
}

#[test]
fn a_setting_in_the_store_is_checked_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tazy.toml");
    std::fs::write(&file, "[scan]\nmax_page = 5\n").unwrap();
    let store = directory.path().to_str().unwrap();
    let ended = run(&["scan", "a.kz", "--store", store]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("tazy.toml:2"), "{}", ended.err);
    assert!(
        ended.err.contains("did you mean `max_pages`"),
        "{}",
        ended.err
    );
}

#[test]
fn an_empty_store_has_no_flags_and_nothing_to_resume() {
    let directory = tempfile::tempdir().unwrap();
    let listed = run(&[
        "flags",
        "list",
        "--store",
        directory.path().to_str().unwrap(),
    ]);
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    assert!(listed.out.contains("No flags"), "{}", listed.out);
    let store = directory.path().to_str().unwrap();
    let json = run(&["flags", "list", "--json", "--store", store]);
    assert_eq!(
        (json.code, json.out.as_str()),
        (Some(0), ""),
        "{}",
        json.err
    );
    let shown = run(&["flags", "show", "f-1", "--store", store]);
    assert_eq!(shown.code, Some(1));
    assert!(shown.err.contains("no flag f-1"), "{}", shown.err);
    let resumed = run(&["scan", "--resume", "--store", store]);
    assert_eq!(resumed.code, Some(1));
    assert!(resumed.err.contains("nothing to resume"), "{}", resumed.err);
    let checked = run(&["store", "check", "--store", store]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
    assert!(checked.out.contains("sound"), "{}", checked.out);
    let rebuilt = run(&["store", "rebuild", "--store", store]);
    assert_eq!(rebuilt.code, Some(0), "{}", rebuilt.err);
}

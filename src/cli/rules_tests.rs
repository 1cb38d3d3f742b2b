use super::*;
use std::fs;
use std::io;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a buffer").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("a buffer").clone()).expect("UTF-8")
    }
}

/// Runs `tazy rules` on a pack; gives the exit and what went to standard output.
fn run(pack: &str, action: Action, json: bool) -> (Result<Exit, CliError>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("test.yaml"), pack).expect("a file");
    let (out, err) = (Buffer::default(), Buffer::default());
    let mut terminal = Terminal {
        out: Box::new(out.clone()),
        err: Box::new(err),
        interactive: false,
        color: false,
    };
    let command = RulesCommand {
        action,
        rules: Some(folder.path().to_path_buf()),
        json,
    };
    let exit = command.run(&mut terminal);
    (exit, out.text())
}

const GOOD: &str = r"
pack: test
version: 1.0.0
owner: tazy
terms:
  goods: {any: [мефедрон]}
rules:
  - id: drug_sale.a
    version: 1
    status: live
    title: {ru: a, kk: a, en: A drug is named}
    category: drug_sale
    evidence: goods
    weight: 1.5
    when: {term: goods}
    tests: {match: [мефедрон, мефедрона, <p>мeфедрон], no_match: [Мефодий, мёд, <p>меф]}
";

#[test]
fn check_names_file_and_line_and_fails() {
    let (exit, out) = run(
        &GOOD.replace("{term: goods}", "{term: good}"),
        Action::Check,
        false,
    );
    assert_eq!(exit.expect("an exit"), Exit::Failure);
    assert!(
        out.starts_with("test.yaml:8: drug_sale.a: unknown term \"good\""),
        "{out}"
    );
}

#[test]
fn tests_of_rules_pass_or_fail_by_their_examples() {
    let all = || Action::Test { filter: None };
    assert_eq!(run(GOOD, all(), false).0.expect("an exit"), Exit::Done);
    let (exit, out) = run(&GOOD.replace("Мефодий", "мефедроном"), all(), true);
    assert_eq!(exit.expect("an exit"), Exit::Failure);
    assert!(
        out.contains("should not match, but does: мефедроном"),
        "{out}"
    );
    let none = Action::Test {
        filter: Some("nothing".to_owned()),
    };
    assert!(run(GOOD, none, false).0.is_err());
}

#[test]
fn explain_marks_what_matched_and_gives_the_score_without_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.html");
    fs::write(&page, "<p>Есть мефедрон").expect("a file");
    let action = || Action::Explain(ExplainAction::of_page(&page.to_string_lossy()));
    let (_, text) = run(GOOD, action(), false);
    assert!(text.contains("Есть ⟦мефедрон⟧"), "{text}");
    assert!(text.contains("without it 0.018"), "{text}");
    let (_, json) = run(GOOD, action(), true);
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(value["categories"][0]["lines"][0]["rule"], "drug_sale.a");
}

#[test]
fn explain_fetches_a_url_only_where_a_scan_might() {
    let action = Action::Explain(ExplainAction::of_page("http://127.0.0.1:9/"));
    let error = run(GOOD, action, false).0.expect_err("an error");
    assert!(error.message.contains("loopback"), "{}", error.message);
    let action = Action::Explain(ExplainAction::of_page("no-such-file"));
    let error = run(GOOD, action, false).0.expect_err("an error");
    assert!(
        error.message.contains("no file, and no URL"),
        "{}",
        error.message
    );
}

#[test]
fn the_list_is_one_object_a_rule() {
    let (_, out) = run(GOOD, Action::List, true);
    let value: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        (value["id"].as_str(), value["examples"].as_u64()),
        (Some("drug_sale.a"), Some(6))
    );
}

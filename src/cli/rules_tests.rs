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
        rules: RulesOption::of_directory(folder.path()),
        overrides: None,
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

/// Runs a command of `tazy rules` that needs no pack.
fn run_on(
    folder: &std::path::Path,
    action: Action,
    overrides: Option<&str>,
) -> (Exit, String, String) {
    let (out, err) = (Buffer::default(), Buffer::default());
    let mut terminal = Terminal {
        out: Box::new(out.clone()),
        err: Box::new(err.clone()),
        interactive: false,
        color: false,
    };
    let overrides = overrides.map(|text| {
        let path = folder.join("local.txt");
        fs::write(&path, text).expect("a file");
        path
    });
    let command = RulesCommand {
        action,
        rules: RulesOption::of_directory(folder),
        overrides,
        json: false,
    };
    let exit = command.run(&mut terminal).expect("an exit");
    (exit, out.text(), err.text())
}

#[test]
fn files_are_formatted_once_and_checked_after() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("test.yaml");
    fs::write(&file, GOOD).expect("a file");
    let action = |check| Action::Format(FormatAction::of(folder.path(), check));
    let (exit, out, _) = run_on(folder.path(), action(true), None);
    assert_eq!(exit, Exit::Failure);
    assert!(out.contains("test.yaml"));
    assert_eq!(fs::read_to_string(&file).expect("a file"), GOOD);
    assert_eq!(run_on(folder.path(), action(false), None).0, Exit::Done);
    assert_eq!(run_on(folder.path(), action(true), None).0, Exit::Done);
    fs::write(&file, "a: [").expect("a file");
    let (exit, _, err) = run_on(folder.path(), action(false), None);
    assert_eq!(exit, Exit::Failure);
    assert!(err.contains("1 refused"), "{err}");
}

#[test]
fn listings_and_explanations_say_what_is_overridden() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("test.yaml"), GOOD).expect("a file");
    let page = folder.path().join("page.html");
    fs::write(&page, "<p>Есть мефедрон").expect("a file");
    let disabled = "overrides:\n  - {disable: drug_sale.a, reason: noisy, author: me}\n";
    let (_, out, _) = run_on(folder.path(), Action::List, Some(disabled));
    assert!(out.contains("override: disabled: noisy (me)"), "{out}");
    let explain = || Action::Explain(ExplainAction::of_page(&page.to_string_lossy()));
    let (_, out, _) = run_on(folder.path(), explain(), Some(disabled));
    assert!(out.contains("kept from counting by overrides"), "{out}");
    assert!(out.contains("drug_sale.a  disabled: noisy (me)"), "{out}");
    assert!(out.contains("⟦мефедрон⟧"), "{out}");
    let weighed = "overrides:\n  - {weigh: drug_sale.a, weight: 0.5, reason: noisy, author: me}\n";
    let (_, out, _) = run_on(folder.path(), explain(), Some(weighed));
    assert!(
        out.contains("override: weight 0.50 instead of 1.50: noisy (me)"),
        "{out}"
    );
}

#[test]
fn expired_overrides_are_told_and_ignored() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("test.yaml"), GOOD).expect("a file");
    let text =
        "overrides:\n  - {disable: drug_sale.a, reason: noisy, author: me, expires: 2020-01-31}\n";
    let (_, out, err) = run_on(folder.path(), Action::List, Some(text));
    assert!(
        err.contains("local.txt:2: expired 2020-01-31 and is ignored"),
        "{err}"
    );
    assert!(!out.contains("override"), "{out}");
    let (exit, out, _) = run_on(folder.path(), Action::Check, Some(text));
    assert_eq!(exit, Exit::Failure);
    assert!(out.contains("expired 2020-01-31"), "{out}");
}

#[test]
fn an_expired_rule_is_a_problem_and_goes_on_counting() {
    let pack = GOOD.replace(
        "    status: live\n",
        "    status: live\n    expires: 2020-01-31\n",
    );
    let (exit, out) = run(&pack, Action::Check, false);
    assert_eq!(exit.expect("an exit"), Exit::Failure);
    assert!(
        out.contains("test.yaml:8: drug_sale.a: expired 2020-01-31"),
        "{out}"
    );
    assert_eq!(
        run(&pack, Action::Test { filter: None }, false)
            .0
            .expect("an exit"),
        Exit::Done
    );
}

#[test]
fn shadow_rules_are_named_by_explain_and_contribute_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("test.yaml"),
        GOOD.replace("status: live", "status: shadow"),
    )
    .expect("a file");
    let page = folder.path().join("page.html");
    fs::write(&page, "<p>Есть мефедрон").expect("a file");
    let action = Action::Explain(ExplainAction::of_page(&page.to_string_lossy()));
    let (_, out, _) = run_on(folder.path(), action, None);
    assert!(out.contains("no rule speaks for any category"), "{out}");
    assert!(
        out.contains("shadow rules that hold, counting for nothing: drug_sale.a"),
        "{out}"
    );
}

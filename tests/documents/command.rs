//! `tazy block template` as people type it.

use std::process::{Command, Output};

fn tazy(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tazy"))
        .args(arguments)
        .output()
        .expect("tazy runs")
}

#[test]
fn templates_are_copied_changed_and_checked() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("ours");
    let place = place.to_str().unwrap();
    let copied = tazy(&["block", "template", "copy", place]);
    assert_eq!(copied.status.code(), Some(0), "{copied:?}");
    let checked = tazy(&["block", "template", "check", place]);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    let annex = directory.path().join("ours/annex.html");
    let text = std::fs::read_to_string(&annex).unwrap();
    std::fs::write(
        &annex,
        text.replacen("{{ request.id }}", "{{ request.nr }}", 1),
    )
    .unwrap();
    let checked = tazy(&["block", "template", "check", place, "--json"]);
    assert_eq!(checked.status.code(), Some(1));
    let line = String::from_utf8(checked.stdout).unwrap();
    let error: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(
        (error["file"].as_str(), error["line"].as_u64()),
        (Some("annex.html"), Some(2))
    );
    // What a lawyer changed is never overwritten.
    let again = tazy(&["block", "template", "copy", place]);
    assert!(String::from_utf8_lossy(&again.stdout).starts_with("0 templates written"));
    assert!(
        std::fs::read_to_string(&annex)
            .unwrap()
            .contains("request.nr")
    );
}

#[test]
fn every_variable_is_listed() {
    let listed = tazy(&["block", "template", "list"]);
    let text = String::from_utf8(listed.stdout).unwrap();
    for line in [
        "submission.html  ru kk en",
        "  request.unit = ",
        "  items[].evidence[].utc = ",
        "  steps.order.number = ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

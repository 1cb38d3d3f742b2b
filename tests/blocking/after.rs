//! What follows once a request was sent: answers, lifting, coming back.

use super::{BODY, SHOP, confirmed, done, drafted, ordered, refused};

#[test]
fn a_block_is_lifted_as_easily_as_it_was_asked_for() {
    let lab = confirmed();
    let id = ordered(&lab);
    done(&lab.run(&[
        "block",
        "lift",
        &id,
        "--reason",
        "the owner removed the offer",
    ]));
    let view = lab.run(&["block", "show", &id, "--json"]).json();
    let item = view["items"][0]["id"].as_str().unwrap();
    assert_eq!(view["states"][item], "lifting");
    let restored = [
        "--number",
        "80-K",
        "--date",
        "2026-12-01",
        "--organ",
        "Committee",
    ];
    done(&lab.run(&[&["block", "reply", &id, "lifted"], &restored[..]].concat()));
    let shown = lab.run(&["block", "show", &id]);
    assert!(
        done(&shown).out.contains("lifted by d.akhmetov, № 80-K"),
        "{}",
        shown.out
    );
}

#[test]
fn a_site_that_came_back_needs_fresh_evidence_and_a_decision_of_its_own() {
    let lab = confirmed();
    let id = ordered(&lab);
    let child = ["block", "draft", "shop.example", "--parent", &id];
    refused(&lab.run(&child), "scan it again first");
    lab.visit("r-2", &[("shop.example", SHOP)]);
    let decisions = lab
        .run(&["review", "show", "shop.example", "--json"])
        .json();
    let current = decisions["decisions"][0]["id"].as_str().unwrap();
    done(&lab.run(&[
        "review",
        "confirm",
        "shop.example",
        "--supersede",
        current,
        "--note",
        "is back",
    ]));
    let drafted = lab.run(&[&child[..], &["--json"]].concat());
    let drafted = done(&drafted).json();
    assert_eq!(drafted["parent"], id.as_str());
    assert_eq!(drafted["authority"], BODY);
}

#[test]
fn what_is_awaited_is_listed_with_its_deadline() {
    let lab = confirmed();
    let id = drafted(&lab);
    done(&lab.run(&["block", "approve", &id, "--author", "n.omarova"]));
    done(&lab.run(&[
        "block",
        "file",
        &id,
        "--number",
        "1",
        "--date",
        "2024-01-09",
    ]));
    let due = lab.run(&["block", "due", "--overdue", "--json"]);
    let late = done(&due).lines();
    assert!(!late.is_empty(), "{}", due.out);
    assert!(late.iter().all(|line| line["request"] == id.as_str()));
    assert!(
        late.iter()
            .all(|line| line["source"].as_str().is_some_and(|s| !s.is_empty()))
    );
    let scripted = lab.run(&["block", "due", "--fail-on-overdue"]);
    assert_eq!(scripted.code, Some(3), "{}", scripted.out);
    let queue = lab.run(&["review", "list"]);
    assert!(queue.err.contains("tazy block due"), "{}", queue.err);
}

#[test]
fn requests_survive_a_rebuild_of_the_index() {
    let lab = confirmed();
    let id = ordered(&lab);
    let before = lab.run(&["block", "show", &id, "--json"]).json();
    done(&lab.run(&["store", "rebuild"]));
    assert_eq!(lab.run(&["block", "show", &id, "--json"]).json(), before);
    done(&lab.run(&["store", "check"]));
}

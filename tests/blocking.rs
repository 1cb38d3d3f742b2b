//! From a confirmed flag to a block and back, from the command line.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

#[path = "blocking/after.rs"]
mod after;
#[expect(dead_code, reason = "this file needs a part of it")]
#[path = "review/lab.rs"]
mod lab;

use lab::{Ended, Lab};

const SHOP: &str = "Мефедрон кристалл";
const BODY: &str = "information_committee";
const SETTINGS: &str =
    "[evidence]\nunit = 'Cyber unit 7'\n[block]\ncontact = 'unit7@police.example'\n";

/// A store with a confirmed shop.
fn confirmed() -> Lab {
    let lab = Lab::new();
    lab.visit("r-1", &[("shop.example", SHOP), ("second.example", SHOP)]);
    std::fs::write(lab.path("store/tazy.toml"), SETTINGS).unwrap();
    done(&lab.run(&[
        "review",
        "confirm",
        "shop.example",
        "--note",
        "sells mephedrone with delivery",
    ]));
    lab
}

#[track_caller]
fn done(ended: &Ended) -> &Ended {
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.out, ended.err);
    ended
}

#[track_caller]
fn refused(ended: &Ended, wanted: &str) {
    assert!(matches!(ended.code, Some(1 | 2)), "{}", ended.out);
    assert!(ended.err.contains(wanted), "{wanted:?} in {}", ended.err);
}

/// Drafts a request about the whole host and gives its id.
fn drafted(lab: &Lab) -> String {
    let drafted = lab.run(&[
        "block",
        "draft",
        "shop.example",
        "--authority",
        BODY,
        "--scope",
        "host",
        "--scope-reason",
        "every page sells",
        "--json",
    ]);
    done(&drafted).json()["id"].as_str().unwrap().to_owned()
}

/// Brings a request into force.
fn ordered(lab: &Lab) -> String {
    let id = drafted(lab);
    done(&lab.run(&["block", "approve", &id, "--author", "n.omarova"]));
    done(&lab.run(&[
        "block",
        "file",
        &id,
        "--number",
        "12-3/456",
        "--date",
        "2026-11-22",
    ]));
    let order = [
        "--number",
        "77-K",
        "--date",
        "2026-11-24",
        "--organ",
        "Committee",
    ];
    done(&lab.run(&[&["block", "reply", &id, "order"], &order[..]].concat()));
    id
}

#[test]
fn a_confirmed_flag_becomes_a_request_that_two_people_answer_for() {
    let lab = confirmed();
    let id = drafted(&lab);
    let shown = lab.run(&["block", "show", &id]);
    for wanted in [
        "shop[.]example",
        "confirmed by d.akhmetov",
        "sells mephedrone with delivery",
        "draft",
        "1 captures",
    ] {
        assert!(
            done(&shown).out.contains(wanted),
            "{wanted:?} in {}",
            shown.out
        );
    }
    assert!(!shown.out.contains("shop.example"), "{}", shown.out);
    refused(
        &lab.run(&["block", "approve", &id]),
        "another person must approve it",
    );
    let file = [
        "block",
        "file",
        &id,
        "--number",
        "1",
        "--date",
        "2026-11-22",
    ];
    refused(&lab.run(&file), "submit comes after approved");
    done(&lab.run(&["block", "approve", &id, "--author", "n.omarova"]));
    done(&lab.run(&file));
    let view = lab.run(&["block", "show", "shop.example", "--json"]).json();
    assert_eq!(view["steps"][1]["act"], "submit");
    assert_eq!(view["steps"][1]["organ"], "Cyber unit 7");
    assert_eq!(view["contact"], "unit7@police.example");
    let item = view["items"][0]["id"].as_str().unwrap();
    assert_eq!(view["states"][item], "submitted");
    let list = lab.run(&["block", "list", "--state", "submitted"]);
    assert!(done(&list).out.contains(&id), "{}", list.out);
}

#[test]
fn a_flag_that_nobody_confirmed_is_not_asked_for() {
    let lab = confirmed();
    let draft = [
        "block",
        "draft",
        "second.example",
        "--authority",
        BODY,
        "--reasons",
        "x",
    ];
    refused(&lab.run(&draft), "second[.]example is not confirmed");
    done(&lab.run(&["review", "dismiss", "second.example", "--reason", "news"]));
    refused(&lab.run(&draft), "second[.]example is not confirmed");
}

#[test]
fn a_confirmation_that_was_superseded_carries_no_request() {
    let lab = confirmed();
    let decisions = lab
        .run(&["review", "show", "shop.example", "--json"])
        .json();
    let current = decisions["decisions"][0]["id"].as_str().unwrap();
    done(&lab.run(&[
        "review",
        "dismiss",
        "shop.example",
        "--reason",
        "news",
        "--supersede",
        current,
    ]));
    let draft = [
        "block",
        "draft",
        "shop.example",
        "--authority",
        BODY,
        "--reasons",
        "x",
    ];
    refused(&lab.run(&draft), "is not confirmed");
}

#[test]
fn what_is_missing_is_named_before_anything_is_recorded() {
    let lab = confirmed();
    let wide = [
        "block",
        "draft",
        "shop.example",
        "--authority",
        BODY,
        "--scope",
        "host",
    ];
    refused(
        &lab.run(&wide),
        "why one URL is not enough (--scope-reason)",
    );
    let nobody = [
        "block",
        "draft",
        "shop.example",
        "--authority",
        "ministry_of_truth",
    ];
    refused(&lab.run(&nobody), "has no addressee");
    let ground = [
        "block",
        "draft",
        "shop.example",
        "--authority",
        BODY,
        "--ground",
        "kz.x.1",
    ];
    refused(&lab.run(&ground), "is no provision of this jurisdiction");
    let elsewhere = [
        "block",
        "draft",
        "shop.example",
        "--authority",
        BODY,
        "--target",
        "http://other.example/",
    ];
    refused(
        &lab.run(&elsewhere),
        "is not where shop[.]example showed anything",
    );
    let dry = lab.run(&[
        "block",
        "draft",
        "shop.example",
        "--authority",
        BODY,
        "--dry-run",
    ]);
    assert!(
        done(&dry).out.contains("Nothing was recorded."),
        "{}",
        dry.out
    );
    let list = lab.run(&["block", "list"]);
    assert!(list.out.contains("No block requests"), "{}", list.out);
}

#[test]
fn a_protected_name_is_refused_and_nobody_can_set_that_aside() {
    let lab = confirmed();
    lab.visit("r-2", &[("akorda.kz", SHOP)]);
    done(&lab.run(&["review", "confirm", "akorda.kz", "--note", "defaced"]));
    let draft = ["block", "draft", "akorda.kz", "--authority", BODY];
    refused(&lab.run(&draft), "protected_name");
    let forced = [
        "--override",
        "protected_name",
        "--supervisor",
        "chief",
        "--override-reason",
        "must",
    ];
    refused(
        &lab.run(&[&draft[..], &forced].concat()),
        "nobody can set protected_name aside",
    );
}

#[test]
fn damaged_evidence_carries_no_request() {
    let lab = confirmed();
    let flag = lab.run(&["flags", "show", "shop.example", "--json"]).json();
    let warc = &flag["manifests"][0]["warc"];
    let number = |key: &str| usize::try_from(warc[key].as_u64().unwrap()).unwrap();
    let path = lab
        .path("store/captures")
        .join(warc["file"].as_str().unwrap());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[number("offset") + number("length") / 2] ^= 0xff;
    std::fs::write(&path, bytes).unwrap();
    let draft = lab.run(&["block", "draft", "shop.example", "--authority", BODY]);
    assert_eq!(draft.code, Some(1), "{}", draft.out);
    assert!(
        lab.run(&["block", "list"])
            .out
            .contains("No block requests")
    );
}

#[test]
fn a_draft_is_replaced_until_it_is_sent() {
    let lab = confirmed();
    let first = drafted(&lab);
    let again = [
        "block",
        "draft",
        "shop.example",
        "--authority",
        BODY,
        "--supersede",
        &first,
        "--json",
    ];
    let second = done(&lab.run(&again)).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    refused(
        &lab.run(&["block", "approve", &first, "--author", "n.omarova"]),
        "replaced this request",
    );
    done(&lab.run(&["block", "approve", &second, "--author", "n.omarova"]));
    done(&lab.run(&[
        "block",
        "file",
        &second,
        "--number",
        "1",
        "--date",
        "2026-11-22",
    ]));
    let late = [
        "block",
        "draft",
        "shop.example",
        "--authority",
        BODY,
        "--supersede",
        &second,
    ];
    refused(&lab.run(&late), "was sent already");
}

//! Decisions from the command line, and what rules learn from them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

#[path = "review/lab.rs"]
mod lab;
#[path = "review/learning.rs"]
mod learning;
#[expect(dead_code, unused_imports, reason = "this file needs a part of it")]
mod support;

use lab::{Lab, ended};
use support::Site;

const SHOP: &str = "Мефедрон кристалл";
const NEWS: &str = "Изъят мефедрон, сообщает полиция";

fn small_lab() -> Lab {
    let lab = Lab::new();
    lab.visit("r-1", &[("shop.example", SHOP), ("gazeta.example", NEWS)]);
    lab
}

#[test]
fn flags_are_decided_listed_by_status_and_explained() {
    let lab = small_lab();
    let waiting = lab.run(&["review", "list"]);
    assert_eq!(waiting.code, Some(0), "{}", waiting.err);
    assert!(waiting.out.contains("2 flags"), "{}", waiting.out);
    let confirmed = lab.run(&["review", "confirm", "shop.example"]);
    assert_eq!(confirmed.code, Some(0), "{}", confirmed.err);
    for wanted in [
        "shop[.]example: confirmed as drug_sale by d.akhmetov",
        "Decision d-",
        "Next: tazy flags show f-",
    ] {
        assert!(
            confirmed.out.contains(wanted),
            "{wanted:?} in {}",
            confirmed.out
        );
    }
    let dismissed = lab.run(&[
        "review",
        "dismiss",
        "gazeta.example",
        "--reason",
        "news",
        "--json",
    ]);
    let decision = dismissed.json();
    assert_eq!(decision["verdict"], "dismiss");
    assert_eq!(decision["author"], "d.akhmetov");
    assert_eq!(decision["grounds"]["categories"][0], "drug_sale");
    let listed = lab.run(&["flags", "list", "--status", "dismissed", "--json"]);
    let listed = listed.lines();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["site"], "gazeta.example");
    assert_eq!(listed[0]["status"], "dismissed");
    assert_eq!(listed[0]["decision"]["id"], decision["id"]);
    let table = lab.run(&["flags", "list", "--rules", "rules"]);
    assert!(
        table.out.contains("confirmed") && table.out.contains("dismissed"),
        "{}",
        table.out
    );
    let waiting = lab.run(&["review", "list"]);
    assert_eq!(waiting.out.trim(), "Nothing waits for a decision.");
}

#[test]
fn the_grounds_of_a_decision_are_shown_wherever_its_flag_is() {
    let lab = small_lab();
    let words = "review confirm shop.example --element contact --element goods --reason open_offer";
    let words: Vec<&str> = words.split(' ').chain(["--note", "видно всё"]).collect();
    let confirmed = lab.run(&words);
    assert_eq!(confirmed.code, Some(0), "{}", confirmed.err);
    let all = lab.run(&["review", "list", "--all"]);
    assert!(all.out.contains("видно всё"), "{}", all.out);
    let shown = lab.run(&["flags", "show", "shop.example", "--rules", "rules"]);
    assert!(
        shown
            .out
            .contains("status    confirmed: confirmed as drug_sale"),
        "{}",
        shown.out
    );
    let history = lab.run(&["review", "show", "shop.example"]);
    for wanted in [
        "What is offered is named; A way to reach the seller",
        "open_offer: The pages offer it openly",
        "видно всё",
    ] {
        assert!(
            history.out.contains(wanted),
            "{wanted:?} in {}",
            history.out
        );
    }
}

#[test]
fn a_decision_is_replaced_only_by_naming_it_and_all_are_kept() {
    let lab = small_lab();
    let first = lab
        .run(&["review", "confirm", "shop.example", "--json"])
        .json();
    let id = first["id"].as_str().unwrap();
    let refused = lab.run(&["review", "dismiss", "shop.example", "--reason", "fiction"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains(&format!("--supersede {id}")),
        "{}",
        refused.err
    );
    let wrong = lab.run(&[
        "review",
        "dismiss",
        "shop.example",
        "--reason",
        "fiction",
        "--supersede",
        "d-0",
    ]);
    assert!(
        wrong.err.contains("not the current decision"),
        "{}",
        wrong.err
    );
    let words = [
        "review",
        "dismiss",
        "shop.example",
        "--reason",
        "fiction",
        "--supersede",
        &id[..8],
        "--author",
        "e.kim",
    ];
    let second = lab.run(&words);
    assert_eq!(second.code, Some(0), "{}", second.err);
    let rebuilt = lab.run(&["store", "rebuild"]);
    assert_eq!(rebuilt.code, Some(0), "{}", rebuilt.err);
    let history = lab
        .run(&["review", "show", "shop.example", "--json"])
        .json();
    assert_eq!(history["status"], "dismissed");
    let decisions = history["decisions"].as_array().unwrap();
    assert_eq!(decisions.len(), 2);
    assert_eq!(decisions[1]["supersedes"], id);
    assert_eq!(decisions[1]["author"], "e.kim");
    assert_eq!(lab.run(&["store", "check"]).code, Some(0));
}

#[test]
fn a_deferred_flag_waits_and_is_decided_without_naming_the_deferral() {
    let lab = small_lab();
    let deferred = lab.run(&["review", "defer", "shop.example", "--until", "7d"]);
    assert_eq!(deferred.code, Some(0), "{}", deferred.err);
    assert_eq!(lab.run(&["review", "list", "--json"]).lines().len(), 1);
    let listed = lab.run(&["review", "list", "--status", "deferred"]);
    assert!(listed.out.contains("deferred to "), "{}", listed.out);
    let confirmed = lab.run(&[
        "review",
        "confirm",
        "shop.example",
        "--category",
        "forged_documents",
        "--json",
    ]);
    let decision = confirmed.json();
    assert_eq!(
        decision["category"], "forged_documents",
        "may differ from the flag's"
    );
    assert!(decision["supersedes"].is_string());
}

#[test]
fn wrong_usage_is_refused_with_what_to_write() {
    let lab = small_lab();
    for (words, code, wanted) in [
        (&["review", "dismiss", "shop.example"][..], 2, "--reason"),
        (
            &[
                "review",
                "dismiss",
                "shop.example",
                "--reason",
                "open_offer",
            ],
            2,
            "news",
        ),
        (
            &["review", "confirm", "shop.example", "--category", "drugs"],
            2,
            "drug_sale",
        ),
        (
            &["review", "confirm", "shop.example", "--element", "x"],
            2,
            "goods",
        ),
        (&["review", "defer", "shop.example"], 2, "--until"),
        (
            &["review", "defer", "shop.example", "--until", "soon"],
            2,
            "7d",
        ),
        (
            &["review", "defer", "shop.example", "--until", "2020-01-01"],
            2,
            "later time",
        ),
        (
            &["review", "confirm", "nobody.example"],
            1,
            "no flag nobody.example",
        ),
        (
            &["review", "confirm", "shop.example", "--author", " "],
            2,
            "--author NAME",
        ),
        (&["rules", "replay"], 2, "--rules DIR"),
        (&["rules", "promote", "x"], 2, "--rules DIR"),
    ] {
        let ended = lab.run(words);
        assert_eq!(ended.code, Some(code), "{words:?}: {}", ended.err);
        assert!(
            ended.err.contains(wanted),
            "{words:?}: {wanted:?} in {}",
            ended.err
        );
    }
}

#[test]
fn a_decision_needs_an_author_who_is_typed_set_or_logged_in() {
    let lab = small_lab();
    let nobody = lab
        .command(&["review", "confirm", "shop.example"])
        .env_remove("USER")
        .env_remove("USERNAME")
        .output()
        .unwrap();
    let nobody = ended(&nobody);
    assert_eq!(nobody.code, Some(2));
    assert!(nobody.err.contains("--author NAME"), "{}", nobody.err);
    std::fs::write(
        lab.path("store").join("tazy.toml"),
        "[review]\nauthor = \"отдел К\"\n",
    )
    .unwrap();
    let confirmed = lab
        .run(&["review", "confirm", "shop.example", "--json"])
        .json();
    assert_eq!(confirmed["author"], "отдел К");
}

#[test]
fn help_teaches_by_example_and_names_every_reason() {
    let lab = Lab::new();
    for command in [
        "review",
        "review confirm",
        "review dismiss",
        "review defer",
        "review export-manifest",
        "rules stats",
        "rules replay",
        "rules promote",
    ] {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = lab.run(&words);
        assert!(help.out.contains("Examples:"), "{command}: {}", help.out);
    }
    let help = lab.run(&["review", "dismiss", "--help"]).out;
    for reason in tazy::review::Reason::for_dismissing() {
        assert!(
            help.contains(reason.as_str()),
            "{} in {help}",
            reason.as_str()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_that_updates_a_dismissed_flag_keeps_the_decision_and_says_so() {
    let lab = Lab::new();
    let server = Site::new()
        .page("/", &format!("<meta charset=utf-8><p>{NEWS}"))
        .serve()
        .await;
    let url = server.url("/").as_str().to_owned();
    let scan = [
        "scan",
        &url,
        "--allow-private",
        "--rules",
        "rules",
        "--rate",
        "100",
        "--no-progress",
    ];
    let first = lab.run(&scan);
    assert_eq!(first.code, Some(0), "{}", first.err);
    assert!(!first.err.contains("stands"), "{}", first.err);
    let flags = lab.run(&["flags", "list", "--json"]).lines();
    let id = flags[0]["id"].as_str().unwrap();
    let dismissed = lab.run(&["review", "dismiss", id, "--reason", "news"]);
    assert_eq!(dismissed.code, Some(0), "{}", dismissed.err);
    let second = lab.run(&scan);
    assert!(
        second
            .err
            .contains("flagged again; the decision about it stands: dismissed by d.akhmetov"),
        "{}",
        second.err
    );
    let flags = lab.run(&["flags", "list", "--json"]).lines();
    assert_eq!(
        (flags[0]["visits"].as_u64(), flags[0]["status"].as_str()),
        (Some(2), Some("dismissed"))
    );
}

//! Guards against collateral damage and profiles of jurisdictions, on the command line.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

#[expect(dead_code, reason = "this file needs a part of it")]
#[path = "review/lab.rs"]
mod lab;

use lab::{Ended, Lab};

const SHOP: &str = "Мефедрон кристалл";

#[track_caller]
fn done(ended: &Ended) -> &Ended {
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.out, ended.err);
    ended
}

fn guarded(lab: &Lab, words: &[&str]) -> serde_json::Value {
    done(&lab.run(&[&["block", "guard", "--json"], words].concat())).json()
}

#[test]
fn what_speaks_against_a_target_is_told_with_what_to_ask_for() {
    let lab = Lab::new();
    for (target, code) in [
        ("egov.kz", "protected_name"),
        ("https://tengrinews.kz/news/1", "protected_name"),
        ("github.io", "public_suffix"),
        ("t.me", "shared_platform"),
        ("104.16.1.1", "shared_network"),
        ("[2606:4700::1]", "shared_network"),
    ] {
        let told = guarded(&lab, &[target]);
        assert_eq!(told["allowed"], false, "{target}");
        let codes: Vec<&str> = told["objections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|objection| objection["code"].as_str().unwrap())
            .collect();
        assert!(codes.contains(&code), "{target}: {codes:?}");
        let text = lab.run(&["block", "guard", target]);
        assert!(done(&text).out.contains("objection: "), "{}", text.out);
        assert!(!text.out.contains(".kz"), "{}", text.out);
    }
    for target in [
        "shop.example",
        "https://t.me/shop",
        "shop.github.io",
        "203.0.113.7",
        "gov.kz.shop.example",
    ] {
        assert_eq!(guarded(&lab, &[target])["allowed"], true, "{target}");
    }
}

#[test]
fn the_effect_and_what_else_it_would_hit_are_told_from_the_store() {
    let lab = Lab::new();
    lab.visit(
        "r-1",
        &[
            ("shop.example", SHOP),
            ("www.shop.example", SHOP),
            ("other.example", SHOP),
        ],
    );
    let page = guarded(&lab, &["https://shop.example/catalog"]);
    assert_eq!(page["effect_is_wider"], true);
    assert_eq!(page["effect"]["scope"], "host");
    assert_eq!(page["others"], 1);
    let below = guarded(&lab, &["shop.example", "--scope", "host_and_below"]);
    assert_eq!(
        (&below["others"], &below["scope"]),
        (&2.into(), &"host_and_below".into())
    );
    assert_eq!(guarded(&lab, &["nobody.example"])["others"], 0);
}

#[test]
fn a_target_that_cannot_be_read_says_what_to_write() {
    let lab = Lab::new();
    for words in [
        &["block", "guard", "not a host"][..],
        &["block", "guard", "localhost"],
        &["block", "guard", "shop.example", "--scope", "address"],
        &["block", "guard", "ftp://shop.example/"],
    ] {
        let refused = lab.run(words);
        assert_eq!(refused.code, Some(2), "{words:?}: {}", refused.out);
        assert!(
            refused.err.contains("shop.example or 203.0.113.7"),
            "{}",
            refused.err
        );
    }
}

#[test]
fn a_profile_shows_who_is_addressed_and_what_a_lawyer_must_confirm() {
    let lab = Lab::new();
    let shown = lab.run(&["block", "profile", "kz"]);
    for wanted in [
        "information_committee (order_body)",
        "order within 48 hours after submit",
        "[to be confirmed]",
        "kz.criminal_code.297",
        "2026: 21 days off",
        "A lawyer must confirm",
    ] {
        assert!(
            done(&shown).out.contains(wanted),
            "{wanted:?} in {}",
            shown.out
        );
    }
    let all = lab.run(&["block", "profile", "--json"]);
    let codes: Vec<String> = done(&all)
        .lines()
        .iter()
        .map(|profile| profile["jurisdiction"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(codes, ["eu", "kz", "ru"]);
    let unknown = lab.run(&["block", "profile", "xx"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("eu, kz, ru"), "{}", unknown.err);
}

#[test]
fn rules_check_reads_profiles_and_lists_too() {
    let lab = Lab::new();
    done(&lab.run(&["rules", "check"]));
    let folder = lab.path("rules/blocking/protected");
    std::fs::create_dir_all(&folder).unwrap();
    let list = "title: t\nreason: media\nas_of: 2026-11-22\nsource: s\nnames:\n  - paper.example\n  - not a name\n  - paper.example\n";
    std::fs::write(folder.join("own.yaml"), list).unwrap();
    let checked = lab.run(&["rules", "check", "--rules", "rules"]);
    assert_eq!(checked.code, Some(1));
    for wanted in [
        "blocking/protected/own.yaml:7: \"not a name\" is not a host name",
        "blocking/protected/own.yaml:8: paper.example is protected already",
    ] {
        assert!(
            checked.out.contains(wanted),
            "{wanted:?} in {}",
            checked.out
        );
    }
    // A directory with a list of its own has that list, and brands all the same.
    std::fs::write(
        folder.join("own.yaml"),
        list.replace("  - not a name\n  - paper.example\n", ""),
    )
    .unwrap();
    let own = guarded(&lab, &["paper.example", "--rules", "rules"]);
    assert_eq!(own["objections"][0]["code"], "protected_name");
    let brand = guarded(&lab, &["kaspi.kz", "--rules", "rules"]);
    assert_eq!(brand["allowed"], false);
}

#[test]
fn a_ruleset_does_not_change_with_what_is_protected() {
    let lab = Lab::new();
    let version = || {
        tazy::rules::Ruleset::load(&lab.path("rules"))
            .unwrap()
            .version()
            .to_owned()
    };
    let before = version();
    let folder = lab.path("rules/blocking/protected");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("own.yaml"), "not: even a list").unwrap();
    assert_eq!(version(), before);
}

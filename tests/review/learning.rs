//! Statistics, replay, promotion and labelled data, from decisions.

use crate::lab::{Lab, PACK, read};
use crate::{NEWS, SHOP};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Forty confirmed shops, two dismissed sites, an open one and clear ones.
fn decided_lab() -> Lab {
    let lab = Lab::new();
    let shops: Vec<String> = (0..40).map(|n| format!("shop{n}.example")).collect();
    let mut sites: Vec<(&str, &str)> = shops.iter().map(|site| (site.as_str(), SHOP)).collect();
    sites.push(("gazeta.example", NEWS));
    sites.push(("clinic.example", "Мефедрон: последствия, лечение"));
    sites.push(("open.example", SHOP));
    sites.push(("weather.example", "Погода в Астане"));
    sites.push(("salt.example", "Кристалл соли"));
    lab.visit("r-1", &sites);
    for shop in &shops {
        let confirmed = lab.run(&["review", "confirm", shop]);
        assert_eq!(confirmed.code, Some(0), "{}", confirmed.err);
    }
    lab.run(&["review", "dismiss", "gazeta.example", "--reason", "news"]);
    lab.run(&[
        "review",
        "dismiss",
        "clinic.example",
        "--reason",
        "too_little",
    ]);
    lab
}

#[test]
fn statistics_count_what_was_decided_shadow_rules_too() {
    let lab = decided_lab();
    let stats = lab
        .run(&["rules", "stats", "--rules", "rules", "--json"])
        .lines();
    let of = |id: &str| stats.iter().find(|line| line["rule"] == id).unwrap();
    let goods = of("drug_sale.goods");
    let numbers = |line: &serde_json::Value, keys: &[&str]| -> Vec<u64> {
        keys.iter()
            .map(|key| line[*key].as_u64().unwrap())
            .collect()
    };
    let keys = ["hits", "confirmed", "dismissed", "unique", "clear"];
    // Not counted as dismissed: the clinic, whose reason says nothing about the site.
    assert_eq!(numbers(goods, &keys), [43, 40, 1, 43, 0]);
    let precision = goods["precision"].as_f64().unwrap();
    assert!((precision - 40.0 / 41.0).abs() < 1e-9);
    assert!(
        (goods["interval"][0].as_f64().unwrap() - 0.874).abs() < 0.001,
        "{goods}"
    );
    assert_eq!(goods["owner"], "a.serikova");
    assert!(goods["cost"].is_null());
    let looks = of("drug_sale.looks");
    assert_eq!(numbers(looks, &keys), [41, 40, 0, 0, 1]);
    assert_eq!(looks["status"], "shadow");
    assert_eq!(looks["hygiene"], serde_json::json!(["ready"]));
    assert_eq!(
        of("drug_sale.never")["hygiene"],
        serde_json::json!(["silent"])
    );
    let report = of("context.report");
    assert_eq!(numbers(report, &keys), [1, 0, 1, 0, 0]);
    assert!(
        (report["precision"].as_f64().unwrap() - 1.0).abs() < 1e-9,
        "right when dismissed"
    );
    let table = lab.run(&["rules", "stats", "--rules", "rules"]).out;
    assert!(table.contains("0.98 (0.87–1.00)"), "{table}");
    assert!(
        table.contains("Silent (never held): 1: drug_sale.never"),
        "{table}"
    );
    assert!(
        table.contains("Ready to go live (tazy rules promote): 1: drug_sale.looks"),
        "{table}"
    );
    let none = lab
        .run(&[
            "rules",
            "stats",
            "--rules",
            "rules",
            "--since",
            "2100-01-01",
        ])
        .out;
    assert!(none.contains("No rule held on anything"), "{none}");
}

#[test]
fn shadow_rules_are_never_shown_as_grounds() {
    let lab = decided_lab();
    let shown = lab
        .run(&["flags", "show", "shop1.example", "--rules", "rules"])
        .out;
    assert!(
        shown.contains("drug_sale.goods") && !shown.contains("drug_sale.looks"),
        "{shown}"
    );
    let json = lab.run(&["flags", "show", "shop1.example", "--json"]).out;
    assert!(!json.contains("drug_sale.looks"), "{json}");
}

#[test]
fn a_replay_tells_what_changed_rules_would_do() {
    let lab = decided_lab();
    let same = lab.run(&["rules", "replay", "--rules", "rules", "--baseline", "rules"]);
    assert_eq!(same.code, Some(0), "{}", same.err);
    assert_eq!(
        same.out.trim(),
        "45 visits examined: would newly flag 0, lose 0 confirmed, re-flag 0 dismissed."
    );
    // What shops and a salt grinder share is enough now, the word itself is not.
    let changed = PACK
        .replace("weight: 6", "weight: 3")
        .replace("status: shadow   #", "status: live   #")
        .replace(
            "weight: 2\n    when: {term: looks}",
            "weight: 6\n    when: {term: looks}",
        );
    lab.write_rules("changed", &changed);
    let replayed = lab.run(&[
        "rules",
        "replay",
        "--rules",
        "changed",
        "--baseline",
        "rules",
    ]);
    assert_eq!(replayed.code, Some(0), "{}", replayed.err);
    for wanted in [
        "Clear sites that would be flagged: 1\n  salt[.]example  review drug_sale  score 0.00 → 0.88",
        "Dismissed flags that would be raised no more: 2",
        "would newly flag 1, lose 0 confirmed, re-flag 0 dismissed",
    ] {
        assert!(
            replayed.out.contains(wanted),
            "{wanted:?} in {}",
            replayed.out
        );
    }
}

#[test]
fn a_replay_that_would_lose_confirmed_flags_ends_with_3() {
    let lab = decided_lab();
    lab.write_rules("weak", &PACK.replace("weight: 6", "weight: 3"));
    let lossy = lab.run(&[
        "rules",
        "replay",
        "--rules",
        "weak",
        "--baseline",
        "rules",
        "--json",
        "--clear",
        "0",
    ]);
    assert_eq!(lossy.code, Some(3), "{}", lossy.err);
    let json = lossy.json();
    assert_eq!(json["lost"].as_array().unwrap().len(), 40);
    assert_eq!(json["lost"][0]["kind"], "confirmed");
    assert_eq!(json["open_dropped"][0]["site"], "open.example");
    assert_eq!(json["examined"], 43);
    // The other way round: what is dismissed comes back.
    let back = lab.run(&[
        "rules",
        "replay",
        "--rules",
        "rules",
        "--baseline",
        "weak",
        "--decided-only",
        "--clear",
        "0",
    ]);
    assert_eq!(back.code, Some(0));
    assert!(back.out.contains("re-flag 2 dismissed"), "{}", back.out);
}

#[test]
fn a_replay_leaves_out_what_cannot_be_read_and_says_so() {
    let lab = decided_lab();
    std::fs::remove_dir_all(lab.path("store").join("captures")).unwrap();
    let replayed = lab.run(&["rules", "replay", "--rules", "rules"]);
    assert_eq!(replayed.code, Some(0));
    assert!(
        replayed.err.contains("45 visits were left out"),
        "{}",
        replayed.err
    );
    assert!(
        replayed.out.contains("0 visits examined"),
        "{}",
        replayed.out
    );
}

#[test]
fn a_rule_goes_live_when_decisions_carry_it_and_one_line_changes() {
    let lab = decided_lab();
    let file = lab.path("rules").join("test.yaml");
    let words = ["rules", "promote", "drug_sale.looks", "--rules", "rules"];
    let tried = lab.run(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(tried.code, Some(0), "{}{}", tried.out, tried.err);
    assert!(
        tried.out.contains("right in 40 of 40 decided hits"),
        "{}",
        tried.out
    );
    assert!(
        tried.out.contains("may go live: test.yaml:"),
        "{}",
        tried.out
    );
    assert_eq!(read(&file), PACK);
    let promoted = lab.run(&words);
    assert_eq!(promoted.code, Some(0), "{}{}", promoted.out, promoted.err);
    let changed = PACK.replace(
        "status: shadow   # see the minutes",
        "status: live   # see the minutes",
    );
    assert_eq!(
        read(&file),
        changed,
        "the line of its status and nothing else"
    );
    assert_eq!(
        std::fs::read_dir(lab.path("rules")).unwrap().count(),
        2,
        "nothing left behind"
    );
    let again = lab.run(&words);
    assert_eq!(again.code, Some(1));
    assert!(
        again.err.contains("is live, not in shadow"),
        "{}",
        again.err
    );
}

#[test]
fn a_rule_stays_in_shadow_and_is_told_why() {
    let lab = decided_lab();
    let words = [
        "rules",
        "promote",
        "drug_sale.never",
        "--rules",
        "rules",
        "--json",
    ];
    let never = lab.run(&words);
    assert_eq!(never.code, Some(1));
    let refusals = never.json()["refusals"].to_string();
    assert!(
        refusals.contains("it holds on 0 decided visits; 20 are asked for"),
        "{refusals}"
    );
    std::fs::write(
        lab.path("store").join("tazy.toml"),
        "[promotion]\nbar = 0.99\n",
    )
    .unwrap();
    let words = ["rules", "promote", "drug_sale.looks", "--rules", "rules"];
    let strict = lab.run(&words);
    assert_eq!(strict.code, Some(1));
    assert!(strict.out.contains("the bar is 0.990"), "{}", strict.out);
    std::fs::remove_file(lab.path("store").join("tazy.toml")).unwrap();
    // It also holds in the newspaper, which is dismissed as such.
    let wide = PACK.replace(
        "looks: {any: [кристалл]}",
        "looks: {any: [кристалл, изъят]}",
    );
    lab.write_rules("rules", &wide);
    let harmful = lab.run(&words);
    assert_eq!(harmful.code, Some(1));
    assert!(
        harmful
            .out
            .contains("it holds on sites of a protected kind: 1 (gazeta.example)"),
        "{}",
        harmful.out
    );
    assert!(
        harmful.out.contains("It stays in shadow."),
        "{}",
        harmful.out
    );
    assert_eq!(read(&lab.path("rules").join("test.yaml")), wide);
    let unknown = lab.run(&["rules", "promote", "drug_sale.nothing", "--rules", "rules"]);
    assert!(unknown.err.contains("there is no rule"), "{}", unknown.err);
}

#[test]
fn decided_flags_become_data_that_eval_reads() {
    let lab = decided_lab();
    let exported = lab.run(&["review", "export-manifest", "decided"]);
    assert_eq!(exported.code, Some(0), "{}", exported.err);
    assert!(
        exported
            .out
            .contains("40 confirmed and 1 honest sites, 41 pages; 1 decisions say nothing"),
        "{}",
        exported.out
    );
    let summary = lab
        .run(&[
            "eval",
            "decided/manifest.jsonl",
            "--rules",
            "rules",
            "--json",
        ])
        .json();
    assert_eq!(summary["samples"], 41);
    assert_eq!(summary["errors"], 0);
    assert_eq!(summary["labels"]["drug_sale"]["right_family"], 40);
    assert_eq!(summary["labels"]["benign_hard"]["n"], 1);
    let again = lab.run(&["review", "export-manifest", "decided"]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("not empty"), "{}", again.err);
}

#[cfg(unix)]
#[test]
fn a_long_replay_shows_progress_and_stops_when_asked() {
    let lab = Lab::new();
    // It must last longer than the two seconds after which progress is shown.
    let times = if cfg!(debug_assertions) {
        6_000
    } else {
        40_000
    };
    let long = "Погода в Астане ясная, кристалл соли, ветер слабый. ".repeat(times);
    let sites: Vec<String> = (0..30).map(|n| format!("site{n}.example")).collect();
    let sites: Vec<(&str, &str)> = sites
        .iter()
        .map(|site| (site.as_str(), long.as_str()))
        .collect();
    lab.visit("r-1", &sites);
    let words = "rules replay --rules rules --baseline rules --threads 1";
    let words: Vec<&str> = words.split(' ').collect();
    let mut command = lab.command(&words);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    let progress = told.next().unwrap().unwrap();
    assert!(progress.contains("of 30 visits examined"), "{progress}");
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let stopping = told.next().unwrap().unwrap();
    assert!(stopping.starts_with("Stopping"), "{stopping}");
    let ended = crate::ended(&child.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(130), "{}", ended.out);
    assert!(ended.out.contains("Stopped. "), "{}", ended.out);
    assert!(!ended.out.contains("Stopped. 30 visits"), "{}", ended.out);
}

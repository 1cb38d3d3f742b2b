//! `tazy export` on a store with orders: numbers, differences, growth, signatures, dry runs.

use crate::desk::{desk, lift, order_blocks};
use crate::lab::{Lab, SITE};
use crate::samples::{address, below, host, url};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use tazy::block::list::ListFormat;

/// How a command ended: exit code, standard output, standard error.
fn ended(lab: &Lab, words: &[&str]) -> (i32, String, String) {
    let output = lab.command(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The numbers of the lists that went out.
fn serials(lab: &Lab) -> Vec<u64> {
    let issues = json_lines(&lab.run(&["export", "issues", "--json"]));
    issues
        .iter()
        .map(|issue| issue["serial"].as_u64().unwrap())
        .collect()
}

#[test]
fn the_same_state_gives_the_same_bytes_and_a_lifted_block_leaves_at_the_next_serial() {
    let lab = desk();
    let (shop, lavka) = (host("shop.free.example"), below("lavka.free.example"));
    let request = order_blocks(&lab.store(), &[shop, lavka.clone()], 0);
    let said = lab.run(&["export", "rpz", "--out", "rpz.zone"]);
    assert!(said.contains("2 of 2 entries"), "{said}");
    let first = read(&lab.path("rpz.zone"));
    assert!(first.contains("*.lavka.free.example CNAME .\n"), "{first}");
    assert!(
        first.contains("; Title: Тізім\n; Unit: Cyber unit\n"),
        "{first}"
    );
    let serial = serials(&lab)[0];
    assert!(
        first.contains(&format!("( {serial} ")) && serial % 100 == 1,
        "{first}"
    );

    lab.run(&["export", "rpz", "--out", "rpz.zone"]);
    assert_eq!(read(&lab.path("rpz.zone")), first, "byte for byte");
    let to_stdout = lab.run(&["export", "rpz"]);
    assert_eq!(to_stdout, first);
    assert_eq!(serials(&lab).len(), 1, "no new number without a change");
    assert_eq!(
        lab.run(&["export", "diff"]),
        "0 new, 0 gone, 0 changed; 2 entries\n"
    );

    lift(&lab.store(), &request, &lavka);
    let diff = lab.run(&["export", "diff"]);
    assert!(
        diff.starts_with("- *.lavka[.]free[.]example (drug_sale, b-"),
        "{diff}"
    );
    let zone = lab.run(&["export", "rpz"]);
    assert!(!zone.contains("lavka"), "{zone}");
    let [before, after] = serials(&lab)[..] else {
        panic!("two lists");
    };
    assert!(after > before && zone.contains(&format!("( {after} ")));
    let (from, to) = (before.to_string(), after.to_string());
    let lines = json_lines(&lab.run(&["export", "diff", "--from", &from, "--to", &to, "--json"]));
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["change"], "removed");
    assert_eq!(lines[0]["entry"]["order"]["number"], "KZ-17");
    let lines = json_lines(&lab.run(&["export", "diff", "--from", &to, "--to", &from, "--json"]));
    assert_eq!(lines[0]["change"], "added");
    let (code, _, said) = ended(&lab, &["export", "diff", "--from", "7"]);
    assert_eq!(
        (code, said.contains("no list 7 went out")),
        (2, true),
        "{said}"
    );
}

#[test]
fn a_list_that_grows_too_fast_waits_for_a_reason() {
    let lab = desk();
    order_blocks(
        &lab.store(),
        &[host("a.free.example"), host("b.free.example")],
        0,
    );
    lab.run(&["export", "hosts", "--out", "hosts.txt"]);
    let before = read(&lab.path("hosts.txt"));
    let many: Vec<_> = (0..11)
        .map(|n| host(&format!("n{n}.free.example")))
        .collect();
    order_blocks(&lab.store(), &many, 10);
    let (code, _, said) = ended(&lab, &["export", "hosts", "--out", "hosts.txt"]);
    assert_eq!(code, 1);
    assert!(
        said.contains("11 new targets on a list of 2") && said.contains("--accept-growth"),
        "{said}"
    );
    assert_eq!(read(&lab.path("hosts.txt")), before, "nothing was written");
    let dry = lab.run(&["export", "hosts", "--dry-run"]);
    assert!(dry.contains("It would be stopped: 11 new targets"), "{dry}");
    let (code, _, _) = ended(&lab, &["export", "hosts", "--accept-growth", "  "]);
    assert_eq!(code, 2, "a reason is words");
    assert_eq!(serials(&lab).len(), 1, "nothing was recorded");
    lab.run(&[
        "export",
        "hosts",
        "--accept-growth",
        "order KZ-17, checked by two",
    ]);
    let issues = json_lines(&lab.run(&["export", "issues", "--json"]));
    assert_eq!(issues[1]["growth_accepted"], "order KZ-17, checked by two");
    assert_eq!(issues[1]["entries"], 13);
    assert_eq!(issues[1]["by"], "d.akhmetov");
    let (code, _, _) = ended(&lab, &["export", "hosts"]);
    assert_eq!(code, 0, "accepted once, it stands");
}

#[test]
fn every_format_is_written_signed_and_found_sound_without_the_store() {
    let lab = desk();
    let targets = [
        host("shop.free.example"),
        below("lavka.free.example"),
        url("https://page.free.example/u/shop"),
        address("203.0.113.7"),
    ];
    order_blocks(&lab.store(), &targets, 0);
    lab.run(&["export", "all", "--out", "lists"]);
    let key = lab.run(&["evidence", "key", "show"]);
    let folder = lab.path("lists");
    let report: Value = serde_json::from_str(&read(&folder.join("export-report.json"))).unwrap();
    assert_eq!(report["entries"], 4);
    let formats = report["formats"].as_array().unwrap();
    assert_eq!(formats.len(), ListFormat::ALL.len());
    for (format, told) in ListFormat::ALL.into_iter().zip(formats) {
        let file = folder.join(format.file_name());
        assert_eq!(told["file"], format.file_name());
        let file = file.to_str().unwrap();
        // Nothing of the store is asked.
        let words = [
            "export",
            "check",
            file,
            "--key",
            key.trim(),
            "--store",
            "nowhere",
            "--json",
        ];
        let said = json_lines(&lab.run(&words));
        assert_eq!(said[0]["sound"], true, "{said:?}");
        assert_eq!(said[0]["format"], format.as_str());
        assert_eq!(said[0]["digest"], told["digest"]);
    }
    let dnsmasq = &formats[2];
    assert_eq!(
        (&dnsmasq["format"], &dnsmasq["written"]),
        (&"dnsmasq".into(), &1.into())
    );
    let omitted = dnsmasq["omitted"].as_array().unwrap();
    assert_eq!(omitted.len(), 3);
    assert!(omitted.iter().all(|left| {
        left["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty())
    }));
    let names: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        names.len(),
        2 * ListFormat::ALL.len() + 1,
        "nothing half done is left: {names:?}"
    );
    // Again: not one byte changes, but the report and all lists are there.
    let bytes = |name: &String| std::fs::read(folder.join(name)).unwrap();
    let before: Vec<_> = names.iter().map(bytes).collect();
    lab.run(&["export", "all", "--out", "lists"]);
    assert_eq!(names.iter().map(bytes).collect::<Vec<_>>(), before);
}

#[test]
fn a_file_that_is_not_as_it_was_signed_is_found_out() {
    let lab = desk();
    order_blocks(&lab.store(), &[host("shop.free.example")], 0);
    lab.run(&["export", "plain", "--out", "plain.txt"]);
    let said = lab.run(&["export", "check", "plain.txt"]);
    assert!(
        said.contains("(plain) of 1 entries, as it was signed"),
        "{said}"
    );
    let sound = read(&lab.path("plain.txt"));
    std::fs::write(lab.path("plain.txt"), format!("{sound}bank.example\n")).unwrap();
    let (code, said, _) = ended(&lab, &["export", "check", "plain.txt"]);
    assert_eq!(code, 4);
    assert!(said.contains("not the one that was signed"), "{said}");
    std::fs::write(lab.path("plain.txt"), &sound).unwrap();
    let other = tazy::merkle::Signer::from_seed("tazy.local/x", &[1; 32]).unwrap();
    let key = other.verifier().to_string();
    let (code, said, _) = ended(&lab, &["export", "check", "plain.txt", "--key", &key]);
    assert_eq!(code, 4);
    assert!(said.contains("no trusted key"), "{said}");
    let signature = read(&lab.path("plain.txt.sig"));
    std::fs::write(
        lab.path("plain.txt.sig"),
        signature.replace("plain", "hosts"),
    )
    .unwrap();
    let (code, said, _) = ended(&lab, &["export", "check", "plain.txt"]);
    assert_eq!((code, said.contains("is wrong")), (4, true), "{said}");
    std::fs::remove_file(lab.path("plain.txt.sig")).unwrap();
    let (code, _, said) = ended(&lab, &["export", "check", "plain.txt"]);
    assert_eq!((code, said.contains("--signature")), (1, true), "{said}");
    let (code, _, said) = ended(
        &lab,
        &["export", "check", "plain.txt", "--store", "nowhere"],
    );
    assert_eq!((code, said.contains("--key")), (2, true), "{said}");
}

#[test]
fn a_dry_run_names_what_else_would_be_hit_and_records_nothing() {
    let lab = desk();
    order_blocks(&lab.store(), &[host(SITE)], 0);
    let size = lab.store().log_size();
    let said = lab.run(&["export", "rpz", "--dry-run"]);
    assert!(said.contains("would go out: 1 entries; 1 new"), "{said}");
    // The entry is about the first page of three.
    assert!(
        said.contains("also hit: hxxp://lavka[.]example/goods?b=2&a=1 (by lavka[.]example"),
        "{said}"
    );
    assert!(
        said.contains("also hit: hxxp://lavka[.]example/logo.gif"),
        "{said}"
    );
    assert!(
        !said.contains("also hit: hxxp://lavka[.]example/ ") && !said.contains("other"),
        "{said}"
    );
    let lines = json_lines(&lab.run(&["export", "all", "--dry-run", "--json"]));
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!(
        (of("list"), of("format"), of("beside")),
        (1, ListFormat::ALL.len(), 2)
    );
    assert!(
        lines
            .iter()
            .any(|line| line["url"] == "http://lavka.example/logo.gif")
    );
    assert_eq!(lab.store().log_size(), size, "nothing was recorded");
    // An address that hosts were found at hits all of them.
    order_blocks(&lab.store(), &[address("192.0.2.7")], 10);
    let said = lab.run(&["export", "nftables", "--dry-run"]);
    assert!(
        said.contains("hxxp://other[.]example/ (by 192[.]0[.]2[.]7"),
        "{said}"
    );
}

#[test]
fn an_export_says_what_is_missing_and_what_to_do() {
    let lab = desk();
    let (code, _, said) = ended(&lab, &["export", "rpz", "--json"]);
    assert_eq!((code, said.contains("--out FILE")), (2, true), "{said}");
    let (code, _, said) = ended(&lab, &["export", "rpz", "--garden", "x y"]);
    assert_eq!(
        (code, said.contains("not a host name")),
        (2, true),
        "{said}"
    );
    assert_eq!(
        lab.run(&["export", "issues"]),
        "No list went out yet. The first: tazy export all --out DIR\n"
    );
    std::fs::write(lab.path("store/tazy.toml"), "[block]\n").unwrap();
    let (code, _, said) = ended(&lab, &["export", "rpz"]);
    assert_eq!(
        (code, said.contains("unit = \"NAME\"")),
        (2, true),
        "{said}"
    );
    std::fs::write(lab.path("store/tazy.toml"), "[block]\nunits = \"x\"\n").unwrap();
    let (code, _, said) = ended(&lab, &["export", "rpz"]);
    assert_eq!(
        (code, said.contains("did you mean `unit`")),
        (2, true),
        "{said}"
    );
    std::fs::write(
        lab.path("store/tazy.toml"),
        "[block]\nunit = \"x\"\nrpz_origin = \"no name\"\n",
    )
    .unwrap();
    let (code, _, said) = ended(&lab, &["export", "rpz"]);
    assert_eq!(
        (code, said.contains("block.rpz_origin")),
        (2, true),
        "{said}"
    );
}

#[test]
fn a_format_that_cannot_hold_the_list_is_named_and_an_older_file_of_it_is_taken_away() {
    let lab = desk();
    order_blocks(&lab.store(), &[host("shop.free.example")], 0);
    lab.run(&["export", "all", "--out", "lists"]);
    assert!(lab.path("lists/xarf.jsonl").exists());
    // Abuse desks are told whom to answer: without an address there is no report.
    std::fs::write(
        lab.path("store/tazy.toml"),
        "[block]\nunit = \"Cyber unit\"\n",
    )
    .unwrap();
    let said = lab.run(&["export", "all", "--out", "lists"]);
    assert!(said.contains("xarf: not written: "), "{said}");
    assert!(!lab.path("lists/xarf.jsonl").exists() && !lab.path("lists/xarf.jsonl.sig").exists());
    let report: Value = serde_json::from_str(&read(&lab.path("lists/export-report.json"))).unwrap();
    assert!(report["unfit"]["xarf"].is_string(), "{report}");
    let (code, _, _) = ended(&lab, &["export", "xarf"]);
    assert_eq!(code, 1);
}

#[test]
fn what_became_protected_after_it_was_ordered_enters_no_list() {
    let lab = desk();
    let targets = [
        host("egov.kz"),
        below("lavka.free.example"),
        host("shop.free.example"),
    ];
    // The rules by which it was asked for did not know the name.
    order_blocks(&lab.store(), &targets, 0);
    let (code, list, said) = ended(&lab, &["export", "plain"]);
    assert_eq!(code, 0);
    assert!(
        !list.contains("egov") && list.contains("\nshop.free.example\n"),
        "{list}"
    );
    assert!(
        said.contains("egov[.]kz is withheld: ") && said.contains("(protected_name)"),
        "{said}"
    );
    let line = &json_lines(&lab.run(&["export", "plain", "--out", "plain.txt", "--json"]))[0];
    assert_eq!(line["withheld"][0]["target"], "egov.kz");
    assert_eq!(
        line["withheld"][0]["objections"][0]["code"],
        "protected_name"
    );
    assert_eq!(line["entries"], 2);
    assert_eq!(
        lab.run(&["export", "diff"]),
        "0 new, 0 gone, 0 changed; 2 entries\n"
    );
}

#[test]
fn people_get_a_table_without_live_links_and_readers_a_register_in_utf8() {
    let lab = desk();
    order_blocks(&lab.store(), &[host("shop.free.example")], 0);
    lab.run(&["export", "csv", "--for-people", "--out", "people.csv"]);
    let people = read(&lab.path("people.csv"));
    assert!(people.starts_with('\u{feff}'), "{people}");
    assert!(people.contains("shop[.]free[.]example"), "{people}");
    assert!(!people.contains("shop.free.example"), "{people}");
    lab.run(&["export", "register", "--utf8", "--out", "register.xml"]);
    let register = read(&lab.path("register.xml"));
    assert!(register.contains("encoding=\"utf-8\"") || register.contains("encoding=\"UTF-8\""));
}

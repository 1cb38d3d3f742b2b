//! All scopes in all formats: what a reader takes from the file is exactly what was approved, or nothing.

use super::samples::{EXCHANGE, every_scope, full, written};
use serde_json::Value;
use std::collections::BTreeSet;
use tazy::block::list::exchange::read_register;
use tazy::block::list::{BlockList, ListFormat};
use tazy::block::{BlockTarget, HostName, ScopeKind};
use tazy::suspect::SuspectUrl;

/// What a reader of the format would block.
fn read_back(format: ListFormat, bytes: &[u8]) -> BTreeSet<BlockTarget> {
    let text = || String::from_utf8(bytes.to_vec()).unwrap();
    match format {
        ListFormat::Csv => {
            let mut reader = csv::Reader::from_reader(bytes);
            let rows = reader.records().map(Result::unwrap);
            rows.map(|row| target(&row[1], &row[2])).collect()
        }
        ListFormat::Jsonl => {
            let rows = text();
            let rows = rows.lines().skip(1).map(|line| {
                let row: Value = serde_json::from_str(line).unwrap();
                let keys = ["url", "host", "domain", "address"];
                let value = keys.iter().find_map(|key| row[key].as_str()).unwrap();
                target(row["scope"].as_str().unwrap(), value)
            });
            rows.collect()
        }
        ListFormat::Stix => {
            let bundle: Value = serde_json::from_slice(bytes).unwrap();
            let objects = bundle["objects"].as_array().unwrap();
            let patterns = objects
                .iter()
                .filter_map(|object| object["pattern"].as_str());
            patterns.map(pattern_target).collect()
        }
        ListFormat::Misp => {
            let event: Value = serde_json::from_slice(bytes).unwrap();
            let attributes = event["Event"]["Attribute"].as_array().unwrap();
            let targets = attributes.iter().map(|attribute| {
                let scope = match attribute["type"].as_str().unwrap() {
                    "url" => "url",
                    "hostname" => "host",
                    "domain" => "host_and_below",
                    "ip-dst" => "address",
                    other => panic!("{other}"),
                };
                target(scope, attribute["value"].as_str().unwrap())
            });
            targets.collect()
        }
        ListFormat::Xarf => {
            let rows = text();
            let rows = rows.lines().map(|line| {
                let row: Value = serde_json::from_str(line).unwrap();
                target("url", row["url"].as_str().unwrap())
            });
            rows.collect()
        }
        ListFormat::Register => read_register(bytes)
            .unwrap()
            .iter()
            .map(|record| record.target().unwrap())
            .collect(),
        other => panic!("{other:?} is no exchange format"),
    }
}

fn target(scope: &str, value: &str) -> BlockTarget {
    match scope {
        "url" => BlockTarget::Url(SuspectUrl::parse(value).unwrap()),
        "host" => BlockTarget::Host(HostName::parse(value).unwrap()),
        "host_and_below" => BlockTarget::HostAndBelow(HostName::parse(value).unwrap()),
        "address" => BlockTarget::Address(value.parse().unwrap()),
        other => panic!("{other}"),
    }
}

/// Reads the patterns that are written, and no others.
fn pattern_target(pattern: &str) -> BlockTarget {
    let inner = pattern
        .strip_prefix('[')
        .unwrap()
        .strip_suffix(']')
        .unwrap();
    let (kind, rest) = inner.split_once(":value = '").unwrap();
    let mut value = String::new();
    let mut characters = rest.chars();
    let rest = loop {
        match characters.next().unwrap() {
            '\\' => value.push(characters.next().unwrap()),
            '\'' => break characters.as_str(),
            c => value.push(c),
        }
    };
    match (kind, rest) {
        ("url", "") => target("url", &value),
        ("ipv4-addr" | "ipv6-addr", "") => target("address", &value),
        ("domain-name", "") => target("host", &value),
        // The same URL once more, with escapes for what is no part of a URI.
        ("url", other) => {
            let again = other.strip_prefix(" OR url:value = '").unwrap();
            assert_eq!(again.strip_suffix('\'').unwrap(), as_uri(&value));
            target("url", &value)
        }
        ("domain-name", below) => {
            assert_eq!(below, format!(" OR domain-name:value LIKE '%.{value}'"));
            assert!(!value.contains('_'), "it would stand for any character");
            target("host_and_below", &value)
        }
        other => panic!("{other:?}"),
    }
}

/// The one URL of the samples that is no URI (RFC 3986).
fn as_uri(url: &str) -> String {
    match url.split_once("catalog?") {
        Some((start, query)) => {
            let query = query.replace('\\', "%5C").replace('|', "%7C");
            format!("{start}catalog?{}", query.replace(']', "%5D"))
        }
        None => url.to_owned(),
    }
}

fn omitted(format: ListFormat, list: &BlockList) -> BTreeSet<BlockTarget> {
    let report = format.write(list, &mut std::io::sink()).unwrap();
    assert_eq!(report.written + report.omitted.len(), list.entries.len());
    assert!(
        report
            .omitted
            .iter()
            .all(|omission| !omission.reason.is_empty())
    );
    report
        .omitted
        .into_iter()
        .map(|omission| omission.target)
        .collect()
}

#[test]
fn what_is_read_back_is_what_was_approved_or_was_reported_as_left_out() {
    let list = full();
    for format in EXCHANGE {
        let omitted = omitted(format, &list);
        let expected: BTreeSet<BlockTarget> = list
            .entries
            .iter()
            .filter(|entry| !omitted.contains(&entry.target))
            .map(|entry| match (format, &entry.target) {
                // A report about a host names the URL that showed the content: narrower, never wider.
                (ListFormat::Xarf, BlockTarget::Host(_)) => BlockTarget::Url(entry.urls[0].clone()),
                (ListFormat::Xarf, BlockTarget::Url(url)) => target("url", &as_uri(url.as_str())),
                _ => entry.target.clone(),
            })
            .collect();
        assert_eq!(
            read_back(format, &written(format, &list)),
            expected,
            "{format:?}"
        );
        for entry in &list.entries {
            let can = format.can_express(entry.target.scope());
            assert!(
                can || omitted.contains(&entry.target),
                "{format:?} {}",
                entry.target
            );
        }
    }
}

#[test]
fn probes_beside_a_target_are_matched_by_no_format() {
    let probes = [
        "https://shop-a.example/catalog",
        "https://shop-a.example/",
        "http://sub.mirror.free-host.example/",
        "http://free-host.example/",
        "http://notshop-b.example/",
        "http://underxscore.example/",
        "http://shop-b.example.evil.example/",
        "http://203.0.113.8/",
    ];
    let list = full();
    for format in EXCHANGE {
        let read = read_back(format, &written(format, &list));
        for probe in probes.map(|probe| SuspectUrl::parse(probe).unwrap()) {
            let approved = every_scope().iter().any(|target| target.covers(&probe));
            let matched = read.iter().any(|target| target.covers(&probe));
            assert!(approved || !matched, "{format:?} blocks {probe}");
        }
    }
}

#[test]
fn xarf_files_nothing_under_a_type_that_it_is_not() {
    let list = full();
    let report = ListFormat::Xarf.write(&list, &mut std::io::sink()).unwrap();
    for entry in &list.entries {
        let is_known = matches!(
            entry.category.as_str(),
            "phishing"
                | "investment_fraud"
                | "fake_shop"
                | "advance_fee"
                | "job_fraud"
                | "crypto_fraud"
        );
        let is_narrow = matches!(entry.target.scope(), ScopeKind::Url | ScopeKind::Host);
        let left_out = report
            .omitted
            .iter()
            .any(|omission| omission.item == entry.item);
        assert_eq!(left_out, !(is_known && is_narrow), "{}", entry.target);
    }
    let mut without = list.clone();
    without.contact = Some("tel. 102".to_owned());
    let refused = ListFormat::Xarf.write(&without, &mut std::io::sink());
    assert!(refused.unwrap_err().to_string().contains("e-mail"));
}

#[test]
fn the_register_names_a_decision_or_leaves_the_entry_out() {
    let mut list = full();
    list.entries[0].order = None;
    let report = ListFormat::Register
        .write(&list, &mut std::io::sink())
        .unwrap();
    assert_eq!(report.omitted.len(), 1);
    assert_eq!(report.omitted[0].item, list.entries[0].item);
}

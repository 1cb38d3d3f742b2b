//! Each format is accepted by its validator, and its broken twin rejected.

use super::python::{printed, program, python, script};
use super::samples::{KAZAKH, full, list, written};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tazy::block::list::ListFormat;
use tazy::block::list::exchange::{
    RegisterEncoding, read_register, write_human_csv, write_register,
};

fn saved(folder: &tempfile::TempDir, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn text_of(format: ListFormat) -> String {
    String::from_utf8(written(format, &full())).unwrap()
}

fn stix_validator(python: &Path, file: &str) -> Output {
    Command::new(python.with_file_name("stix2_validator"))
        .args(["--version", "2.1", "--strict", file])
        .output()
        .unwrap()
}

#[test]
fn a_stix_bundle_is_valid_in_the_strictest_sense() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let whole = saved(&folder, "list.json", text_of(ListFormat::Stix));
    let output = stix_validator(&python, &whole);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    let empty = saved(
        &folder,
        "empty.json",
        written(ListFormat::Stix, &list(Vec::new())),
    );
    let output = stix_validator(&python, &empty);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
}

#[test]
fn broken_stix_bundles_are_rejected() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let text = text_of(ListFormat::Stix);
    for (name, from, to) in [
        ("pattern.json", "[url:value = 'http", "[url:value = http"),
        ("valid.json", "\"valid_from\"", "\"invalid_from\""),
        (
            "time.json",
            "\"modified\":\"2026-03-05",
            "\"modified\":\"2025-03-05",
        ),
    ] {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text);
        let output = stix_validator(&python, &saved(&folder, name, broken));
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
}

/// Every identifier that an object refers to.
fn references(object: &Value, found: &mut BTreeSet<String>) {
    let Some(fields) = object.as_object() else {
        return;
    };
    for (key, value) in fields {
        if key.ends_with("_ref") || key.ends_with("_refs") {
            let many = value
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![value.clone()]);
            found.extend(many.iter().map(|id| id.as_str().unwrap().to_owned()));
        }
    }
}

fn dangling(bundle: &Value) -> Vec<String> {
    let objects = bundle["objects"].as_array().unwrap();
    let ids: Vec<&str> = objects.iter().map(|o| o["id"].as_str().unwrap()).collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "each object stands once");
    let mut wanted = BTreeSet::new();
    objects
        .iter()
        .for_each(|object| references(object, &mut wanted));
    wanted
        .into_iter()
        .filter(|id| !known.contains(id.as_str()))
        .collect()
}

#[test]
fn every_reference_of_a_bundle_leads_to_an_object_of_it() {
    let mut bundle: Value = serde_json::from_slice(&written(ListFormat::Stix, &full())).unwrap();
    assert_eq!(dangling(&bundle), [""; 0]);
    // The check finds what it is for.
    bundle["objects"].as_array_mut().unwrap().remove(1);
    assert_eq!(dangling(&bundle).len(), 1);
}

const MISP: &str = r#"
import json, sys, jsonschema, pymisp, os
from pymisp import MISPEvent
raw = open(sys.argv[1], encoding="utf-8").read()
data = json.loads(raw)
folder = os.path.join(os.path.dirname(pymisp.__file__), "data")
jsonschema.validate(data, json.load(open(os.path.join(folder, "schema-lax.json"))))
# The strict schema is of 2019 and does not know these two.
for attribute in data["Event"]["Attribute"]:
    attribute.pop("first_seen"); attribute.pop("last_seen")
jsonschema.validate(data, json.load(open(os.path.join(folder, "schema.json"))))
event = MISPEvent()
event.load(raw)
print(event.uuid)
for a in event.attributes:
    assert a.first_seen and a.last_seen and a.to_ids and a.category == "Network activity"
    print(a.type, a.value)
"#;

#[test]
fn a_misp_event_loads_and_its_broken_twins_do_not() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let text = text_of(ListFormat::Misp);
    let loaded = printed(&python, MISP, &[&saved(&folder, "event.json", &text)]);
    assert_eq!(loaded.lines().count(), 12, "{loaded}");
    for line in [
        "domain shop-b.example",
        "hostname mirror.free-host.example",
        "ip-dst 2001:db8::7",
        "url http://203.0.113.9/path",
    ] {
        assert!(
            loaded.lines().any(|found| found == line),
            "{line}: {loaded}"
        );
    }
    for (from, to) in [
        ("\"type\":\"hostname\"", "\"type\":\"host name\""),
        ("\"to_ids\":true", "\"to_ids\":\"yes\""),
    ] {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text);
        let output = script(&python, MISP, &[&saved(&folder, "broken.json", broken)]);
        assert!(!output.status.success(), "{from}");
    }
}

/// The schemas come with the package `xarf`; its own validator is not asked, because it accepts too much.
const XARF: &str = r#"
import json, sys, os, importlib.util
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
folder = os.path.join(os.path.dirname(importlib.util.find_spec("xarf").origin), "schemas")
resources = []
for place, _, files in os.walk(folder):
    for name in files:
        if name.endswith(".json"):
            schema = json.load(open(os.path.join(place, name)))
            resources.append((schema["$id"], Resource.from_contents(schema)))
registry = Registry().with_resources(resources)
master = registry["https://xarf.org/schemas/v4/xarf-v4-master.json"].contents
validator = Draft202012Validator(master, registry=registry, format_checker=FormatChecker())
for line in open(sys.argv[1], encoding="utf-8"):
    report = json.loads(line)
    validator.validate(report)
    print(report["type"], report.get("fraud_type"), report["url"])
"#;

#[test]
fn xarf_reports_follow_every_schema_and_their_broken_twins_do_not() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let text = text_of(ListFormat::Xarf);
    let read = printed(&python, XARF, &[&saved(&folder, "reports.jsonl", &text)]);
    assert_eq!(read.lines().count(), 6, "{read}");
    for (from, to) in [
        ("\"fraud_type\":\"shopping\"", "\"fraud_type\":\"drugs\""),
        ("\"url\":", "\"uri\":"),
        ("\"tags\":[\"category:", "\"tags\":[\"Category:"),
        ("cyber@unit.example", "unit.example"),
    ] {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text, "{from}");
        let output = script(&python, XARF, &[&saved(&folder, "broken.jsonl", broken)]);
        assert!(!output.status.success(), "{from}");
    }
}

fn register(encoding: RegisterEncoding) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_register(&full(), encoding, &mut bytes).unwrap();
    bytes
}

fn xmllint(program: &Path, file: &str) -> bool {
    let output = Command::new(program).args(["--noout", file]).output();
    output.unwrap().status.success()
}

#[test]
fn a_register_is_well_formed_in_both_encodings_and_reads_back() {
    let list = full();
    for encoding in RegisterEncoding::ALL {
        let records = read_register(&register(encoding)).unwrap();
        assert_eq!(records.len(), list.entries.len());
        let mut numbers = BTreeSet::new();
        for (record, entry) in records.iter().zip(&list.entries) {
            assert_eq!(record.target().as_ref(), Some(&entry.target));
            assert_eq!(record.order, entry.order, "{}", encoding.as_str());
            assert_eq!(record.included.unwrap().to_string(), "2026-03-02T09:30:00");
            assert!(numbers.insert(record.id) && record.id < 1 << 31);
        }
        assert!(records[0].order.as_ref().unwrap().organ.contains(KAZAKH));
    }
    let Some(program) = program("xmllint") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for encoding in RegisterEncoding::ALL {
        let bytes = register(encoding);
        assert!(xmllint(&program, &saved(&folder, "register.xml", &bytes)));
        let cut = &bytes[..bytes.len() - 20];
        assert!(!xmllint(&program, &saved(&folder, "cut.xml", cut)));
        assert!(read_register(cut).is_err());
    }
}

const CSV: &str = r#"
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding=sys.argv[2]), strict=True))
for row in rows:
    assert None not in row and None not in row.values()
    for cell in row.values():
        assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠"), cell
    print("\t".join((row["scope"], row["target"], row["guarded"], row["order_organ"])))
"#;

#[test]
fn csv_reads_back_in_python_live_for_machines_and_defanged_for_people() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut list = full();
    list.entries[0].order.as_mut().unwrap().organ = "＝cmd|' /C calc'!A0".to_owned();
    list.entries[1].reasons = "two\r\nlines; =1+1, \"quoted\"".to_owned();
    let bytes = written(ListFormat::Csv, &list);
    let file = saved(&folder, "list.csv", &bytes);
    let read = printed(&python, CSV, &[&file, "utf-8"]);
    let lines: Vec<&str> = read.lines().collect();
    assert_eq!(lines.len(), list.entries.len());
    for (line, entry) in lines.iter().zip(&list.entries) {
        let start = format!(
            "{}\t{}\t",
            entry.target.scope().as_str(),
            entry.target.live()
        );
        assert!(line.starts_with(&start), "{line}");
    }
    assert!(
        lines[0].ends_with("\t1\t'＝cmd|' /C calc'!A0"),
        "{}",
        lines[0]
    );
    assert!(
        bytes
            .split(|b| *b == b'\n')
            .all(|l| l.is_empty() || l.ends_with(b"\r"))
    );
    let mut human = Vec::new();
    write_human_csv(&list, &mut human).unwrap();
    assert!(human.starts_with(b"\xef\xbb\xbf\"item\""));
    let file = saved(&folder, "human.csv", &human);
    let read = printed(&python, CSV, &[&file, "utf-8-sig"]);
    assert!(
        read.contains("url\thxxp://203[.]0[.]113[.]9/path"),
        "{read}"
    );
    assert!(!read.contains("http://") && !read.contains("https://"));
    let broken = saved(
        &folder,
        "broken.csv",
        bytes.strip_suffix(b"\"\r\n").unwrap(),
    );
    assert!(!script(&python, CSV, &[&broken, "utf-8"]).status.success());
}

#[test]
fn json_lines_begin_with_a_header_that_vouches_for_the_rest() {
    let list = full();
    let bytes = written(ListFormat::Jsonl, &list);
    let end = bytes.iter().position(|b| *b == b'\n').unwrap();
    let header: Value = serde_json::from_slice(&bytes[..end]).unwrap();
    let body = &bytes[end + 1..];
    assert_eq!(header["schema"], "tazy.blocklist/1");
    assert_eq!(header["serial"], list.serial);
    assert_eq!(header["count"], list.entries.len());
    assert_eq!(
        header["sha256_of_body"],
        tazy::digest::Digest::of(body).hex()
    );
    let rows: Vec<Value> = body
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(rows.len(), list.entries.len());
    assert_eq!(rows[0]["legal_basis"][0], "kz.communications.41-1");
    assert_eq!(rows[0]["expires"], "2026-09-01");
}

#[test]
fn the_same_list_gives_the_same_bytes() {
    for format in super::samples::EXCHANGE {
        assert_eq!(written(format, &full()), written(format, &full()));
    }
}

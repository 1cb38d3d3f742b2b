//! Measurements as files: what was written once stays readable, and what cannot be relied on is refused.

use super::lab::known;
use jiff::Timestamp;
use serde_json::{Value, json};
use tazy::reach::{Failure, Reach, read_reaches};
use tazy::verify::{BlockVerdict, Confidence, assess};

/// Never made anew: other machines have files like it.
const GOLDEN: &str = include_str!("../../fixtures/reach/v1.json");

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

#[test]
fn measurements_of_the_first_form_read_as_they_were_written() {
    let reaches = read_reaches(GOLDEN.as_bytes(), now()).unwrap();
    let written: Vec<Value> = GOLDEN
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let again: Vec<Value> = reaches
        .iter()
        .map(|reach| serde_json::to_value(reach).unwrap())
        .collect();
    assert_eq!(again, written);
    assert_eq!(reaches[0].tls_handshakes[0].failure, Some(Failure::Timeout));
    let found = assess(&reaches, &known());
    assert_eq!(
        (found.verdict, found.confidence),
        (BlockVerdict::BlockedSniTimeout, Confidence::High)
    );
    let alone = assess(&reaches[..1], &known());
    assert_eq!(alone.verdict, BlockVerdict::Unreachable);
}

/// The first golden measurement with one field changed; a null leaves the field out.
fn changed(pointer: &str, key: &str, value: Value) -> Vec<u8> {
    let mut written: Value = serde_json::from_str(GOLDEN.lines().next().unwrap()).unwrap();
    let object = written
        .pointer_mut(pointer)
        .unwrap()
        .as_object_mut()
        .unwrap();
    if value.is_null() {
        object.remove(key);
    } else {
        object.insert(key.to_owned(), value);
    }
    serde_json::to_vec(&written).unwrap()
}

#[test]
fn what_does_not_say_when_and_where_is_refused_with_what_to_do() {
    for (pointer, key, value, wanted) in [
        ("", "format", json!(2), "same version of tazy"),
        (
            "",
            "measured",
            json!("2026-11-22T13:00:00Z"),
            "ended before it began",
        ),
        (
            "",
            "finished",
            json!("2026-11-01T10:00:00Z"),
            "ended before it began",
        ),
        ("", "vantage", Value::Null, "missing field `vantage`"),
        ("", "input", json!("ftp://shop.example/"), "line 1"),
        ("/vantage", "name", json!(" "), "no name"),
        ("/vantage", "country", Value::Null, "--country"),
        ("/vantage", "country", json!("Kazakhstan"), "--country"),
        ("/vantage", "asn", Value::Null, "--asn"),
        ("/tcp_connect/0/status", "success", json!("yes"), "line 1"),
    ] {
        let error = read_reaches(&changed(pointer, key, value.clone()), now()).unwrap_err();
        assert!(error.to_string().contains(wanted), "{key} {value}: {error}");
    }
    for (at, wanted) in [
        ("2026-11-22T09:00:00Z", "future"),
        ("2026-12-01T10:00:00Z", "older than a week"),
    ] {
        let error = read_reaches(GOLDEN.as_bytes(), at.parse().unwrap()).unwrap_err();
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

#[test]
fn what_is_no_file_of_measurements_is_refused() {
    for text in ["", "\n\n", "{}", "[]", "not json", "\u{0}"] {
        assert!(read_reaches(text.as_bytes(), now()).is_err(), "{text:?}");
    }
    let long = vec![b' '; 9 << 20];
    assert!(
        read_reaches(&long, now())
            .unwrap_err()
            .to_string()
            .contains("8 MiB")
    );
    let first = GOLDEN.lines().next().unwrap();
    let many = format!("{first}\n").repeat(1_001);
    assert!(read_reaches(many.as_bytes(), now()).is_err());
}

#[test]
fn a_flood_of_events_is_refused() {
    let mut reach: Reach = serde_json::from_str(GOLDEN.lines().next().unwrap()).unwrap();
    reach.tcp_connect = vec![reach.tcp_connect[0].clone(); 6_000];
    let text = serde_json::to_vec(&reach).unwrap();
    assert!(
        read_reaches(&text, now())
            .unwrap_err()
            .to_string()
            .contains("5000 events")
    );
    reach.tcp_connect.clear();
    reach.queries.clear();
    reach.tls_handshakes.clear();
    let text = serde_json::to_vec(&reach).unwrap();
    assert!(
        read_reaches(&text, now())
            .unwrap_err()
            .to_string()
            .contains("nothing was measured")
    );
}

//! `tazy serve`: lists over HTTP.

use super::lab::{Lab, Served};
use std::process::Command;
use tazy::digest::Digest;

fn served_list() -> (Lab, Served) {
    let lab = Lab::new();
    lab.order(&["shop-a.example", "shop-b.example"]);
    lab.issue(2_026_030_601, "2026-03-06T06:00:00.1234567Z");
    let served = Served::start(&lab, &[]);
    (lab, served)
}

#[test]
fn the_issued_list_is_served_in_every_format_with_its_serial() {
    let (_lab, served) = served_list();
    let index = served.get("/lists/");
    assert_eq!(index.status, 200, "{}", index.text());
    assert_eq!(index.header("x-tazy-serial"), "2026030601");
    let index = index.json();
    assert_eq!(
        (&index["serial"], &index["entries"]),
        (&2_026_030_601_u64.into(), &2.into())
    );
    assert_eq!(index["unit"], "Cyber unit");
    let formats = index["formats"].as_array().unwrap();
    assert_eq!(formats.len(), 15);
    for format in formats {
        let list = served.get(format["href"].as_str().unwrap());
        assert_eq!(list.status, 200, "{format}");
        assert_eq!(list.body.len() as u64, format["bytes"].as_u64().unwrap());
        let digest = Digest::of(&list.body);
        assert_eq!(format["digest"], digest.to_string());
        assert_eq!(list.header("etag"), format!("\"{}\"", digest.hex()));
        assert_eq!(list.header("x-tazy-serial"), "2026030601");
        assert_eq!(
            list.header("last-modified"),
            "Fri, 06 Mar 2026 06:00:00 GMT"
        );
        assert_eq!(list.header("x-content-type-options"), "nosniff");
        assert!(
            list.header("content-security-policy")
                .starts_with("default-src 'none'")
        );
    }
    let csv = served.get("/lists/csv");
    let signature = served.get("/lists/csv.sig");
    let signed = format!(
        "tazy list/1\nformat csv\nserial 2026030601\nentries 2\ndigest {}\n\n\u{2014} ",
        Digest::of(&csv.body)
    );
    assert!(
        signature.text().starts_with(&signed),
        "{}",
        signature.text()
    );
    let jsonl = served.get("/lists/jsonl");
    assert_eq!(jsonl.text().lines().count(), 3);
    assert!(jsonl.text().contains("\"contact\":\"cyber@unit.example\""));
    assert_eq!(served.get("/health").json()["status"], "ok");
}

#[test]
fn what_a_client_has_is_not_sent_again() {
    let (_lab, served) = served_list();
    for target in ["/lists/", "/lists/csv"] {
        let whole = served.get(target);
        let tag = whole.header("etag").to_owned();
        let weak = format!("\"x\", W/{tag}");
        for known in [tag.as_str(), weak.as_str(), "*"] {
            let again = served.ask("GET", target, &[("If-None-Match", known)]);
            assert_eq!((again.status, again.body.len()), (304, 0), "{known}");
            assert_eq!(again.header("etag"), tag);
            assert_eq!(again.header("x-tazy-serial"), "2026030601");
        }
        let other = served.ask("GET", target, &[("If-None-Match", "\"other\"")]);
        assert_eq!((other.status, &other.body), (200, &whole.body));
        let since = [("If-Modified-Since", whole.header("last-modified"))];
        assert_eq!(served.ask("GET", target, &since).status, 304);
        let head = served.ask("HEAD", target, &[]);
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.header("content-length"), whole.body.len().to_string());
    }
}

#[test]
fn a_new_issue_is_served_while_the_server_runs_and_nothing_before_it_is_issued() {
    let lab = Lab::new();
    let first = lab.order(&["shop-a.example"]);
    let served = Served::start(&lab, &[]);
    let none = served.get("/lists/");
    assert_eq!(none.status, 404);
    assert_eq!(none.header("cache-control"), "no-store");
    assert!(
        none.text().contains("no list was issued"),
        "{}",
        none.text()
    );
    lab.issue(2_026_030_601, "2026-03-06T06:00:00Z");
    served.wait_for("/lists/", |answered| answered.status == 200);
    // Ordered, but not issued.
    lab.order(&["shop-b.example"]);
    lab.lift(&first);
    std::thread::sleep(std::time::Duration::from_secs(6));
    let list = served.get("/lists/jsonl");
    assert!(list.text().contains("shop-a.example") && !list.text().contains("shop-b.example"));
    lab.issue(2_026_030_701, "2026-03-07T06:00:00Z");
    served.wait_for("/lists/", |a| a.header("x-tazy-serial") == "2026030701");
    let list = served.get("/lists/jsonl");
    assert!(!list.text().contains("shop-a.example") && list.text().contains("shop-b.example"));
}

#[test]
fn only_lists_are_given_out_and_only_given_out() {
    let (_lab, served) = served_list();
    for target in [
        "/",
        "/lists",
        "/lists/../tazy.toml",
        "/lists/%2e%2e%2fFORMAT",
        "/lists/nothing",
        "/lists/csv/x",
        "/journal.jsonl",
    ] {
        assert_eq!(served.get(target).status, 404, "{target}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        assert_eq!(
            served.ask(method, "/lists/csv", &[]).status,
            405,
            "{method}"
        );
    }
    // A page in a browser that was led here by a name of its own.
    let rebound = served.ask("GET", "/lists/csv", &[("Host", "evil.example:8742")]);
    assert_eq!(rebound.status, 421);
    assert!(!rebound.text().contains("evil.example"));
    let local = served.ask("GET", "/lists/csv", &[("Host", "localhost:1")]);
    assert_eq!(local.status, 200);
}

#[test]
fn requests_that_are_too_large_are_refused_and_the_server_lives() {
    let (_lab, served) = served_list();
    let long = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nX: {}\r\n\r\n",
        served.address,
        "a".repeat(40_000)
    );
    let answered = served.send(long.as_bytes());
    assert!(!answered.starts_with(b"HTTP/1.1 200"));
    let many = "A: b\r\n".repeat(200);
    let many = format!(
        "GET /lists/ HTTP/1.1\r\nHost: {}\r\n{many}\r\n",
        served.address
    );
    assert!(served.send(many.as_bytes()).starts_with(b"HTTP/1.1 431"));
    assert!(
        served
            .send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
            .len()
            < 200
    );
    assert_eq!(served.get("/lists/").status, 200);
}

fn make_token(lab: &Lab, name: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tazy"))
        .args(["serve", "token", name])
        .output()
        .unwrap();
    assert!(output.status.success());
    let line = String::from_utf8(output.stdout).unwrap();
    let mut file = std::fs::read_to_string(lab.path("tokens")).unwrap_or_default();
    file.push_str(&line);
    std::fs::write(lab.path("tokens"), file).unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let token = told.lines().last().unwrap().to_owned();
    assert!(token.starts_with("tazy_") && !line.contains(&token));
    token
}

#[test]
fn with_tokens_only_those_who_have_one_are_answered() {
    let lab = Lab::new();
    lab.order(&["shop-a.example"]);
    lab.issue(2_026_030_601, "2026-03-06T06:00:00Z");
    let (customs, bank) = (make_token(&lab, "customs"), make_token(&lab, "bank"));
    let tokens = lab.path("tokens");
    let served = Served::start(&lab, &["--tokens", tokens.to_str().unwrap()]);
    let ask = |value: &str| {
        served
            .ask(
                "GET",
                "/lists/csv",
                &[("Authorization", value), ("Host", "lists.unit.example")],
            )
            .status
    };
    assert_eq!(ask(&format!("Bearer {customs}")), 200);
    assert_eq!(ask(&format!("bearer {bank}")), 200);
    let basic = |user: &str, password: &str| {
        let pair = format!("{user}:{password}");
        format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()))
    };
    assert_eq!(ask(&basic("customs", &customs)), 200);
    for wrong in [
        basic("bank", &customs),
        format!("Bearer {customs}x"),
        format!("Bearer {}", Digest::of(customs.as_bytes())),
        "Bearer ".to_owned(),
        "Basic %%%".to_owned(),
        customs.clone(),
    ] {
        assert_eq!(ask(&wrong), 401, "{wrong}");
    }
    let none = served.get("/taxii2/");
    assert_eq!(none.status, 401);
    assert!(none.header("www-authenticate").starts_with("Basic "));
    assert_eq!(none.json()["http_status"], "401");
    assert_eq!(served.get("/health").status, 200);
    let (code, log) = served.interrupt(&lab);
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("customs GET /lists/csv 200"), "{log}");
    assert!(log.contains("- GET /taxii2/ 401"), "{log}");
    assert!(!log.contains(&customs) && !log.contains(&bank));
}

#[test]
fn other_machines_are_served_with_tokens_only() {
    let lab = Lab::new();
    std::fs::write(lab.path("empty"), "# none\n").unwrap();
    let empty = lab.path("empty").to_str().unwrap().to_owned();
    for (more, says) in [
        (vec!["--listen", "0.0.0.0:0"], "there are no tokens"),
        (
            vec!["--listen", "127.0.0.1:0", "--tokens", &empty],
            "no token in it",
        ),
        (vec!["--listen", "here"], "invalid value"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_tazy"))
            .args(["serve", "--store"])
            .arg(lab.path("store"))
            .args(&more)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(says), "{told}");
    }
}

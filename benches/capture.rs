//! What it costs to keep a page of 40 KB as evidence, beside what it costs to examine it, one thread:
//! `cargo bench --bench capture`. Without fsync, which costs time and no work.

#![expect(clippy::expect_used, reason = "a bench without its data is no bench")]

use divan::Bencher;
use std::fmt::Write as _;
use std::time::Duration;
use tazy::capture::{Capture, Circumstances, WarcWriter, read_capture, seal, verify_written};
use tazy::fetch::{Header, Provenance, Response};
use tazy::id::RunId;
use tazy::rules::Ruleset;
use tazy::suspect::SuspectUrl;
use tazy::verdict;

const PAGE: usize = 40_000;

fn main() {
    divan::main();
}

/// A shop's page: repeated markup around prices and words that differ.
fn answer() -> Response {
    let mut random = fastrand::Rng::with_seed(5);
    let mut html = "<!doctype html><title>Каталог</title>".to_owned();
    while html.len() < PAGE {
        let (name, price) = (random.u32(..), random.u16(..));
        write!(
            html,
            "<div class=\"card\"><a href=\"/item/{name:x}\">Товар {name}</a><p>Цена {price} тенге, доставка по городу</p></div>"
        )
        .expect("text grows");
    }
    let header = |name: &str, value: &str| Header {
        name: name.to_owned(),
        value: value.as_bytes().to_vec(),
    };
    Response {
        url: SuspectUrl::parse("https://bench.invalid/").expect("a URL"),
        started: "2026-03-01T10:00:00Z".parse().expect("a time"),
        duration: Duration::from_millis(80),
        version: "HTTP/2",
        status: 200,
        request_headers: vec![header("user-agent", "tazy")],
        headers: vec![header("content-type", "text/html; charset=utf-8")],
        body: html.into_bytes(),
        truncated: None,
        remote_addr: None,
        tls: None,
        provenance: Provenance::default(),
    }
}

fn sealed(answer: Response) -> Capture {
    let circumstances = Circumstances {
        run: &RunId::from_written("r-bench"),
        site: "bench.invalid",
        referrer: None,
        via: None,
        hop: 0,
        profile: "honest",
        robots: None,
        attempts_before: &[],
    };
    seal(answer, &circumstances)
}

#[divan::bench]
fn seal_page(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(answer).bench_local_values(sealed);
}

#[divan::bench]
fn write_page(bencher: Bencher<'_, '_>) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut writer = WarcWriter::new(directory.path(), "bench");
    let capture = sealed(answer());
    bencher.bench_local(|| writer.append(&capture).expect("room"));
}

#[divan::bench]
fn read_page_back_as_bytes(bencher: Bencher<'_, '_>) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut writer = WarcWriter::new(directory.path(), "bench");
    let manifest = writer.append(&sealed(answer())).expect("room");
    let position = manifest.warc.expect("a position");
    bencher.bench_local(|| verify_written(directory.path(), &position).expect("as written"));
}

#[divan::bench]
fn read_page(bencher: Bencher<'_, '_>) {
    let directory = tempfile::tempdir().expect("a directory");
    let mut writer = WarcWriter::new(directory.path(), "bench");
    let manifest = writer.append(&sealed(answer())).expect("room");
    bencher.bench_local(|| read_capture(directory.path(), &manifest).expect("a capture"));
}

#[divan::bench]
fn examine_page(bencher: Bencher<'_, '_>) {
    let ruleset = Ruleset::embedded().expect("the embedded rules load");
    let capture = sealed(answer());
    bencher.bench_local(|| verdict::examine(&capture, &ruleset));
}

//! What it costs to write 100,000 entries in every format, with the memory that writing takes beside the list:
//! `cargo bench --bench lists`.

#![expect(clippy::expect_used, reason = "a bench without its data is no bench")]

use divan::{AllocProfiler, Bencher};
use std::io::{self, Write};
use std::sync::LazyLock;
use tazy::block::list::{BlockList, Coverage, ListEntry, ListFormat, digest_of};
use tazy::block::{BlockTarget, HostName, ItemEvidence};
use tazy::digest::Digest;
use tazy::id::{CaptureId, FlagId, ItemId, RequestId};
use tazy::rules::Category;
use tazy::suspect::SuspectUrl;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const ENTRIES: u32 = 100_000;

static LIST: LazyLock<BlockList> = LazyLock::new(list);

fn main() {
    LazyLock::force(&LIST);
    divan::main();
}

/// As orders come: hosts and what is below them, one in five a page, one in twenty an address.
fn list() -> BlockList {
    let mut random = fastrand::Rng::with_seed(7);
    let request = RequestId::from_written("b-bench");
    let mut list = BlockList {
        title: "Bench".to_owned(),
        unit: "Unit".to_owned(),
        contact: Some("unit@police.example".to_owned()),
        serial: 2_026_112_201,
        generated: "2026-11-22T10:00:00Z".parse().expect("a time"),
        entries: (0..ENTRIES)
            .map(|n| entry(&request, n, random.u32(..)))
            .collect(),
    };
    list.sort();
    list
}

fn entry(request: &RequestId, n: u32, noise: u32) -> ListEntry {
    let name = format!("shop-{noise:x}.market-{}.example", n % 9973);
    let url = SuspectUrl::parse(&format!("http://{name}/catalog/item?id={noise}&lang=ru"));
    let url = url.expect("a URL");
    let host = HostName::parse(&name).expect("a name");
    let target = match n % 20 {
        0 => BlockTarget::Address(std::net::Ipv4Addr::from(0x0b00_0000 | n).into()),
        1..=4 => BlockTarget::Url(url.clone()),
        5..=11 => BlockTarget::Host(host),
        _ => BlockTarget::HostAndBelow(host),
    };
    let time = "2026-11-20T10:00:00Z".parse().expect("a time");
    ListEntry {
        item: ItemId::of_target(request, &target.live()),
        request: request.clone(),
        flag: FlagId::of_site(&name),
        target,
        urls: vec![url.clone()],
        category: Category::DrugSale,
        decided: time,
        grounds: vec!["kz.criminal_code.297".to_owned()],
        reasons: "The page offers goods and names a place to pick them up.".to_owned(),
        order: None,
        evidence: vec![ItemEvidence {
            capture: CaptureId::of_block(url.as_str(), time, &Digest::of(b"")),
            url,
            fetched: time,
            status: 200,
            payload_digest: Digest::of(name.as_bytes()),
            block_digest: Digest::of(name.as_bytes()),
            screenshot: None,
        }],
        first_seen: time,
        last_seen: time,
        review_by: "2027-05-20".parse().expect("a date"),
    }
}

/// A file is written through a buffer, too.
fn write_with(format: ListFormat) -> usize {
    let mut out = io::BufWriter::new(io::sink());
    let report = format.write(&LIST, &mut out).expect("a list");
    out.flush().expect("room");
    report.written
}

#[divan::bench(args = ListFormat::ALL, sample_count = 5)]
fn write_format(bencher: Bencher<'_, '_>, format: ListFormat) {
    bencher.bench_local(|| write_with(format));
}

#[divan::bench(sample_count = 5)]
fn digest_entries(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| digest_of(&LIST.entries).expect("JSON"));
}

#[divan::bench(sample_count = 5)]
fn ask_about_every_url(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| {
        let reach = Coverage::of(&LIST.entries);
        let urls = LIST.entries.iter().flat_map(|entry| &entry.urls);
        urls.filter(|url| reach.hits(url, None).is_some()).count()
    });
}

/// What the list itself takes.
#[divan::bench(sample_count = 1)]
fn hold_entries(bencher: Bencher<'_, '_>) {
    bencher.bench_local(list);
}

//! A large list: how long it takes, and what memory grows by.

use super::samples::{EXCHANGE, entry, host, list, url};
use std::time::{Duration, Instant};
use tazy::block::BlockTarget;
use tazy::rules::Category;

const ENTRIES: usize = 100_000;

/// Peak of this process's memory since it was reset, KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Run it with optimization, and alone:
/// `cargo test --release --test exchange -- --ignored --nocapture --test-threads 1`
#[test]
#[ignore = "it measures; without optimization it says nothing"]
fn a_hundred_thousand_entries_are_written_in_two_seconds_and_little_memory() {
    let entries = (0..ENTRIES).map(|number| {
        let target = match number % 3 {
            0 => BlockTarget::Url(url(&format!(
                "https://shop-{number}.example/catalog?a={number}"
            ))),
            1 => BlockTarget::Host(host(&format!("shop-{number}.example"))),
            _ => BlockTarget::HostAndBelow(host(&format!("shop-{number}.example"))),
        };
        entry(target, Category::Phishing)
    });
    let list = list(entries.collect());
    let mut slow = Vec::new();
    for format in EXCHANGE {
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = peak_kib();
        #[expect(clippy::disallowed_methods, reason = "it measures")]
        let begun = Instant::now();
        let report = format.write(&list, &mut std::io::sink()).unwrap();
        let took = begun.elapsed();
        let grew = peak_kib().saturating_sub(before);
        println!(
            "{}: {} entries, {took:?}, {grew} KiB",
            format.as_str(),
            report.written
        );
        if took >= Duration::from_secs(2) || grew >= 100 * 1024 {
            slow.push(format);
        }
    }
    assert_eq!(slow, [], "slow, or large");
}

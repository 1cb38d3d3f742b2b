//! Every site under `fixtures/sites/` is served on loopback, scanned through the real crawler, and must
//! give what its `expect.toml` says. Adding a case is adding a folder.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use tazy::app::demo::{DemoServer, FixtureSite, fixture_sites};
use tazy::app::{App, ScanEvent, ScanSettings, Stop, scan};
use tazy::capture::Capture;
use tazy::clock::SystemClock;
use tazy::fetch::AddressGuard;
use tazy::flag::{SiteVerdict, Visit};
use tazy::rules::Ruleset;
use tazy::store::Store;
use tazy::suspect::SuspectUrl;
use tazy::verdict::{Band, examine, judge};

/// Scans the fixture sites the way `tazy demo` does.
async fn scan_fixtures(sites: Vec<FixtureSite>) -> BTreeMap<String, Visit> {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock);
    let (store, _) = Store::open(directory.path(), clock.clone()).unwrap();
    let server = DemoServer::start(sites).await.unwrap();
    let app = App {
        store: Arc::new(store),
        ruleset: Arc::new(Ruleset::embedded().unwrap()),
        clock,
        resolver: server.resolver(),
    };
    let mut settings = ScanSettings::default();
    settings.fetch.guard = AddressGuard {
        allow_private: true,
    };
    settings.politeness.rate_per_host = 1000.0;
    settings.politeness.global_rate = 100_000;
    settings.politeness.allow_any_rate = true;
    let mut visits = BTreeMap::new();
    scan(
        &app,
        server.suspects(),
        None,
        settings,
        Stop::default(),
        &mut |event| {
            if let ScanEvent::SiteFinished { visit } = event {
                visits.insert(visit.site.clone(), visit.clone());
            }
        },
    )
    .await
    .unwrap();
    visits
}

/// What is wrong with a visit, in words; empty if it is as expected.
fn differences(site: &FixtureSite, visit: &Visit) -> Vec<String> {
    let mut wrong = Vec::new();
    let verdict = match visit.verdict {
        SiteVerdict::Flagged => "flagged",
        SiteVerdict::Clear => "clear",
        SiteVerdict::Gated => "gated",
        SiteVerdict::Unreachable => "unreachable",
    };
    let top = visit.categories.first();
    if verdict != site.expected.verdict {
        let score = top.map_or_else(String::new, |top| {
            format!(" ({} {:.2})", top.category, top.score)
        });
        wrong.push(format!(
            "is {verdict}{score}, not {}",
            site.expected.verdict
        ));
    }
    if let (Some(family), SiteVerdict::Flagged) = (&site.expected.family, visit.verdict) {
        let found = top.map_or("none", |top| top.family.as_str());
        if found != family {
            wrong.push(format!("its family is {found}, not {family}"));
        }
    }
    let fired: Vec<&str> = visit
        .categories
        .iter()
        .flat_map(|category| category.findings.iter().chain(&category.against))
        .map(|finding| finding.rule.as_str())
        .collect();
    for rule in &site.expected.must_fire {
        if !fired.contains(&rule.as_str()) {
            wrong.push(format!("{rule} does not hold"));
        }
    }
    for rule in &site.expected.must_not_fire {
        if fired.contains(&rule.as_str()) {
            wrong.push(format!("{rule} holds"));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fixture_site_gives_what_its_expectation_says() {
    let sites = fixture_sites().unwrap();
    let visits = scan_fixtures(sites.clone()).await;
    let mut failures = Vec::new();
    let mut known = Vec::new();
    for site in &sites {
        let wrong = differences(site, &visits[&site.host]);
        match (&site.expected.known_miss, wrong.is_empty()) {
            (None, true) => {}
            (None, false) => failures.push(format!("{}: {}", site.name, wrong.join("; "))),
            (Some(reason), false) => {
                known.push(format!("{}: {} — {reason}", site.name, wrong.join("; ")));
            }
            (Some(_), true) => {
                failures.push(format!("{}: is found now; delete `known_miss`", site.name));
            }
        }
    }
    for line in &known {
        println!("known miss: {line}");
    }
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        sites.len(),
        failures.join("\n")
    );
    assert!(
        known.len() * 8 <= sites.len(),
        "too many known misses: {}",
        known.len()
    );
}

#[test]
fn the_fixtures_cover_what_they_must() {
    let sites = fixture_sites().unwrap();
    let count = |family: Option<&str>| {
        sites
            .iter()
            .filter(|site| site.expected.family.as_deref() == family)
            .count()
    };
    assert!(count(Some("drugs")) >= 12, "drug sites");
    assert!(count(Some("fraud")) >= 12, "fraud sites");
    assert!(count(None) >= 24, "look-alikes");
    let held_out = sites.iter().filter(|site| site.expected.held_out).count();
    assert!(held_out * 4 >= sites.len(), "about a third is held out");
}

/// The words that stand alone in the term lists of `rules/`.
fn words_of_term_lists(folder: &Path, words: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            words_of_term_lists(&path, words);
            continue;
        }
        // Templates of papers and their fonts lie beside the packs.
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let entry = line
                .strip_prefix("      - ")
                .unwrap_or_default()
                .trim_matches('"');
            let word = entry.trim_matches(['=', '*']);
            if !word.is_empty() && !word.contains([' ', '<', '{', ':', '\\']) {
                words.insert(word.to_owned());
            }
        }
    }
}

#[test]
fn no_single_word_of_any_term_list_flags_a_page() {
    let ruleset = Ruleset::embedded().unwrap();
    let mut words = BTreeSet::new();
    words_of_term_lists(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"),
        &mut words,
    );
    assert!(words.len() > 1000, "the term lists were read");
    let url = SuspectUrl::parse("http://word.invalid/").unwrap();
    let flagged: Vec<&String> = words
        .iter()
        .filter(|word| {
            let page = Capture::of_file(
                &url,
                Some("text/plain; charset=utf-8"),
                word.as_bytes().to_vec(),
            );
            judge(&[examine(&page, &ruleset)], &ruleset).band() > Band::Clear
        })
        .collect();
    assert!(flagged.is_empty(), "{flagged:?}");
}

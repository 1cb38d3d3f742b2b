//! Invented sites, visits and flags.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tazy::capture::{Capture, Circumstances, Manifest, seal};
use tazy::clock::{Clock, SystemClock};
use tazy::fetch::{Header, Response, RobotsDecision, RobotsMode};
use tazy::flag::{Flag, SiteVerdict, Visit, raise};
use tazy::id::{FlagId, RunId};
use tazy::page::RegionKind;
use tazy::rules::{Category, Finding};
use tazy::store::{Repair, Run, Store};
use tazy::suspect::{Suspect, SuspectUrl};
use tazy::verdict::{Band, CategoryScore, NamedEntity};

/// A wall clock that stands still.
#[derive(Debug)]
pub(crate) struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> jiff::Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn instant(&self) -> Instant {
        SystemClock.instant()
    }
}

pub(crate) fn open(directory: &Path) -> (Store, Vec<Repair>) {
    Store::open(directory, Arc::new(StoppedClock)).unwrap()
}

/// Opens a store that must not need any repair.
pub(crate) fn open_sound(directory: &Path) -> Store {
    let (store, repairs) = open(directory);
    assert_eq!(repairs, [], "nothing to mend");
    store
}

pub(crate) fn url(site: &str) -> SuspectUrl {
    SuspectUrl::parse(&format!("http://{site}/")).unwrap()
}

pub(crate) fn run(name: &str, sites: &[&str]) -> Run {
    Run {
        id: RunId::from_written(name),
        started: "2026-03-01T09:00:00Z".parse().unwrap(),
        suspects: sites.iter().map(|s| Suspect::bare(url(s))).collect(),
        profile: "honest".to_owned(),
        robots: RobotsMode::Respect,
        program: "0.1.0".to_owned(),
        ruleset: "2026.03.1".to_owned(),
        provenance: None,
    }
}

pub(crate) fn captured(run: &RunId, site: &str, body: &[u8]) -> Capture {
    captured_at(run, site, body, "2026-03-01T10:00:00.25Z")
}

pub(crate) fn captured_at(run: &RunId, site: &str, body: &[u8], time: &str) -> Capture {
    let header = |name: &str, value: &str| Header {
        name: name.to_owned(),
        value: value.as_bytes().to_vec(),
    };
    let response = Response {
        url: url(site),
        started: time.parse().unwrap(),
        duration: Duration::from_millis(120),
        version: "HTTP/1.1",
        status: 200,
        request_headers: vec![header("host", site), header("user-agent", "tazy/0.1.0")],
        headers: vec![header("content-type", "text/html; charset=utf-8")],
        body: body.to_vec(),
        truncated: None,
        remote_addr: Some("192.0.2.7:80".parse().unwrap()),
        tls: None,
        provenance: tazy::fetch::Provenance::default(),
    };
    let robots = RobotsDecision {
        mode: RobotsMode::Respect,
        allowed: true,
        cause: "404: allow".to_owned(),
        rule: None,
        crawl_delay: None,
        source: None,
    };
    seal(
        response,
        &Circumstances {
            run,
            site,
            referrer: None,
            via: None,
            hop: 0,
            profile: "honest",
            robots: Some(&robots),
            attempts_before: &[],
        },
    )
}

pub(crate) fn score(site: &str, category: Category, band: Band, score: f64) -> CategoryScore {
    CategoryScore {
        category,
        family: category.family(),
        score,
        band,
        findings: vec![Finding {
            rule: format!("{category}.stash_offer.ru"),
            category: Some(category),
            lowers: Vec::new(),
            evidence: "offer".to_owned(),
            weight: 2.1,
            url: url(site),
            region: RegionKind::Text,
            excerpt: "клад в твоём районе".to_owned(),
            marks: vec![(0, 8)],
            span: (120, 164),
            also: Vec::new(),
        }],
        against: Vec::new(),
    }
}

pub(crate) fn visit(run: &RunId, site: &str, categories: Vec<CategoryScore>) -> Visit {
    let flagged = categories.iter().any(|c| c.band > Band::Clear);
    Visit {
        site: site.to_owned(),
        entry: url(site),
        run: run.clone(),
        verdict: if flagged {
            SiteVerdict::Flagged
        } else {
            SiteVerdict::Clear
        },
        categories,
        entities: vec![NamedEntity {
            kind: tazy::entity::EntityKind::Telegram,
            value: "@lavka_example".to_owned(),
            url: url(site),
        }],
        pages: 1,
        bytes: 40,
        outcomes: BTreeMap::from([("200".to_owned(), 1)]),
        gate: None,
        attempts: Vec::new(),
        traps: Vec::new(),
        landed_on: None,
        captures: Vec::new(),
        ruleset: "2026.03.1".to_owned(),
        shadow: std::collections::BTreeMap::new(),
        minimized: false,
        loaded: Vec::new(),
        started: "2026-03-01T10:00:00Z".parse().unwrap(),
        finished: "2026-03-01T10:00:05Z".parse().unwrap(),
        flag: flagged.then(|| FlagId::of_site(site)),
    }
}

/// What was committed for one site.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Committed {
    pub(crate) visit: Visit,
    pub(crate) manifests: Vec<Manifest>,
    pub(crate) flag: Option<Flag>,
}

/// Writes the captures and commits the visit, as a scan does.
pub(crate) fn commit(store: &Store, mut visit: Visit, bodies: &[&[u8]]) -> Committed {
    let mut manifests = Vec::new();
    for body in bodies {
        let mut capture = captured(&visit.run, &visit.site, body);
        capture.manifest = store.append_capture(&capture).unwrap();
        visit.captures.push(capture.manifest.id.clone());
        manifests.push(capture.manifest);
    }
    let earlier = store.flag_of_site(&visit.site).unwrap();
    let flag = raise(&visit, earlier.as_ref());
    store
        .commit_visit(&visit, &manifests, flag.as_ref())
        .unwrap();
    Committed {
        visit,
        manifests,
        flag,
    }
}

/// Writes one capture made at a time and commits its visit, which raises no flag.
pub(crate) fn commit_at(
    store: &Store,
    run: &RunId,
    site: &str,
    body: &[u8],
    time: &str,
) -> Manifest {
    let manifest = store
        .append_capture(&captured_at(run, site, body, time))
        .unwrap();
    let mut visit = visit(run, site, Vec::new());
    visit.captures.push(manifest.id.clone());
    let manifests = std::slice::from_ref(&manifest);
    store.commit_visit(&visit, manifests, None).unwrap();
    manifest
}

/// A visit that raises a flag for drug sale.
pub(crate) fn commit_flagged(store: &Store, run: &RunId, site: &str) -> Committed {
    let scores = vec![score(site, Category::DrugSale, Band::Urgent, 0.97)];
    let body = format!("<h1>Лавка {site}</h1>");
    commit(store, visit(run, site, scores), &[body.as_bytes(), b"<p>2"])
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

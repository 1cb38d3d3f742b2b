//! A store with a flag, made by rules of our own, without any network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;
use tazy::capture::{Capture, Manifest, Resource};
use tazy::clock::{Clock, SystemClock};
use tazy::fetch::RobotsMode;
use tazy::flag::{SiteVerdict, Visit, raise};
use tazy::id::{CaptureId, FlagId, RunId};
use tazy::review::{Choice, Reason, Reviewer, Ruling, decide};
use tazy::rules::Ruleset;
use tazy::store::{Run, Store};
use tazy::suspect::{Suspect, SuspectUrl};
use tazy::verdict::{Band, examine, judge};

pub(crate) const SITE: &str = "lavka.example";
const PACK: &str = "\
pack: test
version: 1.0.0
owner: a.serikova
terms:
  goods: {any: [мефедрон]}
  places: {any: [закладки]}
rules:
  - {id: drug_sale.goods, version: 1, status: live, category: drug_sale, evidence: goods, weight: 6, when: {term: goods}}
  - {id: drug_sale.places, version: 1, status: live, category: drug_sale, evidence: offer, weight: 2, when: {term: places}}
";
const SCORING: &str = "prior: -4\nreview: 0.5\nurgent: 0.9\nagainst_cap: 6\nsupplement_share: 0.7\n\
    other_pages_against_cap: 1\nevidence: {goods: {cap: 6}, offer: {cap: 6}}\nagainst: {report: 3}\n";

/// A wall clock that stands still.
#[derive(Debug)]
struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> jiff::Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn instant(&self) -> Instant {
        SystemClock.instant()
    }
}

/// A directory with rules and a store.
pub(crate) struct Lab {
    directory: tempfile::TempDir,
}

impl Lab {
    /// Empty but for the rules.
    pub(crate) fn new() -> Self {
        let lab = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        let rules = lab.path("rules");
        std::fs::create_dir(&rules).unwrap();
        std::fs::write(rules.join("test.yaml"), PACK).unwrap();
        std::fs::write(rules.join("scoring.yaml"), SCORING).unwrap();
        lab
    }

    /// Two visits of a shop (the second finds a page as it was), another site, and a decision.
    pub(crate) fn with_flag() -> Self {
        let lab = Self::new();
        let store = lab.store();
        lab.visit(&store, "r-000000000001", SITE, 0);
        lab.visit(&store, "r-000000000001", "other.example", 1);
        lab.visit(&store, "r-000000000002", SITE, 60);
        decide_on(&store, SITE);
        lab
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn store(&self) -> Store {
        open(&self.path("store"))
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tazy"));
        command
            .args(words)
            .current_dir(self.directory.path())
            .env("TAZY_STORE", "store")
            .env("USER", "d.akhmetov")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program, which must succeed; gives what it printed.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Visits three pages of a site as a scan does, `minute` minutes after nine.
    pub(crate) fn visit(&self, store: &Store, run: &str, site: &str, minute: i64) {
        let bodies = bodies(minute).map(|(path, kind, body)| (path.to_owned(), kind, body));
        self.visit_pages(store, run, site, minute, bodies.to_vec());
    }

    /// Visits these pages: path, content type, body.
    pub(crate) fn visit_pages(
        &self,
        store: &Store,
        run: &str,
        site: &str,
        minute: i64,
        bodies: Vec<(String, &str, Vec<u8>)>,
    ) {
        let ruleset = Ruleset::load(&self.path("rules")).unwrap();
        store.archive_ruleset(ruleset.archive()).unwrap();
        let run = RunId::from_written(run);
        let started = "2026-03-01T09:00:00.25Z"
            .parse::<jiff::Timestamp>()
            .unwrap()
            + jiff::SignedDuration::from_mins(minute);
        store.begin_run(&run_record(&run, site, &ruleset)).unwrap();
        let mut manifests = Vec::new();
        let mut pages = Vec::new();
        for (path, content_type, body) in bodies {
            let capture = captured(&run, site, &path, content_type, body, started);
            manifests.push(store.append_capture(&capture).unwrap());
            pages.push(examine(&capture, &ruleset));
        }
        let verdict = judge(&pages, &ruleset);
        let flagged = verdict.band() > Band::Clear;
        let mut visit = Visit {
            site: site.to_owned(),
            entry: url(site, "/"),
            run,
            verdict: if flagged {
                SiteVerdict::Flagged
            } else {
                SiteVerdict::Clear
            },
            categories: verdict.categories,
            entities: Vec::new(),
            pages: pages.len(),
            bytes: 1,
            outcomes: BTreeMap::from([("200".to_owned(), 3)]),
            gate: None,
            attempts: Vec::new(),
            traps: Vec::new(),
            landed_on: None,
            captures: manifests.iter().map(|m| m.id.clone()).collect(),
            ruleset: verdict.ruleset,
            shadow: verdict.shadow,
            minimized: false,
            loaded: Vec::new(),
            started,
            finished: started,
            flag: None,
        };
        let earlier = store.flag_of_site(site).unwrap();
        let flag = raise(&visit, earlier.as_ref());
        visit.flag = flag.as_ref().map(|flag| flag.id.clone());
        store
            .commit_visit(&visit, &manifests, flag.as_ref())
            .unwrap();
    }
}

pub(crate) fn open(directory: &Path) -> Store {
    let (store, repairs) = Store::open(directory, Arc::new(StoppedClock)).unwrap();
    assert_eq!(repairs, []);
    store
}

fn url(site: &str, path: &str) -> SuspectUrl {
    SuspectUrl::parse(&format!("http://{site}{path}")).unwrap()
}

/// An entry that changes, a page that stays and is not small, in an old character set, and a picture.
fn bodies(minute: i64) -> [(&'static str, &'static str, Vec<u8>); 3] {
    let entry = format!("<title>Лавка №{minute}</title><h1>Лавка</h1><p>мефедрон, доставка");
    let goods =
        "<title>Товар</title><p>закладки в твоём районе. ".to_owned() + &"Отзывы. ".repeat(90);
    let goods = goods
        .chars()
        .map(|c| match c {
            'А'..='я' => u8::try_from(u32::from(c) - 0x410 + 0xc0).unwrap(),
            'ё' => 0xb8,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    [
        ("/", "text/html; charset=utf-8", entry.into_bytes()),
        ("/goods?b=2&a=1", "text/html; charset=windows-1251", goods),
        (
            "/logo.gif",
            "image/gif",
            b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(),
        ),
    ]
}

fn run_record(id: &RunId, site: &str, ruleset: &Ruleset) -> Run {
    let listed = [site, "secret.example"];
    Run {
        id: id.clone(),
        started: "2026-03-01T09:00:00Z".parse().unwrap(),
        suspects: listed.map(|s| Suspect::bare(url(s, "/"))).to_vec(),
        profile: "honest".to_owned(),
        robots: RobotsMode::Respect,
        program: "0.1.0".to_owned(),
        ruleset: ruleset.version().to_owned(),
        provenance: None,
    }
}

/// An answer with a certificate and, if it is a page, a picture of it.
fn captured(
    run: &RunId,
    site: &str,
    path: &str,
    content_type: &str,
    body: Vec<u8>,
    time: jiff::Timestamp,
) -> Capture {
    let url = url(site, path);
    let mut capture = Capture::of_file(&url, Some(content_type), body);
    let manifest: &mut Manifest = &mut capture.manifest;
    manifest.id = CaptureId::of_block(url.as_str(), time, &manifest.block_digest);
    manifest.run = run.clone();
    manifest.requested_at = time;
    manifest.remote_addr = Some("192.0.2.7:80".to_owned());
    "honest".clone_into(&mut manifest.profile);
    capture.request_head = format!("GET {path} HTTP/1.1\r\nHost: {site}\r\n\r\n").into_bytes();
    let start = "2026-03-01T08:00:00Z".parse().unwrap();
    capture
        .resources
        .push(Resource::certificate(b"not really DER".to_vec(), start));
    if content_type.starts_with("text/html") {
        let picture = Resource::screenshot(url.as_str(), png(7), time);
        capture.resources.push(picture);
    }
    capture
}

/// A picture of one pixel.
fn png(gray: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[gray]).unwrap();
    writer.finish().unwrap();
    bytes
}

/// Confirms the flag of a site.
pub(crate) fn decide_on(store: &Store, site: &str) {
    let flag = store.flag(&FlagId::of_site(site)).unwrap();
    let current = store.current_decision(&flag.id).unwrap();
    let ruling = Ruling {
        choice: Choice::Confirm {
            category: flag.categories[0].category,
            elements: Vec::new(),
        },
        reasons: Vec::<Reason>::new(),
        note: Some("seen by two".to_owned()),
        supersedes: current.as_ref().map(|decision| decision.id.clone()),
    };
    let author = Reviewer::named("a.serikova").unwrap();
    let time = "2026-03-02T09:00:00Z".parse().unwrap();
    let decision = decide(&flag, current.as_ref(), ruling, author, time).unwrap();
    store.record_decision(&decision).unwrap();
}

/// Copies a directory.
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

/// Whether a test must stand aside for want of another program; with `TAZY_TEST_ALL=1` it fails instead.
pub(crate) fn must_skip(is_there: bool, what: &str) -> bool {
    let all = std::env::var("TAZY_TEST_ALL").is_ok_and(|value| value == "1");
    assert!(is_there || !all, "TAZY_TEST_ALL=1 needs {what}");
    if !is_there {
        println!("skipped: needs {what}");
    }
    !is_there
}

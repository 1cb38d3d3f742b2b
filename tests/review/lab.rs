//! A store made by rules of our own, without any network, and the program run on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tazy::capture::{Capture, Circumstances, seal};
use tazy::clock::{Clock, SystemClock};
use tazy::fetch::{Header, Response};
use tazy::flag::{SiteVerdict, Visit, raise};
use tazy::id::RunId;
use tazy::rules::Ruleset;
use tazy::store::Store;
use tazy::suspect::SuspectUrl;
use tazy::verdict::{Band, examine, judge};

pub(crate) const PACK: &str = "\
pack: test
version: 1.0.0
owner: a.serikova
terms:
  goods: {any: [мефедрон]}
  looks: {any: [кристалл]}
  reports: {any: [полиция]}
  never: {any: [единорог]}
rules:
  - id: drug_sale.goods
    version: 1
    status: live
    category: drug_sale
    evidence: goods
    weight: 6
    when: {term: goods}
  # on trial since March
  - id: drug_sale.looks
    version: 1
    status: shadow   # see the minutes
    category: drug_sale
    evidence: offer
    weight: 2
    when: {term: looks}
    tests:
      match: [\"status: shadow, кристалл\"]
  - {id: drug_sale.never, version: 1, status: shadow, category: drug_sale, evidence: offer, weight: 2, when: {term: never}}
  - {id: context.report, version: 1, status: live, lowers: [drugs], evidence: report, weight: -1, when: {term: reports}}
";
const SCORING: &str = "prior: -4\nreview: 0.5\nurgent: 0.9\nagainst_cap: 6\nsupplement_share: 0.7\n\
    other_pages_against_cap: 1\nevidence: {goods: {cap: 6}, offer: {cap: 6}}\nagainst: {report: 3}\n";

/// A directory with rules and a store.
pub(crate) struct Lab {
    directory: tempfile::TempDir,
}

pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect(&self.out)
    }

    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        let lines = self.out.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Lab {
    pub(crate) fn new() -> Self {
        let lab = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        lab.write_rules("rules", PACK);
        lab
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write_rules(&self, name: &str, pack: &str) {
        let folder = self.path(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("test.yaml"), pack).unwrap();
        std::fs::write(folder.join("scoring.yaml"), SCORING).unwrap();
    }

    /// Visits sites as a scan does; each has one page.
    pub(crate) fn visit(&self, run: &str, sites: &[(&str, &str)]) {
        let ruleset = Ruleset::load(&self.path("rules")).unwrap();
        let (store, _) = Store::open(&self.path("store"), Arc::new(SystemClock)).unwrap();
        for (site, text) in sites {
            visit(&store, &ruleset, &RunId::from_written(run), site, text);
        }
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        let output = self.command(words).output().unwrap();
        ended(&output)
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tazy"));
        command
            .args(words)
            .current_dir(self.directory.path())
            .env("TAZY_STORE", "store")
            .env("USER", "d.akhmetov")
            .env_remove("NO_COLOR")
            .stdin(Stdio::null());
        command
    }
}

pub(crate) fn ended(output: &Output) -> Ended {
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout.clone()).unwrap(),
        err: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

fn sealed(run: &RunId, site: &str, text: &str) -> Capture {
    let response = Response {
        url: url(site),
        started: SystemClock.now(),
        duration: Duration::from_millis(1),
        version: "HTTP/1.1",
        status: 200,
        request_headers: Vec::new(),
        headers: vec![Header {
            name: "content-type".to_owned(),
            value: b"text/html; charset=utf-8".to_vec(),
        }],
        body: format!("<p>{text}").into_bytes(),
        truncated: None,
        remote_addr: None,
        tls: None,
        provenance: tazy::fetch::Provenance::default(),
    };
    let circumstances = Circumstances {
        run,
        site,
        referrer: None,
        via: None,
        hop: 0,
        profile: "honest",
        robots: None,
        attempts_before: &[],
    };
    seal(response, &circumstances)
}

fn url(site: &str) -> SuspectUrl {
    SuspectUrl::parse(&format!("http://{site}/")).unwrap()
}

fn visit(store: &Store, ruleset: &Ruleset, run: &RunId, site: &str, text: &str) {
    let now = SystemClock.now();
    let mut capture = sealed(run, site, text);
    capture.manifest = store.append_capture(&capture).unwrap();
    let examined = examine(&capture, ruleset);
    let verdict = judge(&[examined], ruleset);
    let is_flagged = verdict.band() > Band::Clear;
    let mut visit = Visit {
        site: site.to_owned(),
        entry: url(site),
        run: run.clone(),
        verdict: if is_flagged {
            SiteVerdict::Flagged
        } else {
            SiteVerdict::Clear
        },
        categories: verdict.categories,
        entities: Vec::new(),
        pages: 1,
        bytes: 1,
        outcomes: std::collections::BTreeMap::new(),
        gate: None,
        attempts: Vec::new(),
        traps: Vec::new(),
        landed_on: None,
        captures: vec![capture.manifest.id.clone()],
        ruleset: verdict.ruleset,
        shadow: verdict.shadow,
        minimized: false,
        loaded: Vec::new(),
        started: now,
        finished: now,
        flag: None,
    };
    let earlier = store.flag_of_site(site).unwrap();
    let flag = raise(&visit, earlier.as_ref());
    visit.flag = flag.as_ref().map(|flag| flag.id.clone());
    store
        .commit_visit(&visit, &[capture.manifest], flag.as_ref())
        .unwrap();
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

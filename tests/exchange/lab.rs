//! A store with sites that are blocked, and a server of its lists.

use super::store_samples::{StoppedClock, commit_flagged, open_sound};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tazy::block::list::{ListIssue, digest_of};
use tazy::block::profile::BlockRules;
use tazy::block::{
    BlockAct, BlockItem, BlockRequest, BlockStep, BlockTarget, HostName, ItemEvidence, ItemFinding,
    Paper, Purpose,
};
use tazy::clock::Clock;
use tazy::document::Language;
use tazy::dossier::RequestFile;
use tazy::id::{ItemId, RequestId, RunId, StepId};
use tazy::review::{Choice, Element, Reason, Reviewer, Ruling, decide};
use tazy::rules::Category;
use tazy::store::Store;

/// A store on disk; opened for each act, so that a server may have it in between.
pub(crate) struct Lab {
    directory: tempfile::TempDir,
}

fn reviewer(name: &str) -> Reviewer {
    Reviewer::named(name).unwrap()
}

fn paper(number: &str) -> Paper {
    Paper {
        number: number.to_owned(),
        date: "2026-03-05".parse().unwrap(),
        organ: super::samples::KAZAKH.to_owned(),
        digest: None,
    }
}

impl Lab {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let settings =
            "[evidence]\nunit = \"Cyber unit\"\n[block]\ncontact = \"cyber@unit.example\"\n";
        std::fs::create_dir(directory.path().join("store")).unwrap();
        std::fs::write(directory.path().join("store/tazy.toml"), settings).unwrap();
        let lab = Self { directory };
        drop(lab.open());
        lab
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Opens the store; a server that looks at it has it for a moment.
    pub(crate) fn open(&self) -> Store {
        for _ in 0..200 {
            match Store::open(&self.path("store"), std::sync::Arc::new(StoppedClock)) {
                Ok((store, _)) => return store,
                Err(tazy::store::StoreError::Locked(_)) => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(error) => panic!("{error}"),
            }
        }
        drop(open_sound(&self.path("store")));
        panic!("the store stays locked")
    }

    /// Sites are flagged, confirmed, requested and ordered to be blocked.
    pub(crate) fn order(&self, sites: &[&str]) -> RequestId {
        let store = self.open();
        let request = RequestId::drafted("kz", sites[0], StoppedClock.now(), None);
        let items = sites.iter().map(|site| item(&store, &request, site));
        let request = BlockRequest {
            purpose: Purpose::Block,
            jurisdiction: "kz".to_owned(),
            authority: "committee".to_owned(),
            addressee: None,
            languages: vec![Language::ALL[0]],
            unit: "Cyber unit".to_owned(),
            contact: None,
            author: reviewer("a.serikova"),
            drafted: StoppedClock.now(),
            items: items.collect(),
            review_by: "2026-09-01".parse().unwrap(),
            supersedes: None,
            parent: None,
            id: request,
        };
        store
            .record_request(&request, &BlockRules::default())
            .unwrap();
        drop(store);
        self.step(&request.id, "b.omarov", BlockAct::Approve);
        self.step(&request.id, "a.serikova", BlockAct::Submit(paper("5/112")));
        self.step(
            &request.id,
            "a.serikova",
            BlockAct::Order(paper("KZ-2026-17")),
        );
        request.id
    }

    pub(crate) fn lift(&self, request: &RequestId) {
        let reason = "the owner removed the content".to_owned();
        self.step(request, "a.serikova", BlockAct::Lift { reason });
    }

    fn step(&self, request: &RequestId, by: &str, act: BlockAct) {
        let step = BlockStep {
            id: StepId::taken(request, act.as_str(), by, StoppedClock.now()),
            request: request.clone(),
            items: Vec::new(),
            act,
            by: reviewer(by),
            at: StoppedClock.now(),
            note: None,
        };
        self.open().record_step(&step).unwrap();
    }

    /// The list goes out.
    pub(crate) fn issue(&self, serial: u64, at: &str) {
        let store = self.open();
        let mut entries = Vec::new();
        let take = |file: RequestFile| entries.extend(file.list_entries());
        store.each_request_until(u64::MAX, take).unwrap();
        entries.sort_by(|a, b| (&a.target, &a.item).cmp(&(&b.target, &b.item)));
        let issue = ListIssue {
            serial,
            at: at.parse().unwrap(),
            by: reviewer("b.omarov"),
            log_size: store.log_size(),
            entries: entries.len() as u64,
            digest: digest_of(&entries).unwrap(),
            growth_accepted: None,
        };
        store.record_list_issue(&issue).unwrap();
    }
}

fn item(store: &Store, request: &RequestId, site: &str) -> BlockItem {
    let committed = commit_flagged(store, &RunId::from_written("r-1"), site);
    let flag = committed.flag.unwrap();
    let ruling = Ruling {
        choice: Choice::Confirm {
            category: Category::DrugSale,
            elements: vec![Element::Goods, Element::Contact],
        },
        reasons: vec![Reason::OpenOffer],
        note: None,
        supersedes: None,
    };
    let author = reviewer("a.serikova");
    let decision = decide(&flag, None, ruling, author.clone(), StoppedClock.now()).unwrap();
    store.record_decision(&decision).unwrap();
    let manifest = &committed.manifests[0];
    let target = BlockTarget::HostAndBelow(HostName::parse(site).unwrap());
    BlockItem {
        id: ItemId::of_target(request, site),
        target,
        scope_reason: Some("the whole site is a shop".to_owned()),
        flag: flag.id,
        site: site.to_owned(),
        urls: vec![manifest.url.clone()],
        decision: decision.id,
        decided_by: author,
        decided: decision.decided,
        category: Category::DrugSale,
        grounds: vec!["kz.communications.41-1".to_owned()],
        reasons: "Реклама наркотиков".to_owned(),
        findings: vec![ItemFinding {
            rule: "drug_sale.stash_offer.ru".to_owned(),
            url: manifest.url.clone(),
            excerpt: "клад".to_owned(),
            ruleset: "2026.03.1".to_owned(),
        }],
        evidence: vec![ItemEvidence {
            capture: manifest.id.clone(),
            url: manifest.url.clone(),
            fetched: "2026-03-01T10:00:00.25Z".parse().unwrap(),
            status: 200,
            payload_digest: manifest.payload_digest,
            block_digest: manifest.block_digest,
            screenshot: None,
        }],
        bundle: None,
        addresses: Vec::new(),
        first_seen: "2026-03-01T10:00:00Z".parse().unwrap(),
        last_seen: "2026-03-01T10:00:00Z".parse().unwrap(),
        overrides: Vec::new(),
    }
}

/// A `tazy serve` of a lab; it ends with the test.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: String,
}

/// What it answered.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Served {
    /// Starts it on a free port.
    pub(crate) fn start(lab: &Lab, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tazy"))
            .args(["serve", "--listen", "127.0.0.1:0", "--store"])
            .arg(lab.path("store"))
            .args(more)
            .env_remove("TAZY_STORE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(lab.path("log")).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let rest = line.split("http://").nth(1).expect("an address");
        let address = rest.split('/').next().unwrap().to_owned();
        Self { child, address }
    }

    pub(crate) fn get(&self, target: &str) -> Answered {
        self.ask("GET", target, &[])
    }

    pub(crate) fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answered {
        let mut lines = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            let _ = write!(lines, "Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            let _ = write!(lines, "{name}: {value}\r\n");
        }
        lines.push_str("\r\n");
        read_answer(&self.send(lines.as_bytes()))
    }

    /// Sends bytes and reads until the connection is closed.
    pub(crate) fn send(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        // It may close before it has read everything.
        let _ = stream.write_all(bytes);
        let mut read = Vec::new();
        let _ = stream.read_to_end(&mut read);
        read
    }

    /// Asks until the answer is as wanted; the server looks at the store now and then.
    pub(crate) fn wait_for(&self, target: &str, wanted: impl Fn(&Answered) -> bool) -> Answered {
        for _ in 0..150 {
            let answered = self.get(target);
            if wanted(&answered) {
                return answered;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("{target} never answered as wanted")
    }

    /// Asks it to end, and gives its exit code and what it logged.
    #[cfg(unix)]
    pub(crate) fn interrupt(mut self, lab: &Lab) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().unwrap();
        let code = self.child.wait().unwrap().code();
        (code, log_of(&lab.path("log")))
    }
}

fn log_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_answer(bytes: &[u8]) -> Answered {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.expect("a whole head");
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_ascii_lowercase(), value.to_owned())
    });
    Answered {
        status: status.parse().unwrap(),
        headers: headers.collect(),
        body: bytes[end + 4..].to_vec(),
    }
}

impl Answered {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

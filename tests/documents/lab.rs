//! A request with everything hostile that a site can put into it, and the programs that read papers.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tazy::block::document::{
    LogPosition, Measurement, PaperError, PaperFacts, PaperKind, write_paper,
};
use tazy::block::profile::{Authority, Profile, Role};
use tazy::block::{BlockRequest, BlockStep};
use tazy::digest::Digest;
use tazy::document::{Edition, Language, Paper, Templates};

pub(crate) const TIME: &str = "2026-11-22T21:05:09Z";
/// Every Kazakh letter that is not a Russian one.
pub(crate) const KAZAKH: &str = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі";
/// What pages put into their text.
pub(crate) const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "\" onmouseover=\"alert(3)",
    "</td></tr></table><h1>OWNED</h1>",
    "{{ 7 * 7 }} {% include \"_sign.html\" %} {# gone #}",
    "]]> <![CDATA[ x <?xml?> &amp; &#0; &bogus;",
    "=HYPERLINK(\"http://evil.example/\",\"click\") http://evil.example/x",
    "abc\u{202e}fdp.exe\u{202c}\u{2066}\u{200b}\u{feff}",
    "nul\u{0}bell\u{7}esc\u{1b}[31m\u{fffe}\u{ffff}\u{85}",
    "😀👩‍👩‍👧 e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "<a href=\"https://evil.example/\">x</a><style>*{display:none}</style>",
    "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі Ёё №",
];

/// A request with its steps and its profile.
pub(crate) struct Lab {
    pub(crate) request: BlockRequest,
    pub(crate) steps: Vec<BlockStep>,
    pub(crate) profile: Profile,
    measurements: Vec<Measurement>,
    log: LogPosition,
}

impl Lab {
    pub(crate) fn hostile() -> Self {
        Self::of(&hostile_request())
    }

    pub(crate) fn of(request: &Value) -> Self {
        let request: BlockRequest = serde_json::from_value(request.clone()).expect("a request");
        let measurements = request.items.iter().map(|item| Measurement {
            item: item.id.clone(),
            at: TIME.parse().expect("a time"),
            verdict: "removed_by_owner".into(),
            confidence: "high".into(),
            vantages: 3,
        });
        Self {
            measurements: measurements.collect(),
            steps: Vec::new(),
            profile: profile(),
            log: LogPosition {
                origin: "unit.example/log".into(),
                size: 1024,
                root: Digest::of(b"root"),
            },
            request,
        }
    }

    pub(crate) fn step(&mut self, act: &str) {
        let number = self.steps.len();
        let step = json!({
            "id": format!("s-{number}"), "request": self.request.id, "act": act, "by": "Н. Омарова", "at": TIME,
            "number": "12-3/456", "date": "2026-11-23", "organ": "Орган <b>", "upheld": false,
            "reason": HOSTILE.join(" | "),
        });
        self.steps
            .push(serde_json::from_value(step).expect("a step"));
    }

    pub(crate) fn facts(&self) -> PaperFacts<'_> {
        PaperFacts {
            request: &self.request,
            steps: &self.steps,
            measurements: &self.measurements,
            superseded_by: None,
            profile: &self.profile,
            log: Some(&self.log),
        }
    }

    pub(crate) fn write(&self, kind: PaperKind, edition: &str) -> Result<Paper, PaperError> {
        let templates = Templates::load(None).expect("the built-in templates");
        let edition: Edition = edition.parse().expect("an edition");
        let made = TIME.parse().expect("a time");
        write_paper(kind, edition, &self.facts(), &templates, made)
    }

    pub(crate) fn paper(&self, kind: PaperKind, edition: &str) -> Paper {
        self.write(kind, edition).expect("a paper")
    }

    /// All acts that call for a letter.
    pub(crate) fn with_all_steps() -> Self {
        let mut lab = Self::hostile();
        for act in [
            "approve", "submit", "order", "refuse", "withdraw", "removed", "appeal", "appealed",
            "lift",
        ] {
            lab.step(act);
        }
        lab
    }
}

/// `TEXT` between two words that only this place has.
fn marked(place: &str) -> String {
    format!("begin-{place} {} end-{place}", HOSTILE.join(" | "))
}

pub(crate) fn hostile_request() -> Value {
    json!({
        "id": "b-0123456789ab", "purpose": "block", "jurisdiction": "test", "authority": "body",
        "languages": ["ru", "kk"], "unit": "Отдел <b>№ 1</b>", "contact": "+7 700 000 00 00",
        "author": "А. Автор", "drafted": TIME, "review_by": "2027-05-21",
        "items": [item("i-1", "https://shop.example/a?b=%3Cscript%3E&c={{d}}", "shop.example"),
                  item("i-2", "http://xn--80aairftm.example/", "xn--80aairftm.example")],
    })
}

fn item(id: &str, url: &str, site: &str) -> Value {
    let digest = Digest::of(id.as_bytes()).to_string();
    let long = format!("{}{}", "слово".repeat(20_000), "a".repeat(50_000));
    json!({
        "id": id, "scope": "url", "target": url, "flag": "f-0123456789ab", "site": site, "urls": [url],
        "decision": "d-0123456789ab", "decided_by": "Б. Следователь", "decided": TIME, "category": "drug_sale",
        "grounds": ["test.act.1", "test.act.2"], "reasons": format!("{}\n{KAZAKH}", marked("reasons")),
        "findings": [
            { "rule": "drug_sale.test", "url": url, "excerpt": marked("excerpt"), "ruleset": "abc" },
            { "rule": "drug_sale.test", "url": url, "excerpt": long, "ruleset": "abc" },
        ],
        "evidence": [{
            "capture": "c-0123456789ab", "url": url, "fetched": TIME, "status": 200,
            "payload_digest": digest, "block_digest": digest, "screenshot": digest,
        }],
        "bundle": { "digest": digest, "exported": TIME },
        "addresses": ["192.0.2.7", "2001:db8::7"], "first_seen": TIME, "last_seen": TIME,
    })
}

fn profile() -> Profile {
    let in_all = |text: &str| {
        let titles = Language::ALL.map(|language| (language, format!("{text} {language}")));
        titles.into_iter().collect()
    };
    Profile {
        jurisdiction: "test".into(),
        title: in_all("Place"),
        languages: vec![Language::Ru, Language::Kk],
        time_zone: "Asia/Almaty".into(),
        authorities: vec![Authority {
            id: "body".into(),
            role: Role::OrderBody,
            title: in_all("Комитет"),
            address: Some("1-я улица, 2".into()),
            email: None,
            channel: None,
            languages: Vec::new(),
            categories: Vec::new(),
            documents: Vec::new(),
            deadlines: Vec::new(),
        }],
        provisions: ["test.act.1", "test.act.2"]
            .map(|id| (id.to_owned(), in_all(&format!("Article {id}"))))
            .into(),
        confirmed_provisions: ["test.act.1".to_owned()].into(),
        to_confirm: vec!["whether anything of this is so".into()],
        ..Profile::default()
    }
}

/// The program of this name; `None`, said aloud, if it is not there.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file());
    if found.is_none() {
        let all = std::env::var("TAZY_TEST_ALL").is_ok_and(|value| value == "1");
        assert!(!all, "TAZY_TEST_ALL=1 needs {name}");
        println!("skipped: needs {name}");
    }
    found
}

pub(crate) fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .output()
        .expect("the program runs")
}

/// What `pdftotext` reads in a PDF.
pub(crate) fn text_of_pdf(pdftotext: &Path, pdf: &Path) -> String {
    let path = pdf.to_str().expect("a path");
    let output = run(pdftotext, &["-layout", "-enc", "UTF-8", path, "-"]);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Letters of every Kazakh word that must have survived.
pub(crate) fn assert_kazakh(text: &str) {
    for letter in KAZAKH.chars().filter(|c| !c.is_whitespace()) {
        assert!(text.contains(letter), "{letter} is lost");
    }
}

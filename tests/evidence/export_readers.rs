//! Other programs read what is exported.

use crate::lab::{Lab, SITE, must_skip};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn exported(lab: &Lab) -> PathBuf {
    lab.run(&["evidence", "export", SITE, "--out", "bundle.wacz"]);
    lab.path("bundle.wacz")
}

fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// Runs a program; `None` if it is not there.
fn run(program: &Path, arguments: &[&str], path: &Path) -> Option<Output> {
    let output = Command::new(program).args(arguments).arg(path).output();
    (!must_skip(output.is_ok(), &program.display().to_string())).then(|| output.unwrap())
}

#[test]
fn zip_programs_open_a_bundle() {
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    for (program, arguments) in [
        ("python3", ["-m", "zipfile", "-t"].as_slice()),
        ("unzip", ["-tq"].as_slice()),
    ] {
        if let Some(output) = run(Path::new(program), arguments, &bundle) {
            assert!(output.status.success(), "{program}: {}", said(&output));
        }
    }
}

#[test]
fn warcio_finds_every_digest_of_the_records_right() {
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    let file = std::fs::File::open(&bundle).unwrap();
    let mut container = tazy::evidence::Container::open(file).unwrap();
    let name = tazy::evidence::layout::WARC;
    let warc = container.read(name, 1 << 20).unwrap().unwrap();
    let path = lab.path("data.warc.gz");
    std::fs::write(&path, warc).unwrap();
    if let Some(output) = run(Path::new("warcio"), &["check", "-v"], &path) {
        let said = said(&output);
        assert!(output.status.success(), "{said}");
        assert!(
            said.contains("digest pass") && !said.contains("fail"),
            "{said}"
        );
    }
}

/// A Python that has py-wacz: `TAZY_WACZ_PYTHON`, else the one on the path.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("TAZY_WACZ_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| PathBuf::from("python3"));
    let check = Command::new(&python)
        .args(["-c", "import wacz.validate, cdxj_indexer"])
        .output();
    let there = check.is_ok_and(|output| output.status.success());
    (!must_skip(there, "Python with the package wacz (TAZY_WACZ_PYTHON)")).then_some(python)
}

/// `wacz validate` asks for the version that it writes itself, and then makes these checks.
const VALIDATE: &str = "
import sys
from wacz.validate import Validation
check = Validation(sys.argv[1])
assert check.check_required_contents() == 0
for step in [check.frictionless_validate, check.check_file_paths, check.check_file_hashes,
             check.check_data_package_hash_and_sig]:
    assert step() is not False, step.__name__
";

#[test]
fn py_wacz_finds_a_bundle_valid() {
    let Some(python) = python() else { return };
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    let output = run(&python, &["-c", VALIDATE], &bundle).unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// Indexes the WARC file of a bundle and compares with the index in the bundle.
const INDEX: &str = "
import io, json, sys, zipfile
from cdxj_indexer.main import CDXJIndexer
bundle = zipfile.ZipFile(sys.argv[1])
bundle.extract('archive/data.warc.gz', sys.argv[1] + '.d')
text = io.StringIO()
CDXJIndexer(text, [sys.argv[1] + '.d/archive/data.warc.gz'], records='response,revisit,resource',
            post_append=True, digest_records=True).process_all()
def lines(text):
    parts = [line.split(' ', 2) for line in text.splitlines()]
    return sorted((key, time, sorted(json.loads(rest).items())) for key, time, rest in parts)
theirs = lines(text.getvalue())
ours = lines(bundle.read('indexes/index.cdxj').decode())
assert ours == theirs, '\\n'.join(map(str, ours + ['-'] + theirs))
assert len(ours) > 5
";

#[test]
fn the_index_is_that_of_another_indexer() {
    let Some(python) = python() else { return };
    let lab = Lab::with_flag();
    let bundle = exported(&lab);
    let output = run(&python, &["-c", INDEX], &bundle).unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// The text of a page as ReplayWeb.page shows it, once `wanted` is in it; `None` where that is not here.
pub(crate) fn replayed(bundle: &Path, url: &str, time: &str, wanted: &str) -> Option<String> {
    let tools = std::env::var_os("TAZY_REPLAY_TOOLS").map(PathBuf::from);
    let there = |tools: &PathBuf| {
        let files = [
            "replaywebpage/ui.js",
            "replaywebpage/sw.js",
            "playwright-core",
        ];
        files.iter().all(|file| tools.join(file).exists())
    };
    let tools = tools.filter(there);
    let browser = Command::new("node").arg("--version").output().is_ok()
        && Command::new("chromium").arg("--version").output().is_ok();
    let needed =
        "chromium, node, and a directory TAZY_REPLAY_TOOLS with replaywebpage and playwright-core";
    if must_skip(tools.is_some() && browser, needed) {
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence/replay.mjs");
    let output = Command::new("node")
        .arg(&script)
        .arg(tools?)
        .arg(bundle)
        .args([url, time, wanted])
        .output()
        .unwrap();
    assert!(output.status.success(), "{url}: {}", said(&output));
    Some(said(&output))
}

#[test]
fn replay_web_page_shows_the_pages() {
    let lab = Lab::with_flag();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/evidence/v1.wacz");
    for bundle in [exported(&lab), golden] {
        for (url, text) in [
            ("http://lavka.example/", "мефедрон, доставка"),
            // A revisit: the body is that of the earlier capture.
            (
                "http://lavka.example/goods?b=2&a=1",
                "закладки в твоём районе",
            ),
        ] {
            let Some(shown) = replayed(&bundle, url, "20260301100000", text) else {
                return;
            };
            assert!(shown.contains(text), "{url}: {shown}");
        }
    }
}

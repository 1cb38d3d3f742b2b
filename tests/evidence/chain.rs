//! The whole chain as it is typed: scan, sign, witness, export, verify.

use crate::export_readers::replayed;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use tazy::app::demo::{DemoServer, fixture_sites};
use tazy::capture::ResourceRole;
use tazy::clock::SystemClock;
use tazy::store::{FlagFilter, Store};

fn tazy(directory: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tazy"))
        .args(words)
        .current_dir(directory)
        .env("USER", "a.serikova")
        .env_remove("TAZY_STORE")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Standard output of a command that must end well.
fn said(directory: &Path, words: &[&str]) -> String {
    let output = tazy(directory, words);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// A flagged fixture site, and the words that scan it.
fn scan_words(server: &DemoServer) -> Vec<String> {
    let suspects = server.suspects();
    let url = suspects[0].url.as_str().to_owned();
    let proxy = format!("http://{}", server.address());
    [
        "scan",
        &url,
        "--store",
        "store",
        "--no-progress",
        "--allow-private",
        "--rate",
        "1000",
    ]
    .into_iter()
    .chain(["--global-rate", "100000", "--proxy", &proxy])
    .map(str::to_owned)
    .collect()
}

async fn serve() -> DemoServer {
    let mut sites = fixture_sites().unwrap();
    sites.retain(|site| {
        let expected = &site.expected;
        expected.verdict == "flagged" && expected.known_miss.is_none()
    });
    sites.truncate(1);
    DemoServer::start(sites).await.unwrap()
}

fn open(directory: &Path) -> Store {
    Store::open(&directory.join("store"), Arc::new(SystemClock))
        .unwrap()
        .0
}

/// What a command line without quotes says.
fn typed(here: &Path, line: &str) -> String {
    said(here, &line.split_whitespace().collect::<Vec<_>>())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_is_recorded_signed_witnessed_exported_and_verified() {
    let server = serve().await;
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    std::fs::create_dir(here.join("store")).unwrap();
    std::fs::write(
        here.join("store/tazy.toml"),
        "[evidence]\nunit = \"Unit 7\"\norigin = \"unit7.example/tazy\"\nntp_server = \"127.0.0.1:9\"\n\
         [evidence.vantage]\nname = \"laboratory\"\nsecond = \"none: loopback\"\n",
    )
    .unwrap();
    let mut words = scan_words(&server);
    let order = "--assignment 17/2026 --ordered-by B.Omarova --operator A.Serikova";
    words.extend(order.split(' ').map(str::to_owned));
    said(here, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let flag = a_scan_records_for_whom_and_with_what_it_collects(here);
    let key = typed(here, "evidence key show --store store");
    let key = key.trim();
    let seen = another_unit_vouches_for_the_log_and_again_when_it_has_grown(here, key);

    typed(
        here,
        &format!("evidence export {flag} --store store --out b.wacz --recipient Court"),
    );
    let verified = typed(here, &format!("evidence verify b.wacz --key {key} --json"));
    let verified: serde_json::Value = serde_json::from_str(&verified).unwrap();
    assert_eq!(verified["sound"], true);
    let sheet = typed(here, &format!("evidence custody {flag} --store store"));
    assert!(sheet.contains("Court"), "{sheet}");
    typed(here, "evidence verify store");
    typed(here, "store check --store store");
    a_new_key_signs_from_its_record_on(here, &flag, &seen);
}

/// Gives the number of records that the witness saw last.
fn another_unit_vouches_for_the_log_and_again_when_it_has_grown(here: &Path, key: &str) -> String {
    let witness = typed(here, "evidence witness new unit8.example witness.key");
    let witness = witness.trim();
    let sign = format!("evidence witness sign request --key witness.key --log-key {key}");
    let mut since = "0".to_owned();
    for round in ["first", "second"] {
        let request = format!(
            "evidence checkpoint --store store --json --since {since} --for-witness request"
        );
        let signed: serde_json::Value = serde_json::from_str(&typed(here, &request)).unwrap();
        assert_eq!(signed["origin"], "unit7.example/tazy", "{round}");
        std::fs::write(here.join("answer"), typed(here, &sign)).unwrap();
        typed(
            here,
            &format!("evidence add-cosignature answer --store store --witness {witness}"),
        );
        since = signed["records"].to_string();
    }
    // A witness does not sign a log that is not the one that it saw.
    std::fs::write(
        here.join("other"),
        "unit7.example/tazy\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    )
    .unwrap();
    let other = format!("{sign} --seen other");
    let refused = tazy(here, &other.split(' ').collect::<Vec<_>>());
    assert!(!refused.status.success());
    since
}

fn a_new_key_signs_from_its_record_on(here: &Path, flag: &str, before: &str) {
    typed(here, "evidence key rotate --store store --reason yearly");
    let export = format!("evidence export {flag} --store store --force --out b.wacz");
    let at = format!("{export} --at {before}");
    let earlier = tazy(here, &at.split(' ').collect::<Vec<_>>());
    let errors = String::from_utf8_lossy(&earlier.stderr);
    assert!(errors.contains("later size"), "{errors}");
    typed(here, &export);
    let keys = typed(here, "evidence key show --store store");
    let new = keys.lines().last().unwrap();
    typed(here, &format!("evidence verify b.wacz --key {new}"));
}

fn a_scan_records_for_whom_and_with_what_it_collects(here: &Path) -> String {
    let store = open(here);
    let run = store.runs().unwrap().pop().unwrap().run;
    let provenance = run.provenance.unwrap();
    assert_eq!(provenance.assignment.as_deref(), Some("17/2026"));
    assert_eq!(provenance.ordered_by.as_deref(), Some("B.Omarova"));
    assert_eq!(provenance.operator.as_deref(), Some("A.Serikova"));
    assert_eq!(provenance.unit.as_deref(), Some("Unit 7"));
    assert_eq!(provenance.vantage.name.as_deref(), Some("laboratory"));
    assert!(provenance.program_digest.is_some());
    assert!(provenance.settings.contains("\"allow_private\":true"));
    assert!(
        provenance.clock.unwrap().measured().is_none(),
        "nobody serves the time there"
    );
    assert!(store.archived_ruleset(&run.ruleset).unwrap().is_some());
    let flags = store.flags(&FlagFilter::default()).unwrap();
    let flag = flags.first().unwrap();
    let capture = store.capture(&flag.captures[0]).unwrap();
    let manifest = &capture.manifest;
    assert!(manifest.request_digest.is_some() && manifest.through.is_some());
    let robots = manifest.robots.as_ref().unwrap();
    assert!(!robots.cause.is_empty());
    flag.id.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flagged_site_is_photographed_and_the_picture_is_in_the_bundle() {
    let browser = Command::new("chromium").arg("--version").output().is_ok();
    if !browser {
        assert!(
            std::env::var_os("TAZY_TEST_ALL").is_none(),
            "needs chromium"
        );
        eprintln!("skipped: needs chromium");
        return;
    }
    let server = serve().await;
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let mut words = scan_words(&server);
    words.extend(["--screenshots", "--browser-as-root"].map(str::to_owned));
    said(here, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let (flag, entry) = {
        let store = open(here);
        let flag = store.flags(&FlagFilter::default()).unwrap().remove(0);
        let manifests: Vec<_> = flag
            .captures
            .iter()
            .map(|id| store.manifest(id).unwrap())
            .collect();
        for role in [
            ResourceRole::Screenshot,
            ResourceRole::Dom,
            ResourceRole::Rendering,
        ] {
            let has = manifests.iter().flat_map(|manifest| &manifest.resources);
            assert!(has.filter(|it| it.role == role).count() > 0, "{role:?}");
        }
        assert_eq!(store.check().unwrap().problems, Vec::<String>::new());
        let entry = &manifests[0];
        let time = entry.requested_at.strftime("%Y%m%d%H%M%S").to_string();
        (flag.id.to_string(), (entry.url.as_str().to_owned(), time))
    };
    said(
        here,
        &[
            "evidence", "export", &flag, "--store", "store", "--out", "b.wacz",
        ],
    );
    let bundle = std::fs::read(here.join("b.wacz")).unwrap();
    assert!(memchr::memmem::find(&bundle, b"tazy/screenshot-").is_some());
    replayed(&here.join("b.wacz"), &entry.0, &entry.1, "");
    said(here, &["evidence", "verify", "b.wacz"]);
    // What the browser loaded and saw goes with the site.
    said(
        here,
        &[
            "store",
            "delete",
            server.suspects()[0].url.host(),
            "--reason",
            "test",
            "--store",
            "store",
        ],
    );
    said(here, &["store", "check", "--store", "store"]);
}

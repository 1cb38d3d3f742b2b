//! What a program that others wrote makes of the WARC files: pywb indexes them and plays them back.

use crate::samples::{captured_at, commit_at, open_sound, visit};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tazy::capture::Resource;
use tazy::id::RunId;

/// How often pywb is asked whether it answers yet.
const ATTEMPTS: u32 = 600;
const PAUSE: Duration = Duration::from_millis(200);

/// Whether pywb is here; without it the test stands aside, clearly.
fn has_pywb() -> bool {
    let found = |program: &str| {
        let mut command = Command::new(program);
        command
            .arg("--help")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if ["cdx-indexer", "wb-manager", "wayback"]
        .into_iter()
        .all(found)
    {
        return true;
    }
    let all = std::env::var("TAZY_TEST_ALL").is_ok_and(|value| value == "1");
    assert!(!all, "TAZY_TEST_ALL=1 needs pywb on the PATH");
    println!("skipped: needs pywb on the PATH");
    false
}

/// Runs a command of pywb's to its end and gives back what it printed.
fn said(directory: &Path, program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said} {complaints}");
    said
}

/// A server that ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(directory: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new("wayback")
            .args(["-b", "127.0.0.1", "-p", &port.to_string()])
            .current_dir(directory)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port };
        let answers = (0..ATTEMPTS).any(|_| {
            std::thread::sleep(PAUSE);
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        assert!(answers, "pywb does not answer");
        server
    }

    /// The body that is played back for a URL at a time, unchanged.
    fn body(&self, time: &str, url: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "GET /evidence/{time}id_/{url} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n\r\n",
            self.port
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 200 "), "{time}: {head}");
        body.to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn pywb_indexes_our_files_and_plays_back_a_capture_and_a_revisit() {
    if !has_pywb() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let store = open_sound(&directory.join("store"));
    let run = RunId::from_written("r-1");
    let (url, body) = ("http://lavka.example/", "<p>Лавка, каталог</p>".repeat(60));
    let time = |day: u8| format!("2026-03-0{day}T10:00:00Z");
    commit_at(&store, &run, "lavka.example", body.as_bytes(), &time(1));
    let again = commit_at(&store, &run, "lavka.example", body.as_bytes(), &time(2));
    assert!(again.revisit_of.is_some());
    let mut last = captured_at(&run, "lavka.example", "<p>Закрыто".as_bytes(), &time(3));
    let date = last.manifest.requested_at;
    last.resources = vec![
        Resource::certificate(b"\x30\x03\x02\x01\x01".to_vec(), date),
        Resource::screenshot(url, b"\x89PNG\r\n\x1a\n".to_vec(), date),
        Resource::dom(url, "<p>Закрыто</p>".to_owned(), date),
        Resource::visible_text(url, "Закрыто".to_owned(), date),
        Resource::dns("lavka.example", "20260303100000\n".to_owned(), date),
    ];
    let manifest = store.append_capture(&last).unwrap();
    let visit = visit(&run, "lavka.example", Vec::new());
    store
        .commit_visit(&visit, std::slice::from_ref(&manifest), None)
        .unwrap();
    drop(store);
    let warc = directory
        .join("store/captures")
        .join(manifest.warc.unwrap().file);
    let warc = warc.to_str().unwrap();
    let index = said(directory, "cdx-indexer", &[warc]);
    let lines: Vec<&str> = index.lines().filter(|line| line.contains(url)).collect();
    let of_site: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("example,lavka)/"))
        .collect();
    assert_eq!(of_site.len(), 3, "one line a capture: {index}");
    assert!(of_site[1].contains("warc/revisit"), "{index}");
    said(directory, "wb-manager", &["init", "evidence"]);
    said(directory, "wb-manager", &["add", "evidence", warc]);
    let archived = directory.join("collections/evidence/archive");
    assert_eq!(fs::read_dir(archived).unwrap().count(), 1);
    let server = Server::start(directory);
    assert_eq!(server.body("20260301100000", url), body);
    assert_eq!(server.body("20260302100000", url), body, "the revisit");
    assert_eq!(server.body("20260303100000", url), "<p>Закрыто");
    let picture = server.body("20260303100000", &format!("urn:screenshot:{url}"));
    assert!(picture.contains("PNG"));
}

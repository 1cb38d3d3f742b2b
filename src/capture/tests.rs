use super::*;
use crate::digest::Digest;
use crate::fetch::{Header, Response};
use crate::id::RunId;
use crate::suspect::SuspectUrl;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) fn header(name: &str, value: &[u8]) -> Header {
    Header {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

pub(super) fn response(path: &str, body: &[u8]) -> Response {
    Response {
        url: SuspectUrl::parse(&format!("https://lavka.example{path}")).unwrap(),
        started: "2026-03-01T10:00:00.25Z".parse().unwrap(),
        duration: Duration::from_millis(120),
        version: "HTTP/2",
        status: 200,
        request_headers: vec![header("User-Agent", b"tazy")],
        headers: vec![
            header("content-type", b"text/html; charset=windows-1251"),
            header("transfer-encoding", b"chunked"),
            header("x-note", b"\xcf\xf0\xe8\xe2\xe5\xf2"),
        ],
        body: body.to_vec(),
        truncated: None,
        remote_addr: Some("192.0.2.7:443".parse().unwrap()),
        tls: None,
        provenance: crate::fetch::Provenance::default(),
    }
}

pub(super) fn sealed(response: Response) -> Capture {
    seal(
        response,
        &Circumstances {
            run: &RunId::from_written("r-0123456789ab"),
            site: "lavka.example",
            referrer: None,
            via: None,
            hop: 0,
            profile: "honest",
            robots: None,
            attempts_before: &[],
        },
    )
}

pub(super) fn written(writer: &mut WarcWriter, capture: &mut Capture) {
    capture.manifest = writer.append(capture).unwrap();
}

pub(super) fn files(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn heads_are_rebuilt_in_order_and_digests_cover_the_raw_bytes() {
    let capture = sealed(response("/catalog?page=2", b"<p>\xcf\xf0</p>"));
    assert_eq!(
        String::from_utf8_lossy(&capture.request_head),
        "GET /catalog?page=2 HTTP/1.1\r\nHost: lavka.example\r\nUser-Agent: tazy\r\n\r\n"
    );
    let head: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=windows-1251\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\nx-note: \xcf\xf0\xe8\xe2\xe5\xf2\r\n\r\n";
    assert_eq!(capture.response_head, head);
    let manifest = &capture.manifest;
    assert_eq!(manifest.http_version.as_deref(), Some("HTTP/2"));
    assert_eq!(manifest.payload_digest, Digest::of(b"<p>\xcf\xf0</p>"));
    let block = [head, b"<p>\xcf\xf0</p>"].concat();
    assert_eq!(manifest.block_digest, Digest::of(&block));
    assert_eq!(manifest.duration_ms, 120);
}

#[test]
fn a_redirect_is_noted_in_the_manifest() {
    let mut moved = response("/", b"");
    moved.status = 302;
    moved.headers = vec![header("Location", b"/shop")];
    let capture = sealed(moved);
    let target = SuspectUrl::parse("https://lavka.example/shop").unwrap();
    assert_eq!(capture.manifest.redirect, Some(("http".to_owned(), target)));
}

#[test]
fn a_capture_of_a_file_needs_no_network_facts() {
    let url = SuspectUrl::parse("http://page.example/").unwrap();
    let capture = Capture::of_file(&url, Some("text/html"), b"<h1>x".to_vec());
    assert_eq!(capture.manifest.run, RunId::from_written("r-file"));
    assert_eq!(capture.manifest.site, "page.example");
    assert_eq!(
        capture.response_head,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    );
    let directory = tempfile::tempdir().unwrap();
    let mut capture = capture;
    let mut writer = WarcWriter::new(directory.path(), "t");
    written(&mut writer, &mut capture);
    let read = read_capture(directory.path(), &capture.manifest).unwrap();
    assert_eq!((read.request_head, read.body), (Vec::new(), capture.body));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn what_was_written_is_read_back_byte_for_byte(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 1..5),
        value in prop::collection::vec(any::<u8>(), 0..60),
        coded in any::<bool>(),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = WarcWriter::new(directory.path(), "t").rotating_at(2500);
        let mut captures = Vec::new();
        for (i, body) in bodies.iter().enumerate() {
            let mut answer = response(&format!("/{i}"), body);
            answer.headers.push(header("x-any", &value));
            if coded {
                answer.headers.push(header("content-encoding", b"br"));
            }
            let mut capture = sealed(answer);
            written(&mut writer, &mut capture);
            captures.push(capture);
        }
        writer.sync().unwrap();
        for round in 0..2 {
            for capture in &captures {
                let read = read_capture(directory.path(), &capture.manifest).unwrap();
                prop_assert_eq!(&read.body, &capture.body);
                prop_assert_eq!(&read.response_head, &capture.response_head);
                prop_assert_eq!(&read.request_head, &capture.request_head);
            }
            if round == 0 {
                writer.close().unwrap();
            }
        }
        prop_assert!(files(directory.path()).iter().all(|name| name.ends_with(".warc.gz")));
    }
}

#[test]
fn a_body_that_cannot_be_compressed_does_not_grow() {
    let directory = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(3);
    let body: Vec<u8> = std::iter::repeat_with(|| random.u8(..))
        .take(200_000)
        .collect();
    let mut writer = WarcWriter::new(directory.path(), "t");
    let manifest = writer.append(&sealed(response("/picture", &body))).unwrap();
    let length = manifest.warc.as_ref().unwrap().length;
    assert!((200_000..201_500).contains(&length), "{length}");
    writer.sync().unwrap();
    assert_eq!(
        read_capture(directory.path(), &manifest).unwrap().body,
        body
    );
}

#[test]
fn files_rotate_by_size_and_are_open_only_while_they_grow() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "tazy-x-1")
        .rotating_at(1)
        .with_info("operator", "Unit\r\n7");
    for i in 0..3 {
        writer
            .append(&sealed(response(&format!("/{i}"), b"x")))
            .unwrap();
    }
    assert_eq!(
        files(directory.path()),
        [
            "tazy-x-1-00001.warc.gz",
            "tazy-x-1-00002.warc.gz",
            "tazy-x-1-00003.warc.gz.open"
        ]
    );
    drop(writer);
    assert!(files(directory.path()).contains(&"tazy-x-1-00003.warc.gz".to_owned()));
    for name in files(directory.path()) {
        let records = verify_warc_file(&directory.path().join(name)).unwrap();
        assert_eq!(records, 4, "warcinfo, response, request, metadata");
    }
}

#[test]
fn a_full_disk_leaves_every_earlier_capture_readable_and_goes_on_when_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    let mut first = sealed(response("/1", b"first"));
    written(&mut writer, &mut first);
    let length = first.manifest.warc.as_ref().unwrap();
    writer.limit_to(Some(length.offset + length.length + 1000));
    let mut second = sealed(response(
        "/2",
        &(0..=255).cycle().take(9000).collect::<Vec<u8>>(),
    ));
    second.manifest.content_encoding = Some("br".to_owned());
    let error = writer.append(&second).unwrap_err();
    assert!(matches!(error, WarcError::Io { source, .. } if is_full(&source)));
    writer.limit_to(None);
    written(&mut writer, &mut second);
    writer.close().unwrap();
    for capture in [first, second] {
        read_capture(directory.path(), &capture.manifest).unwrap();
    }
    let file = directory.path().join("t-00001.warc.gz");
    assert_eq!(verify_warc_file(&file).unwrap(), 7);
}

/// A file as a killed process leaves it, and where its second capture begins.
fn left_open(directory: &Path) -> (PathBuf, Vec<u8>, u64, Capture) {
    let mut writer = WarcWriter::new(directory, "t");
    let mut first = sealed(response("/1", b"first"));
    written(&mut writer, &mut first);
    let second = writer.append(&sealed(response("/2", b"second"))).unwrap();
    let second = second.warc.unwrap();
    writer.close().unwrap();
    let closed = directory.join("t-00001.warc.gz");
    let bytes = fs::read(&closed).unwrap();
    fs::remove_file(&closed).unwrap();
    (
        directory.join("t-00001.warc.gz.open"),
        bytes,
        second.offset,
        first,
    )
}

#[test]
fn a_file_cut_at_any_byte_keeps_its_whole_records_and_its_torn_tail() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let (open, bytes, second, first) = left_open(directory);
    let last = bytes.len() - 900;
    let sparse = (usize::try_from(second).unwrap()..last).step_by(11);
    for cut in sparse.chain(last..=bytes.len()) {
        fs::write(&open, &bytes[..cut]).unwrap();
        let done = close_left_open(directory, &|_| 0).unwrap();
        assert_eq!(done.len(), 1);
        let closed = directory.join("t-00001.warc.gz");
        let torn = directory.join("t-00001.warc.gz.torn");
        let mut kept = fs::read(&closed).unwrap();
        assert!(verify_warc_file(&closed).unwrap() >= 4);
        read_capture(directory, &first.manifest).unwrap();
        if torn.exists() {
            kept.extend(fs::read(&torn).unwrap());
            fs::remove_file(&torn).unwrap();
        }
        assert_eq!(kept, bytes[..cut], "nothing is deleted");
        fs::remove_file(closed).unwrap();
    }
}

#[test]
fn what_is_known_to_be_committed_is_never_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let (open, mut bytes, second, _) = left_open(directory);
    bytes[300] ^= 0xff;
    fs::write(&open, &bytes).unwrap();
    close_left_open(directory, &|_| second).unwrap();
    let closed = directory.join("t-00001.warc.gz");
    assert_eq!(fs::read(&closed).unwrap(), bytes);
    assert!(verify_warc_file(&closed).is_err(), "a check finds it");
}

#[test]
fn a_file_with_nothing_whole_in_it_is_kept_as_torn_only() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("t.warc.gz.open"), b"\x1f\x8b\x08").unwrap();
    close_left_open(directory.path(), &|_| 0).unwrap();
    assert_eq!(files(directory.path()), ["t.warc.gz.torn"]);
}

#[test]
fn a_manifest_that_names_another_record_or_path_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    let mut capture = sealed(response("/1", b"first"));
    written(&mut writer, &mut capture);
    let mut other = sealed(response("/2", b"other"));
    other.manifest.warc.clone_from(&capture.manifest.warc);
    let damaged = |manifest: &Manifest| {
        let read = read_capture(directory.path(), manifest);
        matches!(read, Err(WarcError::Damaged { .. }))
    };
    assert!(damaged(&other.manifest));
    let mut escaping = capture.manifest.clone();
    escaping.warc.as_mut().unwrap().file = "../t-00001.warc.gz".to_owned();
    assert!(damaged(&escaping));
    let mut smaller = capture.manifest.clone();
    smaller.block_digest = Digest::of(b"");
    assert!(damaged(&smaller));
    read_capture(directory.path(), &capture.manifest).unwrap();
}

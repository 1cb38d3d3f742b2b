//! Resources, revisits, and what other programs say of the files.

use super::tests::{files, response, sealed, written};
use super::*;
use crate::digest::Digest;
use crate::fetch::Truncation;
use jiff::Timestamp;
use std::fs;
use std::path::Path;
use std::process::Command;

fn date() -> Timestamp {
    "2026-03-01T10:00:01Z".parse().unwrap()
}

fn resources(url: &str) -> Vec<Resource> {
    let dns = "20260301100000\nlavka.example. 300 IN A 192.0.2.7\n".to_owned();
    vec![
        Resource::certificate(b"\x30\x82leaf".to_vec(), date()),
        Resource::screenshot(url, b"\x89PNG\r\n\x1a\npicture".to_vec(), date()),
        Resource::dom(url, "<p>Клад".to_owned(), date()),
        Resource::visible_text(url, "Клад".to_owned(), date()),
        Resource::certificate(b"\x30\x82root".to_vec(), date()),
        Resource::dns("lavka.example", dns, date()),
    ]
}

fn with_resources(path: &str, body: &[u8]) -> Capture {
    let mut capture = sealed(response(path, body));
    capture.resources = resources(capture.manifest.url.as_str());
    capture
}

fn of_role(manifest: &Manifest, role: ResourceRole) -> &ResourceRecord {
    let found = manifest.resources.iter().find(|r| r.role == role);
    found.unwrap()
}

fn long_body() -> Vec<u8> {
    (0..2000_u32).flat_map(u32::to_le_bytes).collect()
}

/// An original and a revisit of it.
fn revisited(writer: &mut WarcWriter) -> (Capture, Capture) {
    let mut first = sealed(response("/same", &long_body()));
    written(writer, &mut first);
    let mut later = response("/same", &long_body());
    later.started = "2026-03-02T10:00:00Z".parse().unwrap();
    let mut second = sealed(later);
    let earlier = RevisitOf::of(&first.manifest).unwrap();
    second.manifest = writer.append_revisit(&second, earlier).unwrap();
    (first, second)
}

#[test]
fn resources_come_back_with_their_capture_and_shared_ones_are_written_once_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    let mut captures = vec![with_resources("/1", b"one"), with_resources("/2", b"two")];
    for capture in &mut captures {
        written(&mut writer, capture);
    }
    let [one, two] = [&captures[0].manifest, &captures[1].manifest];
    for role in [ResourceRole::Certificate, ResourceRole::Dns] {
        let (one, two) = (of_role(one, role), of_role(two, role));
        assert_eq!((&one.record, &one.warc), (&two.record, &two.warc));
    }
    let shots = [one, two].map(|m| of_role(m, ResourceRole::Screenshot));
    assert_ne!(shots[0].record, shots[1].record);
    let leaf = of_role(one, ResourceRole::Certificate)
        .warc
        .as_ref()
        .unwrap();
    let own = one.warc.as_ref().unwrap();
    assert!(leaf.offset >= own.end(), "what is shared is not its own");
    assert!(shots[0].warc.as_ref().unwrap().end() <= own.end());
    for closed in [false, true] {
        for capture in &captures {
            let read = read_capture(directory.path(), &capture.manifest).unwrap();
            assert_eq!(read.resources, capture.resources);
            for position in capture.manifest.positions() {
                verify_written(directory.path(), position).unwrap();
            }
        }
        if !closed {
            writer.close().unwrap();
        }
    }
    let file = directory.path().join("t-00001.warc.gz");
    // warcinfo; 3 + 3 own + 3 shared; 3 + 3 own
    assert_eq!(verify_warc_file(&file).unwrap(), 16);
    let closed = &writer.closed()[0];
    assert_eq!(closed, &scan_warc_file(&file).unwrap().file);
    assert_eq!(closed.digest, Digest::of(&fs::read(&file).unwrap()));
}

#[test]
fn each_file_has_the_certificates_of_its_captures() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t").rotating_at(1);
    for path in ["/1", "/2"] {
        let mut capture = with_resources(path, b"x");
        written(&mut writer, &mut capture);
        let file = &capture.manifest.warc.as_ref().unwrap().file;
        let positions: Vec<_> = capture.manifest.positions().collect();
        assert!(positions.iter().all(|position| &position.file == file));
        read_capture(directory.path(), &capture.manifest).unwrap();
    }
}

#[test]
fn a_resource_may_follow_later_in_another_file() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t").rotating_at(1);
    let mut capture = with_resources("/1", b"x");
    written(&mut writer, &mut capture);
    let later = Resource::screenshot("http://x.example/", b"\x89PNG2".to_vec(), date());
    writer
        .append_resources(&mut capture.manifest, std::slice::from_ref(&later))
        .unwrap();
    writer.close().unwrap();
    assert_eq!(capture.manifest.resources.len(), 7);
    let read = read_resources(directory.path(), &capture.manifest).unwrap();
    assert_eq!(read[6], later);
    let files = files(directory.path());
    assert_eq!(
        capture.manifest.resources[6].warc.as_ref().unwrap().file,
        files[1]
    );
}

#[test]
fn a_resource_that_is_not_what_the_manifest_says_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    let mut capture = with_resources("/1", b"x");
    written(&mut writer, &mut capture);
    let refused = |change: &dyn Fn(&mut ResourceRecord)| {
        let mut manifest = capture.manifest.clone();
        change(&mut manifest.resources[1]);
        let read = read_capture(directory.path(), &manifest);
        matches!(read, Err(WarcError::Damaged { .. }))
    };
    assert!(!refused(&|_| {}));
    assert!(refused(&|resource| resource.digest = Digest::of(b"")));
    assert!(refused(&|resource| resource.record.push('x')));
    assert!(refused(&|resource| resource.warc = None));
    assert!(refused(&|resource| {
        resource.warc.as_mut().unwrap().offset = capture.manifest.warc.as_ref().unwrap().offset;
    }));
}

#[test]
fn a_revisit_holds_the_head_alone_and_is_read_with_the_body_of_the_first() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    let (first, second) = revisited(&mut writer);
    let manifest = &second.manifest;
    let earlier = manifest.revisit_of.as_ref().unwrap();
    assert_eq!(earlier.capture, first.manifest.id);
    let length = |capture: &Capture| capture.manifest.warc.as_ref().unwrap().length;
    assert!(length(&second) * 3 < length(&first));
    let read = read_capture(directory.path(), manifest).unwrap();
    assert_eq!(
        (&read.body, &read.response_head),
        (&second.body, &second.response_head)
    );
    let block = Digest::of_parts(&[&second.response_head, &second.body]);
    assert_eq!(
        manifest.block_digest, block,
        "the digest of what was received"
    );
    assert!(
        RevisitOf::of(manifest).is_none(),
        "nothing refers to a revisit"
    );
}

#[test]
fn small_and_cut_bodies_are_written_anew() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    for (body, truncated, expected) in [
        (511, None, false),
        (512, None, true),
        (512, Some(Truncation::Length), false),
    ] {
        let mut answer = response("/", &vec![b'x'; body]);
        answer.truncated = truncated;
        let mut capture = sealed(answer);
        written(&mut writer, &mut capture);
        assert_eq!(RevisitOf::of(&capture.manifest).is_some(), expected);
    }
}

#[test]
fn a_revisit_whose_first_is_another_record_or_another_body_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    let (first, second) = revisited(&mut writer);
    let mut other = sealed(response("/other", &[b'y'; 600]));
    written(&mut writer, &mut other);
    let refused = |earlier: RevisitOf| {
        let mut manifest = second.manifest.clone();
        manifest.revisit_of = Some(earlier);
        let read = read_capture(directory.path(), &manifest);
        matches!(read, Err(WarcError::Damaged { .. }))
    };
    let good = second.manifest.revisit_of.clone().unwrap();
    assert!(!refused(good.clone()));
    assert!(
        refused(RevisitOf::of(&other.manifest).unwrap()),
        "another body"
    );
    let mut itself = good.clone();
    itself.warc = second.manifest.warc.clone().unwrap();
    assert!(refused(itself), "a revisit");
    let mut misnamed = good;
    misnamed.warc = other.manifest.warc.clone().unwrap();
    assert!(refused(misnamed), "another record");
    assert!(first.manifest.revisit_of.is_none());
}

#[test]
fn every_byte_of_a_capture_as_it_stands_in_the_file_is_vouched_for() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    let mut capture = with_resources("/1", b"one");
    written(&mut writer, &mut capture);
    writer.close().unwrap();
    let file = directory.path().join("t-00001.warc.gz");
    let bytes = fs::read(&file).unwrap();
    let start = capture.manifest.warc.as_ref().unwrap().offset;
    for changed in usize::try_from(start).unwrap()..bytes.len() {
        let mut copy = bytes.clone();
        copy[changed] ^= 1;
        fs::write(&file, copy).unwrap();
        let mut positions = capture.manifest.positions();
        let sound = positions.try_for_each(|p| verify_written(directory.path(), p));
        assert!(sound.is_err(), "byte {changed}");
    }
}

#[test]
fn the_first_record_says_who_wrote_the_file_with_what_and_how() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t")
        .with_info("operator", "Unit\r\n7")
        .with_info("Description", "Case 12")
        .with_info("hostname", "desk");
    writer.append(&sealed(response("/", b"x"))).unwrap();
    writer.close().unwrap();
    let bytes = fs::read(directory.path().join("t-00001.warc.gz")).unwrap();
    let mut text = String::new();
    let mut member = flate2::bufread::GzDecoder::new(bytes.as_slice());
    std::io::Read::read_to_string(&mut member, &mut text).unwrap();
    let expected = [
        concat!("software: tazy/", env!("CARGO_PKG_VERSION")),
        "format: WARC File Format 1.1",
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "description: Case 12",
        "isPartOf: r-0123456789ab",
        "robots: not asked",
        "profile: honest",
        "http-header-user-agent: tazy",
        "operator: Unit  7",
        "hostname: desk",
    ];
    let (_, block) = text.split_once("\r\n\r\n").unwrap();
    let lines: Vec<&str> = block.trim_end().split("\r\n").collect();
    assert_eq!(lines, expected);
}

#[test]
fn a_field_cannot_be_ended_early() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    let mut capture = sealed(response("/", b"x"));
    let forged = "lavka.example\r\nWARC-Type: response";
    capture.resources = vec![Resource::dns(forged, String::new(), date())];
    written(&mut writer, &mut capture);
    read_capture(directory.path(), &capture.manifest).unwrap();
    writer.close().unwrap();
    accepted_by_warcio(&directory.path().join("t-00001.warc.gz"));
}

#[test]
fn warcio_accepts_every_sort_of_record() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = WarcWriter::new(directory.path(), "t");
    for i in 0..3 {
        let mut answer = response(&format!("/{i}"), b"<p>\xcf\xf0</p>");
        answer.truncated = Some(Truncation::Length);
        writer.append(&sealed(answer)).unwrap();
    }
    writer.append(&with_resources("/4", b"<p>")).unwrap();
    revisited(&mut writer);
    writer.close().unwrap();
    let file = directory.path().join("t-00001.warc.gz");
    assert_eq!(verify_warc_file(&file).unwrap(), 10 + 9 + 6);
    accepted_by_warcio(&file);
}

/// An independent reader of WARC files; skips, clearly, where it is missing.
fn accepted_by_warcio(file: &Path) {
    let checked = Command::new("warcio")
        .args(["check", "-v"])
        .arg(file)
        .output();
    let Ok(output) = checked else {
        let all = std::env::var("TAZY_TEST_ALL").is_ok_and(|value| value == "1");
        assert!(!all, "TAZY_TEST_ALL=1 needs warcio on the PATH");
        println!("skipped: needs warcio on the PATH");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(
        !said.contains("fail") && !said.contains("exception"),
        "{said}"
    );
    let records = said.matches("WARC-Record-ID").count();
    let unchecked = said.matches("not checked (revisit)").count();
    assert_eq!(
        said.matches("digest pass").count() + unchecked,
        records,
        "{said}"
    );
}

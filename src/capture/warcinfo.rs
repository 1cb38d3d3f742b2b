//! The first record of a file: who wrote it, with what, how and what for.

use super::Manifest;
use super::record::Record;
use crate::fetch::RobotsMode;
use flate2::Compression;
use std::fmt::Write as _;
use std::io;

const CONFORMS_TO: &str =
    "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/";
const DESCRIPTION: &str = "Web sites as they answered a visitor, kept as evidence; what was asked and \
how is in the metadata record of each capture";

/// The `warcinfo` record (ISO 28500:2017 §6.2). Run, mode and profile are those of the first capture; those
/// of each capture are in its manifest.
pub(super) fn warcinfo_member(
    name: &str,
    id: &str,
    info: &[(String, String)],
    first: &Manifest,
    request_head: &[u8],
) -> io::Result<Vec<u8>> {
    let mut text = String::new();
    for (field, value) in fields(info, first, request_head) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}: {}\r\n", on_a_line(&field), on_a_line(&value));
    }
    Record {
        kind: "warcinfo",
        id: id.to_owned(),
        date: first.requested_at,
        content_type: "application/warc-fields",
        fields: vec![("WARC-Filename", name.to_owned())],
        block: &[text.as_bytes()],
    }
    .member(Compression::fast())
}

fn fields(
    info: &[(String, String)],
    first: &Manifest,
    request_head: &[u8],
) -> Vec<(String, String)> {
    let robots = match first.robots.as_ref().map(|decision| decision.mode) {
        Some(RobotsMode::Respect) => "respect",
        Some(RobotsMode::Investigate) => "investigate",
        None => "not asked",
    };
    let software = concat!("tazy/", env!("CARGO_PKG_VERSION"));
    let known = [
        ("software", software),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", CONFORMS_TO),
        ("description", DESCRIPTION),
        ("isPartOf", first.run.as_str()),
        ("robots", robots),
        ("profile", &first.profile),
    ];
    let mut fields: Vec<(String, String)> = known
        .into_iter()
        .chain(user_agent(request_head).map(|agent| ("http-header-user-agent", agent)))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in info {
        match fields
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some(field) => field.1.clone_from(value),
            None => fields.push((name.clone(), value.clone())),
        }
    }
    fields
}

fn user_agent(request_head: &[u8]) -> Option<&str> {
    let head = std::str::from_utf8(request_head).ok()?;
    head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("user-agent")
            .then(|| value.trim())
    })
}

fn on_a_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

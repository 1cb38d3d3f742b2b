//! Suricata rules: the name in TLS (`tls.sni`), in clear HTTP (`http.host`) and in questions to name servers
//! (`dns.query`); the URL in clear HTTP; the address.
//!
//! The number of a rule (`sid`) is made of what it blocks, so that it stays the same from list to list.

use super::header::write_header;
use super::selection::{Covering, Selection};
use super::{BlockList, ExportReport, ListError, ListFormat, SuricataAction};
use crate::block::{BlockTarget, HostName};
use crate::digest::Digest;
use crate::suspect::SuspectUrl;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::IpAddr;
use url::Position;

/// Numbers above those of every published ruleset begin here.
const FIRST_SID: u32 = 1_000_000_000;
/// Places for targets, each with four numbers: the last is 2,073,741,823.
const PLACES: u32 = 1 << 28;
const SIDS_A_TARGET: u32 = 4;
/// Longer contents are not taken by every version of Suricata, bytes.
const MAX_CONTENT: usize = 255;

pub(super) fn write(
    list: &BlockList,
    action: SuricataAction,
    out: &mut dyn Write,
) -> Result<ExportReport, ListError> {
    let selection = Selection::of(ListFormat::Suricata, list, Covering::Hosts, check);
    let written = selection.entries.len();
    write_header(list, ListFormat::Suricata, written, "#", out)?;
    let mut numbers = Numbers::default();
    for entry in &selection.entries {
        let mut rules = Rules {
            action: action.as_str(),
            label: label(entry.item.as_str()),
            sid: numbers.first_of(&entry.target),
            out: &mut *out,
        };
        match &entry.target {
            BlockTarget::Host(name) => rules.host(name)?,
            BlockTarget::HostAndBelow(name) => rules.host_and_below(name)?,
            BlockTarget::Url(url) => rules.url(url)?,
            BlockTarget::Address(address) => rules.address(*address)?,
        }
    }
    Ok(selection.report)
}

fn check(target: &BlockTarget) -> Result<(), String> {
    let BlockTarget::Url(url) = target else {
        return Ok(());
    };
    if url.as_url().scheme() == "https" {
        return Err("Suricata sees the URLs of clear HTTP only".to_owned());
    }
    if path_of(url).len() > MAX_CONTENT {
        return Err(format!(
            "its path is longer than {MAX_CONTENT} bytes, which not every Suricata takes"
        ));
    }
    Ok(())
}

fn path_of(url: &SuspectUrl) -> &str {
    &url.as_url()[Position::BeforePath..Position::AfterQuery]
}

/// Gives every target its place. Where two targets meet in one, the later in the list takes the next.
#[derive(Debug, Default)]
struct Numbers {
    taken: HashSet<u32>,
}

impl Numbers {
    fn first_of(&mut self, target: &BlockTarget) -> u32 {
        let scope = target.scope().as_str();
        let digest = Digest::of_parts(&[scope.as_bytes(), b"\0", target.live().as_bytes()]);
        let [a, b, c, d, ..] = *digest.as_bytes();
        let mut place = u32::from_be_bytes([a, b, c, d]) % PLACES;
        while !self.taken.insert(place) {
            place = (place + 1) % PLACES;
        }
        FIRST_SID + place * SIDS_A_TARGET
    }
}

struct Rules<'a> {
    action: &'static str,
    label: String,
    sid: u32,
    out: &'a mut dyn Write,
}

impl Rules<'_> {
    fn host(&mut self, name: &HostName) -> io::Result<()> {
        let name = name.as_str();
        let exact = format!("content:\"{name}\"; startswith; endswith;");
        let no_case = format!("content:\"{name}\"; nocase; startswith; endswith;");
        self.names(name, &exact, &no_case)
    }

    fn host_and_below(&mut self, name: &HostName) -> io::Result<()> {
        let name = name.as_str();
        let exact = format!("dotprefix; content:\".{name}\"; endswith;");
        let no_case = format!("dotprefix; content:\".{name}\"; nocase; endswith;");
        self.names(name, &exact, &no_case)
    }

    /// `http.host` is in lower case already, and refuses `nocase`.
    fn names(&mut self, name: &str, exact: &str, no_case: &str) -> io::Result<()> {
        let flow = "flow:established,to_server;";
        self.rule(
            "tls any any -> any any",
            name,
            &format!("{flow} tls.sni; {no_case}"),
        )?;
        self.rule(
            "http any any -> any any",
            name,
            &format!("{flow} http.host; {exact}"),
        )?;
        self.rule(
            "dns any any -> any any",
            name,
            &format!("dns.query; {no_case}"),
        )
    }

    /// The host with its port, and path and query as they pass over the wire.
    fn url(&mut self, url: &SuspectUrl) -> io::Result<()> {
        let (host, path) = (content(&url.authority()), content(path_of(url)));
        let conditions = format!(
            "flow:established,to_server; http.host.raw; content:\"{host}\"; nocase; startswith; endswith; \
             http.uri.raw; content:\"{path}\"; startswith; endswith;"
        );
        self.rule("http any any -> any any", url.host(), &conditions)
    }

    fn address(&mut self, address: IpAddr) -> io::Result<()> {
        let traffic = match address {
            IpAddr::V4(address) => format!("ip any any -> {address} any"),
            IpAddr::V6(address) => format!("ip any any -> [{address}] any"),
        };
        self.rule(&traffic, &address.to_string(), "")
    }

    fn rule(&mut self, traffic: &str, what: &str, conditions: &str) -> io::Result<()> {
        let gap = if conditions.is_empty() { "" } else { " " };
        writeln!(
            self.out,
            "{} {traffic} (msg:\"tazy {} {}\";{gap}{conditions} sid:{}; rev:1;)",
            self.action,
            self.label,
            label(what),
            self.sid
        )?;
        self.sid += 1;
        Ok(())
    }
}

/// What a message may hold.
fn label(text: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.chars().filter(is_plain).take(253).collect()
}

/// A content in which everything that means something to the parser stands as its number.
fn content(text: &str) -> String {
    let mut content = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/') {
            content.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(content, "|{byte:02x}|");
        }
    }
    content
}

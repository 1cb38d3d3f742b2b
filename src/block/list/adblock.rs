//! Filter list of `AdGuard` and uBlock Origin.
//!
//! `||name^` covers the names below, so a single host is anchored at both ends of its name. Patterns ignore the case
//! of letters and only regular expressions may be told not to (`match-case`), so a URL is one of these.

use super::header::write_header;
use super::selection::{Covering, Selection};
use super::{BlockList, ExportReport, ListEntry, ListError, ListFormat};
use crate::block::{BlockTarget, HostName};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::IpAddr;

/// Every sort of request, the page itself included; without it uBlock Origin lets pages pass.
const EVERYTHING: &str = "$all";

pub(super) fn write(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let selection = Selection::of(ListFormat::Adblock, list, Covering::Parents, |_| Ok(()));
    write_header(list, ListFormat::Adblock, selection.entries.len(), "!", out)?;
    writeln!(out, "! Version: {}", list.serial)?;
    writeln!(out, "! Expires: 1 day")?;
    for entry in &selection.entries {
        match &entry.target {
            BlockTarget::Url(url) => {
                let pattern = expression(url.as_str());
                writeln!(out, "/^{pattern}$/{EVERYTHING},match-case")?;
            }
            BlockTarget::Host(name) => write_host(name, entry, out)?,
            BlockTarget::HostAndBelow(name) => {
                writeln!(out, "||{}^{EVERYTHING}", name.as_str())?;
            }
            BlockTarget::Address(IpAddr::V4(address)) => {
                writeln!(out, "||{address}^{EVERYTHING}")?;
            }
            BlockTarget::Address(IpAddr::V6(address)) => {
                writeln!(out, "|http://[{address}]/{EVERYTHING}")?;
                writeln!(out, "|https://[{address}]/{EVERYTHING}")?;
            }
        }
    }
    Ok(selection.report)
}

/// One host at the ports of its schemes, and at those at which it was seen: any separator after the name would let
/// `http://name:x@other/` match.
fn write_host(name: &HostName, entry: &ListEntry, out: &mut dyn Write) -> io::Result<()> {
    let name = name.as_str();
    writeln!(out, "|http://{name}/{EVERYTHING}")?;
    writeln!(out, "|https://{name}/{EVERYTHING}")?;
    let seen = entry.urls.iter().filter(|url| url.host() == name);
    let at_ports: BTreeSet<(&str, u16)> = seen
        .filter_map(|url| Some((url.as_url().scheme(), url.as_url().port()?)))
        .collect();
    for (scheme, port) in at_ports {
        writeln!(out, "|{scheme}://{name}:{port}/{EVERYTHING}")?;
    }
    Ok(())
}

/// A regular expression that matches exactly this text. What separates options (`$`, `,`) or could end the
/// expression stands as its number.
fn expression(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        match byte {
            b'/' | b'.' | b'?' | b'+' => {
                pattern.push('\\');
                pattern.push(char::from(byte));
            }
            b'-' | b'_' | b'=' | b'&' | b'%' | b':' => pattern.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => pattern.push(char::from(byte)),
            byte => {
                // Writing to a text cannot fail.
                let _ = write!(pattern, "\\x{byte:02x}");
            }
        }
    }
    pattern
}

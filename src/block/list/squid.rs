//! Squid: `dstdomain` for names (with a dot before it: and every name below), `url_regex` for URLs, `dst` for
//! addresses.
//!
//! Squid sees the URLs of plain HTTP only; of HTTPS it sees the name, unless it decrypts. A name that stands beside
//! its parent gives a warning and may lose the parent, so covered names are dropped.

use super::header::write_header;
use super::selection::{Covering, Selection};
use super::{BlockList, ExportReport, ListError, ListFormat, SquidOptions, SquidPart};
use crate::block::{BlockTarget, ScopeKind};
use std::io::Write;

/// Squid 5.7 warns of longer expressions and matches them one by one (bytes; measured: 833 pass, 1033 do not).
const MAX_PATTERN: usize = 800;

pub(super) fn write(
    list: &BlockList,
    options: SquidOptions,
    out: &mut dyn Write,
) -> Result<ExportReport, ListError> {
    let fit = |target: &BlockTarget| check(target, options);
    let selection = Selection::of(ListFormat::Squid, list, Covering::Hosts, fit);
    write_header(list, ListFormat::Squid, selection.entries.len(), "#", out)?;
    let is_config = options.part == SquidPart::Config;
    let mut parts = [false; 3];
    for entry in &selection.entries {
        let part = match &entry.target {
            BlockTarget::Host(_) | BlockTarget::HostAndBelow(_) => 0,
            BlockTarget::Url(_) => 1,
            BlockTarget::Address(_) => 2,
        };
        parts[part] = true;
        match &entry.target {
            // -n: names are never looked up for addresses, which their owner could name as he likes.
            BlockTarget::Host(name) if is_config => {
                writeln!(out, "acl tazy_names dstdomain -n {}", name.as_str())?;
            }
            BlockTarget::HostAndBelow(name) if is_config => {
                writeln!(out, "acl tazy_names dstdomain -n .{}", name.as_str())?;
            }
            BlockTarget::Host(name) => writeln!(out, "{}", name.as_str())?,
            BlockTarget::HostAndBelow(name) => writeln!(out, ".{}", name.as_str())?,
            BlockTarget::Url(url) => {
                writeln!(out, "acl tazy_urls url_regex {}", pattern(url.as_str()))?;
            }
            BlockTarget::Address(address) => {
                writeln!(out, "acl tazy_addresses dst {address}")?;
            }
        }
    }
    let names = ["tazy_names", "tazy_urls", "tazy_addresses"];
    for (name, is_there) in names.iter().zip(parts) {
        if is_there && is_config {
            writeln!(out, "http_access deny {name}")?;
        }
    }
    Ok(selection.report)
}

fn check(target: &BlockTarget, options: SquidOptions) -> Result<(), String> {
    let is_name = matches!(target.scope(), ScopeKind::Host | ScopeKind::HostAndBelow);
    if options.part == SquidPart::Names && !is_name {
        return Err("only names were asked for".to_owned());
    }
    if let BlockTarget::Url(url) = target {
        if url.as_url().scheme() == "https" && !options.decrypts_tls {
            return Err("Squid sees the URLs of plain HTTP only".to_owned());
        }
        if pattern(url.as_str()).len() > MAX_PATTERN {
            return Err(format!(
                "its expression is longer than the {MAX_PATTERN} bytes that Squid takes without a warning"
            ));
        }
    }
    Ok(())
}

/// An extended regular expression (POSIX) that matches exactly this text.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 16);
    pattern.push('^');
    for c in text.chars() {
        // Others must not be escaped: `\<` and `\'` mean something to GNU's library.
        if ".[]{}()*+?^$|\\".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('$');
    pattern
}

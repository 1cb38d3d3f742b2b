//! One target a line: a URL, a name, a name with a dot before it for it and every name below it, an address.

use super::header::write_header;
use super::selection::{Covering, Selection};
use super::{BlockList, ExportReport, ListError, ListFormat};
use crate::block::BlockTarget;
use std::io::Write;

pub(super) fn write(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let selection = Selection::of(ListFormat::Plain, list, Covering::None, |_| Ok(()));
    write_header(list, ListFormat::Plain, selection.entries.len(), "#", out)?;
    writeln!(
        out,
        "# http… one URL · name one host · .name host and all names below it · address"
    )?;
    for entry in &selection.entries {
        match &entry.target {
            BlockTarget::Url(url) => writeln!(out, "{}", url.as_str())?,
            BlockTarget::Host(name) => writeln!(out, "{}", name.as_str())?,
            BlockTarget::HostAndBelow(name) => writeln!(out, ".{}", name.as_str())?,
            BlockTarget::Address(address) => writeln!(out, "{address}")?,
        }
    }
    Ok(selection.report)
}

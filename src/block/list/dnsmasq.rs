//! dnsmasq configuration: `local=/name/` answers that there is no such name, and none below it.

use super::header::write_header;
use super::selection::{Covering, Selection};
use super::{BlockList, ExportReport, ListError, ListFormat};
use crate::block::BlockTarget;
use std::io::Write;

pub(super) fn write(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let selection = Selection::of(ListFormat::Dnsmasq, list, Covering::Parents, |_| Ok(()));
    write_header(list, ListFormat::Dnsmasq, selection.entries.len(), "#", out)?;
    for entry in &selection.entries {
        if let BlockTarget::HostAndBelow(name) = &entry.target {
            writeln!(out, "local=/{}/", name.as_str())?;
        }
    }
    Ok(selection.report)
}

//! unbound configuration: a local zone that answers that there is no such name, and none below it.

use super::header::write_header;
use super::selection::{Covering, Selection};
use super::{BlockList, ExportReport, ListError, ListFormat};
use crate::block::BlockTarget;
use std::io::Write;

pub(super) fn write(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let selection = Selection::of(ListFormat::Unbound, list, Covering::Parents, |_| Ok(()));
    write_header(list, ListFormat::Unbound, selection.entries.len(), "#", out)?;
    writeln!(out, "server:")?;
    for entry in &selection.entries {
        if let BlockTarget::HostAndBelow(name) = &entry.target {
            writeln!(out, "local-zone: \"{}.\" always_nxdomain", name.as_str())?;
        }
    }
    Ok(selection.report)
}

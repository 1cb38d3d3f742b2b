//! hosts file (hosts(5)): one name a line, which is answered with an address that leads nowhere. It knows no names
//! below a name.

use super::header::write_header;
use super::selection::{Covering, Selection};
use super::{BlockList, ExportReport, ListError, ListFormat};
use crate::block::BlockTarget;
use std::io::Write;

pub(super) fn write(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let selection = Selection::of(ListFormat::Hosts, list, Covering::Hosts, |_| Ok(()));
    write_header(list, ListFormat::Hosts, selection.entries.len(), "#", out)?;
    for entry in &selection.entries {
        if let BlockTarget::Host(name) = &entry.target {
            let name = name.as_str();
            // Both families: where only one is named, some resolvers ask for the other as before.
            writeln!(out, "0.0.0.0 {name}\n:: {name}")?;
        }
    }
    Ok(selection.report)
}

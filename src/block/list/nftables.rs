//! nftables: two sets of addresses and the rules that refuse what is sent there. Loading the file replaces the table
//! of the file before in one step.

use super::header::write_header;
use super::selection::{Covering, Selection};
use super::{BlockList, ExportReport, ListError, ListFormat};
use crate::block::BlockTarget;
use std::io::{self, Write};
use std::net::IpAddr;

pub(super) fn write(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let selection = Selection::of(ListFormat::Nftables, list, Covering::None, |_| Ok(()));
    let written = selection.entries.len();
    write_header(list, ListFormat::Nftables, written, "#", out)?;
    let addresses = || selection.entries.iter().copied().filter_map(address_of);
    // Made before it is deleted, so that deleting it cannot fail.
    writeln!(
        out,
        "table inet tazy\ndelete table inet tazy\ntable inet tazy {{"
    )?;
    write_set(
        "block4",
        "ipv4_addr",
        addresses().filter(IpAddr::is_ipv4),
        out,
    )?;
    write_set(
        "block6",
        "ipv6_addr",
        addresses().filter(IpAddr::is_ipv6),
        out,
    )?;
    for chain in ["forward", "output"] {
        writeln!(out, "\tchain {chain} {{")?;
        writeln!(
            out,
            "\t\ttype filter hook {chain} priority 0; policy accept;"
        )?;
        for (family, set) in [("ip", "block4"), ("ip6", "block6")] {
            writeln!(
                out,
                "\t\t{family} daddr @{set} counter reject with icmpx type admin-prohibited"
            )?;
        }
        writeln!(out, "\t}}")?;
    }
    writeln!(out, "}}")?;
    Ok(selection.report)
}

fn address_of(entry: &super::ListEntry) -> Option<IpAddr> {
    match &entry.target {
        BlockTarget::Address(address) => Some(*address),
        _ => None,
    }
}

/// One set. Without `auto-merge`, neighbors that become a range would be refused.
fn write_set(
    name: &str,
    kind: &str,
    addresses: impl Iterator<Item = IpAddr>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "\tset {name} {{\n\t\ttype {kind}\n\t\tflags interval\n\t\tauto-merge"
    )?;
    let mut is_open = false;
    for address in addresses {
        if !is_open {
            writeln!(out, "\t\telements = {{")?;
            is_open = true;
        }
        writeln!(out, "\t\t\t{address},")?;
    }
    if is_open {
        writeln!(out, "\t\t}}")?;
    }
    writeln!(out, "\t}}")
}

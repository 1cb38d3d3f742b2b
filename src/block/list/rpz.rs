//! Response policy zone (draft-vixie-dnsop-dns-rpz): a zone file that BIND, unbound, Knot and `PowerDNS` load.

use super::header::write_header;
use super::selection::{Covering, Selection};
use super::{BlockList, ExportReport, ListError, ListFormat, RpzAction, RpzOptions};
use crate::block::BlockTarget;
use std::io::Write;
use std::net::{IpAddr, Ipv6Addr};

/// Longest name in a zone, with the zone's own (RFC 1035 §2.3.4), without the dot of the root.
const MAX_NAME: usize = 253;

pub(super) fn write(
    list: &BlockList,
    options: &RpzOptions,
    out: &mut dyn Write,
) -> Result<ExportReport, ListError> {
    let serial = u32::try_from(list.serial).map_err(|_| {
        ListError::Unfit(format!(
            "the serial {} does not fit into a zone (32 bits)",
            list.serial
        ))
    })?;
    let origin = options.origin();
    let fit = |target: &BlockTarget| check_name(target, origin);
    let selection = Selection::of(ListFormat::Rpz, list, Covering::Hosts, fit);
    write_header(list, ListFormat::Rpz, selection.entries.len(), ";", out)?;
    writeln!(out, "; Zone: {origin}")?;
    writeln!(out, "$TTL 300")?;
    writeln!(
        out,
        "@ IN SOA localhost. root.localhost. ( {serial} 3600 600 86400 300 )"
    )?;
    writeln!(out, "@ IN NS localhost.")?;
    let action = match &options.action {
        RpzAction::Nxdomain => ".".to_owned(),
        RpzAction::Nodata => "*.".to_owned(),
        RpzAction::Garden(host) => format!("{}.", host.as_str()),
    };
    for entry in &selection.entries {
        match &entry.target {
            BlockTarget::Host(name) => writeln!(out, "{} CNAME {action}", name.as_str())?,
            BlockTarget::HostAndBelow(name) => {
                writeln!(out, "{} CNAME {action}", name.as_str())?;
                writeln!(out, "*.{} CNAME {action}", name.as_str())?;
            }
            BlockTarget::Address(address) => {
                writeln!(out, "{} CNAME {action}", trigger(*address))?;
            }
            BlockTarget::Url(_) => {}
        }
    }
    Ok(selection.report)
}

/// Whether the owner names of a target fit into the zone and mean what they say there.
fn check_name(target: &BlockTarget, origin: &str) -> Result<(), String> {
    let (name, star) = match target {
        BlockTarget::Host(name) => (name.as_str(), ""),
        BlockTarget::HostAndBelow(name) => (name.as_str(), "*."),
        _ => return Ok(()),
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    if last.starts_with("rpz-") {
        return Err(format!("names below {last} trigger on something else"));
    }
    let length = star.len() + name.len() + 1 + origin.len();
    if length > MAX_NAME {
        return Err(format!(
            "with the name of the zone ({origin}) it has {length} bytes; a zone holds {MAX_NAME}"
        ));
    }
    Ok(())
}

/// The owner name that triggers on one address (§4.2 of the draft): prefix length, then the address backwards,
/// `zz` for the longest run of zeros.
fn trigger(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("32.{d}.{c}.{b}.{a}.rpz-ip")
        }
        IpAddr::V6(address) => format!("128.{}.rpz-ip", backwards(address)),
    }
}

fn backwards(address: Ipv6Addr) -> String {
    let words = address.segments();
    let (mut begin, mut length) = (0, 0);
    for start in 0..words.len() {
        let run = words[start..].iter().take_while(|word| **word == 0).count();
        if run > length {
            (begin, length) = (start, run);
        }
    }
    let mut labels: Vec<String> = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        if length > 1 && at == begin {
            labels.push("zz".to_owned());
        } else if length <= 1 || !(begin..begin + length).contains(&at) {
            labels.push(format!("{word:x}"));
        }
    }
    labels.reverse();
    labels.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_backwards_with_their_zeros_folded() {
        for (written, expected) in [
            ("203.0.113.7", "32.7.113.0.203.rpz-ip"),
            ("2001:db8::1", "128.1.zz.db8.2001.rpz-ip"),
            ("2001:db8:0:1:0:0:0:1", "128.1.zz.1.0.db8.2001.rpz-ip"),
            ("1:2:3:4:5:6:7:8", "128.8.7.6.5.4.3.2.1.rpz-ip"),
            ("1:2:3:0:5:6:7:8", "128.8.7.6.5.0.3.2.1.rpz-ip"),
            ("::1", "128.1.zz.rpz-ip"),
            ("fe80::", "128.zz.fe80.rpz-ip"),
        ] {
            assert_eq!(trigger(written.parse().unwrap()), expected);
        }
    }
}

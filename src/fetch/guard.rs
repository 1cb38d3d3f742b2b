//! Which addresses may be contacted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address guard. Applied to every literal host, every resolved address and every connected peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressGuard {
    /// Permits loopback and private addresses (laboratories).
    pub allow_private: bool,
}

/// An address that the guard refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{address} is {kind}; a suspect on the public Internet has no business there (laboratories: --allow-private)"
)]
pub struct BlockedAddress {
    /// The address.
    pub address: IpAddr,
    /// What it is: loopback, private, link-local …
    pub kind: &'static str,
}

/// What `--allow-private` permits: the addresses that laboratories use.
const LABORATORY: [&str; 5] = [
    "loopback",
    "private",
    "link-local",
    "shared (carrier-grade NAT)",
    "unique local",
];

impl AddressGuard {
    /// Checks one address against the special-purpose registries (RFC 6890 and its updates).
    pub fn check(&self, address: IpAddr) -> Result<(), BlockedAddress> {
        match special_kind(address) {
            None => Ok(()),
            Some(kind) if self.allow_private && LABORATORY.contains(&kind) => Ok(()),
            Some(kind) => Err(BlockedAddress { address, kind }),
        }
    }
}

fn special_kind(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => special_kind_v4(address),
        IpAddr::V6(address) => special_kind_v6(address),
    }
}

fn special_kind_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, d] = address.octets();
    let kind = match (a, b, c, d) {
        (169, 254, 169, 254) | (100, 100, 100, 200) => "a metadata service of cloud machines",
        (0, ..) => "unspecified",
        (127, ..) => "loopback",
        (10, ..) | (172, 16..=31, ..) | (192, 168, ..) => "private",
        (169, 254, ..) => "link-local",
        (100, 64..=127, ..) => "shared (carrier-grade NAT)",
        (192, 0, 0, _) => "reserved for protocols",
        (192, 0, 2, _) | (198, 51, 100, _) | (203, 0, 113, _) => "documentation",
        (198, 18..=19, ..) => "benchmarking",
        (224..=239, ..) => "multicast",
        (255, 255, 255, 255) => "broadcast",
        (240.., ..) => "reserved",
        _ => return None,
    };
    Some(kind)
}

fn special_kind_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some(embedded) = embedded_v4(address) {
        return special_kind_v4(embedded);
    }
    let segments = address.segments();
    let kind = match segments {
        [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254] => "a metadata service of cloud machines",
        [0, 0, 0, 0, 0, 0, 0, 0] => "unspecified",
        [0, 0, 0, 0, 0, 0, 0, 1] => "loopback",
        [0xfc00..=0xfdff, ..] => "unique local",
        [0xfe80..=0xfebf, ..] => "link-local",
        [0xfec0..=0xfeff, ..] => "site-local",
        [0xff00..=0xffff, ..] => "multicast",
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => "documentation",
        [0x2001, 0x0002, 0, ..] => "benchmarking",
        // Teredo leads through a relay to whatever the last four bytes hide.
        [0x2001, 0, ..] => "Teredo",
        [0x2001, 0x0001..=0x01ff, ..] => "reserved for protocols",
        [0x0100, 0, 0, 0, ..] => "a discard address",
        [0x0064, 0xff9b, 1, ..] => "private",
        [0x2000..=0x3fff, ..] => return None,
        _ => "reserved",
    };
    Some(kind)
}

/// The IPv4 address that a mapped (`::ffff:0:0/96`), compatible (`::/96`), translated (`64:ff9b::/96`) or
/// 6to4 (`2002::/16`) address leads to.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x0064, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => (high, low),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => (high, low),
        _ => return None,
    };
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Some(Ipv4Addr::new(a, b, c, d))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: AddressGuard = AddressGuard {
        allow_private: false,
    };
    const LAB: AddressGuard = AddressGuard {
        allow_private: true,
    };

    fn kind(guard: AddressGuard, address: &str) -> Option<&'static str> {
        guard
            .check(address.parse().expect(address))
            .err()
            .map(|blocked| blocked.kind)
    }

    #[test]
    fn public_addresses_pass_up_to_the_borders_of_the_special_blocks() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "2a00:1450::1",
            "2001:200::1",
            "2001:db7:ffff::1",
            "2001:db9::",
            "3ffe::1",
            "64:ff9b::808:808",
            "2002:0808:0808::1",
            "::ffff:8.8.8.8",
        ] {
            assert_eq!(kind(PUBLIC, address), None, "{address}");
        }
    }

    #[test]
    fn laboratory_addresses_need_allow_private() {
        for (address, expected) in [
            ("127.0.0.0", "loopback"),
            ("127.255.255.255", "loopback"),
            ("::1", "loopback"),
            ("::ffff:127.0.0.1", "loopback"),
            ("::127.0.0.1", "loopback"),
            ("64:ff9b::7f00:1", "loopback"),
            ("2002:7f00:1::", "loopback"),
            ("10.0.0.0", "private"),
            ("10.255.255.255", "private"),
            ("172.16.0.0", "private"),
            ("172.31.255.255", "private"),
            ("192.168.0.0", "private"),
            ("192.168.255.255", "private"),
            ("2002:c0a8:101::1", "private"),
            ("64:ff9b:1::1", "private"),
            ("169.254.0.0", "link-local"),
            ("169.254.255.255", "link-local"),
            ("fe80::1", "link-local"),
            ("febf::1", "link-local"),
            ("100.64.0.0", "shared (carrier-grade NAT)"),
            ("100.127.255.255", "shared (carrier-grade NAT)"),
            ("fc00::", "unique local"),
            ("fdff::1", "unique local"),
        ] {
            assert_eq!(kind(PUBLIC, address), Some(expected), "{address}");
            assert_eq!(kind(LAB, address), None, "{address}");
        }
    }

    #[test]
    fn some_addresses_are_refused_in_laboratories_too() {
        for (address, expected) in [
            ("0.0.0.0", "unspecified"),
            ("0.255.255.255", "unspecified"),
            ("::", "unspecified"),
            ("::ffff:0.0.0.0", "unspecified"),
            ("169.254.169.254", "a metadata service of cloud machines"),
            (
                "::ffff:169.254.169.254",
                "a metadata service of cloud machines",
            ),
            ("64:ff9b::a9fe:a9fe", "a metadata service of cloud machines"),
            ("fd00:ec2::254", "a metadata service of cloud machines"),
            ("224.0.0.0", "multicast"),
            ("239.255.255.255", "multicast"),
            ("ff02::1", "multicast"),
            ("255.255.255.255", "broadcast"),
            ("240.0.0.0", "reserved"),
            ("255.255.255.254", "reserved"),
            ("192.0.0.0", "reserved for protocols"),
            ("192.0.0.255", "reserved for protocols"),
            ("192.0.2.0", "documentation"),
            ("192.0.2.255", "documentation"),
            ("198.51.100.1", "documentation"),
            ("203.0.113.255", "documentation"),
            ("2001:db8::1", "documentation"),
            ("2001:db8:ffff::1", "documentation"),
            ("3fff::1", "documentation"),
            ("198.18.0.0", "benchmarking"),
            ("198.19.255.255", "benchmarking"),
            ("2001:2::1", "benchmarking"),
            ("2001::1", "Teredo"),
            ("fec0::1", "site-local"),
            ("100::1", "a discard address"),
            ("4000::1", "reserved"),
        ] {
            assert_eq!(kind(PUBLIC, address), Some(expected), "{address}");
            assert_eq!(kind(LAB, address), Some(expected), "{address}");
        }
    }
}

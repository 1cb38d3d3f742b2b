//! Address ranges and their lookup.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses in CIDR notation (RFC 4632; RFC 4291 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    first: IpAddr,
    prefix: u8,
}

/// Ranges of both families, each with a value, found by binary search.
#[derive(Debug, Clone)]
pub(super) struct NetworkMap<T> {
    v4: Vec<(u32, u32, T)>,
    v6: Vec<(u128, u128, T)>,
}

impl<T> Default for NetworkMap<T> {
    fn default() -> Self {
        Self {
            v4: Vec::new(),
            v6: Vec::new(),
        }
    }
}

impl Network {
    /// Reads `203.0.113.0/24`; a bit set behind the prefix is a slip of the pen and refused.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let (address, prefix) = written
            .split_once('/')
            .ok_or("write a range like 203.0.113.0/24")?;
        let first: IpAddr = address
            .parse()
            .map_err(|_| format!("{address:?} is not an address"))?;
        let bits: u8 = if first.is_ipv4() { 32 } else { 128 };
        let prefix: u8 = prefix
            .parse()
            .ok()
            .filter(|prefix| *prefix <= bits && *prefix > 0)
            .ok_or_else(|| format!("{prefix:?} is not a length from 1 to {bits}"))?;
        let network = Self { first, prefix };
        let begins = match network.bounds() {
            Bounds::V4(first, _) => IpAddr::from(Ipv4Addr::from_bits(first)),
            Bounds::V6(first, _) => IpAddr::from(Ipv6Addr::from_bits(first)),
        };
        if begins != first {
            return Err(format!(
                "the range begins at {begins}; write {begins}/{prefix}"
            ));
        }
        Ok(network)
    }

    fn bounds(self) -> Bounds {
        match self.first {
            IpAddr::V4(first) => {
                let rest = u32::MAX.checked_shr(self.prefix.into()).unwrap_or(0);
                Bounds::V4(first.to_bits() & !rest, first.to_bits() | rest)
            }
            IpAddr::V6(first) => {
                let rest = u128::MAX.checked_shr(self.prefix.into()).unwrap_or(0);
                Bounds::V6(first.to_bits() & !rest, first.to_bits() | rest)
            }
        }
    }
}

enum Bounds {
    V4(u32, u32),
    V6(u128, u128),
}

impl<T: Clone> NetworkMap<T> {
    /// Ranges may lie in one another; of those that hold an address, the first found counts.
    pub(super) fn of(ranges: impl IntoIterator<Item = (Network, T)>) -> Self {
        let mut map = Self::default();
        for (network, value) in ranges {
            match network.bounds() {
                Bounds::V4(first, last) => map.v4.push((first, last, value)),
                Bounds::V6(first, last) => map.v6.push((first, last, value)),
            }
        }
        drop_nested(&mut map.v4);
        drop_nested(&mut map.v6);
        map
    }

    /// What is said of the range that holds an address. An address that only wraps an IPv4 one is that one.
    pub(super) fn get(&self, address: IpAddr) -> Option<&T> {
        match unwrap_address(address) {
            IpAddr::V4(address) => find(&self.v4, address.to_bits()),
            IpAddr::V6(address) => find(&self.v6, address.to_bits()),
        }
    }
}

/// Sorts, and drops ranges that lie in another: CIDR ranges nest or are apart.
fn drop_nested<N: Ord + Copy, T>(ranges: &mut Vec<(N, N, T)>) {
    ranges.sort_by_key(|(first, last, _)| (*first, std::cmp::Reverse(*last)));
    let mut end: Option<N> = None;
    ranges.retain(|(_, last, _)| {
        let is_nested = end.is_some_and(|end| *last <= end);
        if !is_nested {
            end = Some(*last);
        }
        !is_nested
    });
}

fn find<N: Ord + Copy, T>(ranges: &[(N, N, T)], address: N) -> Option<&T> {
    let after = ranges.partition_point(|(first, _, _)| *first <= address);
    let (_, last, value) = ranges.get(after.checked_sub(1)?)?;
    (address <= *last).then_some(value)
}

/// The IPv4 address inside an IPv4-mapped (RFC 4291 §2.5.5.2) or NAT64 (RFC 6052, `64:ff9b::/96`) one.
pub(super) fn unwrap_address(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => {
            let [a, b, c, d, e, f, high, low] = v6.segments();
            if [a, b, c, d, e, f] == [0x64, 0xff9b, 0, 0, 0, 0] {
                return Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)).into();
            }
            address.to_canonical()
        }
        IpAddr::V4(_) => address,
    }
}

/// Whether an address means something else in every network: private, loopback, link-local, unspecified, shared
/// by carriers (RFC 6598), multicast.
pub(super) fn is_local(address: IpAddr) -> bool {
    match unwrap_address(address) {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || a == 0
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests;

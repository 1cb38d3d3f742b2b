use super::*;
use proptest::prelude::*;

fn map(ranges: &[&'static str]) -> NetworkMap<&'static str> {
    NetworkMap::of(
        ranges
            .iter()
            .map(|range| (Network::parse(range).unwrap(), *range)),
    )
}

#[test]
fn ranges_hold_their_first_and_last_address_and_no_other() {
    let map = map(&["203.0.113.64/26", "2001:db8::/126", "198.51.100.7/32"]);
    for (address, held) in [
        ("203.0.113.63", false),
        ("203.0.113.64", true),
        ("203.0.113.127", true),
        ("203.0.113.128", false),
        ("::ffff:203.0.113.64", true),
        ("64:ff9b::203.0.113.64", true),
        ("2001:db8::", true),
        ("2001:db8::3", true),
        ("2001:db8::4", false),
        ("198.51.100.7", true),
        ("198.51.100.6", false),
        ("198.51.100.8", false),
        ("::", false),
        ("255.255.255.255", false),
    ] {
        assert_eq!(
            map.get(address.parse().unwrap()).is_some(),
            held,
            "{address}"
        );
    }
}

#[test]
fn slips_of_the_pen_are_refused_with_what_to_write() {
    for (written, told) in [
        ("203.0.113.7/24", "write 203.0.113.0/24"),
        ("203.0.113.0", "write a range"),
        ("203.0.113.0/33", "from 1 to 32"),
        ("0.0.0.0/0", "from 1 to 32"),
        ("2001:db8::1/64", "write 2001:db8::/64"),
        ("shop.example/24", "is not an address"),
    ] {
        let problem = Network::parse(written).unwrap_err();
        assert!(problem.contains(told), "{written}: {problem}");
    }
}

proptest! {
    #[test]
    fn the_look_up_agrees_with_looking_at_every_range(
        ranges in prop::collection::vec((any::<u32>(), 1_u8..=32), 0..20),
        address in any::<u32>(),
        near in any::<bool>(),
    ) {
        let mask = |prefix: u8| u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
        let address = match ranges.first() {
            Some((bits, _)) if near => bits ^ (address & 0xff),
            _ => address,
        };
        let networks: Vec<(Network, ())> = ranges
            .iter()
            .map(|(bits, prefix)| {
                let first = Ipv4Addr::from_bits(bits & mask(*prefix));
                (Network::parse(&format!("{first}/{prefix}")).unwrap(), ())
            })
            .collect();
        let one_by_one = ranges.iter().any(|(bits, prefix)| bits & mask(*prefix) == address & mask(*prefix));
        let map = NetworkMap::of(networks);
        prop_assert_eq!(map.get(Ipv4Addr::from_bits(address).into()).is_some(), one_by_one);
    }
}

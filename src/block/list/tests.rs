use super::*;
use crate::block::{BlockTarget, HostName, ScopeKind};
use crate::id::{FlagId, ItemId, RequestId};
use crate::rules::Category;
use crate::suspect::SuspectUrl;
use proptest::prelude::*;

const FILTERS: [ListFormat; 9] = [
    ListFormat::Rpz,
    ListFormat::Hosts,
    ListFormat::Dnsmasq,
    ListFormat::Unbound,
    ListFormat::Adblock,
    ListFormat::Squid,
    ListFormat::Nftables,
    ListFormat::Suricata,
    ListFormat::Plain,
];

fn host(name: &str) -> BlockTarget {
    BlockTarget::Host(HostName::parse(name).unwrap())
}

fn below(name: &str) -> BlockTarget {
    BlockTarget::HostAndBelow(HostName::parse(name).unwrap())
}

fn url(text: &str) -> BlockTarget {
    BlockTarget::Url(SuspectUrl::parse(text).unwrap())
}

fn address(text: &str) -> BlockTarget {
    BlockTarget::Address(text.parse().unwrap())
}

fn entry(target: BlockTarget) -> ListEntry {
    let request = RequestId::from_written("b-000000000001");
    ListEntry {
        item: ItemId::of_target(&request, &target.live()),
        flag: FlagId::of_site(&target.live()),
        request,
        target,
        urls: Vec::new(),
        category: Category::DrugSale,
        decided: "2026-11-20T10:00:00Z".parse().unwrap(),
        grounds: vec!["kz.criminal_code.297".to_owned()],
        reasons: "offers goods".to_owned(),
        order: None,
        evidence: Vec::new(),
        first_seen: "2026-11-19T10:00:00Z".parse().unwrap(),
        last_seen: "2026-11-20T10:00:00Z".parse().unwrap(),
        review_by: "2027-05-20".parse().unwrap(),
    }
}

fn list(targets: impl IntoIterator<Item = BlockTarget>) -> BlockList {
    let mut list = BlockList {
        title: "Список".to_owned(),
        unit: "Unit".to_owned(),
        contact: Some("desk@unit.example".to_owned()),
        serial: 2_026_112_201,
        generated: "2026-11-22T10:00:00Z".parse().unwrap(),
        entries: targets.into_iter().map(entry).collect(),
    };
    list.sort();
    list
}

fn written(format: ListFormat, list: &BlockList) -> (String, ExportReport) {
    let mut bytes = Vec::new();
    let report = format.write(list, &mut bytes).unwrap();
    (String::from_utf8(bytes).unwrap(), report)
}

/// The lines that are no comment.
fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.starts_with(['#', ';', '!']))
        .collect()
}

#[test]
fn every_entry_is_written_left_out_or_covered_and_none_at_another_scope() {
    let list = list([
        url("http://free.example/u/shop"),
        host("shop.example"),
        below("lavka.example"),
        address("203.0.113.7"),
    ]);
    for format in FILTERS {
        let (_, report) = written(format, &list);
        let counted = report.written + report.omitted.len() + report.covered.len();
        assert_eq!(counted, list.entries.len(), "{format:?}");
        for left in &report.omitted {
            assert!(
                !format.can_express(left.target.scope()),
                "{format:?}: {left:?}"
            );
            assert!(!left.reason.is_empty());
        }
        let expressible = list.entries.iter().map(|entry| entry.target.scope());
        let expressible = expressible
            .filter(|scope| format.can_express(*scope))
            .count();
        assert_eq!(report.written, expressible, "{format:?}");
    }
}

#[test]
fn every_list_says_who_issued_it_and_when() {
    for format in FILTERS {
        let (text, _) = written(format, &list([host("shop.example")]));
        for part in [
            "Title: Список",
            "Unit: Unit",
            "Contact: desk@unit.example",
            "Serial: 2026112201",
            "Generated: 2026-11-22T10:00:00Z",
        ] {
            assert!(text.contains(part), "{format:?}: {text}");
        }
    }
}

#[test]
fn a_title_cannot_add_a_line_to_a_list() {
    let plain = list([host("shop.example")]);
    let hostile = BlockList {
        title: "x\n0.0.0.0 bank.example\r\u{2028}\u{85}\\".to_owned(),
        unit: "y\\\nlocal=/bank.example/".to_owned(),
        contact: Some("\u{202e}z\u{0}".to_owned()),
        ..plain.clone()
    };
    for format in FILTERS {
        let (hostile, _) = written(format, &hostile);
        let (plain, _) = written(format, &plain);
        assert_eq!(lines(&hostile), lines(&plain), "{format:?}");
        assert!(
            !hostile.contains('\\') || format == ListFormat::Adblock,
            "{hostile}"
        );
        assert!(
            hostile
                .chars()
                .all(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        );
    }
}

#[test]
fn nothing_below_a_public_suffix_is_ever_blocked_whole() {
    let list = list([
        below("co.uk"),
        below("github.io"),
        below("gov.kz"),
        below("a.github.io"),
    ]);
    for format in FILTERS {
        let (text, report) = written(format, &list);
        if format.can_express(ScopeKind::HostAndBelow) {
            assert_eq!(
                (report.written, report.omitted.len()),
                (1, 3),
                "{format:?}: {text}"
            );
            assert!(
                text.contains("a.github.io") && !text.contains("gov.kz"),
                "{text}"
            );
        }
    }
}

#[test]
fn what_a_wider_entry_blocks_is_reported_as_covered_not_as_lost() {
    let list = list([
        below("shop.example"),
        below("m.shop.example"),
        host("shop.example"),
        host("www.shop.example"),
        host("notshop.example"),
        url("https://www.shop.example/a"),
        url("https://notshop.example/a"),
    ]);
    let (text, report) = written(ListFormat::Squid, &list);
    assert_eq!(
        (report.written, report.covered.len(), report.omitted.len()),
        (2, 5, 0)
    );
    assert_eq!(
        lines(&text),
        [
            "acl tazy_names dstdomain -n notshop.example",
            "acl tazy_names dstdomain -n .shop.example",
            "http_access deny tazy_names"
        ]
    );
    assert_eq!(
        report.covered[1].reason,
        "the entry *.shop[.]example covers it"
    );
    let (_, report) = written(ListFormat::Dnsmasq, &list);
    assert_eq!(
        (report.written, report.covered.len(), report.omitted.len()),
        (1, 4, 2)
    );
}

#[test]
fn names_that_a_zone_cannot_hold_are_left_out() {
    let label = "a".repeat(60);
    let long = format!("{label}.{label}.{label}.{label}.example");
    let fits = format!("{label}.{label}.{label}.{}.example", "a".repeat(50));
    let list = list([
        below(&long),
        host(&fits),
        below(&fits),
        host("32.7.113.0.203.rpz-ip"),
    ]);
    let (text, report) = written(ListFormat::Rpz, &list);
    assert_eq!((report.written, report.omitted.len()), (1, 2), "{report:?}");
    assert!(text.contains(&format!("*.{fits} CNAME .\n")), "{text}");
    assert!(!text.contains("32.7.113.0.203.rpz-ip"));
    // The same name fits no longer into a zone of a longer name.
    let mut options = ListOptions::default();
    options.rpz.origin =
        Some(HostName::parse("a-much-longer-name-of-a-zone.unit.example").unwrap());
    let report = ListFormat::Rpz
        .write_with(&list, &options, &mut Vec::new())
        .unwrap();
    assert_eq!(report.written, 0);
    let list = BlockList {
        serial: 1 << 32,
        ..list
    };
    assert!(ListFormat::Rpz.write(&list, &mut Vec::new()).is_err());
}

#[test]
fn rules_of_suricata_keep_their_numbers_and_share_none() {
    let names = (0..2000).map(|n| format!("shop{n}.example"));
    let all: Vec<BlockTarget> = names
        .flat_map(|name| [host(&name), below(&format!("x{name}"))])
        .collect();
    let numbers = |targets: &[BlockTarget]| -> std::collections::BTreeMap<u32, String> {
        let (text, _) = written(ListFormat::Suricata, &list(targets.iter().cloned()));
        let number = |line: &str| {
            let (_, rest) = line.split_once("sid:").unwrap();
            rest.split_once(';').unwrap().0.parse().unwrap()
        };
        let rules = lines(&text);
        let found = rules
            .iter()
            .map(|line| (number(line), (*line).to_owned()))
            .collect::<std::collections::BTreeMap<_, _>>();
        assert_eq!(found.len(), rules.len(), "no number twice");
        found
    };
    let (many, few) = (numbers(&all), numbers(&all[..10]));
    assert_eq!(many.len(), 3 * all.len());
    for (sid, rule) in few {
        assert_eq!(many.get(&sid), Some(&rule));
    }
}

#[test]
fn a_diff_names_what_came_what_went_and_what_rests_on_something_else() {
    let earlier = list([host("a.example"), host("b.example"), host("c.example")]).entries;
    let mut later = list([host("b.example"), host("c.example"), host("d.example")]).entries;
    later[1].reasons = "others".to_owned();
    let diff = ListDiff::between(&earlier, &later);
    let names = |entries: &[ListEntry]| entries.iter().map(|e| e.target.live()).collect::<Vec<_>>();
    assert_eq!(names(&diff.added), ["d.example"]);
    assert_eq!(names(&diff.removed), ["a.example"]);
    assert_eq!(names(&diff.changed), ["c.example"]);
    assert!(ListDiff::between(&later, &later).is_empty());
    assert_ne!(digest_of(&earlier).unwrap(), digest_of(&later).unwrap());
}

/// Texts that were chosen to leave their place: every sign that means something to one of the formats.
fn hostile_url() -> impl Strategy<Value = SuspectUrl> {
    let part = || {
        let signs =
            r#"[a-zA-Z0-9/.\-_~;,:|$^*()\[\]{}+?!'"`\\=&%#@<> \n\r\t\u{0}\u{85}\u{2028}é]{0,40}"#;
        proptest::string::string_regex(signs).unwrap()
    };
    let name = prop_oneof![
        Just("shop.example".to_owned()),
        Just("[2001:db8::7]".to_owned()),
        Just("203.0.113.7:8080".to_owned()),
        part(),
    ];
    ("https?", name, part(), part())
        .prop_map(|(scheme, name, path, query)| format!("{scheme}://{name}/{path}?{query}"))
        .prop_filter_map("not a URL", |text| SuspectUrl::parse(&text).ok())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_url_breaks_a_line_or_adds_one(target in hostile_url()) {
        let expected = |format, written: usize| match format {
            ListFormat::Squid => 2 * written,
            _ => written,
        };
        let list = list([BlockTarget::Url(target)]);
        for format in [ListFormat::Adblock, ListFormat::Squid, ListFormat::Suricata, ListFormat::Plain] {
            let (text, report) = written(format, &list);
            let lines = lines(&text);
            prop_assert_eq!(lines.len(), expected(format, report.written), "{:?}: {}", format, text);
            prop_assert!(lines.iter().all(|line| line.bytes().all(|b| b == b' ' || b.is_ascii_graphic())));
            if format == ListFormat::Suricata && report.written > 0 {
                let quotes = lines[0].matches('"').count();
                prop_assert_eq!(quotes, 6, "msg and two contents: {}", lines[0]);
                prop_assert_eq!(lines[0].matches(';').count(), 13, "{}", lines[0]);
            }
            if format == ListFormat::Adblock && report.written > 0 {
                prop_assert_eq!(lines[0].matches('$').count(), 2, "{}", lines[0]);
                prop_assert_eq!(lines[0].matches(',').count(), 1, "{}", lines[0]);
            }
            if format == ListFormat::Squid && report.written > 0 {
                prop_assert_eq!(lines[0].split(' ').count(), 4, "{}", lines[0]);
            }
        }
    }

    #[test]
    fn the_coverage_of_a_list_is_that_of_its_targets(
        targets in proptest::collection::vec((0usize..4, "[ab]\\.[ab]", "[ab]"), 0..6),
        probes in proptest::collection::vec(("https?", "([ab]\\.){0,3}[ab]\\.[ab]", "[ab]"), 1..20),
    ) {
        let target = |(scope, name, path): &(usize, String, String)| match scope {
            0 => url(&format!("http://{name}/{path}")),
            1 => host(name),
            2 => below(name),
            _ => address("203.0.113.7"),
        };
        let list = list(targets.iter().map(target));
        let coverage = Coverage::of(&list.entries);
        for (scheme, name, path) in probes {
            let probe = SuspectUrl::parse(&format!("{scheme}://{name}/{path}")).unwrap();
            let covered = list.entries.iter().any(|entry| entry.target.covers(&probe));
            let hit = coverage.hits(&probe, None);
            prop_assert_eq!(hit.is_some(), covered, "{:?}", probe);
            prop_assert!(hit.is_none_or(|entry| entry.target.covers(&probe)));
        }
    }
}

#[test]
fn what_is_hit_beside_the_target_is_told_from_the_target() {
    let mut list = list([
        host("shop.example"),
        address("203.0.113.7"),
        url("http://a.example/x"),
    ]);
    let about = SuspectUrl::parse("http://shop.example/offer").unwrap();
    for entry in &mut list.entries {
        entry.urls.push(about.clone());
    }
    let coverage = Coverage::of(&list.entries);
    let probe = |text: &str| SuspectUrl::parse(text).unwrap();
    let beside = |text: &str, address: Option<&str>| {
        coverage
            .hits_beside(
                &probe(text),
                address.map(|address| address.parse().unwrap()),
            )
            .map(|entry| entry.target.live())
    };
    assert_eq!(beside("http://shop.example/offer", None), None);
    assert_eq!(
        beside("http://shop.example/", None).as_deref(),
        Some("shop.example")
    );
    assert_eq!(beside("http://www.shop.example/", None), None);
    assert_eq!(beside("http://a.example/x", None), None);
    assert_eq!(
        beside("http://b.example/", Some("203.0.113.7")).as_deref(),
        Some("203.0.113.7")
    );
    assert_eq!(
        beside("http://203.0.113.7/", None).as_deref(),
        Some("203.0.113.7")
    );
}

#[test]
fn a_url_on_an_encrypted_host_hits_the_whole_host_in_effect() {
    let list = list([url("https://forum.example/thread/7")]);
    let other = SuspectUrl::parse("https://forum.example/").unwrap();
    let meant = Coverage::of(&list.entries);
    assert!(meant.hits_beside(&other, None).is_none());
    let effects = Coverage::of_effects(&list.entries);
    assert!(effects.hits_beside(&other, None).is_some());
    let own = SuspectUrl::parse("https://forum.example/thread/7").unwrap();
    assert!(effects.hits_beside(&own, None).is_none());
}

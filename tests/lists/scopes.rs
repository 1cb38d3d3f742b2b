//! All scopes in all formats: nothing outside the approved scope matches, and everything inside does.

use crate::readers::{
    Blocker, hosts_blocks, nftables_blocks, plain_blocks, squid_blocks, suricata_blocks,
};
use crate::samples::{address, below, host, list, url, written, written_with};
use crate::servers::{Proxy, Server};
use tazy::block::BlockTarget;
use tazy::block::list::{BlockList, ListFormat, ListOptions, RpzAction};
use tazy::suspect::SuspectUrl;

/// One target of every scope, none of which touches another.
fn targets() -> BlockList {
    list([
        host("shop.free.example"),
        below("lavka.free.example"),
        url("http://page.free.example/u/shop"),
        url("https://secure.free.example/u/shop?a=1&b=%20x'(y)"),
        url("http://page.free.example:8080/$all,x|y^z*w"),
        address("203.0.113.7"),
        address("2001:db8::7"),
    ])
}

/// Names around a name: below, beside, above, and such as only look like it.
fn around(name: &str) -> Vec<String> {
    let label = name.split('.').next().unwrap();
    let parent = name.split_once('.').unwrap().1;
    vec![
        name.to_owned(),
        format!("www.{name}"),
        format!("a.b.{name}"),
        format!("not{name}"),
        format!("x-{name}"),
        format!("{label}x.{parent}"),
        format!("other.{parent}"),
        parent.to_owned(),
        format!("{name}.evil.example"),
        format!("{label}.example"),
        format!("www{name}"),
    ]
}

/// URLs in and around every target, as a browser asks for them.
fn probes() -> Vec<SuspectUrl> {
    let mut texts = Vec::new();
    let names = [
        "shop.free.example",
        "lavka.free.example",
        "page.free.example",
        "secure.free.example",
    ];
    let paths = [
        "/",
        "/u/shop",
        "/u/shop/",
        "/u/shop/x",
        "/u/shop?x=1",
        "/u/Shop",
        "/x/u/shop",
        "/u/sho",
        "/u/shop1",
        "/u/shop?a=1&b=%20x'(y)",
        "/u/shop?a=1&b=%20X'(y)",
        "/$all,x|y^z*w",
        "/$all,x|y^zzw",
        "/$all",
    ];
    for name in names.iter().flat_map(|name| around(name)) {
        for path in paths {
            for scheme in ["http", "https"] {
                texts.push(format!("{scheme}://{name}{path}"));
            }
            texts.push(format!("http://{name}:8080{path}"));
        }
    }
    for host in [
        "203.0.113.7",
        "203.0.113.6",
        "203.0.113.8",
        "203.0.113.70",
        "20.30.113.7",
        "203.0.11.7",
        "[2001:db8::7]",
        "[2001:db8::8]",
        "[2001:db8::70]",
        "[2001:db8:7::]",
    ] {
        texts.push(format!("http://{host}/"));
        texts.push(format!("https://{host}/u/shop"));
    }
    texts
        .iter()
        .map(|text| SuspectUrl::parse(text).unwrap())
        .collect()
}

/// Compares a reader of a format with the targets that were written.
fn compare(
    format: ListFormat,
    list: &BlockList,
    probes: &[SuspectUrl],
    is_excused: impl Fn(&BlockTarget, &SuspectUrl) -> bool,
    blocks: impl Fn(&SuspectUrl) -> bool,
) {
    let (text, report) = written(format, list);
    let is_left_out =
        |target: &&BlockTarget| report.omitted.iter().any(|left| left.target == **target);
    let targets: Vec<&BlockTarget> = list.entries.iter().map(|entry| &entry.target).collect();
    let mut hits = 0;
    for probe in probes {
        let covering = targets.iter().filter(|target| target.covers(probe));
        let covering: Vec<&BlockTarget> = covering
            .copied()
            .filter(|target| !is_left_out(target))
            .collect();
        let blocked = blocks(probe);
        assert!(
            !blocked || !covering.is_empty(),
            "{format:?} is wider than was approved: {}\n{text}",
            probe.as_str()
        );
        let demanded = covering.iter().any(|target| !is_excused(target, probe));
        assert!(
            blocked || !demanded,
            "{format:?} lets pass what it claims to block: {}\n{text}",
            probe.as_str()
        );
        hits += usize::from(blocked);
    }
    assert!(hits > 0, "{format:?}: no probe was hit at all\n{text}");
}

fn nothing(_: &BlockTarget, _: &SuspectUrl) -> bool {
    false
}

#[test]
fn the_engine_of_a_blocker_matches_what_was_approved_and_nothing_else() {
    let list = targets();
    let (text, report) = written(ListFormat::Adblock, &list);
    assert_eq!(report.written, list.entries.len(), "{report:?}");
    let blocker = Blocker::of(&text);
    // A single host is anchored at the ports of its schemes and at those at which it was seen.
    let is_excused = |target: &BlockTarget, url: &SuspectUrl| {
        matches!(target, BlockTarget::Host(_)) && url.as_url().port().is_some()
    };
    compare(ListFormat::Adblock, &list, &probes(), is_excused, |url| {
        blocker.blocks(url)
    });
}

#[test]
fn a_host_is_blocked_at_the_ports_at_which_it_was_seen() {
    let mut list = list([host("shop.free.example")]);
    list.entries[0].urls = vec![SuspectUrl::parse("http://shop.free.example:8080/a").unwrap()];
    let blocker = Blocker::of(&written(ListFormat::Adblock, &list).0);
    compare(ListFormat::Adblock, &list, &probes(), nothing, |url| {
        blocker.blocks(url)
    });
}

#[test]
fn a_broken_oracle_would_be_noticed() {
    let list = list([host("shop.free.example")]);
    let wide = Blocker::of("||shop.free.example^$all\n");
    let compared = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        compare(ListFormat::Adblock, &list, &probes(), nothing, |url| {
            wide.blocks(url)
        });
    }));
    assert!(
        compared.is_err(),
        "names below the host were blocked, which is wider"
    );
}

#[test]
fn squid_matches_what_was_approved_and_nothing_else() {
    let list = targets();
    let (text, report) = written(ListFormat::Squid, &list);
    // https://… is not seen.
    assert_eq!(report.omitted.len(), 1, "{report:?}");
    compare(ListFormat::Squid, &list, &probes(), nothing, |url| {
        squid_blocks(&text, url)
    });
    let mut options = ListOptions::default();
    options.squid.decrypts_tls = true;
    let (text, report) = written_with(ListFormat::Squid, &list, &options);
    assert_eq!(report.written, list.entries.len());
    for probe in probes() {
        let covered = list.entries.iter().any(|entry| entry.target.covers(&probe));
        assert_eq!(squid_blocks(&text, &probe), covered, "{}", probe.as_str());
    }
}

#[test]
fn a_running_squid_refuses_what_was_approved_and_nothing_else() {
    let mut list = targets();
    // Addresses need names to be looked up, which nobody answers here.
    list.entries
        .retain(|entry| !matches!(entry.target, BlockTarget::Address(_)));
    let Some(squid) = Proxy::squid(&written(ListFormat::Squid, &list).0) else {
        return;
    };
    let mut probes = probes();
    probes.retain(|url| url.as_url().scheme() == "http" && url.as_url().domain().is_some());
    compare(ListFormat::Squid, &list, &probes, nothing, |url| {
        squid.refuses(url.as_str())
    });
}

#[test]
fn suricata_matches_what_was_approved_and_nothing_else() {
    let list = targets();
    let (text, report) = written(ListFormat::Suricata, &list);
    assert_eq!(report.omitted.len(), 1, "{report:?}");
    compare(ListFormat::Suricata, &list, &probes(), nothing, |url| {
        suricata_blocks(&text, url)
    });
}

#[test]
fn plain_hosts_and_nftables_match_what_was_approved_and_nothing_else() {
    let list = targets();
    let (text, report) = written(ListFormat::Plain, &list);
    assert_eq!(report.written, list.entries.len());
    compare(ListFormat::Plain, &list, &probes(), nothing, |url| {
        plain_blocks(&text, url)
    });
    let (text, report) = written(ListFormat::Hosts, &list);
    assert_eq!(report.written, 1);
    compare(ListFormat::Hosts, &list, &probes(), nothing, |url| {
        hosts_blocks(&text, url)
    });
    let (text, report) = written(ListFormat::Nftables, &list);
    assert_eq!(report.written, 2);
    compare(ListFormat::Nftables, &list, &probes(), nothing, |url| {
        nftables_blocks(&text, url)
    });
}

/// One probe a name; name servers know nothing else of a URL. Addresses are not asked for.
fn names() -> Vec<SuspectUrl> {
    let mut names: Vec<SuspectUrl> = probes();
    names.retain(|url| {
        url.as_url().domain().is_some()
            && url.as_url().path() == "/"
            && url.as_url().scheme() == "http"
    });
    names.sort();
    names.dedup_by(|a, b| a.host() == b.host());
    names
}

#[test]
fn bind_and_unbound_answer_by_the_zone_as_approved_and_truly_otherwise() {
    let list = targets();
    let (zone, report) = written(ListFormat::Rpz, &list);
    assert_eq!((report.written, report.omitted.len()), (4, 3), "{report:?}");
    let Some(bind) = Server::bind(&zone) else {
        return;
    };
    let is_blocked = |server: &Server, name: &str| {
        let answer = server.ask(name);
        assert!(answer.is_true() || answer.code == 3, "{name}: {answer:?}");
        !answer.is_true()
    };
    compare(ListFormat::Rpz, &list, &names(), nothing, |url| {
        is_blocked(&bind, url.host())
    });
    assert!(
        is_blocked(&bind, "WWW.Lavka.free.EXAMPLE"),
        "names have no case"
    );
    // Addresses, by what names resolve to.
    assert_eq!(bind.ask("at-address.example").code, 3);
    assert_eq!(bind.ask("beside-address.example").addresses.len(), 1);
    assert_eq!(bind.ask_for("at-address6.example", 28).code, 3);
    assert_eq!(
        bind.ask_for("beside-address6.example", 28).addresses.len(),
        1
    );
    let Some(upstream) = Server::bind(
        "$TTL 60\n@ IN SOA localhost. root.localhost. ( 1 3600 600 86400 60 )\n@ IN NS localhost.\n",
    ) else {
        return;
    };
    let Some(unbound) = Server::unbound_with_policy(&zone, upstream.port) else {
        return;
    };
    compare(ListFormat::Rpz, &list, &names(), nothing, |url| {
        is_blocked(&unbound, url.host())
    });
    assert_eq!(unbound.ask("at-address.example").code, 3);
    assert_eq!(unbound.ask("beside-address.example").addresses.len(), 1);
}

#[test]
fn a_zone_can_answer_with_nothing_or_with_a_page_that_explains() {
    let list = targets();
    let mut options = ListOptions::default();
    options.rpz.action = RpzAction::Nodata;
    let (zone, _) = written_with(ListFormat::Rpz, &list, &options);
    let Some(bind) = Server::bind(&zone) else {
        return;
    };
    let answer = bind.ask("www.lavka.free.example");
    assert_eq!((answer.code, answer.addresses.len()), (0, 0));
    options.rpz.action =
        RpzAction::Garden(tazy::block::HostName::parse("at-address.example").unwrap());
    let list = crate::samples::list([below("lavka.free.example")]);
    let (zone, _) = written_with(ListFormat::Rpz, &list, &options);
    let Some(bind) = Server::bind(&zone) else {
        return;
    };
    let expected: Vec<std::net::IpAddr> = vec!["203.0.113.7".parse().unwrap()];
    assert_eq!(bind.ask("www.lavka.free.example").addresses, expected);
    assert!(bind.ask("other.free.example").is_true());
}

#[test]
fn unbound_answers_by_its_configuration_as_approved_and_truly_otherwise() {
    let list = targets();
    let (text, report) = written(ListFormat::Unbound, &list);
    assert_eq!(report.written, 1, "{report:?}");
    let Some(unbound) = Server::unbound(&text) else {
        return;
    };
    compare(ListFormat::Unbound, &list, &names(), nothing, |url| {
        unbound.ask(url.host()).code == 3
    });
}

#[test]
fn dnsmasq_answers_by_its_configuration_as_approved_and_truly_otherwise() {
    let list = targets();
    let (text, report) = written(ListFormat::Dnsmasq, &list);
    assert_eq!(report.written, 1, "{report:?}");
    let (hosts, _) = written(ListFormat::Hosts, &list);
    let Some(dnsmasq) = Server::dnsmasq(&text, "") else {
        return;
    };
    compare(ListFormat::Dnsmasq, &list, &names(), nothing, |url| {
        !dnsmasq.ask(url.host()).is_true()
    });
    // The hosts file, with the same program.
    let Some(dnsmasq) = Server::dnsmasq("", &hosts) else {
        return;
    };
    compare(ListFormat::Hosts, &list, &names(), nothing, |url| {
        !dnsmasq.ask(url.host()).is_true()
    });
    let nowhere = dnsmasq.ask_for("shop.free.example", 28);
    let expected: Vec<std::net::IpAddr> = vec!["::".parse().unwrap()];
    assert_eq!(nowhere.addresses, expected, "IPv6 leads nowhere, too");
}

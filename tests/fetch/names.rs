//! DNS as evidence: what was asked, who answered, and every record of the answer.

use crate::name_server::{NameServer, Zone};
use crate::support::{Names, Site, get, socks5_proxy, url};
use crate::{fetcher_with, lab, response};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RecordType::{A, AAAA};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tazy::fetch::{
    AddressGuard, DnsResolver, FetchSettings, Fetcher, NameLookup, NameSource, Outcome, Override,
    Resolver, Response, SystemResolver,
};
use tazy::suspect::SuspectUrl;

fn asking(servers: &[SocketAddr]) -> Arc<DnsResolver> {
    Arc::new(DnsResolver::with_servers(servers, Duration::from_millis(300)).expect("a resolver"))
}

fn lookup_of(answer: &Response) -> NameLookup {
    let connection = answer.provenance.connection.as_ref().expect("a connection");
    connection.names.clone().expect("a lookup")
}

/// A shop behind two aliases, without IPv6.
async fn shop() -> NameServer {
    let chain = [
        "shop.example. 300 CNAME front.cdn.example.",
        "front.cdn.example. 60 CNAME edge.cdn.example.",
        "edge.cdn.example. 20 A 127.0.0.1",
    ];
    Zone::new()
        .answer("shop.example.", A, &chain)
        .answer("shop.example.", AAAA, &chain[..2])
        .answer("edge.cdn.example.", AAAA, &[])
        .serve()
        .await
}

#[tokio::test]
async fn an_answer_knows_every_record_that_led_to_its_address() {
    let (server, names) = (Site::new().page("/", "ok").serve().await, shop().await);
    let fetcher = fetcher_with(lab(), asking(&[names.address]));
    let target = server.url_on("shop.example", "/");
    let answer = response(fetcher.fetch(&get(&target)).await);
    let lookup = lookup_of(&answer);
    assert_eq!(lookup.name, "shop.example");
    assert_eq!(lookup.source, NameSource::Dns);
    assert_eq!(lookup.addresses, [server.address.ip()]);
    assert!(lookup.asked_at.expect("a time") <= answer.started + Duration::from_secs(2));
    assert_eq!(lookup.note, None);

    let server_address = names.address.to_string();
    let chain = [
        "shop.example. 300 IN CNAME front.cdn.example.",
        "front.cdn.example. 60 IN CNAME edge.cdn.example.",
        "edge.cdn.example. 20 IN A 127.0.0.1",
    ];
    let [four, six, rest] = &lookup.questions[..] else {
        panic!("{lookup:#?}");
    };
    assert_eq!(
        (four.name.as_str(), four.kind.as_str()),
        ("shop.example.", "A")
    );
    assert_eq!(four.records, chain);
    assert_eq!(four.server, Some(server_address));
    assert_eq!(four.failure, None);
    assert_eq!(
        (six.kind.as_str(), &six.records[..]),
        ("AAAA", &chain.map(String::from)[..2])
    );
    // The alias led to a name that was asked for in its own right.
    assert_eq!(rest.name, "edge.cdn.example.");
    let failure = rest.failure.as_deref().expect("a failure");
    assert!(
        failure.ends_with("NODATA (the name has no record of this type)"),
        "{failure}"
    );

    // A kept connection needs no further question, and its answers have the same story.
    let again = response(fetcher.fetch(&get(&target)).await);
    assert_eq!(lookup_of(&again), lookup);
    let asked = [
        "edge.cdn.example. AAAA",
        "shop.example. A",
        "shop.example. AAAA",
    ];
    assert_eq!(names.asked(), asked);
}

#[tokio::test]
async fn failures_of_names_are_told_in_words_with_the_server_that_failed() {
    let names = Zone::new()
        .failing("broken.example.", ResponseCode::ServFail)
        .failing("closed.example.", ResponseCode::Refused)
        .answer("empty.example.", A, &[])
        .answer("empty.example.", AAAA, &[])
        .silent("slow.example.")
        .serve()
        .await;
    let resolver = asking(&[names.address]);
    let server = names.address;
    for (host, expected) in [
        ("gone.example", "NXDOMAIN (there is no such name)"),
        ("broken.example", "SERVFAIL (the name server failed)"),
        (
            "closed.example",
            "REFUSED (the name server does not answer us)",
        ),
        (
            "empty.example",
            "NODATA (the name has no record of this type)",
        ),
        ("slow.example", "no answer in time"),
    ] {
        let error = resolver.resolve(host).await.expect_err(host).to_string();
        assert_eq!(error, format!("{server}: {expected}"), "{host}");
    }
    let fetcher = fetcher_with(lab(), resolver);
    let outcome = fetcher.fetch(&get(&url("http://gone.example/"))).await;
    let Outcome::Failed(failure) = outcome else {
        panic!("{outcome:?}");
    };
    let expected = format!("name not resolved: {server}: NXDOMAIN (there is no such name)");
    assert_eq!(failure.to_string(), expected);
}

#[tokio::test]
async fn where_one_name_server_fails_the_next_is_asked_and_both_are_named() {
    let broken = Zone::new()
        .failing("shop.example.", ResponseCode::ServFail)
        .serve()
        .await;
    let sound = Zone::new()
        .answer("shop.example.", A, &["shop.example. 5 A 127.0.0.1"])
        .answer("shop.example.", AAAA, &["shop.example. 6 AAAA ::1"])
        .serve()
        .await;
    let resolver = asking(&[broken.address, sound.address]);
    let resolved = resolver.look_up("shop.example").await.expect("addresses");
    let found: Vec<String> = resolved.addresses.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["127.0.0.1:0", "[::1]:0"]);
    let first = &resolved.lookup.questions[0];
    assert_eq!(first.server, Some(sound.address.to_string()));
    assert_eq!(first.records, ["shop.example. 5 IN A 127.0.0.1"]);
    let failure = format!("{}: SERVFAIL (the name server failed)", broken.address);
    assert_eq!(first.failure, Some(failure));
}

#[tokio::test]
async fn answers_of_name_servers_are_bounded_guarded_and_not_believed_for_other_names() {
    let many: Vec<String> = (0..60)
        .map(|n| format!("big.example. 1 A 10.0.0.{n}"))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let stranger = [
        "other.example. 9 A 127.0.0.1",
        "loop.example. 9 CNAME loop.example.",
    ];
    let names = Zone::new()
        .answer("big.example.", A, &many)
        .answer("big.example.", AAAA, &[])
        .answer("loop.example.", A, &stranger)
        .answer("loop.example.", AAAA, &[])
        .serve()
        .await;
    let resolver = asking(&[names.address]);
    let big = resolver.look_up("big.example").await.expect("addresses");
    assert_eq!(big.addresses.len(), NameLookup::MAX_ADDRESSES);
    assert_eq!(big.lookup.questions[0].records.len(), 50);
    let looped = resolver.look_up("loop.example").await;
    assert!(looped.is_err(), "{looped:?}");
    let strict = FetchSettings {
        guard: AddressGuard {
            allow_private: false,
        },
        ..lab()
    };
    let outcome = fetcher_with(strict, resolver)
        .fetch(&get(&url("http://big.example/")))
        .await;
    assert_eq!(outcome.label(), "blocked_address");
}

#[tokio::test]
async fn names_of_tor_never_reach_a_name_server() {
    let names = Zone::new().serve().await;
    let resolver = asking(&[names.address]);
    for host in ["hidden.onion", "a.hidden.onion."] {
        let error = resolver.resolve(host).await.expect_err(host).to_string();
        assert!(error.contains("socks5h"), "{error}");
    }
    assert!(names.asked().is_empty());
}

/// Who gave the address, and through which proxy the answer came; what goes for all is checked here.
async fn origin(
    settings: FetchSettings,
    resolver: impl Resolver + 'static,
    target: &SuspectUrl,
) -> (Option<NameSource>, Option<String>) {
    let fetcher = fetcher_with(settings, Arc::new(resolver));
    let answer = response(fetcher.fetch(&get(target)).await);
    let head = answer.provenance.request_head.unwrap_or_default();
    let head = String::from_utf8(head).expect("text");
    assert!(!head.contains("Proxy-Authorization"), "{head}");
    let connection = answer.provenance.connection.expect("a connection");
    assert_eq!(connection.remote_addr, answer.remote_addr);
    let local_end = connection.local_addr.expect("our end");
    assert!(local_end.ip().is_loopback() && local_end.port() != 0);
    let source = connection.names.as_ref().map(|lookup| lookup.source);
    (source, connection.through.clone())
}

#[tokio::test]
async fn what_did_not_come_from_dns_says_where_it_came_from() {
    let server = Site::new().page("/", "ok").serve().await;
    let overriding = FetchSettings {
        overrides: vec![Override {
            host: "*".into(),
            port: server.address.port(),
            address: "127.0.0.1".parse().expect("an address"),
        }],
        ..lab()
    };
    let given = Names::new().answer("shop.example", &["127.0.0.1:0"]);
    let shop = server.url_on("shop.example", "/");
    let source = |source| (source, None);
    assert_eq!(
        origin(lab(), given, &shop).await,
        source(Some(NameSource::Given))
    );
    assert_eq!(
        origin(overriding, Names::new(), &shop).await,
        source(Some(NameSource::Override))
    );
    assert_eq!(
        origin(lab(), SystemResolver, &server.url_on("localhost", "/")).await,
        source(Some(NameSource::Machine))
    );
    let literal = server.url("/");
    assert_eq!(origin(lab(), Names::new(), &literal).await, source(None));
}

#[tokio::test]
async fn behind_a_proxy_it_is_told_who_resolved_the_name_and_which_proxy_it_was() {
    let server = Site::new()
        .page("/", "ok")
        .page("http://shop.example/", "by proxy")
        .serve()
        .await;
    let (http, (socks, _)) = (server.address, socks5_proxy(server.address).await);
    let shop = url("http://shop.example/");
    for (written, source, told) in [
        (
            format!("http://user:secret@{http}"),
            NameSource::Proxy,
            format!("http://{http}"),
        ),
        (
            format!("socks5h://{socks}"),
            NameSource::Proxy,
            format!("socks5h://{socks}"),
        ),
        (
            format!("socks5://{socks}"),
            NameSource::Given,
            format!("socks5://{socks}"),
        ),
    ] {
        let settings = FetchSettings {
            proxy: Some(written),
            ..lab()
        };
        let names = Names::new().answer("shop.example", &["127.0.0.1:0"]);
        let found = origin(settings, names, &shop).await;
        assert_eq!(found, (Some(source), Some(told)));
    }
}

#[test]
fn a_resolver_can_be_made_before_anything_runs() {
    let servers = ["127.0.0.1:53".parse().expect("an address")];
    let resolver = asking(&servers);
    assert!(format!("{resolver:?}").contains("127.0.0.1:53"));
    let _ = DnsResolver::from_system();
}

#[tokio::test]
async fn the_hosts_file_of_the_machine_is_honored() {
    // Every machine that runs the tests has this name in its hosts file or resolves it by itself.
    let resolver = DnsResolver::from_system();
    let resolved = resolver.look_up("localhost").await.expect("addresses");
    assert!(
        resolved
            .addresses
            .iter()
            .all(|found| found.ip().is_loopback())
    );
    let source = resolved.lookup.source;
    assert!(
        matches!(source, NameSource::HostsFile | NameSource::Machine),
        "{source:?}"
    );
}

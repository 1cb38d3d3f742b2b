//! Which addresses are contacted: literal hosts, resolved names, rebinding, overrides and proxies.

use crate::support::{Behavior, Names, Site, get, socks5_proxy, url};
use crate::{fetcher, fetcher_with, lab, nobody, response};
use std::sync::Arc;
use tazy::fetch::{
    AddressGuard, FetchSettings, Fetcher, HttpFetcher, Outcome, Override, Refusal, Resolver,
};

fn public_only() -> FetchSettings {
    FetchSettings {
        guard: AddressGuard {
            allow_private: false,
        },
        ..lab()
    }
}

async fn refused_kind(fetcher: &HttpFetcher, target: &str) -> &'static str {
    match fetcher.fetch(&get(&url(target))).await {
        Outcome::Refused(Refusal::Address(blocked)) => blocked.kind,
        other => panic!("{target}: {other:?}"),
    }
}

#[tokio::test]
async fn literal_addresses_are_refused_in_every_spelling() {
    let server = Site::new().page("/", "secret").serve().await;
    let port = server.address.port();
    let names = nobody();
    let fetcher = fetcher_with(public_only(), Arc::clone(&names) as Arc<dyn Resolver>);
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "127。0。0。1",
    ] {
        let kind = refused_kind(&fetcher, &format!("http://{host}:{port}/")).await;
        assert_eq!(kind, "loopback", "{host}");
    }
    assert_eq!(refused_kind(&fetcher, "http://0/").await, "unspecified");
    assert!(server.seen().is_empty());
    assert!(names.asked().is_empty());
}

#[tokio::test]
async fn a_public_name_that_resolves_to_loopback_is_refused() {
    let server = Site::new().page("/", "secret").serve().await;
    let names = Names::new()
        .answer("inside.example", &["127.0.0.1:0"])
        .answer("both.example", &["10.0.0.1:0", "[::1]:0"]);
    let fetcher = fetcher_with(public_only(), Arc::new(names));
    let port = server.address.port();
    let target = format!("http://inside.example:{port}/");
    assert_eq!(refused_kind(&fetcher, &target).await, "loopback");
    let target = format!("http://both.example:{port}/");
    assert_eq!(refused_kind(&fetcher, &target).await, "private");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_checked_again_on_every_connection() {
    let page = Behavior::page_with("Connection", "close", "first");
    let server = Site::new().route("/", page).serve().await;
    let names = Names::new()
        .answer("rebind.example", &["127.0.0.1:0"])
        .answer("rebind.example", &["169.254.169.254:0"])
        .answer("mixed.example", &["169.254.169.254:0", "127.0.0.1:0"]);
    let fetcher = fetcher_with(lab(), Arc::new(names));
    let target = server.url_on("rebind.example", "/");
    assert_eq!(response(fetcher.fetch(&get(&target)).await).body, b"first");
    assert_eq!(
        refused_kind(&fetcher, target.as_str()).await,
        "a metadata service of cloud machines"
    );
    // Of a mixed answer only the permitted address is contacted.
    let mixed = response(
        fetcher
            .fetch(&get(&server.url_on("mixed.example", "/")))
            .await,
    );
    assert_eq!(mixed.remote_addr, Some(server.address));
}

#[tokio::test]
async fn a_redirect_inside_is_refused_like_a_first_request() {
    let server = Site::new()
        .route(
            "/",
            Behavior::redirect(302, "http://169.254.169.254/latest/"),
        )
        .serve()
        .await;
    let fetcher = fetcher(lab());
    let first = response(fetcher.fetch(&get(&server.url("/"))).await);
    let hop = first.redirect_target().expect("a target");
    assert_eq!(
        refused_kind(&fetcher, hop.as_str()).await,
        "a metadata service of cloud machines"
    );
}

#[tokio::test]
async fn an_unknown_name_is_a_failure_of_the_name_and_says_why() {
    let fetcher = fetcher_with(lab(), nobody());
    let outcome = fetcher.fetch(&get(&url("http://gone.example/"))).await;
    let Outcome::Failed(failure) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(failure.to_string(), "name not resolved: no such name");
}

#[tokio::test]
async fn the_port_of_the_resolver_is_used_where_the_url_names_none() {
    let server = Site::new().page("/", "demo").serve().await;
    let names = Names::new().answer("shop.example", &[&server.address.to_string()]);
    let fetcher = fetcher_with(lab(), Arc::new(names));
    let answer = response(fetcher.fetch(&get(&url("http://shop.example/"))).await);
    assert_eq!(answer.body, b"demo");
    assert_eq!(server.seen()[0].header("host"), Some("shop.example"));
}

#[tokio::test]
async fn resolve_overrides_hold_for_their_host_and_port_only() {
    let server = Site::new().page("/", "here").serve().await;
    let port = server.address.port();
    let entry = |host: &str, port, address: &str| Override {
        host: host.to_owned(),
        port,
        address: address.parse().expect("an address"),
    };
    let settings = FetchSettings {
        overrides: vec![
            entry("*", port, "127.0.0.1"),
            entry("special.example", port, "10.255.255.1"),
            entry("other.example", port.wrapping_add(1), "127.0.0.1"),
        ],
        ..lab()
    };
    let names = nobody();
    let fetcher = fetcher_with(settings.clone(), Arc::clone(&names) as Arc<dyn Resolver>);
    let answer = response(
        fetcher
            .fetch(&get(&server.url_on("any.example", "/")))
            .await,
    );
    assert_eq!(answer.body, b"here");
    assert!(names.asked().is_empty());
    let other_port = fetcher.fetch(&get(&url("http://any.example/"))).await;
    assert_eq!(other_port.label(), "dns");
    // The guard applies to what an override says, too; an exact host goes before `*`.
    let strict = FetchSettings {
        guard: public_only().guard,
        ..settings
    };
    let strict = fetcher_with(strict, nobody());
    let special = format!("http://special.example:{port}/");
    assert_eq!(refused_kind(&strict, &special).await, "private");
    let any = format!("http://any.example:{port}/");
    assert_eq!(refused_kind(&strict, &any).await, "loopback");
}

#[tokio::test]
async fn an_http_proxy_gets_the_absolute_url_and_resolves_the_name() {
    let proxy = Site::new()
        .page("http://shop.example/a?b=c", "by proxy")
        .page("http://127.0.0.1/", "its own affair")
        .serve()
        .await;
    let names = nobody();
    let settings = FetchSettings {
        proxy: Some(format!("http://{}", proxy.address)),
        ..public_only()
    };
    let fetcher = fetcher_with(settings, Arc::clone(&names) as Arc<dyn Resolver>);
    let answer = response(fetcher.fetch(&get(&url("http://shop.example/a?b=c"))).await);
    assert_eq!(answer.body, b"by proxy");
    assert_eq!(answer.remote_addr, Some(proxy.address));
    let inside = response(fetcher.fetch(&get(&url("http://127.0.0.1/"))).await);
    assert_eq!(inside.body, b"its own affair");
    assert_eq!(proxy.seen()[0].header("host"), Some("shop.example"));
    assert!(names.asked().is_empty());
}

#[tokio::test]
async fn a_proxy_may_be_named_and_is_not_guarded() {
    let proxy = Site::new()
        .page("http://shop.example/", "by proxy")
        .serve()
        .await;
    let names = Names::new().answer("proxy.example", &["127.0.0.1:0"]);
    let settings = FetchSettings {
        proxy: Some(format!("http://proxy.example:{}", proxy.address.port())),
        ..public_only()
    };
    let fetcher = fetcher_with(settings, Arc::new(names));
    let answer = response(fetcher.fetch(&get(&url("http://shop.example/"))).await);
    assert_eq!(answer.body, b"by proxy");
}

#[tokio::test]
async fn socks5h_leaves_names_to_the_proxy() {
    let server = Site::new().page("/", "hidden").serve().await;
    let (proxy, asked) = socks5_proxy(server.address).await;
    let names = nobody();
    let settings = FetchSettings {
        proxy: Some(format!("socks5h://{proxy}")),
        ..public_only()
    };
    let fetcher = fetcher_with(settings, Arc::clone(&names) as Arc<dyn Resolver>);
    let answer = response(fetcher.fetch(&get(&url("http://hidden.example/"))).await);
    assert_eq!(answer.body, b"hidden");
    assert_eq!(*asked.lock().unwrap(), ["hidden.example:80"]);
    assert!(names.asked().is_empty());
}

#[tokio::test]
async fn socks5_resolves_here_and_guards_the_target() {
    let server = Site::new().page("/", "seen").serve().await;
    let (proxy, asked) = socks5_proxy(server.address).await;
    let settings = |guard| FetchSettings {
        proxy: Some(format!("socks5://{proxy}")),
        guard,
        ..lab()
    };
    let names = || Arc::new(Names::new().answer("inside.example", &["127.0.0.9:0"]));
    let strict = fetcher_with(settings(public_only().guard), names());
    assert_eq!(
        refused_kind(&strict, "http://inside.example/").await,
        "loopback"
    );
    assert_eq!(refused_kind(&strict, "http://127.0.0.1/").await, "loopback");
    let open = fetcher_with(settings(lab().guard), names());
    let answer = response(open.fetch(&get(&url("http://inside.example/"))).await);
    assert_eq!(answer.body, b"seen");
    assert_eq!(*asked.lock().unwrap(), ["127.0.0.9:80"]);
}

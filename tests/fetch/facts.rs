//! What an answer knows of its connection, and how exact its heads are.

use crate::support::proxy::tunnel_proxy;
use crate::support::{Behavior, Names, Site, get, socks5_proxy, url};
use crate::tls_server::{Spoken, TlsSite, with_chain};
use crate::{fetcher, fetcher_with, lab, response};
use std::sync::Arc;
use tazy::capture::{Capture, Circumstances, HeadForm, seal};
use tazy::digest::Digest;
use tazy::fetch::{FetchSettings, Fetcher, HttpFetcher, Outcome, Response};
use tazy::id::RunId;

fn accepting() -> HttpFetcher {
    let settings = FetchSettings {
        insecure_evidence: true,
        ..lab()
    };
    let names = Names::new().answer("shop.example", &["127.0.0.1:0"]);
    fetcher_with(settings, Arc::new(names))
}

fn sealed(response: Response) -> Capture {
    let circumstances = Circumstances {
        run: &RunId::from_written("r-facts"),
        site: "shop.example",
        referrer: None,
        hop: 0,
        via: None,
        profile: "honest",
        robots: None,
        attempts_before: &[],
    };
    seal(response, &circumstances)
}

#[tokio::test]
async fn tls_facts_are_those_of_the_connection_also_for_the_second_request_over_it() {
    let chain = with_chain();
    for spoken in Spoken::ALL {
        let server = TlsSite::serve(&chain, spoken).await;
        let fetcher = accepting();
        let first = response(fetcher.fetch(&get(&server.url("shop.example"))).await);
        let second = response(fetcher.fetch(&get(&server.url("shop.example"))).await);
        // The first handshake was broken off by us, because of the certificate; the second was kept.
        assert_eq!(server.handshakes(), 1, "{spoken:?}");
        for answer in [first, second] {
            assert_eq!(answer.body, b"over TLS");
            let version = if spoken.http2() { "HTTP/2" } else { "HTTP/1.1" };
            assert_eq!(answer.version, version);
            let capture = sealed(answer);
            let tls = capture.manifest.tls.expect("TLS facts");
            assert_eq!(tls.version.as_deref(), Some(spoken.version()));
            assert_eq!(tls.cipher.as_deref(), Some(spoken.cipher()));
            assert_eq!(tls.key_exchange.as_deref(), Some("X25519"));
            assert_eq!(tls.alpn.as_deref(), spoken.alpn());
            assert_eq!(tls.server_name.as_deref(), Some("shop.example"));
            assert_eq!(
                tls.invalid.as_deref(),
                Some("the certificate's issuer is unknown: CN=middle")
            );
            assert_eq!(tls.verified, None);
            let digests: Vec<String> = chain.iter().map(|der| Digest::of(der).hex()).collect();
            assert_eq!(tls.chain_sha256, digests);
            assert_eq!(tls.certificate_sha256, digests[0]);
            let kept: Vec<&[u8]> = capture.certificates.iter().map(|der| &der[..]).collect();
            assert_eq!(kept, chain.iter().map(|der| &der[..]).collect::<Vec<_>>());
            let manifest = serde_json::to_string(&capture.manifest.local_addr).expect("JSON");
            assert!(manifest.contains("127.0.0.1:"), "{manifest}");
        }
    }
}

#[tokio::test]
async fn connections_of_two_servers_do_not_take_each_others_facts() {
    let (one, other) = (with_chain(), with_chain());
    let (first, second) = (
        TlsSite::serve(&one, Spoken::ALL[0]).await,
        TlsSite::serve(&other, Spoken::ALL[1]).await,
    );
    let fetcher = accepting();
    let (to_first, to_second) = (
        get(&first.url("shop.example")),
        get(&second.url("shop.example")),
    );
    for _ in 0..5 {
        let (a, b) = tokio::join!(fetcher.fetch(&to_first), fetcher.fetch(&to_second));
        for (outcome, chain, port) in [(a, &one, first.port()), (b, &other, second.port())] {
            let answer = response(outcome);
            assert_eq!(answer.remote_addr.map(|address| address.port()), Some(port));
            let tls = answer.tls.expect("TLS facts");
            assert_eq!(tls.certificate_sha256, Digest::of(&chain[0]).hex());
        }
    }
}

#[tokio::test]
async fn behind_a_proxy_the_facts_are_those_of_the_server() {
    let chain = with_chain();
    let server = TlsSite::serve(&chain, Spoken::ALL[1]).await;
    let (tunnels, heads) = tunnel_proxy(server.address()).await;
    let (socks, asked) = socks5_proxy(server.address()).await;
    for (proxy, through, address) in [
        (
            format!("http://us:er@{tunnels}"),
            format!("http://{tunnels}"),
            tunnels,
        ),
        (
            format!("socks5h://{socks}"),
            format!("socks5h://{socks}"),
            socks,
        ),
    ] {
        let settings = FetchSettings {
            insecure_evidence: true,
            proxy: Some(proxy),
            ..lab()
        };
        let target = get(&url("https://shop.example/"));
        let answer = response(fetcher(settings).fetch(&target).await);
        assert_eq!(
            (&answer.body[..], answer.version),
            (&b"over TLS"[..], "HTTP/2")
        );
        let capture = sealed(answer);
        let manifest = &capture.manifest;
        assert_eq!(manifest.through, Some(through));
        assert_eq!(manifest.remote_addr, Some(address.to_string()));
        let tls = manifest.tls.as_ref().expect("TLS facts");
        assert_eq!(tls.server_name.as_deref(), Some("shop.example"));
        assert_eq!(tls.certificate_sha256, Digest::of(&chain[0]).hex());
        let written = serde_json::to_string(manifest).expect("JSON");
        assert!(
            !written.contains("us:er") && !written.contains("Basic"),
            "{written}"
        );
    }
    let head = heads.lock().unwrap()[0].clone();
    assert!(
        head.starts_with("CONNECT shop.example:443 HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("Basic dXM6ZXI="), "{head}");
    assert_eq!(asked.lock().unwrap()[0], "shop.example:443");
}

#[tokio::test]
async fn without_leave_an_unknown_issuer_is_refused_and_nothing_is_asked() {
    let chain = with_chain();
    let server = TlsSite::serve(&chain, Spoken::ALL[0]).await;
    let names = Names::new().answer("shop.example", &["127.0.0.1:0"]);
    let outcome = fetcher_with(lab(), Arc::new(names))
        .fetch(&get(&server.url("shop.example")))
        .await;
    let Outcome::Failed(failure) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(
        failure.to_string(),
        "TLS: the certificate's issuer is unknown: CN=middle"
    );
}

const ODD: &[u8] = b"HTTP/1.1 200 Everything is fine\r\nserver: x\r\nX-Powered-BY:  PHP\r\n\
    Set-Cookie: a=1\r\ncontent-TYPE: text/html\r\nset-cookie: b=2\r\nx-powered-by: 2\r\n\
    Transfer-encoding: chunked\r\n\r\n";

#[tokio::test]
async fn heads_over_http1_are_kept_byte_for_byte() {
    let answer = [ODD, b"4\r\nbody\r\n0\r\n\r\n"].concat();
    let server = Site::new()
        .route("/a?b=c", Behavior::Raw(answer))
        .serve()
        .await;
    let fetched = fetcher(lab()).fetch(&get(&server.url("/a?b=c"))).await;
    let answer = response(fetched);
    assert_eq!(answer.provenance.response_head.as_deref(), Some(ODD));
    let names: Vec<&str> = answer
        .headers
        .iter()
        .map(|line| line.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "server",
            "X-Powered-BY",
            "Set-Cookie",
            "content-TYPE",
            "set-cookie",
            "x-powered-by",
            "Transfer-encoding"
        ]
    );
    let seen = server.seen().remove(0);
    let lines: Vec<String> = seen
        .headers
        .iter()
        .map(|(n, v)| format!("{n}: {v}\r\n"))
        .collect();
    let request = format!("GET /a?b=c HTTP/1.1\r\n{}\r\n", lines.concat());

    let capture = sealed(answer);
    assert_eq!(String::from_utf8_lossy(&capture.request_head), request);
    let manifest = &capture.manifest;
    assert_eq!(
        manifest.request_digest,
        Some(Digest::of(request.as_bytes()))
    );
    assert_eq!(manifest.request_head, Some(HeadForm::AsSent));
    assert_eq!(manifest.response_head, Some(HeadForm::AsSent));
    assert_eq!(manifest.head_digest, Some(Digest::of(ODD)));
    assert_eq!(manifest.content_type.as_deref(), Some("text/html"));
    // But for the one line that is no longer true of the body.
    let archived = String::from_utf8_lossy(&capture.response_head).into_owned();
    let restored = archived.replace("X-Archive-Orig-", "");
    assert_eq!(restored.as_bytes(), ODD);
    assert!(archived.contains("\r\nX-Archive-Orig-Transfer-encoding: chunked\r\n"));
}

#[tokio::test]
async fn every_answer_over_a_kept_connection_has_its_own_head() {
    let page = |n: &str| Behavior::page_with("X-Page", n, n);
    let server = Site::new()
        .route("/1", page("one"))
        .route("/2", page("two"))
        .serve()
        .await;
    let fetcher = fetcher(lab());
    for (target, expected) in [("/1", "one"), ("/2", "two"), ("/1", "one")] {
        let answer = response(fetcher.fetch(&get(&server.url(target))).await);
        let head = answer.provenance.response_head.expect("an exact head");
        let head = String::from_utf8(head).expect("text");
        let expected =
            format!("HTTP/1.1 200 Whatever\r\nX-Page: {expected}\r\nContent-Length: 3\r\n\r\n");
        assert_eq!(head, expected);
        let asked = answer.provenance.request_head.expect("an exact head");
        assert!(asked.starts_with(format!("GET {target} HTTP/1.1\r\n").as_bytes()));
    }
    assert_eq!(
        server.seen().iter().map(|seen| seen.connection).max(),
        Some(0)
    );
}

#[tokio::test]
async fn heads_that_are_no_plain_lines_are_put_together_and_say_so() {
    let bare = b"HTTP/1.0 200 OK\nX-One: 1\nX-Two: 2\nx-one: 3\n\nbody".to_vec();
    let server = Site::new().route("/", Behavior::Raw(bare)).serve().await;
    let capture = sealed(response(fetcher(lab()).fetch(&get(&server.url("/"))).await));
    assert_eq!(capture.manifest.response_head, Some(HeadForm::Rebuilt));
    assert_eq!(capture.manifest.request_head, Some(HeadForm::AsSent));
    assert_eq!(capture.manifest.head_digest, None);
    // As the library keeps them: lower case, by first coming, lines of one name together.
    assert_eq!(
        String::from_utf8_lossy(&capture.response_head),
        "HTTP/1.1 200 OK\r\nx-one: 1\r\nx-one: 3\r\nx-two: 2\r\n\r\n"
    );
    assert_eq!(capture.body, b"body");
}

#[tokio::test]
async fn over_http2_the_order_of_names_is_kept_and_heads_say_that_they_are_put_together() {
    let chain = with_chain();
    let spoken = Spoken::ALL.into_iter().find(|spoken| spoken.http2());
    let server = TlsSite::serve(&chain, spoken.expect("one")).await;
    let answer = response(accepting().fetch(&get(&server.url("shop.example"))).await);
    let names: Vec<&str> = answer
        .headers
        .iter()
        .map(|line| line.name.as_str())
        .collect();
    assert_eq!(
        names[..4],
        ["x-second", "x-first", "set-cookie", "set-cookie"]
    );
    assert_eq!(answer.headers[2].value, b"a=1");
    let capture = sealed(answer);
    assert_eq!(capture.manifest.response_head, Some(HeadForm::Rebuilt));
    assert_eq!(capture.manifest.request_head, Some(HeadForm::Rebuilt));
    let head = String::from_utf8_lossy(&capture.request_head).into_owned();
    assert_eq!(
        capture.manifest.request_digest,
        Some(Digest::of(head.as_bytes()))
    );
}

#[tokio::test]
async fn the_fetcher_repeats_nothing_by_itself() {
    let busy = Behavior::Busy(1, Box::new(Behavior::page("open")));
    let server = Site::new().route("/", busy).serve().await;
    let fetcher = fetcher(lab());
    let labels = [
        fetcher.fetch(&get(&server.url("/"))).await.label(),
        fetcher.fetch(&get(&server.url("/"))).await.label(),
    ];
    assert_eq!(labels, ["503", "200"]);
    assert_eq!(server.seen().len(), 2);
}

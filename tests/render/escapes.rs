//! A page that tries every way out that is known.

use super::support::{Behavior, Site};
use super::{Studio, view};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tazy::render::{Rendered, Rule};
use tokio::net::{TcpListener, UdpSocket};

/// Every attempt carries its name, so that it is seen which ones came to the proxy.
const HOSTILE: &str = r"<!doctype html><title>hostile</title>
<meta http-equiv=refresh content='20;url=FORBIDDEN/late-refresh'>
<link rel=prefetch href='FORBIDDEN/prefetch'><link rel=preload as=image href='FORBIDDEN/preload'>
<link rel=dns-prefetch href='FORBIDDEN/'><link rel=preconnect href='FORBIDDEN/'>
<link rel=icon href='FORBIDDEN/icon.png'><link rel=stylesheet href='FORBIDDEN/style.css'>
<script type=speculationrules>{ 'prefetch': [{ 'source': 'list', 'urls': ['FORBIDDEN/speculation'] }] }</script>
<img src='FORBIDDEN/img'><img src='http://localhost:PORT/localhost'><img src='http://[::1]:PORT/six'>
<img src='http://0x7f000001:PORT/hexadecimal'><img src='/redirect'>
<iframe src='FORBIDDEN/iframe'></iframe><iframe src='/refresh'></iframe>
<object data='FORBIDDEN/object'></object><video src='FORBIDDEN/video'></video>
<a id=ping href='#x' ping='FORBIDDEN/ping'>x</a>
<form id=form action='FORBIDDEN/form' method=post target=frame><input name=a value=b></form>
<iframe name=frame></iframe>
<script>
const at = 'FORBIDDEN', socket = at.replace('http', 'ws');
const attempt = action => { try { const out = action(); out && out.catch && out.catch(() => 0) } catch (e) {} };
attempt(() => fetch(at + '/fetch', { mode: 'no-cors' }));
attempt(() => fetch(at + '/post', { mode: 'no-cors', method: 'POST', body: 'x' }));
attempt(() => fetch(at + '/keepalive', { mode: 'no-cors', keepalive: true }));
attempt(() => { new WebSocket(socket + '/socket') });
attempt(() => { new WebSocket('ws://' + location.host + '/own-socket') });
attempt(() => { new EventSource(at + '/events') });
attempt(() => { navigator.sendBeacon(at + '/beacon', 'x') });
attempt(() => { new Worker('/worker.js') });
attempt(() => { new SharedWorker('/worker.js') });
attempt(() => navigator.serviceWorker.register('/service.js'));
attempt(() => { open(at + '/popup') });
attempt(() => { open('about:blank').location = at + '/popup-later' });
attempt(() => { document.getElementById('form').submit() });
attempt(() => { document.getElementById('ping').click() });
attempt(() => { new WebTransport(at.replace('http:', 'https:') + '/transport') });
attempt(() => {
  const servers = [{ urls: 'stun:127.0.0.1:UDP' },
    { urls: 'turn:127.0.0.1:PORT?transport=tcp', username: 'a', credential: 'b' },
    { urls: 'turn:127.0.0.1:UDP', username: 'a', credential: 'b' }];
  const peer = new RTCPeerConnection({ iceServers: servers });
  peer.createDataChannel('x');
  return peer.createOffer().then(offer => peer.setLocalDescription(offer));
});
attempt(() => { navigator.geolocation.getCurrentPosition(() => 0) });
attempt(() => navigator.mediaDevices.getUserMedia({ video: true }));
</script>";
const WORKER: &str = "fetch('FORBIDDEN/worker', { mode: 'no-cors' }).catch(() => 0);\
    try { new WebSocket('FORBIDDEN/worker-socket'.replace('http', 'ws')) } catch (e) {}";

/// Counts connections and never answers.
async fn forbidden_server() -> (u16, u16, Arc<AtomicUsize>) {
    let connections = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    let socket = UdpSocket::bind("0.0.0.0:0").await.expect("a port");
    let datagrams = socket.local_addr().expect("an address").port();
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while socket.recv_from(&mut [0; 64]).await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, datagrams, connections)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_page_reaches_nobody_and_its_attempts_are_listed() {
    let (port, datagrams, connections) = forbidden_server().await;
    let written = |text: &str| {
        text.replace("FORBIDDEN", &format!("http://127.0.0.1:{port}"))
            .replace("PORT", &port.to_string())
            .replace("UDP", &datagrams.to_string())
    };
    let script = |text: &str| Behavior::page_with("Content-Type", "text/javascript", written(text));
    let refresh = "<meta http-equiv=refresh content='0;url=FORBIDDEN/refresh'>";
    let server = Site::new()
        .page("/", &written(HOSTILE))
        .page("/refresh", &written(refresh))
        .route(
            "/redirect",
            Behavior::redirect(302, written("FORBIDDEN/redirected")),
        )
        .route("/worker.js", script(WORKER))
        .route("/service.js", script(WORKER))
        .serve()
        .await;
    let Some(studio) = Studio::open(&server.url("/"), 30).await else {
        return;
    };
    let rendered = studio.render(&server.url("/")).await;
    assert_eq!(
        connections.load(Ordering::SeqCst),
        0,
        "{:?}",
        rendered.blocked
    );
    assert_eq!(view(&rendered).title, "hostile");
    assert!(view(&rendered).screenshot.is_ok());

    for blocked in &rendered.blocked {
        println!("{} {:?}", blocked.url, blocked.rule);
    }
    let asked: Vec<String> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert!(
        !asked.contains(&"/service.js".to_owned()) && !asked.contains(&"/own-socket".to_owned())
    );
    assert_attempts_are_listed(&rendered);
}

fn assert_attempts_are_listed(rendered: &Rendered) {
    let rules_of = |path: &str| -> Vec<&Rule> {
        let blocked = rendered.blocked.iter();
        let blocked = blocked.filter(|blocked| blocked.url.as_url().path() == path);
        blocked.map(|blocked| &blocked.rule).collect()
    };
    for path in [
        "/img",
        "/localhost",
        "/hexadecimal",
        "/redirected",
        "/iframe",
        "/refresh",
        "/object",
        "/video",
        "/style.css",
        "/fetch",
        "/keepalive",
        "/events",
        "/worker",
    ] {
        let rules = rules_of(path);
        let by_guard =
            |rule: &&Rule| matches!(rule, Rule::Refused(reason) if reason.contains("loopback"));
        assert!(
            !rules.is_empty() && rules.iter().all(by_guard),
            "{path}: {rules:?}"
        );
    }
    for path in ["/post", "/beacon", "/form"] {
        assert_eq!(
            rules_of(path).first(),
            Some(&&Rule::Method("POST".into())),
            "{path}"
        );
    }
    assert_eq!(rules_of("/own-socket"), [&Rule::WebSocket]);
    assert_eq!(rules_of("/service.js"), [&Rule::ServiceWorker]);
    assert!(
        rules_of("/").contains(&&Rule::Port),
        "WebSockets to the other port"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_so_many_requests_and_no_more() {
    let pictures: Vec<String> = (0..60).map(|n| format!("<img src=/{n}.png>")).collect();
    let pictures = pictures.concat();
    let long = format!("<img src='/{}'>", "x".repeat(9_000));
    let server = Site::new()
        .page("/", &format!("{pictures}{long}"))
        .serve()
        .await;
    let change = |settings| tazy::render::RenderSettings {
        max_requests: 20,
        ..settings
    };
    let Some(studio) = Studio::open_with(&server.url("/"), change).await else {
        return;
    };
    let rendered = studio.render(&server.url("/")).await;
    assert_eq!(rendered.exchanges.len(), 20);
    let count = |rule: &Rule| {
        rendered
            .blocked
            .iter()
            .filter(|blocked| blocked.rule == *rule)
            .count()
    };
    assert!(count(&Rule::TooMany) >= 41);
    assert_eq!(count(&Rule::Url), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn downloads_are_not_taken() {
    let headers = vec![
        ("Content-Disposition", "attachment; filename=a.html".into()),
        ("Content-Type", "text/html".into()),
    ];
    let zip = Behavior::page_with("Content-Type", "application/zip", "PK\u{3}\u{4}");
    let server = Site::new()
        .route(
            "/attached",
            Behavior::Answer(200, headers, b"<p>x".to_vec()),
        )
        .route("/archive", zip)
        .serve()
        .await;
    let Some(studio) = Studio::open(&server.url("/"), 30).await else {
        return;
    };
    let attached = studio.render(&server.url("/attached")).await;
    assert!(attached.view.is_err());
    assert_eq!(attached.blocked[0].rule, Rule::Download);
    assert_eq!(
        attached.exchanges.len(),
        1,
        "the answer is evidence all the same"
    );
    let archive = studio.render(&server.url("/archive")).await;
    assert!(archive.view.is_err(), "{:?}", archive.view);
}

//! Pages that never end, and renderings that end early.

use super::support::{Behavior, Site};
use super::{LabFetcher, Studio, assert_no_process, lab_settings};
use futures_util::{StreamExt, stream};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tazy::clock::SystemClock;
use tazy::render::{RenderError, RenderFailure, RenderRequest, RenderSettings, Rendered, Renderer};
use tazy::suspect::SuspectUrl;
use tokio::time::timeout;

const LIMIT: u64 = 20;

#[expect(
    clippy::disallowed_methods,
    reason = "a test measures with the machine's clock"
)]
fn now() -> Instant {
    Instant::now()
}

fn endless_site() -> Site {
    let drip = |text: &str| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>here".to_vec();
        Behavior::Drip(head, text.as_bytes().to_vec(), Duration::from_millis(100))
    };
    let huge = format!("<p>here{}", "<i>x</i>".repeat(13_000_000));
    Site::new()
        .page("/alerts", "<title>a</title><p>here<script>while (true) alert('x')</script>")
        .page("/confirms", "<p>here<script>onbeforeunload = () => 'x'; setInterval(() => confirm('x'), 1)</script>")
        .page("/busy", "<p>here<script>onload = () => { while (true) {} }</script>")
        .page("/no-load", "<p>here<img src=/hang>")
        .page("/reloads", "<p>here<script>setTimeout(() => location.reload(), 50)</script>")
        .page("/history", "<p>here<script>setInterval(() => { location.hash = Math.random() }, 0)</script>")
        .page("/fetches", "<p>here<script>setInterval(() => fetch('/x' + Math.random()), 5)</script>")
        .page("/grows", "<p>here<script>setInterval(() => document.body.append(' x'.repeat(1e6)), 1)</script>")
        .page("/memory", "<p>here<script>const a = []; while (true) a.push(new Array(1e6).fill(Math.random()))</script>")
        .page("/huge", &huge)
        .route("/loop", Behavior::redirect(302, "/loop"))
        .route("/drip", drip("."))
        .route("/hang", Behavior::Hang)
        .route("/closed", Behavior::Close)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_never_end_give_a_view_or_a_clear_reason_within_the_limit() {
    let server = endless_site().serve().await;
    let Some(studio) = Studio::open(&server.url("/"), LIMIT).await else {
        return;
    };
    let pages = [
        ("/alerts", false),
        ("/confirms", true),
        ("/busy", true),
        ("/no-load", true),
        ("/reloads", true),
        ("/history", true),
        ("/fetches", true),
        ("/grows", false),
        ("/memory", false),
        ("/huge", false),
        ("/loop", false),
        ("/drip", false),
        ("/hang", false),
        ("/closed", false),
    ];
    let (server, studio) = (&server, &studio);
    let rendering = pages.map(|(path, must_be_seen)| async move {
        let rendered = render_within_limit(studio, &server.url(path)).await;
        let seen = rendered.view.as_ref();
        let is_seen =
            seen.is_ok_and(|view| view.visible_text.contains("here") && view.screenshot.is_ok());
        if path == "/loop" {
            let failure = rendered.view.expect_err("no document");
            assert_eq!(
                failure,
                RenderFailure::NoDocument("net::ERR_TOO_MANY_REDIRECTS".into())
            );
            assert!(rendered.exchanges.len() > 10, "every hop is evidence");
        }
        (must_be_seen && !is_seen).then_some(path)
    });
    let unseen: Vec<Option<&str>> =
        Box::pin(stream::iter(rendering).buffer_unordered(3).collect()).await;
    assert_eq!(
        unseen.into_iter().flatten().collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    studio.assert_nothing_left();
}

async fn render_within_limit(studio: &Studio, url: &SuspectUrl) -> Rendered {
    let begun = now();
    let request = RenderRequest {
        url: url.clone(),
        stored: Vec::new(),
    };
    let rendered = studio.renderer.render(request).await.expect("a rendering");
    let took = begun.elapsed();
    let told = match &rendered.view {
        Ok(view) => format!(
            "{}; picture {:?}; {} dialogs; scrolled {}",
            view.wait,
            view.screenshot
                .as_ref()
                .map(|shot| (shot.width, shot.height)),
            view.dialogs,
            view.scrolled
        ),
        Err(failure) => failure.to_string(),
    };
    println!("{}: {took:?}: {told}", url.as_url().path());
    assert!(took < Duration::from_secs(LIMIT + 5), "{url}: {took:?}");
    rendered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rendering_that_is_given_up_leaves_nothing_behind() {
    let server = Site::new()
        .page("/", "<script>while (true) {}</script>")
        .serve()
        .await;
    let Some(studio) = Studio::open(&server.url("/"), LIMIT).await else {
        return;
    };
    for patience in [50, 300, 700, 1_500, 2_500] {
        let request = RenderRequest {
            url: server.url("/"),
            stored: Vec::new(),
        };
        let rendering = studio.renderer.render(request);
        let given_up = timeout(Duration::from_millis(patience), rendering).await;
        assert!(given_up.is_err(), "{patience}");
        studio.assert_nothing_left();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_is_none_or_not_permitted_is_refused() {
    let workspace = tempfile::tempdir().expect("a directory");
    let lab = || lab_settings(workspace.path());
    let start = |settings| Renderer::start(settings, LabFetcher::new(&[]), Arc::new(SystemClock));
    let nowhere = RenderSettings {
        browser: Some("/nowhere/chromium".into()),
        ..lab()
    };
    assert!(matches!(
        start(nowhere).await,
        Err(RenderError::NoBrowser(_))
    ));
    let not_one = RenderSettings {
        browser: Some("/bin/false".into()),
        ..lab()
    };
    let error = start(not_one).await.expect_err("no browser");
    assert!(error.to_string().contains("ended at once"), "{error}");
    let silent = RenderSettings {
        browser: Some(script(workspace.path(), "exec sleep 1000")),
        ..lab()
    };
    let given_up = timeout(Duration::from_millis(500), start(silent)).await;
    assert!(given_up.is_err());
    assert_no_process(workspace.path());
}

/// A browser that does not know the proxy's switch (a wrong spelling is passed over silently).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_ignores_the_proxy_renders_nothing() {
    let server = Site::new().page("/", "<p>x").serve().await;
    if Studio::open(&server.url("/"), LIMIT).await.is_none() {
        return;
    }
    let workspace = tempfile::tempdir().expect("a directory");
    for lost in [
        "--proxy-server",
        "--proxy-bypass-list",
        "--ignore-certificate-errors-spki-list",
    ] {
        let without = format!(
            "for word; do shift; case $word in {lost}=*) set -- \"$@\" \"--$word\";; *) set -- \"$@\" \"$word\";; esac; done\nexec chromium \"$@\""
        );
        let settings = RenderSettings {
            browser: Some(script(workspace.path(), &without)),
            ..lab_settings(workspace.path())
        };
        let started = Renderer::start(settings, LabFetcher::new(&[]), Arc::new(SystemClock)).await;
        let error = started.expect_err(lost);
        assert!(
            matches!(error, RenderError::NotInForce(_)),
            "{lost}: {error}"
        );
        println!("{lost}: {error}");
    }
}

fn script(directory: &std::path::Path, text: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = directory.join("browser");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("permissions");
    path
}

//! What is seen of a page that means no harm.

use super::support::{Behavior, Site};
use super::{Studio, fetched, view};
use std::io::Write as _;
use tazy::digest::Digest;
use tazy::fetch::{Header, Outcome};
use tazy::render::{RenderRequest, RenderSettings, StoredAnswer, Viewport};

const CSS: &str = "body { margin: 0; background: rgb(0, 0, 255) } #late { height: 2500px }";
const PAGE: &str = "<!doctype html><title>Лавка</title><link rel=stylesheet href=/style.css>\
    <form name=documentElement></form><img src=/dot.png width=200 height=100>\
    <div id=late></div><img src=/far.png loading=lazy width=10 height=10>\
    <script>document.getElementById('late').textContent = 'нарисовано ' + 'скриптом';\
    console.error('broken'); fetch('/data.json').then(r => r.json()).then(d => { document.title += d.n })</script>";

/// A red picture of 1 × 1.
fn red_dot() -> Vec<u8> {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&[255, 0, 0]).expect("a pixel");
    writer.finish().expect("a picture");
    png
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn shop() -> Site {
    let typed = |kind: &str, body: &[u8]| Behavior::page_with("Content-Type", kind, body);
    let css = Behavior::Answer(
        200,
        vec![
            ("Content-Type", "text/css".into()),
            ("Content-Encoding", "gzip".into()),
        ],
        gzip(CSS.as_bytes()),
    );
    Site::new()
        .page("/", PAGE)
        .route("/style.css", css)
        .route("/dot.png", typed("image/png", &red_dot()))
        .route("/far.png", typed("image/png", &red_dot()))
        .route("/data.json", typed("application/json", b"{\"n\":7}"))
}

fn pixel(png: &[u8], x: usize, y: usize) -> [u8; 3] {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png))
        .read_info()
        .expect("a picture");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    let at = y * info.line_size + x * info.color_type.samples();
    [pixels[at], pixels[at + 1], pixels[at + 2]]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_seen_in_full_and_everything_on_it_went_through_our_fetcher() {
    let server = shop().serve().await;
    let Some(studio) = Studio::open(&server.url("/"), 30).await else {
        return;
    };
    let rendered = studio.render(&server.url("/")).await;
    println!("one render: {} ms", rendered.duration.as_millis());
    let view = view(&rendered);
    assert_eq!(view.title, "Лавка7");
    assert!(view.dom.contains("нарисовано скриптом"), "{}", view.dom);
    assert!(view.dom.starts_with("<html>"), "a form stood in for it");
    assert!(view.visible_text.contains("нарисовано скриптом"));
    assert_eq!(view.final_url.as_ref(), Some(&server.url("/")));
    assert!(view.wait.starts_with("load event, then"), "{}", view.wait);
    assert!(view.scrolled && !view.text_cut);
    assert_eq!((view.console_errors, view.popups, view.dialogs), (1, 0, 0));
    let paths = fetched(&rendered);
    for path in ["/", "/data.json", "/dot.png", "/far.png", "/style.css"] {
        assert!(
            paths.contains(&path.to_owned()),
            "{path} is not in {paths:?}"
        );
    }
    assert!(rendered.blocked.is_empty(), "{:?}", rendered.blocked);
    assert_eq!(rendered.viewport, Viewport::DESKTOP);
    assert!(rendered.engine.product.contains("Chrome/"));
    assert_eq!(rendered.unfinished, []);

    let screenshot = view.screenshot.as_ref().expect("a picture");
    assert_eq!(screenshot.width, 1280);
    assert!(
        (2600..2800).contains(&screenshot.height),
        "{}",
        screenshot.height
    );
    assert!(screenshot.full_page && screenshot.truncated.is_none());
    assert_eq!(screenshot.digest, Digest::of(&screenshot.png));
    assert_ne!(screenshot.digest, screenshot.raw_digest);
    assert_eq!(pixel(&screenshot.png, 100, 50), [255, 0, 0], "the picture");
    assert_eq!(pixel(&screenshot.png, 700, 2000), [0, 0, 255], "the style");

    let stylesheet = rendered.exchanges.iter();
    let stylesheet =
        stylesheet
            .map(|exchange| &exchange.outcome)
            .find_map(|outcome| match outcome {
                Outcome::Response(response) if response.url.as_url().path() == "/style.css" => {
                    Some(response)
                }
                _ => None,
            });
    assert_eq!(
        stylesheet.expect("the style").body,
        gzip(CSS.as_bytes()),
        "as received"
    );
    for seen in server.seen() {
        assert!(
            seen.header("user-agent")
                .expect("a name")
                .starts_with("tazy/")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_over_tls_and_what_we_have_already_are_shown_without_asking_again() {
    let server = Site::new()
        .page(
            "/",
            "<script>document.write(isSecureContext + ' ' + location.protocol)</script>",
        )
        .serve_tls()
        .await;
    let url = server.url("/");
    let Some(studio) = Studio::open(&url, 30).await else {
        return;
    };
    let rendered = studio.render(&url).await;
    assert_eq!(view(&rendered).visible_text.trim(), "true https:");
    assert_eq!(
        server
            .seen()
            .iter()
            .filter(|seen| seen.target == "/")
            .count(),
        1
    );

    let stored = StoredAnswer {
        url: url.clone(),
        status: 200,
        headers: vec![Header {
            name: "Content-Type".into(),
            value: b"text/html; charset=windows-1251".to_vec(),
        }],
        body: b"<p>\xcf\xf0\xe8\xe2\xe5\xf2".to_vec(),
    };
    let request = RenderRequest {
        url: url.clone(),
        stored: vec![stored],
    };
    let rendered = studio.renderer.render(request).await.expect("a rendering");
    assert_eq!(view(&rendered).visible_text.trim(), "Привет");
    assert_eq!(rendered.from_store, [url]);
    assert!(!fetched(&rendered).contains(&"/".to_owned()));
    assert_eq!(
        server
            .seen()
            .iter()
            .filter(|seen| seen.target == "/")
            .count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_scripts_a_page_is_shown_as_it_was_sent_and_long_ones_are_cut() {
    let html = "<body style='margin:0'><p id=p>sent</p><div style='height:50000px;width:3000px'></div>\
        <script>document.getElementById('p').textContent = 'drawn'</script>";
    let server = Site::new().page("/", html).serve().await;
    let change = |settings| RenderSettings {
        javascript: false,
        ..settings
    };
    let Some(studio) = Studio::open_with(&server.url("/"), change).await else {
        return;
    };
    let rendered = studio.render(&server.url("/")).await;
    assert!(!rendered.javascript);
    let view = view(&rendered);
    assert_eq!(view.visible_text.trim(), "sent");
    let screenshot = view.screenshot.as_ref().expect("a picture");
    assert_eq!((screenshot.width, screenshot.height), (1280, 12_000));
    assert!(!screenshot.full_page);
    let page = screenshot.truncated.expect("the page's own size");
    assert!(page.width == 3000 && page.height > 50_000, "{page:?}");
}

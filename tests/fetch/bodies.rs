//! Slow, endless, huge, compressed and broken answers.

use crate::support::{Behavior, Site, get, noise};
use crate::{fetcher, lab, response};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::Write;
use std::time::Duration;
use tazy::fetch::{FetchSettings, Fetcher, Outcome, Truncation, decode_body};
use tokio::time::Instant;

fn head(lines: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{lines}\r\n").into_bytes()
}

async fn label(behavior: Behavior, settings: FetchSettings) -> String {
    let server = Site::new().route("/", behavior).serve().await;
    fetcher(settings)
        .fetch(&get(&server.url("/")))
        .await
        .label()
}

#[tokio::test]
async fn an_ordinary_page_arrives_as_it_was_sent() {
    let body = noise(300_000);
    let page = Behavior::page_with("X-Note", "кириллица", body.clone());
    let server = Site::new().route("/p?q=1", page).serve().await;
    let answer = response(fetcher(lab()).fetch(&get(&server.url("/p?q=1"))).await);
    assert_eq!((answer.status, answer.version), (200, "HTTP/1.1"));
    assert_eq!((answer.body, answer.truncated), (body, None));
    assert_eq!(answer.remote_addr, Some(server.address));
    assert_eq!(answer.headers[0].name, "X-Note");
    assert_eq!(answer.headers[0].value, "кириллица".as_bytes());
    assert!(answer.tls.is_none());
}

#[tokio::test]
async fn a_server_that_never_answers_times_out() {
    let begun = Instant::now();
    assert_eq!(label(Behavior::Hang, lab()).await, "timeout");
    let drip = Behavior::Drip(
        b"HTTP/1.1 200 OK\r\n".to_vec(),
        b"X: y\r\n".to_vec(),
        Duration::from_millis(100),
    );
    assert_eq!(label(drip, lab()).await, "timeout");
    assert!(begun.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn a_body_that_drips_is_kept_as_far_as_it_came() {
    let drip = Behavior::Drip(head(""), b"drop ".to_vec(), Duration::from_millis(100));
    let server = Site::new().route("/", drip).serve().await;
    let answer = response(fetcher(lab()).fetch(&get(&server.url("/"))).await);
    assert_eq!(answer.truncated, Some(Truncation::Time));
    assert!(answer.body.starts_with(b"drop drop "));
    assert!(answer.duration >= Duration::from_millis(1_900));
}

#[tokio::test]
async fn endless_and_huge_bodies_are_cut_at_the_limit() {
    let endless = Behavior::Drip(head(""), vec![b'x'; 100_000], Duration::ZERO);
    let exact = Behavior::page(vec![b'x'; 1 << 20]);
    let huge = Behavior::page(vec![b'x'; (1 << 20) + 1]);
    let server = Site::new()
        .route("/endless", endless)
        .route("/exact", exact)
        .route("/huge", huge)
        .serve()
        .await;
    let fetcher = fetcher(lab());
    for (target, expected) in [
        ("/endless", Some(Truncation::Length)),
        ("/exact", None),
        ("/huge", Some(Truncation::Length)),
    ] {
        let answer = response(fetcher.fetch(&get(&server.url(target))).await);
        assert_eq!(answer.truncated, expected, "{target}");
        assert_eq!(answer.body.len(), 1 << 20, "{target}");
    }
}

#[tokio::test]
async fn an_announced_length_is_not_believed() {
    let mut liar = head("Content-Length: 9000000000000000\r\n");
    liar.extend(b"short");
    let server = Site::new().route("/", Behavior::Raw(liar)).serve().await;
    let answer = response(fetcher(lab()).fetch(&get(&server.url("/"))).await);
    assert_eq!(answer.truncated, Some(Truncation::Disconnect));
    assert_eq!(answer.body, b"short");
    assert!(answer.body.capacity() < 100_000);
}

#[tokio::test]
async fn broken_chunks_keep_what_came_before() {
    let mut broken = head("Transfer-Encoding: chunked\r\n");
    broken.extend(b"5\r\nhello\r\nZZ\r\nworld");
    let server = Site::new().route("/", Behavior::Raw(broken)).serve().await;
    let answer = response(fetcher(lab()).fetch(&get(&server.url("/"))).await);
    assert_eq!(answer.truncated, Some(Truncation::Disconnect));
    assert_eq!(answer.body, b"hello");
}

#[tokio::test]
async fn floods_of_header_lines_are_refused() {
    let many = head(&"X: y\r\n".repeat(50_000));
    assert_eq!(label(Behavior::Raw(many), lab()).await, "protocol");
    let long = head(&format!("X: {}\r\n", "y".repeat(100_000)));
    assert_eq!(label(Behavior::Raw(long), lab()).await, "protocol");
    let endless = Behavior::Drip(
        b"HTTP/1.1 200 OK\r\nX: ".to_vec(),
        vec![b'y'; 100_000],
        Duration::ZERO,
    );
    assert_eq!(label(endless, lab()).await, "protocol");
}

#[tokio::test]
async fn what_is_no_http_is_a_failure_of_the_right_kind() {
    for (behavior, expected) in [
        (Behavior::Close, "connect"),
        (Behavior::Raw(b"HTTP/1.1 2".to_vec()), "connect"),
        (
            Behavior::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
            "protocol",
        ),
        (Behavior::Raw(b"<html>no head</html>".to_vec()), "protocol"),
    ] {
        assert_eq!(
            label(behavior.clone(), lab()).await,
            expected,
            "{behavior:?}"
        );
    }
    let gone = Site::new().serve().await;
    let url = gone.url("/");
    drop(gone);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let Outcome::Failed(failure) = fetcher(lab()).fetch(&get(&url)).await else {
        panic!("nobody listens there");
    };
    assert_eq!(failure.label(), "connect");
    assert!(!failure.to_string().contains("://"), "{failure}");
}

#[tokio::test]
async fn compressed_bombs_stay_small_on_the_wire_and_stop_at_the_decoded_limit() {
    const LIMIT: usize = 2 << 20;
    let zeros = vec![0; 64 << 20];
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&zeros).unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&zeros).unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(
        zeros.as_slice(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    for (coding, bomb) in [
        ("gzip", gzip.finish().unwrap()),
        ("deflate", zlib.finish().unwrap()),
        ("zstd", zstd),
        ("br", brotli_bomb()),
    ] {
        let page = Behavior::page_with("Content-Encoding", coding, bomb.clone());
        let server = Site::new().route("/", page).serve().await;
        let answer = response(fetcher(lab()).fetch(&get(&server.url("/"))).await);
        assert_eq!(answer.body, bomb, "{coding}: as on the wire");
        let decoded = decode_body(answer.header("content-encoding"), &answer.body, LIMIT);
        assert_eq!(decoded.bytes.len(), LIMIT, "{coding}");
        assert!(decoded.incomplete, "{coding}");
        assert!(decoded.bytes.capacity() <= 2 * LIMIT, "{coding}");
    }
}

/// 16 MiB of one letter in 27 bytes (RFC 7932, one meta-block).
fn brotli_bomb() -> Vec<u8> {
    data_encoding::HEXLOWER
        .decode(b"cbffff3ff825f0e2b14020f7fe2ffffffff04b00c4611180eefd1f")
        .expect("hexadecimal digits")
}

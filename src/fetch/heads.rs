//! The heads of a conversation over HTTP/1, byte by byte, as they passed over the connection.
//!
//! HTTP libraries give a head as a map: names in lower case, lines of one name together. What was really
//! sent is therefore copied where it passes, and used only if it says the same as the map.

use super::Header;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::{Arc, Mutex, PoisonError};

/// Header lines of one answer; 100, the usual limit, is below what some shops send.
pub(super) const MAX_HEADER_LINES: usize = 256;

/// A copy of the heads of the exchange that a connection is busy with. HTTP/1 has one at a time.
#[derive(Debug, Clone)]
pub(super) struct HeadTap(Arc<Mutex<Heads>>);

#[derive(Debug)]
struct Heads {
    request: Vec<u8>,
    response: Vec<u8>,
    /// The server has begun to answer: what is written next is another request.
    is_answering: bool,
    /// The end of the head was read; what follows is body.
    is_complete: bool,
    /// A head that is longer is not kept.
    limit: usize,
}

/// Both heads of one exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExactHeads {
    pub(super) request: Vec<u8>,
    /// `None` if its end was not recognized.
    pub(super) response: Option<Vec<u8>>,
}

impl HeadTap {
    /// A tap that keeps heads up to `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self(Arc::new(Mutex::new(Heads {
            request: Vec::new(),
            response: Vec::new(),
            is_answering: false,
            is_complete: false,
            limit,
        })))
    }

    /// Notes bytes that were written.
    pub(super) fn note_sent(&self, bytes: &[u8]) {
        self.with(|heads| heads.note_sent(bytes));
    }

    /// Notes bytes that were read.
    pub(super) fn note_received(&self, bytes: &[u8]) {
        self.with(|heads| heads.note_received(bytes));
    }

    /// The heads of the exchange whose answer has just been given by the library.
    pub(super) fn heads(&self) -> Option<ExactHeads> {
        self.with(|heads| {
            heads.is_answering.then(|| ExactHeads {
                request: heads.request.clone(),
                response: heads.is_complete.then(|| heads.response.clone()),
            })
        })
    }

    fn with<T>(&self, what: impl FnOnce(&mut Heads) -> T) -> T {
        // Nothing can panic while it is held.
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Heads {
    fn note_sent(&mut self, bytes: &[u8]) {
        if self.is_answering {
            self.request.clear();
            self.response.clear();
            self.is_answering = false;
            self.is_complete = false;
        }
        let room = self.limit.saturating_sub(self.request.len());
        self.request
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn note_received(&mut self, bytes: &[u8]) {
        self.is_answering = true;
        if self.is_complete || self.response.len() == self.limit {
            return;
        }
        let mut searched = self.response.len();
        let room = self.limit - searched;
        self.response
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
        while let Some(end) = head_end(&self.response, searched) {
            if is_interim(&self.response) {
                self.response.drain(..end);
                searched = 0;
            } else {
                self.response.truncate(end);
                self.is_complete = true;
                return;
            }
        }
    }
}

/// Where the empty line after a head ends; `searched` bytes are known not to hold it.
fn head_end(bytes: &[u8], searched: usize) -> Option<usize> {
    let from = searched.saturating_sub(3);
    let found = memchr::memmem::find(&bytes[from..], b"\r\n\r\n")?;
    Some(from + found + 4)
}

/// RFC 9110 §15.2: `1xx`, but for the switch to another protocol.
fn is_interim(head: &[u8]) -> bool {
    matches!(head.get(8..12), Some([b' ', b'1', _, last]) if *last != b'1')
}

/// The lines of a head as sent, if it says the same as the map that the library made of it; `None` for
/// heads that a reader of WARC files could not take apart either (bare line feeds, NUL).
pub(super) fn lines_of(head: &[u8], status: u16, map: &HeaderMap) -> Option<Vec<Header>> {
    if !is_plain(head) {
        return None;
    }
    let mut lines = [httparse::EMPTY_HEADER; MAX_HEADER_LINES];
    let mut parsed = httparse::Response::new(&mut lines);
    let mut config = httparse::ParserConfig::default();
    config
        .ignore_invalid_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true);
    config.parse_response(&mut parsed, head).ok()?;
    if parsed.code != Some(status) || parsed.headers.len() != map.len() {
        return None;
    }
    let lines: Vec<Header> = parsed
        .headers
        .iter()
        .map(|line| Header {
            name: line.name.to_owned(),
            value: line.value.to_vec(),
        })
        .collect();
    let agrees = |name: &HeaderName| {
        let told = map.get_all(name).iter().map(HeaderValue::as_bytes);
        let sent = lines
            .iter()
            .filter(|line| line.name.eq_ignore_ascii_case(name.as_str()));
        told.map(ink).eq(sent.map(|line| ink(&line.value)))
    };
    map.keys().all(agrees).then_some(lines)
}

/// A value without white space: values may be folded over several lines.
fn ink(value: &[u8]) -> Vec<u8> {
    let ink = value.iter().filter(|byte| !byte.is_ascii_whitespace());
    ink.copied().collect()
}

/// Only lines that end in CR LF, and neither of the two elsewhere.
fn is_plain(head: &[u8]) -> bool {
    let carriage_returns = memchr::memchr_iter(b'\r', head);
    let line_feeds = memchr::memchr_iter(b'\n', head);
    head.ends_with(b"\r\n\r\n")
        && memchr::memchr(0, head).is_none()
        && carriage_returns.map(|at| at + 1).eq(line_feeds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        map
    }

    #[test]
    fn heads_are_found_wherever_the_bytes_are_cut() {
        let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let head = b"HTTP/1.1 200 Fine\r\nA: 1\r\n\r\n";
        let early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
        let answer = [early.as_slice(), head, b"body\r\n\r\n"].concat();
        for size in 1..answer.len() {
            let tap = HeadTap::new(1000);
            for round in 0..2 {
                tap.note_sent(&request[..5]);
                tap.note_sent(&request[5..]);
                assert_eq!(tap.heads(), None, "round {round}");
                for piece in answer.chunks(size) {
                    tap.note_received(piece);
                }
                let heads = tap.heads().unwrap();
                assert_eq!(heads.request, request);
                assert_eq!(heads.response.as_deref(), Some(&head[..]));
            }
        }
    }

    #[test]
    fn a_head_over_the_limit_is_not_kept() {
        let tap = HeadTap::new(20);
        tap.note_sent(b"GET / HTTP/1.1\r\n\r\n");
        tap.note_received(b"HTTP/1.1 200 OK\r\nLong: 1\r\n\r\n");
        tap.note_received(b"more");
        assert_eq!(tap.heads().unwrap().response, None);
    }

    #[test]
    fn lines_keep_case_and_order_and_must_agree_with_the_map() {
        let head = b"HTTP/1.1 200 Fine\r\nX-b: 1\r\nSET-cookie: a\r\nx-B: 2\r\nset-Cookie: b\r\n c\r\n\r\n";
        let same = map(&[
            ("x-b", "1"),
            ("x-b", "2"),
            ("set-cookie", "a"),
            ("set-cookie", "b c"),
        ]);
        let names: Vec<String> = lines_of(head, 200, &same)
            .unwrap()
            .into_iter()
            .map(|line| line.name)
            .collect();
        assert_eq!(names, ["X-b", "SET-cookie", "x-B", "set-Cookie"]);
        assert_eq!(lines_of(head, 404, &same), None);
        let other = map(&[
            ("x-b", "2"),
            ("x-b", "1"),
            ("set-cookie", "a"),
            ("set-cookie", "bc"),
        ]);
        assert_eq!(lines_of(head, 200, &other), None);
    }

    #[test]
    fn heads_that_are_no_plain_lines_are_not_taken() {
        let one = map(&[("a", "1")]);
        assert!(lines_of(b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n", 200, &one).is_some());
        for odd in [
            &b"HTTP/1.1 200 OK\nA: 1\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\nA: 1\r\n\n",
            b"HTTP/1.1 200 OK\r\nA: 1\r\r\n\r\n",
        ] {
            assert_eq!(lines_of(odd, 200, &one), None);
        }
    }
}

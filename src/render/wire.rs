//! HTTP/1.1 as far as a browser and its proxy speak it (RFC 9112): request heads in, answers out.

use crate::fetch::Header;
use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A request head, all lines together; URLs of scripts may be long.
const MAX_HEAD: u64 = 256 << 10;
/// Meant for the next hop only, not for the browser (RFC 9110 §7.6.1), or about how the body was framed.
const NOT_PASSED_ON: [&str; 12] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authentication-info",
    "te",
    "trailer",
    "transfer-encoding",
    "x-archive-orig-transfer-encoding",
    "upgrade",
    "content-length",
    // Would lead to another port, past what the page's URL says.
    "alt-svc",
];

/// The head of a request.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: String,
    /// As written: a path, an absolute URL or, for `CONNECT`, host and port.
    pub(super) target: String,
    headers: Vec<(String, String)>,
}

impl Head {
    /// The first header line of this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.iter();
        let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    #[cfg(test)]
    pub(super) fn of(method: &str, headers: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            method: method.to_owned(),
            target: "/".to_owned(),
            headers: headers.iter().map(owned).collect(),
        }
    }
}

/// An answer to the browser.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<Header>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A status and nothing else.
    pub(super) fn bare(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }
}

/// Reads the next request head; `None` at the end of the connection.
pub(super) async fn read_head<S>(stream: &mut S) -> io::Result<Option<Head>>
where
    S: AsyncBufRead + Unpin,
{
    let mut lines = Vec::new();
    let mut limited = stream.take(MAX_HEAD);
    loop {
        let mut line = Vec::new();
        limited.read_until(b'\n', &mut line).await?;
        if !line.ends_with(b"\n") {
            // The end, in the middle of a head or between two.
            return Ok(None);
        }
        let line = String::from_utf8_lossy(line.trim_ascii()).into_owned();
        if !line.is_empty() {
            lines.push(line);
        } else if !lines.is_empty() {
            break;
        }
    }
    let mut request = lines[0].split(' ');
    let (Some(method), Some(target)) = (request.next(), request.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let headers = lines[1..].iter().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    });
    Ok(Some(Head {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: headers.collect(),
    }))
}

/// Writes an answer. The headers and the body are those of the answer, the framing is ours.
pub(super) async fn write_answer<S>(stream: &mut S, answer: &Answer, close: bool) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    let mut head = format!("HTTP/1.1 {} \r\n", answer.status).into_bytes();
    for header in answer.headers.iter().filter(|header| is_passed_on(header)) {
        head.extend_from_slice(header.name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(&header.value);
        head.extend_from_slice(b"\r\n");
    }
    let has_body = !matches!(answer.status, 100..=199 | 204 | 304);
    if has_body {
        head.extend(format!("Content-Length: {}\r\n", answer.body.len()).bytes());
    }
    if close {
        head.extend_from_slice(b"Connection: close\r\n");
    }
    head.extend_from_slice(b"\r\n");
    stream.write_all(&head).await?;
    if has_body {
        stream.write_all(&answer.body).await?;
    }
    stream.flush().await
}

fn is_passed_on(header: &Header) -> bool {
    let ends_line = |&byte: &u8| matches!(byte, b'\r' | b'\n' | 0);
    let is_ours = NOT_PASSED_ON
        .iter()
        .any(|name| header.name.eq_ignore_ascii_case(name));
    !is_ours && !header.value.iter().any(ends_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn heads_are_read_one_after_the_other_until_the_end() {
        let mut wire = &b"GET /a HTTP/1.1\r\nHost: x\r\nX-Y:  z \r\n\r\nCONNECT h:443 HTTP/1.1\r\n\r\nGET /cut"[..];
        let first = read_head(&mut wire).await.unwrap().unwrap();
        assert_eq!(
            (first.method.as_str(), first.target.as_str()),
            ("GET", "/a")
        );
        assert_eq!(first.header("x-y"), Some("z"));
        let second = read_head(&mut wire).await.unwrap().unwrap();
        assert_eq!(second.target, "h:443");
        assert!(read_head(&mut wire).await.unwrap().is_none());
        assert!(read_head(&mut &b"nonsense\r\n\r\n"[..]).await.is_err());
        let endless = vec![b'a'; 1 << 20];
        assert!(read_head(&mut &endless[..]).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn an_answer_keeps_its_headers_and_coding_but_not_its_framing() {
        let header = |name: &str, value: &str| Header {
            name: name.into(),
            value: value.as_bytes().to_vec(),
        };
        let answer = Answer {
            status: 200,
            headers: vec![
                header("content-encoding", "gzip"),
                header("Transfer-Encoding", "chunked"),
                header("Content-Length", "999"),
                header("X-Split", "a\r\nSet-Cookie: b"),
                header("Set-Cookie", "c=1"),
            ],
            body: b"body".to_vec(),
        };
        let mut wire = Vec::new();
        write_answer(&mut wire, &answer, false).await.unwrap();
        assert_eq!(
            String::from_utf8(wire).unwrap(),
            "HTTP/1.1 200 \r\ncontent-encoding: gzip\r\nSet-Cookie: c=1\r\nContent-Length: 4\r\n\r\nbody"
        );
        let mut wire = Vec::new();
        write_answer(&mut wire, &Answer::bare(204), true)
            .await
            .unwrap();
        assert_eq!(wire, b"HTTP/1.1 204 \r\nConnection: close\r\n\r\n");
    }
}

//! Response → capture.

use super::{Capture, EarlierAttempt, HeadForm, Manifest, Resource};
use crate::digest::Digest;
use crate::fetch::{ConnectionFacts, Header, Provenance, Response, RobotsDecision};
use crate::id::{CaptureId, RunId};
use crate::suspect::SuspectUrl;
use jiff::Timestamp;

/// Goes before the name of a header line that is no longer true of the body.
const ARCHIVED: &[u8] = b"X-Archive-Orig-";

/// What is known about a fetch beside its answer.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    /// The run.
    pub run: &'a RunId,
    /// The site (host as given in the list).
    pub site: &'a str,
    /// The page that linked here or the hop before.
    pub referrer: Option<&'a SuspectUrl>,
    /// Which step of a redirect chain this is.
    pub hop: u8,
    /// What sent the crawler here, for a step of a redirect chain: `http`, `meta`, `script` or `frame`.
    pub via: Option<&'a str>,
    /// Profile name.
    pub profile: &'a str,
    /// What robots.txt said.
    pub robots: Option<&'a RobotsDecision>,
    /// What came of the same request just before.
    pub attempts_before: &'a [EarlierAttempt],
}

/// Freezes an answer: digests are taken over the raw bytes, before any parser sees them.
///
/// Heads over HTTP/1 stand as they passed over the connection. Those over HTTP/2 (which has no textual form,
/// and WARC knows no other) are written in the form of HTTP/1.1; [`Manifest::http_version`] says what was
/// spoken, [`Manifest::response_head`] which of both it is. The transfer coding has been removed from the
/// body, so `Transfer-Encoding` stands in the head as `X-Archive-Orig-Transfer-Encoding`.
pub fn seal(response: Response, circumstances: &Circumstances<'_>) -> Capture {
    let heads = Heads::of(&response);
    let manifest = manifest_of(&response, &heads, circumstances);
    let connection = response.provenance.connection;
    Capture {
        request_head: heads.request,
        response_head: heads.response,
        body: response.body,
        resources: connection.map_or_else(Vec::new, |line| resources_of(&line)),
        manifest,
    }
}

/// What is kept of a connection beside the answers that came over it.
fn resources_of(line: &ConnectionFacts) -> Vec<Resource> {
    let date = line.established;
    let certificates = line.certificates.iter();
    let mut resources: Vec<Resource> = certificates
        .map(|der| Resource::certificate(der.to_vec(), date))
        .collect();
    if let Some(names) = &line.names {
        let records: Vec<&str> = names
            .questions
            .iter()
            .flat_map(|question| &question.records)
            .map(String::as_str)
            .collect();
        if !records.is_empty() {
            let asked_at = names.asked_at.unwrap_or(date);
            let answer = format!(
                "{}\n{}\n",
                asked_at.strftime("%Y%m%d%H%M%S"),
                records.join("\n")
            );
            resources.push(Resource::dns(&names.name, answer, asked_at));
        }
    }
    resources
}

/// Both heads as they are kept.
struct Heads {
    request: Vec<u8>,
    request_form: HeadForm,
    response: Vec<u8>,
    response_form: HeadForm,
}

impl Heads {
    fn of(response: &Response) -> Self {
        let Provenance {
            request_head: request,
            response_head: answer,
            ..
        } = &response.provenance;
        let form = |exact: &Option<Vec<u8>>| match exact {
            Some(_) => HeadForm::AsSent,
            None => HeadForm::Rebuilt,
        };
        Self {
            request_form: form(request),
            request: request
                .clone()
                .unwrap_or_else(|| request_head(&response.url, &response.request_headers)),
            response_form: form(answer),
            response: match answer {
                Some(exact) => archived(exact),
                None => response_head(response.status, &response.headers),
            },
        }
    }
}

fn manifest_of(response: &Response, heads: &Heads, circumstances: &Circumstances<'_>) -> Manifest {
    let block_digest = Digest::of_parts(&[&heads.response, &response.body]);
    let text = |name| response.header(name).map(str::to_owned);
    let exact_head = response.provenance.response_head.as_deref();
    let connection = response.provenance.connection.as_deref();
    let local_addr = connection.and_then(|line| line.local_addr);
    Manifest {
        id: CaptureId::of_block(response.url.as_str(), response.started, &block_digest),
        run: circumstances.run.clone(),
        site: circumstances.site.to_owned(),
        url: response.url.clone(),
        referrer: circumstances.referrer.cloned(),
        hop: circumstances.hop,
        via: circumstances.via.map(str::to_owned),
        redirect: response
            .redirect_target()
            .map(|target| ("http".to_owned(), target)),
        requested_at: response.started,
        duration_ms: u64::try_from(response.duration.as_millis()).unwrap_or(u64::MAX),
        status: response.status,
        http_version: Some(response.version.to_owned()),
        content_type: text("content-type"),
        content_encoding: text("content-encoding"),
        body_bytes: response.body.len() as u64,
        truncated: response.truncated,
        block_digest,
        payload_digest: Digest::of(&response.body),
        request_digest: Some(Digest::of(&heads.request)),
        request_head: Some(heads.request_form),
        response_head: Some(heads.response_form),
        head_digest: exact_head.map(Digest::of),
        connected_at: connection.map(|line| line.established),
        local_addr: local_addr.map(|address| address.to_string()),
        remote_addr: response.remote_addr.map(|address| address.to_string()),
        through: connection.and_then(|line| line.through.clone()),
        dns: connection.and_then(|line| line.names.clone()),
        tls: response.tls.clone(),
        profile: circumstances.profile.to_owned(),
        robots: circumstances.robots.cloned(),
        attempts_before: circumstances.attempts_before.to_vec(),
        warc: None,
        revisit_of: None,
        resources: Vec::new(),
    }
}

impl Capture {
    /// A capture of bytes that did not come from the network (rule tests, `tazy eval`, files): run `r-file`,
    /// requested at the Unix epoch, no request head.
    pub fn of_file(url: &SuspectUrl, content_type: Option<&str>, body: Vec<u8>) -> Self {
        let headers: Vec<Header> = content_type
            .map(|value| Header {
                name: "Content-Type".to_owned(),
                value: value.as_bytes().to_owned(),
            })
            .into_iter()
            .collect();
        let response_head = response_head(200, &headers);
        let block_digest = Digest::of_parts(&[&response_head, &body]);
        let requested_at = Timestamp::UNIX_EPOCH;
        Self {
            manifest: Manifest {
                id: CaptureId::of_block(url.as_str(), requested_at, &block_digest),
                run: RunId::from_written("r-file"),
                site: url.host().to_owned(),
                url: url.clone(),
                referrer: None,
                hop: 0,
                via: None,
                redirect: None,
                requested_at,
                duration_ms: 0,
                status: 200,
                http_version: None,
                content_type: content_type.map(str::to_owned),
                content_encoding: None,
                body_bytes: body.len() as u64,
                truncated: None,
                block_digest,
                payload_digest: Digest::of(&body),
                request_digest: None,
                request_head: None,
                response_head: None,
                head_digest: None,
                connected_at: None,
                local_addr: None,
                remote_addr: None,
                through: None,
                dns: None,
                tls: None,
                profile: "file".to_owned(),
                robots: None,
                attempts_before: Vec::new(),
                warc: None,
                revisit_of: None,
                resources: Vec::new(),
            },
            request_head: Vec::new(),
            response_head,
            body,
            resources: Vec::new(),
        }
    }
}

fn request_head(url: &SuspectUrl, headers: &[Header]) -> Vec<u8> {
    let target = &url.as_url()[url::Position::BeforePath..];
    let mut head = format!("GET {target} HTTP/1.1\r\n").into_bytes();
    // HTTP/2 sends the host as `:authority`; an HTTP/1.1 head is not valid without it.
    if !headers.iter().any(|h| h.name.eq_ignore_ascii_case("host")) {
        push_line(&mut head, b"Host", url.authority().as_bytes());
    }
    for header in headers {
        push_line(&mut head, header.name.as_bytes(), &header.value);
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// An exact head with `Transfer-Encoding` renamed, as readers would look for chunks otherwise.
fn archived(exact: &[u8]) -> Vec<u8> {
    let mut head = Vec::with_capacity(exact.len() + ARCHIVED.len());
    for line in exact.split_inclusive(|&byte| byte == b'\n') {
        let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
        if name.trim_ascii().eq_ignore_ascii_case(b"transfer-encoding") {
            head.extend_from_slice(ARCHIVED);
        }
        head.extend_from_slice(line);
    }
    head
}

fn response_head(status: u16, headers: &[Header]) -> Vec<u8> {
    let reason = reason_phrase(status);
    let mut head = format!("HTTP/1.1 {status} {reason}\r\n").into_bytes();
    for header in headers {
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            let name = [ARCHIVED, b"Transfer-Encoding"].concat();
            push_line(&mut head, &name, &header.value);
        } else {
            push_line(&mut head, header.name.as_bytes(), &header.value);
        }
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Line breaks cannot stand in a header; should one get here, it must not end the head early.
fn push_line(head: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    let plain = |&byte: &u8| {
        if matches!(byte, b'\r' | b'\n') {
            b' '
        } else {
            byte
        }
    };
    head.extend(name.iter().map(plain));
    head.extend_from_slice(b": ");
    head.extend(value.iter().map(plain));
    head.extend_from_slice(b"\r\n");
}

/// The reason phrase as RFC 9110 §15 gives it, for heads that are put together: HTTP/2 has none.
fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        206 => "Partial Content",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        410 => "Gone",
        429 => "Too Many Requests",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unnamed",
    }
}

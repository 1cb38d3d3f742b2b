//! Response → capture.

use super::{Capture, Manifest};
use crate::digest::Digest;
use crate::fetch::{Response, RobotsDecision};
use crate::id::{CaptureId, RunId};
use crate::suspect::SuspectUrl;
use jiff::Timestamp;

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
    /// Profile name.
    pub profile: &'a str,
    /// What robots.txt said.
    pub robots: Option<&'a RobotsDecision>,
}

/// Freezes an answer: digests are taken over the raw bytes, before any parser sees them.
pub fn seal(response: Response, circumstances: &Circumstances<'_>) -> Capture {
    let _ = (response, circumstances);
    todo!()
}

impl Capture {
    /// A capture of bytes that did not come from the network (rule tests, `tazy eval`, files).
    pub fn of_file(url: &SuspectUrl, content_type: Option<&str>, body: Vec<u8>) -> Self {
        let digest = Digest::of(&body);
        let time = Timestamp::UNIX_EPOCH;
        Self {
            manifest: Manifest {
                id: CaptureId::of_block(url.as_str(), time, &digest),
                run: RunId::begun(time, 0),
                site: url.host().to_owned(),
                url: url.clone(),
                referrer: None,
                hop: 0,
                redirect: None,
                requested_at: time,
                duration_ms: 0,
                status: 200,
                content_type: content_type.map(str::to_owned),
                content_encoding: None,
                body_bytes: body.len() as u64,
                truncated: None,
                block_digest: digest,
                payload_digest: digest,
                remote_addr: None,
                tls: None,
                profile: String::new(),
                robots: None,
                warc: None,
            },
            request_head: Vec::new(),
            response_head: Vec::new(),
            body,
        }
    }
}

//! Response → capture.

use super::Capture;
use crate::fetch::{Response, RobotsDecision};
use crate::id::RunId;
use crate::suspect::SuspectUrl;

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
        let _ = (url, content_type, body);
        todo!()
    }
}

//! The same body again.

use super::members::capture_record_id;
use super::{Manifest, WarcPosition};
use crate::id::CaptureId;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Bodies below this size are written anew: the reference would not be much smaller.
const SMALLEST_BODY: u64 = 512;

/// An earlier capture of the same URL with the same body, as a `revisit` record names it
/// (ISO 28500:2017 §6.7.2). It holds the body itself: a revisit never refers to a revisit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevisitOf {
    /// The earlier capture.
    pub capture: CaptureId,
    /// Its response record, `WARC-Refers-To`.
    pub record: String,
    /// `WARC-Refers-To-Target-URI`.
    pub url: SuspectUrl,
    /// `WARC-Refers-To-Date`.
    pub date: Timestamp,
    /// Where its response record is.
    pub warc: WarcPosition,
}

impl RevisitOf {
    /// A capture to which later ones may refer; `None` if it has no body of its own or a small or cut one.
    pub fn of(earlier: &Manifest) -> Option<Self> {
        if !Self::is_worth_it(earlier) || earlier.revisit_of.is_some() {
            return None;
        }
        Some(Self {
            capture: earlier.id.clone(),
            record: capture_record_id("response", earlier),
            url: earlier.url.clone(),
            date: earlier.requested_at,
            warc: earlier.warc.clone()?,
        })
    }

    /// Whether a capture may be written as a revisit at all: its body is whole and not small.
    pub fn is_worth_it(manifest: &Manifest) -> bool {
        manifest.body_bytes >= SMALLEST_BODY && manifest.truncated.is_none()
    }
}

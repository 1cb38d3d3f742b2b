//! Frozen evidence: an answer exactly as received, digested before anything parses it.
//!
//! - [`Capture`]: manifest, header lines and body as received. The boundary of the program: from here to
//!   the verdict everything is a pure function of it.
//! - [`Manifest`]: what the store and the journal keep of a capture.
//! - [`seal`]: response → capture, digests taken over the raw bytes.
//! - [`WarcWriter`]: WARC 1.1 (ISO 28500) files, one gzip member a record.

mod manifest;
mod seal;
mod warc;

pub use manifest::{Manifest, WarcPosition};
pub use seal::{Circumstances, seal};
pub use warc::{WarcError, WarcWriter, read_capture};

/// An answer as received, with everything that was known when it arrived.
#[derive(Debug, Clone)]
pub struct Capture {
    /// What is kept of it everywhere.
    pub manifest: Manifest,
    /// The HTTP request head as sent, ending with an empty line.
    pub request_head: Vec<u8>,
    /// The HTTP response head as received, ending with an empty line.
    pub response_head: Vec<u8>,
    /// Body as received: content coding still on.
    pub body: Vec<u8>,
}

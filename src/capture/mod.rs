//! Frozen evidence: an answer exactly as received, digested before anything parses it.
//!
//! - [`Capture`]: manifest, header lines and body as received. The boundary of the program: from here to
//!   the verdict everything is a pure function of it.
//! - [`Manifest`]: what the store and the journal keep of a capture.
//! - [`seal`]: response → capture, digests taken over the raw bytes.
//! - [`WarcWriter`]: WARC 1.1 (ISO 28500) files, one gzip member a record. A file that is being written
//!   ends in `.warc.gz.open`; it loses the `.open` when it is full or closed.
//! - [`read_capture`]: back from the file, both digests verified.
//! - [`close_left_open`]: what is done with the `.open` files of a killed process.
//! - [`Blank`]: what takes the place of a capture that was deleted. [`each_member`]: a walk over a file's records.
//! - [`verify_warc_file`]: whether every record of a file can be read.
//!
//! For every capture there are three records, in this order: `response`, `request` (if something was
//! sent), `metadata` (the manifest as JSON).

mod append;
mod blank;
mod manifest;
mod reader;
mod record;
mod repair;
mod seal;
#[cfg(test)]
mod tests;
mod walk;
mod warc;

pub(crate) use append::{AppendFile, is_full, sync_directory};
pub use blank::{Blank, Stretch, stretches_of};
pub use manifest::{Manifest, WarcPosition};
pub use reader::{read_capture, verify_warc_file};
pub use repair::close_left_open;
pub use seal::{Circumstances, seal};
pub use walk::{Member, each_member};
pub use warc::{WarcError, WarcWriter};

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

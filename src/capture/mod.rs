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
//! - [`verify_written`]: whether the bytes of a capture stand in the file as they were written, compressed.
//!
//! # Records of a capture
//! In this order: `response` (or `revisit`, if the body is that of an earlier capture of the same URL, and
//! then with the head alone), `request` (if something was sent), `metadata` (the manifest as JSON), a
//! `resource` for each [`Resource`]. These are [`WarcPosition::members`] and vouched for by one digest.
//! Certificates and answers about names, which many captures have alike, follow after them, once a file; the
//! manifests of all captures name the same record. A revisit never refers to a revisit, and a body is found
//! in one step.

mod append;
mod blank;
mod manifest;
mod members;
mod piece;
mod reader;
mod record;
mod repair;
mod resource;
#[cfg(test)]
mod resource_tests;
mod revisit;
mod scan;
mod seal;
#[cfg(test)]
mod tests;
mod walk;
mod warc;
mod warcinfo;

pub(crate) use append::{AppendFile, is_full, sync_directory};
pub use blank::{Blank, Stretch, stretches_of};
pub use manifest::{EarlierAttempt, HeadForm, Manifest, WarcPosition};
pub use members::{answer_kind, capture_record_id};
pub use reader::{
    open_stretch, read_capture, read_resource, read_resources, warcinfo_length, written_span,
};
pub use repair::close_left_open;
pub use resource::{Resource, ResourceRecord, ResourceRole};
pub use revisit::RevisitOf;
pub use scan::{WarcScan, digest_of_start, scan_warc_file, verify_warc_file, verify_written};
pub use seal::{Circumstances, seal};
pub use walk::{Member, each_member};
pub use warc::{WarcError, WarcWriter, WrittenFile};

/// An answer as received, with everything that was known when it arrived.
#[derive(Debug, Clone)]
pub struct Capture {
    /// What is kept of it everywhere.
    pub manifest: Manifest,
    /// The HTTP request head, ending with an empty line; [`Manifest::request_head`] says how exact it is.
    pub request_head: Vec<u8>,
    /// The HTTP response head, ending with an empty line; [`Manifest::response_head`] says how exact it is.
    pub response_head: Vec<u8>,
    /// Body as received: content coding still on.
    pub body: Vec<u8>,
    /// What belongs to it beside question and answer.
    pub resources: Vec<Resource>,
}

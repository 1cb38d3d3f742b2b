//! Captures of a bundle, one at a time.

use super::verify::Work;
use super::warc_stream::{Room, StreamError, WarcStream};
use crate::capture::{Capture, Manifest, answer_kind, capture_record_id};
use crate::digest::Digest;
use crate::id::CaptureId;
use std::io::{self, BufReader, Read, Seek};

/// Larger bodies are digested in passing and not taken into memory, so not examined.
const MAX_BODY: u64 = 256 << 20;
const CHUNK: usize = 1 << 16;

impl<R: Read + Seek> Work<'_, R> {
    /// A capture from its records; its digests are verified again. The inner error says why it cannot be had.
    pub(super) fn load_capture(
        &mut self,
        manifest: &Manifest,
    ) -> io::Result<Result<Capture, String>> {
        let own = match self.load_block(&capture_record_id(answer_kind(manifest), manifest))? {
            Ok(block) => block,
            Err(why) => return Ok(Err(why)),
        };
        let Some((response_head, mut body)) = split_head(own) else {
            return Ok(Err("the answer has no head".to_owned()));
        };
        if let Some(earlier) = &manifest.revisit_of {
            match self.load_block(&earlier.record)? {
                Ok(block) => body = split_head(block).map(|(_, body)| body).unwrap_or_default(),
                Err(why) => return Ok(Err(format!("the capture with its body: {why}"))),
            }
        }
        if Digest::of(&body) != manifest.payload_digest
            || Digest::of_parts(&[&response_head, &body]) != manifest.block_digest
        {
            return Ok(Err(
                "it does not have the digests of its manifest".to_owned()
            ));
        }
        let request = self.contents.of_capture("request", manifest);
        let request_head = request.and_then(|request| request.http.as_ref());
        Ok(Ok(Capture {
            request_head: request_head
                .map(|http| http.head.clone())
                .unwrap_or_default(),
            manifest: manifest.clone(),
            response_head,
            body,
            resources: Vec::new(),
        }))
    }

    fn load_block(&mut self, id: &str) -> io::Result<Result<Vec<u8>, String>> {
        let (Some(record), Some(entry)) = (self.contents.records.get(id), self.warc_entry()) else {
            return Ok(Err("its record is missing".to_owned()));
        };
        if record.block_bytes > MAX_BODY {
            return Ok(Err(
                "it is larger than this program takes into memory".to_owned()
            ));
        }
        let (offset, length) = (record.offset, record.length);
        let stretch = self.container.stretch(&entry, offset, length)?;
        let room = Room {
            block: MAX_BODY,
            keep: true,
        };
        let mut stream = WarcStream::new(BufReader::with_capacity(CHUNK, stretch), offset);
        match stream.next_record(|_, _| Some(room)) {
            Ok(Some(record)) => Ok(Ok(record.block.unwrap_or_default())),
            Ok(None) => Ok(Err("its record is missing".to_owned())),
            Err(StreamError::Damaged(_, what)) => Ok(Err(what)),
            Err(StreamError::Io(error)) => Err(error),
        }
    }

    /// All manifests, in the order of the journal.
    pub(super) fn manifests(&self) -> Vec<Manifest> {
        let mut manifests: Vec<_> = self.ledger.manifests.values().collect();
        manifests.sort_by_key(|manifest| manifest.seq);
        let manifests = manifests.into_iter();
        manifests.map(|manifest| manifest.record.clone()).collect()
    }

    /// Why the content of a capture need not be there, if so: it was deleted, and a tombstone or at least the
    /// exporter says so.
    pub(super) fn absence_of(&self, id: &CaptureId) -> Option<String> {
        if let Some(tombstone) = self.ledger.tombstone_of(id) {
            return Some(format!(
                "its content was deleted: tombstone {} of {} by {}: {}",
                tombstone.id, tombstone.at, tombstone.by, tombstone.reason
            ));
        }
        let mut left_out = self.bundle.as_ref()?.left_out.iter();
        let left = left_out.find(|left| left.which.as_deref() == Some(id.as_str()))?;
        Some(format!("left out by the exporter: {}", left.why))
    }
}

fn split_head(mut block: Vec<u8>) -> Option<(Vec<u8>, Vec<u8>)> {
    let end = memchr::memmem::find(&block, b"\r\n\r\n")? + 4;
    let body = block.split_off(end);
    Some((block, body))
}

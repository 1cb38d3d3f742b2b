//! Reading captures back from WARC files.

use super::members::{answer_kind, capture_record_id};
use super::record::ReadRecord;
use super::scan::{damaged, is_decoding, open_at};
use super::{Capture, Manifest, Resource, ResourceRecord, RevisitOf, WarcError, WarcPosition};
use crate::digest::Digest;
use flate2::bufread::GzDecoder;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

/// Room for heads (WARC and HTTP) around a body; a record that unpacks to more is damaged.
const MAX_HEADS: u64 = 1 << 20;

/// Reads a capture back with its resources and verifies every digest. Memory is bounded by the sizes that the
/// manifest says. The body of a revisit is read from the capture that it refers to.
pub fn read_capture(directory: &Path, manifest: &Manifest) -> Result<Capture, WarcError> {
    let Some(position) = &manifest.warc else {
        let missing = nowhere(format!("capture {}", manifest.id));
        return Err(damaged(&missing, "it was never written to a WARC file"));
    };
    let mut file = Source::open(directory, position)?;
    let room = match manifest.revisit_of {
        Some(_) => 0,
        None => manifest.body_bytes,
    };
    let kind = answer_kind(manifest);
    let answer = file.record(room)?;
    if !is_record(&answer, kind, manifest) {
        return Err(damaged(position, "this is not the record of the capture"));
    }
    file.expect_end_of_member()?;
    let (response_head, body) = match &manifest.revisit_of {
        None => split_head(answer.block, position)?,
        Some(earlier) => {
            let (head, rest) = split_head(answer.block, position)?;
            if !rest.is_empty() {
                return Err(damaged(position, "the record of a revisit has a body"));
            }
            (head, read_body(directory, earlier, manifest)?)
        }
    };
    if Digest::of(&body) != manifest.payload_digest {
        let reason = "the body does not have the digest of the manifest";
        return Err(damaged(position, reason));
    }
    if Digest::of_parts(&[&response_head, &body]) != manifest.block_digest {
        let reason = "the block does not have the digest of the manifest";
        return Err(damaged(position, reason));
    }
    let next = file.record(0)?;
    let request_head = if is_record(&next, "request", manifest) {
        next.block
    } else if is_record(&next, "metadata", manifest) {
        Vec::new()
    } else {
        return Err(damaged(position, "the next record is not its request"));
    };
    Ok(Capture {
        manifest: manifest.clone(),
        request_head,
        response_head,
        body,
        resources: read_resources(directory, manifest)?,
    })
}

/// The body that a revisit refers to: that of a response, one step away.
fn read_body(
    directory: &Path,
    earlier: &RevisitOf,
    manifest: &Manifest,
) -> Result<Vec<u8>, WarcError> {
    let record = Source::open(directory, &earlier.warc)?.record(manifest.body_bytes)?;
    let is_it = record.field("WARC-Type") == Some("response")
        && record.field("WARC-Record-ID") == Some(&earlier.record)
        && record.field("WARC-Target-URI") == Some(earlier.url.as_str());
    if !is_it {
        let reason = format!(
            "this is not the record that capture {} refers to",
            manifest.id
        );
        return Err(damaged(&earlier.warc, &reason));
    }
    Ok(split_head(record.block, &earlier.warc)?.1)
}

/// Reads the resources of a capture and verifies their digests.
pub fn read_resources(directory: &Path, manifest: &Manifest) -> Result<Vec<Resource>, WarcError> {
    let resources = manifest.resources.iter();
    resources
        .map(|kept| read_resource(directory, kept))
        .collect()
}

/// Reads one resource and verifies its digest.
pub fn read_resource(directory: &Path, kept: &ResourceRecord) -> Result<Resource, WarcError> {
    let Some(position) = &kept.warc else {
        let missing = nowhere(format!("resource {}", kept.uri));
        return Err(damaged(&missing, "it was never written to a WARC file"));
    };
    let mut file = Source::open(directory, position)?;
    let record = file.record(kept.bytes)?;
    let is_it = record.field("WARC-Type") == Some("resource")
        && record.field("WARC-Record-ID") == Some(&kept.record);
    if !is_it {
        return Err(damaged(position, "this is not the record of the resource"));
    }
    file.expect_end_of_member()?;
    if Digest::of(&record.block) != kept.digest {
        let reason = "the resource does not have the digest of the manifest";
        return Err(damaged(position, reason));
    }
    Ok(Resource {
        role: kept.role,
        uri: kept.uri.clone(),
        content_type: kept.content_type.clone(),
        date: kept.date,
        block: record.block,
        digest: kept.digest,
    })
}

/// Bytes of a WARC file as they stand there, finished or still being written.
pub fn open_stretch(
    directory: &Path,
    file: &str,
    offset: u64,
    length: u64,
) -> Result<impl Read + use<>, WarcError> {
    let position = WarcPosition {
        offset,
        ..nowhere(file.to_owned())
    };
    Ok(open_at(directory, &position)?.1.take(length))
}

/// Length of the first member of a file, its `warcinfo` record.
pub fn warcinfo_length(directory: &Path, file: &str) -> Result<u64, WarcError> {
    let position = nowhere(file.to_owned());
    let mut source = Source::open(directory, &position)?;
    let record = source.record(0)?;
    if record.field("WARC-Type") == Some("warcinfo") {
        return source.offset();
    }
    Err(damaged(&position, "the file does not begin with warcinfo"))
}

/// Length of everything that was written at a position of a capture in one go. Manifests of older versions do
/// not say it: then the records are unpacked up to its `metadata`.
pub fn written_span(
    directory: &Path,
    manifest: &Manifest,
    position: &WarcPosition,
) -> Result<u64, WarcError> {
    if position.members.is_some() || manifest.warc.as_ref() != Some(position) {
        return Ok(position.span());
    }
    let mut source = Source::open(directory, position)?;
    for _ in 0..3 {
        let record = source.record(manifest.body_bytes)?;
        if is_record(&record, "metadata", manifest) {
            return Ok(source.offset()?.saturating_sub(position.offset));
        }
    }
    Err(damaged(position, "its metadata record does not follow it"))
}

fn split_head(
    mut block: Vec<u8>,
    position: &WarcPosition,
) -> Result<(Vec<u8>, Vec<u8>), WarcError> {
    let Some(end) = memchr::memmem::find(&block, b"\r\n\r\n") else {
        return Err(damaged(position, "the answer has no head"));
    };
    let body = block.split_off(end + 4);
    Ok((block, body))
}

fn is_record(record: &ReadRecord, kind: &str, manifest: &Manifest) -> bool {
    record.field("WARC-Type") == Some(kind)
        && record.field("WARC-Record-ID") == Some(&capture_record_id(kind, manifest))
}

fn nowhere(what: String) -> WarcPosition {
    WarcPosition {
        file: what,
        offset: 0,
        length: 0,
        members: None,
        digest: None,
    }
}

/// A WARC file, read from a record on.
struct Source<'a> {
    file: BufReader<File>,
    position: &'a WarcPosition,
    path: std::path::PathBuf,
}

impl<'a> Source<'a> {
    fn open(directory: &Path, position: &'a WarcPosition) -> Result<Self, WarcError> {
        let (path, file) = open_at(directory, position)?;
        Ok(Self {
            file,
            position,
            path,
        })
    }

    /// The next record, whose block without heads is not larger than `room`.
    fn record(&mut self, room: u64) -> Result<ReadRecord, WarcError> {
        let limit = MAX_HEADS.saturating_add(room);
        let mut bytes = Vec::new();
        let unpacked = GzDecoder::new(&mut self.file)
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes);
        match unpacked {
            Err(error) if is_decoding(&error) => {
                let reason = format!("the record cannot be unpacked: {error}");
                Err(damaged(self.position, &reason))
            }
            Err(error) => Err(WarcError::at(&self.path)(error)),
            Ok(length) if length as u64 > limit => {
                Err(damaged(self.position, "the record is larger than it was"))
            }
            Ok(_) => ReadRecord::parse(bytes).map_err(|reason| damaged(self.position, reason)),
        }
    }

    /// Offset after what was read so far.
    fn offset(&mut self) -> Result<u64, WarcError> {
        let offset = self.file.stream_position();
        offset.map_err(WarcError::at(&self.path))
    }

    /// The first record must have ended where its position says.
    fn expect_end_of_member(&mut self) -> Result<(), WarcError> {
        if self.offset()? == self.position.offset.saturating_add(self.position.length) {
            return Ok(());
        }
        Err(damaged(
            self.position,
            "the record is not as long as it was",
        ))
    }
}

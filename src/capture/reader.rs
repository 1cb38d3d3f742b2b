//! Reading captures back from WARC files.

use super::record::{ReadRecord, capture_record_id};
use super::{Capture, Manifest, WarcError, WarcPosition};
use crate::digest::Digest;
use flate2::bufread::GzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Room for heads (WARC and HTTP) around a body; a record that unpacks to more is damaged.
const MAX_HEADS: u64 = 1 << 20;

/// Reads a capture back and verifies both digests. Memory is bounded by the size that the manifest says.
pub fn read_capture(directory: &Path, manifest: &Manifest) -> Result<Capture, WarcError> {
    let missing = WarcPosition {
        file: format!("capture {}", manifest.id),
        offset: 0,
        length: 0,
    };
    let Some(position) = &manifest.warc else {
        return Err(damaged(&missing, "it was never written to a WARC file"));
    };
    let (path, mut file) = open_at(directory, position)?;
    let limit = MAX_HEADS.saturating_add(manifest.body_bytes);
    let record = read_record(&mut file, limit, &path, position)?;
    let end = file.stream_position().map_err(WarcError::at(&path))?;
    if end != position.offset.saturating_add(position.length) {
        return Err(damaged(position, "the record is not as long as it was"));
    }
    let (response_head, body) = split_response(record, manifest, position)?;
    let request = read_record(&mut file, MAX_HEADS, &path, position)?;
    let request_head = match request.field("WARC-Type") {
        Some("request") if names(&request, manifest, "request") => request.block,
        Some("metadata") if names(&request, manifest, "metadata") => Vec::new(),
        _ => return Err(damaged(position, "the next record is not its request")),
    };
    Ok(Capture {
        manifest: manifest.clone(),
        request_head,
        response_head,
        body,
        certificates: Vec::new(),
    })
}

fn split_response(
    record: ReadRecord,
    manifest: &Manifest,
    position: &WarcPosition,
) -> Result<(Vec<u8>, Vec<u8>), WarcError> {
    if record.field("WARC-Type") != Some("response") || !names(&record, manifest, "response") {
        return Err(damaged(position, "this is not the record of the capture"));
    }
    let mut head = record.block;
    if Digest::of(&head) != manifest.block_digest {
        return Err(damaged(
            position,
            "the block does not have the digest of the manifest",
        ));
    }
    let Some(end) = memchr::memmem::find(&head, b"\r\n\r\n") else {
        return Err(damaged(position, "the answer has no head"));
    };
    let body = head.split_off(end + 4);
    if Digest::of(&body) != manifest.payload_digest {
        return Err(damaged(
            position,
            "the body does not have the digest of the manifest",
        ));
    }
    Ok((head, body))
}

fn names(record: &ReadRecord, manifest: &Manifest, kind: &str) -> bool {
    record.field("WARC-Record-ID") == Some(&capture_record_id(kind, manifest))
}

/// Unpacks every record of a file and returns how many there are; an error names the first that cannot
/// be read.
pub fn verify_warc_file(path: &Path) -> Result<u64, WarcError> {
    let scan = scan_members(path, 0)?;
    let length = std::fs::metadata(path).map_err(WarcError::at(path))?.len();
    if scan.end == length {
        return Ok(scan.records);
    }
    Err(WarcError::Damaged {
        path: path.display().to_string(),
        offset: scan.end,
        reason: "the record cannot be unpacked".to_owned(),
    })
}

/// How far the members of a file are whole.
pub(super) struct MemberScan {
    /// Offset after the last whole member.
    pub(super) end: u64,
    /// Whole members from the start of the scan on.
    pub(super) records: u64,
}

/// Unpacks members from offset `from` on (the start of one) until the first that is not whole.
pub(super) fn scan_members(path: &Path, from: u64) -> Result<MemberScan, WarcError> {
    let at = WarcError::at(path);
    let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(&at)?);
    let mut end = file.seek(SeekFrom::Start(from)).map_err(&at)?;
    let mut records = 0;
    while !file.fill_buf().map_err(&at)?.is_empty() {
        match io::copy(&mut GzDecoder::new(&mut file), &mut io::sink()) {
            Ok(_) => end = file.stream_position().map_err(&at)?,
            Err(error) if is_decoding(&error) => break,
            Err(error) => return Err(at(error)),
        }
        records += 1;
    }
    Ok(MemberScan { end, records })
}

/// The file may be finished or still be written, and may be renamed between the two attempts.
fn open_at(
    directory: &Path,
    position: &WarcPosition,
) -> Result<(PathBuf, BufReader<File>), WarcError> {
    let name = Path::new(&position.file);
    if name.file_name() != Some(name.as_os_str()) {
        return Err(damaged(position, "this is not a file name"));
    }
    let closed = directory.join(name);
    let open = directory.join(format!("{}.open", position.file));
    let file = File::open(&closed)
        .or_else(|_| File::open(&open))
        .or_else(|_| File::open(&closed))
        .map_err(WarcError::at(&closed))?;
    let mut file = BufReader::with_capacity(1 << 16, file);
    file.seek(SeekFrom::Start(position.offset))
        .map_err(WarcError::at(&closed))?;
    Ok((closed, file))
}

fn read_record(
    file: &mut BufReader<File>,
    limit: u64,
    path: &Path,
    position: &WarcPosition,
) -> Result<ReadRecord, WarcError> {
    let mut bytes = Vec::new();
    let unpacked = GzDecoder::new(file)
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes);
    match unpacked {
        Err(error) if is_decoding(&error) => {
            let reason = format!("the record cannot be unpacked: {error}");
            Err(damaged(position, &reason))
        }
        Err(error) => Err(WarcError::at(path)(error)),
        Ok(length) if length as u64 > limit => {
            Err(damaged(position, "the record is larger than it was"))
        }
        Ok(_) => ReadRecord::parse(bytes).map_err(|reason| damaged(position, reason)),
    }
}

fn is_decoding(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
    )
}

fn damaged(position: &WarcPosition, reason: &str) -> WarcError {
    WarcError::Damaged {
        path: position.file.clone(),
        offset: position.offset,
        reason: reason.to_owned(),
    }
}

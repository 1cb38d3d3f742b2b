//! WARC records in passing: digests of everything, bodies of any size, memory of one head.

use super::counting::{Counting, Stretch};
use crate::digest::{Digest, RunningDigest};
use flate2::bufread::GzDecoder;
use std::collections::HashMap;
use std::io::{self, BufRead, Read};

/// Bytes that are read at once.
const CHUNK: usize = 1 << 16;
/// Bytes of a WARC head, and of an HTTP head.
pub(super) const MAX_HEAD: usize = 1 << 20;

/// A record as it was read.
#[derive(Debug, Clone)]
pub(super) struct SeenRecord {
    /// Byte of the file where its gzip member begins.
    pub(super) offset: u64,
    /// Bytes of its gzip member.
    pub(super) length: u64,
    /// Digest of its gzip member.
    pub(super) member_digest: Digest,
    head: String,
    /// Digest of its block.
    pub(super) block_digest: Digest,
    /// Bytes of its block.
    pub(super) block_bytes: u64,
    /// For HTTP messages: the head, and digest and length of what follows it.
    pub(super) http: Option<SeenHttp>,
    /// The block, if it was to be kept.
    pub(super) block: Option<Vec<u8>>,
}

/// An HTTP message as it was read.
#[derive(Debug, Clone)]
pub(super) struct SeenHttp {
    /// Head with its empty line.
    pub(super) head: Vec<u8>,
    /// Digest of the body.
    pub(super) payload_digest: Digest,
    /// Bytes of the body.
    pub(super) payload_bytes: u64,
}

impl SeenRecord {
    /// The first field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        field(&self.head, name)
    }

    /// `WARC-Type`.
    pub(super) fn kind(&self) -> &str {
        self.field("WARC-Type").unwrap_or_default()
    }

    /// `WARC-Record-ID`.
    pub(super) fn id(&self) -> &str {
        self.field("WARC-Record-ID").unwrap_or_default()
    }

    /// What is wrong with its own digests.
    pub(super) fn faults(&self) -> Vec<&'static str> {
        let mut faults = Vec::new();
        if self.field("WARC-Block-Digest") != Some(&self.block_digest.warc()) {
            faults.push("the block does not have the digest that its record says");
        }
        let stated = self.field("WARC-Payload-Digest");
        // The payload of a revisit is in another record; that of a resource is its block.
        let found = match (self.kind(), &self.http) {
            ("response" | "request", Some(http)) => Some(http.payload_digest.warc()),
            ("resource", _) => Some(self.block_digest.warc()),
            _ => None,
        };
        if stated
            .zip(found)
            .is_some_and(|(stated, found)| stated != found)
        {
            faults.push("the payload does not have the digest that its record says");
        }
        faults
    }
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// How much of a record is taken, which is decided when its head has been read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// A block of more bytes is refused, unread.
    pub(super) block: u64,
    /// Whether the block is kept.
    pub(super) keep: bool,
}

/// Why reading cannot go on.
#[derive(Debug)]
pub(super) enum StreamError {
    /// Byte of the file at which the record begins, and what is wrong with it.
    Damaged(u64, String),
    /// Reading failed.
    Io(io::Error),
}

/// Reads records one after the other.
pub(super) struct WarcStream<R> {
    source: Counting<R>,
    /// Stretches of several members to be digested as one: where each begins, and its bytes.
    stretches: HashMap<u64, u64>,
    /// Digests of the stretches that were read whole and end where a member ends.
    pub(super) digests: HashMap<u64, Digest>,
}

impl<R: BufRead> WarcStream<R> {
    /// Reads `source`, whose first byte is byte `offset` of the file.
    pub(super) fn new(source: R, offset: u64) -> Self {
        let source = Counting {
            source,
            offset,
            digest: RunningDigest::default(),
            stretch: None,
        };
        Self {
            source,
            stretches: HashMap::new(),
            digests: HashMap::new(),
        }
    }

    /// Also digests these stretches, each named by where it begins, with its bytes.
    pub(super) fn with_stretches(mut self, stretches: HashMap<u64, u64>) -> Self {
        self.stretches = stretches;
        self
    }

    /// What was digested of the member that ends here is the beginning of a stretch, which is so digested once.
    fn end_member(&mut self, begin: u64, digest: &RunningDigest) {
        let here = self.source.offset;
        if self.source.stretch.is_none()
            && let Some(bytes) = self.stretches.get(&begin)
        {
            self.source.stretch = Some(Stretch {
                begin,
                end: begin.saturating_add(*bytes),
                digest: digest.clone(),
            });
        }
        let is_over = |stretch: &mut Stretch| stretch.end <= here;
        if let Some(stretch) = self.source.stretch.take_if(is_over)
            && stretch.end == here
        {
            self.digests.insert(stretch.begin, stretch.digest.so_far());
        }
    }

    /// The next record; `None` at the end. `room_for` is asked with type and id of each record.
    pub(super) fn next_record(
        &mut self,
        room_for: impl FnOnce(&str, &str) -> Option<Room>,
    ) -> Result<Option<SeenRecord>, StreamError> {
        let offset = self.source.offset;
        match self.source.fill_buf() {
            Ok([]) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(StreamError::Io(error)),
        }
        let mut member = Member {
            decoder: GzDecoder::new(&mut self.source),
            buffer: vec![0; CHUNK],
            filled: 0,
            at: 0,
        };
        let record = member.read_record(room_for).map_err(|error| match error {
            MemberError::Wrong(what) => StreamError::Damaged(offset, what.to_owned()),
            MemberError::Io(error) if is_decoding(&error) => {
                StreamError::Damaged(offset, format!("the record cannot be unpacked: {error}"))
            }
            MemberError::Io(error) => StreamError::Io(error),
        })?;
        drop(member);
        let digest = std::mem::take(&mut self.source.digest);
        self.end_member(offset, &digest);
        Ok(Some(SeenRecord {
            offset,
            length: self.source.offset - offset,
            member_digest: digest.so_far(),
            ..record
        }))
    }
}

fn is_decoding(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
    )
}

enum MemberError {
    Wrong(&'static str),
    Io(io::Error),
}

impl From<&'static str> for MemberError {
    fn from(what: &'static str) -> Self {
        Self::Wrong(what)
    }
}

impl From<io::Error> for MemberError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// One gzip member, unpacked through a buffer.
struct Member<R> {
    decoder: GzDecoder<R>,
    buffer: Vec<u8>,
    filled: usize,
    at: usize,
}

impl<R: BufRead> Member<R> {
    /// What is in the buffer; empty at the end of the member, whose checksum then was right.
    fn peek(&mut self) -> io::Result<&[u8]> {
        while self.at == self.filled {
            match self.decoder.read(&mut self.buffer) {
                Ok(read) => {
                    (self.at, self.filled) = (0, read);
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.buffer[self.at..self.filled])
    }

    fn read_record(
        &mut self,
        room_for: impl FnOnce(&str, &str) -> Option<Room>,
    ) -> Result<SeenRecord, MemberError> {
        let head = self.read_head()?;
        let length = field(&head, "Content-Length").and_then(|n| n.parse().ok());
        let length: u64 = length.ok_or("the record has no length")?;
        let kind = field(&head, "WARC-Type").unwrap_or_default();
        let id = field(&head, "WARC-Record-ID").unwrap_or_default();
        let room = room_for(kind, id).ok_or("no record of the journal names this WARC record")?;
        if length > room.block {
            return Err("the record is larger than what it should hold".into());
        }
        let is_http = matches!(kind, "response" | "request" | "revisit");
        let mut block = Block::new(is_http, room.keep);
        let mut left = length;
        while left > 0 {
            let piece = self.peek()?;
            if piece.is_empty() {
                return Err("the record is shorter than it says".into());
            }
            let taken = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            block.take(&piece[..taken])?;
            self.at += taken;
            left -= taken as u64;
        }
        let mut ending = Vec::new();
        while ending.len() <= 4 {
            let piece = self.peek()?;
            if piece.is_empty() {
                break;
            }
            ending.extend_from_slice(&piece[..piece.len().min(5)]);
            self.at += piece.len().min(5);
        }
        if ending != b"\r\n\r\n" {
            return Err("the record is not as long as it says".into());
        }
        Ok(block.finish(head, length))
    }

    fn read_head(&mut self) -> Result<String, MemberError> {
        let mut head = Vec::new();
        loop {
            let piece = self.peek()?;
            if piece.is_empty() {
                return Err("the record has no head".into());
            }
            // The end may lie across two pieces.
            let from = head.len().saturating_sub(3);
            let before = head.len();
            head.extend_from_slice(piece);
            let taken = piece.len();
            if let Some(found) = memchr::memmem::find(&head[from..], b"\r\n\r\n") {
                let end = from + found + 4;
                head.truncate(end);
                self.at += end - before;
                break;
            }
            self.at += taken;
            if head.len() > MAX_HEAD {
                return Err("the record's head is too long".into());
            }
        }
        let head = String::from_utf8(head).map_err(|_| "the record's head is not text")?;
        if head.starts_with("WARC/1.1\r\n") {
            Ok(head)
        } else {
            Err("not a WARC/1.1 record".into())
        }
    }
}

/// A block in the making.
struct Block {
    digest: RunningDigest,
    payload: RunningDigest,
    payload_bytes: u64,
    is_http: bool,
    http_head: Vec<u8>,
    head_ended: bool,
    kept: Option<Vec<u8>>,
}

impl Block {
    fn new(is_http: bool, keep: bool) -> Self {
        Self {
            digest: RunningDigest::default(),
            payload: RunningDigest::default(),
            payload_bytes: 0,
            is_http,
            http_head: Vec::new(),
            head_ended: false,
            kept: keep.then(Vec::new),
        }
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), &'static str> {
        self.digest.update(piece);
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(piece);
        }
        if !self.is_http {
            return Ok(());
        }
        let mut body = piece;
        if !self.head_ended {
            let from = self.http_head.len().saturating_sub(3);
            let before = self.http_head.len();
            self.http_head.extend_from_slice(piece);
            let Some(found) = memchr::memmem::find(&self.http_head[from..], b"\r\n\r\n") else {
                if self.http_head.len() > MAX_HEAD {
                    return Err("the HTTP head is too long");
                }
                return Ok(());
            };
            let end = from + found + 4;
            self.http_head.truncate(end);
            self.head_ended = true;
            body = &piece[end - before..];
        }
        self.payload.update(body);
        self.payload_bytes += body.len() as u64;
        Ok(())
    }

    fn finish(self, head: String, bytes: u64) -> SeenRecord {
        let http = self.head_ended.then(|| SeenHttp {
            head: self.http_head,
            payload_digest: self.payload.so_far(),
            payload_bytes: self.payload_bytes,
        });
        SeenRecord {
            offset: 0,
            length: 0,
            member_digest: Digest::from_bytes([0; 32]),
            head,
            block_digest: self.digest.so_far(),
            block_bytes: bytes,
            http,
            block: self.kept,
        }
    }
}

//! One WARC record as bytes: written as a gzip member, parsed from its unpacked form.

use crate::digest::Digest;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A record to be written.
pub(super) struct Record<'a> {
    /// `WARC-Type`.
    pub(super) kind: &'static str,
    /// `WARC-Record-ID`.
    pub(super) id: String,
    /// `WARC-Date`.
    pub(super) date: Timestamp,
    /// `Content-Type` of the block.
    pub(super) content_type: &'a str,
    /// Further fields, in order.
    pub(super) fields: Vec<(&'static str, String)>,
    /// The block, in pieces.
    pub(super) block: &'a [&'a [u8]],
}

impl Record<'_> {
    /// The record as one gzip member.
    pub(super) fn member(&self, level: Compression) -> io::Result<Vec<u8>> {
        let length: usize = self.block.iter().map(|piece| piece.len()).sum();
        let mut head = format!(
            "WARC/1.1\r\nWARC-Type: {}\r\nWARC-Record-ID: {}\r\nWARC-Date: {}\r\n",
            self.kind, self.id, self.date
        );
        for (name, value) in &self.fields {
            head.push_str(name);
            head.push_str(": ");
            // A line break would end the field early.
            head.extend(value.chars().filter(|c| !c.is_control()));
            head.push_str("\r\n");
        }
        let digest = Digest::of_parts(self.block).warc();
        // Writing to a string cannot fail.
        let _ = write!(
            head,
            "WARC-Block-Digest: {digest}\r\nContent-Type: {}\r\nContent-Length: {length}\r\n\r\n",
            self.content_type
        );
        let pieces = || {
            [head.as_bytes()]
                .into_iter()
                .chain(self.block.iter().copied())
        };
        let member = pack(pieces(), level)?;
        // Pictures and archives only grow, and take long to unpack again.
        if member.len() > head.len() + length {
            return pack(pieces(), Compression::none());
        }
        Ok(member)
    }
}

/// These pieces and the end of a record as one gzip member.
fn pack<'a>(pieces: impl Iterator<Item = &'a [u8]>, level: Compression) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    for piece in pieces {
        encoder.write_all(piece)?;
    }
    encoder.write_all(b"\r\n\r\n")?;
    encoder.finish()
}

/// The name of a record: made from what it holds, so that writing a capture again names it the same.
/// RFC 9562 §5.8 leaves the content of a version 8 UUID to its maker.
pub(super) fn record_id(kind: &str, parts: &[&[u8]]) -> String {
    let parts = [&[b"warc record\0", kind.as_bytes(), b"\0"], parts].concat();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Digest::of_parts(&parts).as_bytes()[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    format!(
        "<urn:uuid:{}-{}-{}-{}-{}>",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// A record that was read.
pub(super) struct ReadRecord {
    head: String,
    /// The block.
    pub(super) block: Vec<u8>,
}

impl ReadRecord {
    /// Parses an unpacked member and verifies its length and its block digest.
    pub(super) fn parse(mut bytes: Vec<u8>) -> Result<Self, &'static str> {
        let end = memchr::memmem::find(&bytes, b"\r\n\r\n").ok_or("the record has no head")? + 4;
        let mut block = bytes.split_off(end);
        let head = String::from_utf8(bytes).map_err(|_| "the record's head is not text")?;
        if !head.starts_with("WARC/1.1\r\n") {
            return Err("not a WARC/1.1 record");
        }
        let mut record = Self {
            head,
            block: Vec::new(),
        };
        let length = record.field("Content-Length").and_then(|n| n.parse().ok());
        let length: usize = length.ok_or("the record has no length")?;
        if block.get(length..) != Some(b"\r\n\r\n".as_slice()) {
            return Err("the record is not as long as it says");
        }
        block.truncate(length);
        if record.field("WARC-Block-Digest") != Some(&Digest::of(&block).warc()) {
            return Err("the block does not have the digest that its record says");
        }
        record.block = block;
        Ok(record)
    }

    /// The first field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.head.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

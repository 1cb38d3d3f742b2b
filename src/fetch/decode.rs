//! Content coding is removed here, with a limit on decoded bytes.
//!
//! Every decoder writes through a fixed buffer into a sink that stops at the limit, so that a compressed
//! bomb costs no more memory than the limit and one window (at most 16 MiB).

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Decompress, FlushDecompress, Status};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// More codings on one body are not removed: nobody sends them but to make trouble.
const MAX_CODINGS: usize = 4;
/// More members or frames in one body are not read, for the same reason.
const MAX_MEMBERS: usize = 1_000;
/// RFC 9659: the largest window of zstd as a content coding.
const MAX_ZSTD_WINDOW: u64 = 8 << 20;
const BUFFER: usize = 16 << 10;

/// A decoded body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedBody {
    /// Decoded bytes, at most the limit.
    pub bytes: Vec<u8>,
    /// True if the limit cut it, the coded stream was damaged or the coding is not known; what came
    /// before is kept (with an unknown coding the body as it is).
    pub incomplete: bool,
}

/// Removes the codings named by `Content-Encoding` (RFC 9110 §8.4), the last one first.
pub fn decode_body(content_encoding: Option<&str>, body: &[u8], limit: usize) -> DecodedBody {
    let codings: Vec<&str> = content_encoding
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
        .take(MAX_CODINGS + 1)
        .collect();
    let mut decoded: Option<Sink> = None;
    let mut incomplete = codings.len() > MAX_CODINGS;
    for coding in codings.into_iter().rev().take(MAX_CODINGS) {
        let input = decoded.as_ref().map_or(body, |sink| sink.bytes.as_slice());
        if input.is_empty() {
            break;
        }
        let Some((sink, intact)) = decode_once(coding, input, limit) else {
            incomplete = true;
            break;
        };
        incomplete |= !intact || sink.overflowed;
        decoded = Some(sink);
    }
    let sink = decoded.unwrap_or_else(|| {
        let mut sink = Sink::new(limit);
        sink.push(body);
        sink
    });
    DecodedBody {
        incomplete: incomplete || sink.overflowed,
        bytes: sink.bytes,
    }
}

/// One coding; `None` if it is not known. The flag is false for damaged and truncated streams.
fn decode_once(coding: &str, input: &[u8], limit: usize) -> Option<(Sink, bool)> {
    let mut sink = Sink::new(limit);
    let intact = match coding.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => gunzip(input, &mut sink),
        "deflate" => {
            // RFC 9110 means zlib; many servers send the raw stream.
            let zlib = is_zlib(input);
            inflate(&mut Decompress::new(zlib), input, &mut sink).ended
        }
        "br" => unbrotli(input, &mut sink),
        "zstd" => unzstd(input, &mut sink),
        _ => return None,
    };
    Some((sink, intact))
}

/// Decoded bytes up to a limit.
struct Sink {
    bytes: Vec<u8>,
    limit: usize,
    overflowed: bool,
}

impl Sink {
    fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
            overflowed: false,
        }
    }

    /// Takes what fits; false once something did not.
    fn push(&mut self, decoded: &[u8]) -> bool {
        let room = self.limit - self.bytes.len();
        self.bytes
            .extend_from_slice(&decoded[..decoded.len().min(room)]);
        self.overflowed |= decoded.len() > room;
        !self.overflowed
    }
}

struct Inflated {
    consumed: usize,
    ended: bool,
}

fn inflate(decoder: &mut Decompress, input: &[u8], sink: &mut Sink) -> Inflated {
    let mut buffer = [0_u8; BUFFER];
    let mut consumed = 0;
    loop {
        let (read_before, written_before) = (decoder.total_in(), decoder.total_out());
        let status = decoder.decompress(&input[consumed..], &mut buffer, FlushDecompress::None);
        let read = length(decoder.total_in() - read_before);
        let written = length(decoder.total_out() - written_before);
        consumed += read;
        let room = sink.push(&buffer[..written]);
        let ended = matches!(status, Ok(Status::StreamEnd));
        if ended || !room || status.is_err() || (read == 0 && written == 0) {
            return Inflated { consumed, ended };
        }
    }
}

fn gunzip(input: &[u8], sink: &mut Sink) -> bool {
    let mut rest = input;
    for member in 0..MAX_MEMBERS {
        // What follows the last member is padding that browsers ignore too.
        if member > 0 && !rest.starts_with(&[0x1f, 0x8b]) {
            return true;
        }
        let inflated = inflate(&mut Decompress::new_gzip(15), rest, sink);
        if !inflated.ended || sink.overflowed {
            return false;
        }
        rest = &rest[inflated.consumed..];
    }
    rest.is_empty()
}

/// RFC 1950 §2.2: method 8 and a header divisible by 31.
fn is_zlib(input: &[u8]) -> bool {
    match input {
        [method, flags, ..] => {
            method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31)
        }
        _ => false,
    }
}

fn unbrotli(input: &[u8], sink: &mut Sink) -> bool {
    // Strict: without the "large window" extension, whose window could be 1 GiB.
    let mut state = BrotliState::new_strict(
        StandardAlloc::default(),
        StandardAlloc::default(),
        StandardAlloc::default(),
    );
    let mut buffer = [0_u8; BUFFER];
    let (mut left, mut consumed, mut total) = (input.len(), 0, 0);
    loop {
        let (mut room, mut written) = (buffer.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut consumed,
            input,
            &mut room,
            &mut written,
            &mut buffer,
            &mut total,
            &mut state,
        );
        let room = sink.push(&buffer[..written]);
        match result {
            BrotliResult::NeedsMoreOutput if room => {}
            BrotliResult::ResultSuccess => return true,
            _ => return false,
        }
    }
}

fn unzstd(input: &[u8], sink: &mut Sink) -> bool {
    let mut rest = input;
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(MAX_ZSTD_WINDOW);
    for _ in 0..MAX_MEMBERS {
        if rest.is_empty() {
            return true;
        }
        match decoder.reset(&mut rest) {
            Ok(()) => {}
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let skipped = usize::try_from(length).unwrap_or(usize::MAX);
                rest = rest.get(skipped..).unwrap_or_default();
                continue;
            }
            Err(_) => return false,
        }
        if !unzstd_frame(&mut decoder, &mut rest, sink) {
            return false;
        }
    }
    rest.is_empty()
}

fn unzstd_frame(decoder: &mut FrameDecoder, rest: &mut &[u8], sink: &mut Sink) -> bool {
    loop {
        let result = decoder.decode_blocks(&mut *rest, BlockDecodingStrategy::UptoBlocks(1));
        if result.is_err() {
            // The decoder holds the window back until the frame ends. An empty last block (and zeros
            // for a checksum) ends it, so that what came before the damage is not lost.
            let mut ending: &[u8] = &[1, 0, 0, 0, 0, 0, 0];
            let _ = decoder.decode_blocks(&mut ending, BlockDecodingStrategy::UptoBlocks(1));
        }
        let decoded = decoder.collect().unwrap_or_default();
        let room = sink.push(&decoded);
        if result.is_err() || !room {
            return false;
        }
        if decoder.is_finished() {
            return checksum_holds(decoder);
        }
    }
}

fn checksum_holds(decoder: &FrameDecoder) -> bool {
    match (
        decoder.get_checksum_from_data(),
        decoder.get_calculated_checksum(),
    ) {
        (Some(written), Some(calculated)) => written == calculated,
        _ => true,
    }
}

fn length(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;

//! Walking over the records of a WARC file without holding their content.

use super::WarcError;
use flate2::bufread::GzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// How much of an unpacked record is kept: its head, and the whole of short ones.
const KEPT: u64 = 1 << 18;

/// One gzip member.
#[derive(Debug)]
pub struct Member {
    /// Where it begins.
    pub offset: u64,
    /// Its bytes in the file.
    pub length: u64,
    /// The WARC head as text; empty if there is none.
    head: String,
    /// The block, as far as it was kept.
    block: Vec<u8>,
}

impl Member {
    /// The first field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.head.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The whole block; `None` of records that are too long to be kept.
    pub fn block(&self) -> Option<&[u8]> {
        let length: usize = self.field("Content-Length")?.parse().ok()?;
        self.block.get(..length)
    }
}

/// Calls `take` with every member from offset `from` on (the start of one) until it says no, and returns where the
/// last whole member ends.
///
/// # Errors
/// If the file cannot be read. A member that cannot be unpacked ends the walk.
pub fn each_member(
    path: &Path,
    from: u64,
    take: &mut dyn FnMut(&Member) -> bool,
) -> Result<u64, WarcError> {
    let at = WarcError::at(path);
    let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(&at)?);
    let mut end = file.seek(SeekFrom::Start(from)).map_err(&at)?;
    while !file.fill_buf().map_err(&at)?.is_empty() {
        let mut unpacked = GzDecoder::new(&mut file);
        let mut kept = Vec::new();
        let read = (&mut unpacked)
            .take(KEPT)
            .read_to_end(&mut kept)
            .and_then(|_| io::copy(&mut unpacked, &mut io::sink()));
        match read {
            Ok(_) => {}
            Err(error) if is_decoding(&error) => break,
            Err(error) => return Err(at(error)),
        }
        let offset = end;
        end = file.stream_position().map_err(&at)?;
        if !take(&member(offset, end - offset, kept)) {
            break;
        }
    }
    Ok(end)
}

fn member(offset: u64, length: u64, mut kept: Vec<u8>) -> Member {
    let head_end = memchr::memmem::find(&kept, b"\r\n\r\n").map_or(0, |at| at + 4);
    let block = kept.split_off(head_end);
    Member {
        offset,
        length,
        head: String::from_utf8(kept).unwrap_or_default(),
        block,
    }
}

fn is_decoding(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
    )
}

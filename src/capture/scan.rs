//! Looking at a WARC file as bytes and as members, without asking what is in them.

use super::{WarcError, WarcPosition, WrittenFile};
use crate::digest::{Digest, RunningDigest};
use flate2::bufread::GzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What is read at a time.
const CHUNK: usize = 1 << 16;

/// What a look at a whole WARC file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcScan {
    /// The file as it is; `records` counts those before the first that cannot be unpacked.
    pub file: WrittenFile,
    /// Offset after the last record that can be unpacked: the size, if all can.
    pub whole: u64,
}

impl WarcScan {
    /// Whether every record can be unpacked.
    pub fn is_whole(&self) -> bool {
        self.whole == self.file.bytes
    }
}

/// Reads a file once: digest of its bytes, and how far its records can be unpacked.
pub fn scan_warc_file(path: &Path) -> Result<WarcScan, WarcError> {
    let scan = scan_members(path, 0)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(WarcScan {
        file: WrittenFile {
            file: name.into_owned(),
            bytes: scan.length,
            digest: scan.digest,
            records: scan.records,
        },
        whole: scan.end,
    })
}

/// Unpacks every record of a file and returns how many there are; an error names the first that cannot
/// be read.
pub fn verify_warc_file(path: &Path) -> Result<u64, WarcError> {
    let scan = scan_warc_file(path)?;
    if scan.is_whole() {
        return Ok(scan.file.records);
    }
    Err(WarcError::Damaged {
        path: path.display().to_string(),
        offset: scan.whole,
        reason: "the record cannot be unpacked".to_owned(),
    })
}

/// Compares what stands at a position with the digest that was taken when it was written. A position without
/// a digest (of an older version) is passed over.
pub fn verify_written(directory: &Path, position: &WarcPosition) -> Result<(), WarcError> {
    let Some(digest) = position.digest else {
        return Ok(());
    };
    let (path, file) = open_at(directory, position)?;
    let mut source = Hashing::new(file.take(position.span()));
    io::copy(&mut source, &mut io::sink()).map_err(WarcError::at(&path))?;
    if source.digest.so_far() == digest {
        return Ok(());
    }
    let reason = "the bytes in the file are not those that were written";
    Err(damaged(position, reason))
}

/// Digest of the first `bytes` bytes of a file.
pub fn digest_of_start(path: &Path, bytes: u64) -> Result<Digest, WarcError> {
    let at = WarcError::at(path);
    let mut source = Hashing::new(File::open(path).map_err(&at)?.take(bytes));
    let read = io::copy(&mut source, &mut io::sink()).map_err(&at)?;
    if read == bytes {
        return Ok(source.digest.so_far());
    }
    Err(WarcError::Damaged {
        path: path.display().to_string(),
        offset: read,
        reason: format!("the file ends here although {bytes} bytes were written"),
    })
}

/// How far the members of a file are whole.
pub(super) struct MemberScan {
    /// Offset after the last whole member.
    pub(super) end: u64,
    /// Whole members from the start of the scan on.
    pub(super) records: u64,
    /// Size of the file.
    pub(super) length: u64,
    /// Digest of everything from the start of the scan on.
    pub(super) digest: Digest,
}

/// Unpacks members from offset `from` on (the start of one) until the first that is not whole.
pub(super) fn scan_members(path: &Path, from: u64) -> Result<MemberScan, WarcError> {
    let at = WarcError::at(path);
    let mut file = File::open(path).map_err(&at)?;
    file.seek(SeekFrom::Start(from)).map_err(&at)?;
    let mut file = BufReader::with_capacity(CHUNK, Hashing::new(file));
    let (mut end, mut records) = (from, 0);
    while !file.fill_buf().map_err(&at)?.is_empty() {
        match io::copy(&mut GzDecoder::new(&mut file), &mut io::sink()) {
            Ok(_) => end = from + file.get_ref().bytes - file.buffer().len() as u64,
            Err(error) if is_decoding(&error) => break,
            Err(error) => return Err(at(error)),
        }
        records += 1;
    }
    io::copy(&mut file, &mut io::sink()).map_err(&at)?;
    Ok(MemberScan {
        end,
        records,
        length: from + file.get_ref().bytes,
        digest: file.get_ref().digest.so_far(),
    })
}

/// Digests what passes through.
struct Hashing<R> {
    inner: R,
    digest: RunningDigest,
    bytes: u64,
}

impl<R> Hashing<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            digest: RunningDigest::default(),
            bytes: 0,
        }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.digest.update(&buffer[..length]);
        self.bytes += length as u64;
        Ok(length)
    }
}

/// The file may be finished or still be written, and may be renamed between the two attempts.
pub(super) fn open_at(
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
    let mut file = BufReader::with_capacity(CHUNK, file);
    file.seek(SeekFrom::Start(position.offset))
        .map_err(WarcError::at(&closed))?;
    Ok((closed, file))
}

/// Whether an error comes from what was read and not from reading.
pub(super) fn is_decoding(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
    )
}

pub(super) fn damaged(position: &WarcPosition, reason: &str) -> WarcError {
    WarcError::Damaged {
        path: position.file.clone(),
        offset: position.offset,
        reason: reason.to_owned(),
    }
}

//! What is known of an entry before it is written.

use crate::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::io::{self, Read};

/// Bytes that are read at once.
const CHUNK: usize = 1 << 16;

/// Length and checksums of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Bytes.
    pub bytes: u64,
    /// CRC-32 as ZIP has it (ISO 3309).
    pub crc32: u32,
    /// SHA-256.
    pub digest: Digest,
}

impl Measure {
    /// Measures bytes in memory.
    pub fn of(content: &[u8]) -> Self {
        let mut meter = Meter::default();
        meter.update(content);
        meter.finish()
    }

    /// Measures everything that `source` gives.
    pub fn of_reader(source: &mut dyn Read) -> io::Result<Self> {
        let mut meter = Meter::default();
        copy_chunks(source, u64::MAX, &mut |chunk| {
            meter.update(chunk);
            Ok(())
        })?;
        Ok(meter.finish())
    }
}

/// A measure in the making.
#[derive(Default)]
pub(super) struct Meter {
    bytes: u64,
    crc: flate2::Crc,
    digest: Sha256,
}

impl Meter {
    pub(super) fn update(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        self.crc.update(chunk);
        self.digest.update(chunk);
    }

    pub(super) fn finish(self) -> Measure {
        Measure {
            bytes: self.bytes,
            crc32: self.crc.sum(),
            digest: Digest::from_bytes(self.digest.finalize().into()),
        }
    }
}

/// Gives at most `limit` bytes of `source` to `take`, piece by piece; returns how many there were.
pub(super) fn copy_chunks(
    source: &mut dyn Read,
    limit: u64,
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let mut buffer = vec![0; CHUNK];
    let mut copied = 0;
    while copied < limit {
        let wanted = usize::try_from(limit - copied).unwrap_or(CHUNK).min(CHUNK);
        let Some(room) = buffer.get_mut(..wanted) else {
            break;
        };
        match source.read(room) {
            Ok(0) => break,
            Ok(read) => {
                take(room.get(..read).unwrap_or_default())?;
                copied += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(copied)
}

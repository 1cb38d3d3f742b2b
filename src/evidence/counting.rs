//! Counting and digesting what is read in passing.

use crate::digest::RunningDigest;
use std::io::{self, BufRead, Read};

/// A stretch of several members that is being read.
pub(super) struct Stretch {
    pub(super) begin: u64,
    pub(super) end: u64,
    pub(super) digest: RunningDigest,
}

/// Counts and digests what is consumed.
pub(super) struct Counting<R> {
    pub(super) source: R,
    pub(super) offset: u64,
    pub(super) digest: RunningDigest,
    pub(super) stretch: Option<Stretch>,
}

impl<R> Counting<R> {
    fn count(&mut self, amount: usize) {
        self.offset += amount as u64;
    }
}

/// Digests bytes for the member, and for the stretch that it continues.
fn digest_piece(digest: &mut RunningDigest, stretch: &mut Option<Stretch>, piece: &[u8]) {
    digest.update(piece);
    if let Some(stretch) = stretch {
        stretch.digest.update(piece);
    }
}

impl<R: BufRead> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        digest_piece(&mut self.digest, &mut self.stretch, &buffer[..read]);
        self.count(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counting<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // What is consumed was in the buffer a moment ago, so this reads nothing.
        if let Ok(buffered) = self.source.fill_buf()
            && let Some(consumed) = buffered.get(..amount)
        {
            digest_piece(&mut self.digest, &mut self.stretch, consumed);
        }
        self.source.consume(amount);
        self.count(amount);
    }
}

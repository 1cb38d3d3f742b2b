//! Files and parts of files, digested while they are read.

use crate::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes read at a time.
const PIECE: usize = 1 << 18;

/// Size and digest of a whole file.
pub(super) fn digest_of_file(path: &Path) -> io::Result<(u64, Digest)> {
    pour(&mut File::open(path)?, u64::MAX, &mut io::sink())
}

/// Digest of `length` bytes of a file from `from` on.
///
/// # Errors
/// Also if the file is shorter.
pub(super) fn digest_of_part(path: &Path, from: u64, length: u64) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    match pour(&mut file, length, &mut io::sink())? {
        (read, digest) if read == length => Ok(digest),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Copies up to `length` bytes and returns how many there were, with their digest.
pub(super) fn pour(
    source: &mut impl Read,
    length: u64,
    target: &mut impl Write,
) -> io::Result<(u64, Digest)> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE];
    let mut done = 0;
    while done < length {
        let room = usize::try_from(length - done).map_or(PIECE, |left| left.min(PIECE));
        let read = match source.read(&mut piece[..room]) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&piece[..read]);
        target.write_all(&piece[..read])?;
        done += read as u64;
    }
    Ok((done, Digest::from_bytes(hasher.finalize().into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_the_digest_of_its_bytes_and_must_be_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let bytes: Vec<u8> = (0..600_000_u32).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let whole = digest_of_file(&path).unwrap();
        assert_eq!(whole, (600_000, Digest::of(&bytes)));
        let part = digest_of_part(&path, 10, 400_000).unwrap();
        assert_eq!(part, Digest::of(&bytes[10..400_010]));
        assert!(digest_of_part(&path, 10, 600_000).is_err());
    }
}

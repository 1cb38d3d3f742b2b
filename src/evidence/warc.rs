//! The WARC file of a bundle: stretches of the store's files, copied byte for byte.

use super::bundle::{Piece, locate};
use crate::capture::Manifest;
use crate::digest::{Digest, RunningDigest};
use crate::store::{Store, StoreError};
use std::collections::BTreeMap;
use std::io::{self, Read};

/// What is copied for these captures: of each file its `warcinfo` record and everything that was written for
/// the captures, in the order of the file; files in the order in which the captures name them.
pub(super) fn pieces_of(store: &Store, captures: &[&Manifest]) -> Result<Vec<Piece>, StoreError> {
    let mut files: Vec<(String, BTreeMap<u64, u64>)> = Vec::new();
    for manifest in captures {
        for position in manifest.positions() {
            let length = store.written_span(manifest, position)?;
            let known = files.iter().position(|(name, _)| *name == position.file);
            let index = known.unwrap_or(files.len());
            if known.is_none() {
                let warcinfo = store.warcinfo_length(&position.file)?;
                files.push((position.file.clone(), BTreeMap::from([(0, warcinfo)])));
            }
            let stretch = files[index].1.entry(position.offset).or_default();
            *stretch = length.max(*stretch);
        }
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    for (file, stretches) in files {
        let mut end = 0;
        for (offset, length) in stretches {
            // A resource that was written together with its capture.
            if offset < end {
                continue;
            }
            end = offset + length;
            pieces.push(Piece {
                file: file.clone(),
                offset,
                length,
                at,
            });
            at += length;
        }
    }
    Ok(pieces)
}

/// Reads pieces one after the other.
pub(super) struct PieceReader<'a> {
    store: &'a Store,
    pieces: std::slice::Iter<'a, Piece>,
    current: Option<Box<dyn Read>>,
    left: u64,
}

impl<'a> PieceReader<'a> {
    pub(super) fn new(store: &'a Store, pieces: &'a [Piece]) -> Self {
        Self {
            store,
            pieces: pieces.iter(),
            current: None,
            left: 0,
        }
    }

    fn next_piece(&mut self) -> io::Result<bool> {
        let Some(piece) = self.pieces.next() else {
            return Ok(false);
        };
        let stretch = self
            .store
            .warc_stretch(&piece.file, piece.offset, piece.length);
        self.current = Some(Box::new(stretch.map_err(io::Error::other)?));
        self.left = piece.length;
        Ok(true)
    }
}

impl Read for PieceReader<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            if !self.next_piece()? {
                return Ok(0);
            }
        }
        let read = match &mut self.current {
            Some(current) => current.read(room)?,
            None => 0,
        };
        if read == 0 && !room.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

/// Checks that what is copied for a capture are the bytes that were written, and that all of it can be read.
pub(super) fn check_capture(store: &Store, manifest: &Manifest) -> Result<(), StoreError> {
    for position in manifest.positions() {
        let Some(expected) = position.digest else {
            continue;
        };
        if digest_of(store, &position.file, position.offset, position.span())? != expected {
            return Err(StoreError::Damaged {
                place: format!("captures/{} at {}", position.file, position.offset),
                reason: format!(
                    "the bytes of capture {} are not those that were written; restore the file from a backup",
                    manifest.id
                ),
            });
        }
    }
    Ok(())
}

/// Digest of a stretch of a file of the store.
pub(super) fn digest_of(
    store: &Store,
    file: &str,
    offset: u64,
    length: u64,
) -> Result<Digest, StoreError> {
    let mut source = store.warc_stretch(file, offset, length)?;
    let mut digest = RunningDigest::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(digest.so_far()),
            Ok(read) => digest.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => {
                return Err(StoreError::Io {
                    path: format!("captures/{file}"),
                    source,
                });
            }
        }
    }
}

/// Where a position of a manifest is in the bundle's file.
pub(super) fn place_of(pieces: &[Piece], file: &str, offset: u64) -> Result<u64, StoreError> {
    locate(pieces, file, offset).ok_or_else(|| StoreError::Damaged {
        place: format!("captures/{file} at {offset}"),
        reason: "it is not among what is copied".to_owned(),
    })
}

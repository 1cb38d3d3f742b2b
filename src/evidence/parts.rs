//! The entries of a bundle: gathered, measured, written.

use super::bundle::{BUNDLE_FORMAT, Bundle, DataPackageDigest, LeftOut, Piece, ProofLine};
use super::container::{ContainerWriter, Measure};
use super::datapackage::{DataPackage, PackageResource};
use super::export::ExportError;
use super::gather::Gathered;
use super::layout;
use super::pages::Pages;
use super::readme::readmes;
use super::warc::{PieceReader, check_capture, digest_of, pieces_of};
use crate::capture::{Manifest, ResourceRecord, ResourceRole};
use crate::custody::{CustodyEvent, Hold, Tombstone};
use crate::flag::Flag;
use crate::merkle::Checkpoint;
use crate::review::Decision;
use crate::store::{LogKey, SignedCheckpoint, Store, StoreError};
use serde::Serialize;
use std::io::{self, Cursor, Read, Write};

/// An entry of a bundle.
struct Part {
    name: String,
    measure: Measure,
    source: Source,
}

/// Where its bytes are. What can be large is read twice, once to measure and once to write.
enum Source {
    Bytes(Vec<u8>),
    Warc,
    Resource(Box<ResourceRecord>),
}

/// `tazy/findings.json`
#[derive(Serialize)]
pub(super) struct Findings<'a> {
    pub(super) flag: &'a Flag,
    pub(super) decisions: &'a [Decision],
}

/// `tazy/custody.json`
#[derive(Serialize)]
pub(super) struct CustodySheet<'a> {
    pub(super) custody: &'a [CustodyEvent],
    pub(super) holds: &'a [Hold],
    pub(super) tombstones: &'a [Tombstone],
}

/// Entries that people may read too: one thing a line.
pub(super) fn written_json(content: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(content)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// All entries but the first two, in the making.
pub(super) struct Parts<'a> {
    store: &'a Store,
    gathered: &'a Gathered,
    pieces: Vec<Piece>,
    left_out: Vec<LeftOut>,
    entries: Vec<Part>,
}

/// What was put together.
#[derive(Debug)]
pub(super) struct Assembled {
    pub(super) pages: usize,
    pub(super) captures: usize,
    pub(super) left_out: Vec<LeftOut>,
}

/// Puts a bundle together and writes it.
pub(super) fn write_parts<W: Write>(
    store: &Store,
    gathered: &Gathered,
    out: W,
) -> Result<(W, Assembled), ExportError> {
    let captures = gathered.present();
    let mut parts = Parts {
        store,
        gathered,
        pieces: pieces_of(store, &captures)?,
        left_out: gathered.left_out.clone(),
        entries: Vec::new(),
    };
    let pages = parts.add_archive(&captures)?;
    let main_page = pages.main_page(gathered.flag.entry.as_str(), &captures);
    let count = pages.count();
    parts.add(layout::PAGES, pages.into_bytes());
    let checkpoint = parts.add_log()?;
    parts.add_files(&captures)?;
    let bundle = Bundle {
        format: BUNDLE_FORMAT,
        flag: gathered.flag.id.clone(),
        site: gathered.flag.site.clone(),
        origin: checkpoint.origin().to_owned(),
        size: gathered.size,
        made_at: gathered.made_at,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        pieces: parts.pieces.clone(),
        left_out: parts.left_out.clone(),
    };
    parts.add_json(layout::BUNDLE, &bundle)?;
    let out = parts.write(&bundle, main_page, out)?;
    let assembled = Assembled {
        pages: count,
        captures: captures.len(),
        left_out: bundle.left_out,
    };
    Ok((out, assembled))
}

impl Parts<'_> {
    fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.entries.push(Part {
            name: name.to_owned(),
            measure: Measure::of(&bytes),
            source: Source::Bytes(bytes),
        });
    }

    fn add_json(&mut self, name: &str, content: &impl Serialize) -> Result<(), ExportError> {
        self.add(name, written_json(content)?);
        Ok(())
    }

    /// The WARC records, their index and the pages among them.
    fn add_archive(&mut self, captures: &[&Manifest]) -> Result<Pages, ExportError> {
        let mut pages = Pages::new()?;
        for manifest in captures {
            check_capture(self.store, manifest)?;
            let capture = self.store.capture(&manifest.id)?;
            pages.add(&capture, self.gathered.flag.entry.as_str())?;
        }
        let measure = Measure::of_reader(&mut PieceReader::new(self.store, &self.pieces))?;
        self.entries.push(Part {
            name: layout::WARC.to_owned(),
            measure,
            source: Source::Warc,
        });
        let digest = |file: &str, offset, length| digest_of(self.store, file, offset, length);
        let index = super::cdxj::index(&digest, captures, &self.pieces)?;
        self.add(layout::INDEX, index);
        Ok(pages)
    }

    /// The lines of the journal and what vouches for them.
    fn add_log(&mut self) -> Result<Checkpoint, ExportError> {
        let (store, gathered) = (self.store, self.gathered);
        let size = gathered.size;
        let signed = signed_checkpoint(store, size)?;
        signed.checkpoint.check_log(size, &gathered.root)?;
        let (mut records, mut proofs, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for line in &gathered.lines {
            records.extend_from_slice(&line.bytes);
            records.push(b'\n');
            push_line(
                &mut proofs,
                &ProofLine::Record {
                    seq: line.seq,
                    proof: store.prove_inclusion(line.seq, size)?,
                },
            )?;
            if line.kind == "log_key" {
                keys.push(line.record::<LogKey>()?.verifier);
            }
        }
        for &earlier in &gathered.stamped {
            let Some((_, token)) = store.timestamp_of(earlier)? else {
                continue;
            };
            let growth = store.prove_consistency(earlier, size)?;
            push_line(&mut proofs, &ProofLine::Growth(growth))?;
            let note = signed_checkpoint(store, earlier)?.note.to_string();
            self.add(&layout::checkpoint_name(earlier), note.into_bytes());
            self.add(&layout::timestamp_name(earlier), token);
        }
        if let Some((_, token)) = store.timestamp_of(size)? {
            self.add(layout::TIMESTAMP, token);
        }
        let note = signed.note.to_string().into_bytes();
        self.add(layout::RECORDS, records);
        self.add(layout::PROOFS, proofs);
        self.add(layout::CHECKPOINT, note);
        self.add(layout::KEYS, (keys.join("\n") + "\n").into_bytes());
        Ok(signed.checkpoint)
    }

    /// Rules, pictures and what people read.
    fn add_files(&mut self, captures: &[&Manifest]) -> Result<(), ExportError> {
        let gathered = self.gathered;
        for version in &gathered.rulesets {
            let archive = self.store.ruleset_archive_bytes(version)?;
            self.add(&layout::ruleset_name(version), archive);
        }
        for manifest in captures {
            let mut pictures = manifest.resources.iter();
            let Some(picture) = pictures.find(|it| it.role == ResourceRole::Screenshot) else {
                continue;
            };
            self.entries.push(Part {
                name: layout::screenshot_name(manifest.id.as_str()),
                measure: Measure::of(&self.store.resource(picture)?.block),
                source: Source::Resource(Box::new(picture.clone())),
            });
        }
        self.add_json(
            layout::FINDINGS,
            &Findings {
                flag: &gathered.flag,
                decisions: &gathered.decisions,
            },
        )?;
        self.add_json(
            layout::CUSTODY,
            &CustodySheet {
                custody: &gathered.custody,
                holds: &gathered.holds,
                tombstones: &gathered.tombstones,
            },
        )?;
        for (name, text) in readmes() {
            self.add(&name, text.as_bytes().to_vec());
        }
        Ok(())
    }

    fn write<W: Write>(
        mut self,
        bundle: &Bundle,
        main_page: (String, jiff::Timestamp),
        out: W,
    ) -> Result<W, ExportError> {
        self.entries
            .sort_by_cached_key(|part| (layout::rank(&part.name), part.name.clone()));
        let resources = self.entries.iter();
        let package = DataPackage::new(
            &bundle.site,
            bundle.flag.as_str(),
            bundle.made_at,
            main_page,
            resources
                .map(|part| PackageResource::of(&part.name, &part.measure))
                .collect(),
        );
        let package = written_json(&package)?;
        let hash = Measure::of(&package).digest;
        let note = self.store.sign_note(&bundle.note_text(&hash))?;
        let digest = written_json(&DataPackageDigest {
            path: layout::DATA_PACKAGE.to_owned(),
            hash,
            note: note.to_string(),
        })?;
        let mut writer = ContainerWriter::new(out);
        for (name, bytes) in [
            (layout::DATA_PACKAGE, &package),
            (layout::DATA_PACKAGE_DIGEST, &digest),
        ] {
            writer.add(name, &Measure::of(bytes), &mut bytes.as_slice())?;
        }
        for part in &self.entries {
            let mut source = self.open(&part.source)?;
            writer.add(&part.name, &part.measure, &mut source)?;
        }
        Ok(writer.finish()?)
    }

    fn open<'a>(&'a self, source: &'a Source) -> Result<Box<dyn Read + 'a>, StoreError> {
        Ok(match source {
            Source::Bytes(bytes) => Box::new(bytes.as_slice()),
            Source::Warc => Box::new(PieceReader::new(self.store, &self.pieces)),
            Source::Resource(kept) => Box::new(Cursor::new(self.store.resource(kept)?.block)),
        })
    }
}

fn push_line(lines: &mut Vec<u8>, line: &ProofLine) -> Result<(), ExportError> {
    serde_json::to_writer(&mut *lines, line)?;
    lines.push(b'\n');
    Ok(())
}

fn signed_checkpoint(store: &Store, size: u64) -> Result<SignedCheckpoint, ExportError> {
    let signed = store.checkpoint_at(size)?;
    signed.ok_or(ExportError::NotSigned(size))
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<StoreError>() {
            Ok(error) => Self::Store(error),
            Err(error) => Self::Write(error),
        }
    }
}

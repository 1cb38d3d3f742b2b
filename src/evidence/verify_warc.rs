//! WARC records: by themselves, and against the manifests in the log.

use super::verification::{Check, CheckId};
use super::verify::Work;
use super::warc_stream::{MAX_HEAD, Room, SeenRecord, StreamError, WarcStream};
use crate::capture::{Manifest, ResourceRecord, WarcPosition, answer_kind, capture_record_id};
use crate::digest::Digest;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, BufReader, Read, Seek};

const CHUNK: usize = 1 << 16;

/// What was seen in the WARC file.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Records by their name.
    pub(super) records: HashMap<String, SeenRecord>,
    /// Names in the order of the file.
    pub(super) order: Vec<String>,
    /// Digests of what was written for a capture in one go, by where it begins.
    stretches: HashMap<u64, Digest>,
}

impl Contents {
    /// The record of a capture of this kind.
    pub(super) fn of_capture(&self, kind: &str, manifest: &Manifest) -> Option<&SeenRecord> {
        self.records.get(&capture_record_id(kind, manifest))
    }
}

impl<R: Read + Seek> Work<'_, R> {
    /// Reads every WARC record once, in passing; then compares each capture.
    pub(super) fn check_warc(&mut self) -> io::Result<()> {
        let mut check = Check::begun(CheckId::WarcRecords);
        self.read_records(&mut check)?;
        self.conclude(check);
        let mut check = Check::begun(CheckId::WarcCaptures);
        self.check_pieces(&mut check);
        for manifest in &self.manifests() {
            check.checked += 1;
            if let Some(why) = self.absence_of(&manifest.id) {
                check.note(format_args!("capture {}: {why}", manifest.id));
                continue;
            }
            self.check_capture(manifest, &mut check)?;
        }
        self.conclude(check);
        Ok(())
    }

    fn read_records(&mut self, check: &mut Check) -> io::Result<()> {
        let Some(entry) = self.warc_entry() else {
            check.fail(super::layout::WARC, "it is missing");
            return Ok(());
        };
        let wanted = wanted_records(self.ledger.manifests.values().map(|m| &m.record));
        let mut contents = Contents::default();
        let mut infos = HashSet::new();
        let stretches = self.stretches();
        let source = BufReader::with_capacity(CHUNK, self.container.stream(&entry)?);
        let mut stream = WarcStream::new(source, 0).with_stretches(stretches);
        loop {
            let room = |kind: &str, id: &str| match kind {
                "warcinfo" => Some(Room {
                    block: MAX_HEAD as u64,
                    keep: false,
                }),
                _ => wanted.get(id).copied(),
            };
            let record = match stream.next_record(room) {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(StreamError::Io(error)) => return Err(error),
                Err(StreamError::Damaged(offset, what)) => {
                    check.fail(format_args!("{}, byte {offset}", super::layout::WARC), what);
                    break;
                }
            };
            check.checked += 1;
            let place = format!(
                "{}, byte {} ({})",
                super::layout::WARC,
                record.offset,
                record.id()
            );
            for fault in record.faults() {
                check.fail(&place, fault);
            }
            if record.kind() == "warcinfo" {
                infos.insert(record.id().to_owned());
            } else if let Some(info) = record.field("WARC-Warcinfo-ID")
                && !infos.contains(info)
            {
                check.fail(&place, "the record that says who wrote it is missing");
            }
            let id = record.id().to_owned();
            contents.order.push(id.clone());
            if contents.records.insert(id, record).is_some() {
                check.fail(&place, "a second record of this name");
            }
        }
        contents.stretches = stream.digests;
        self.contents = contents;
        Ok(())
    }

    /// Where in the bundle what was written for each capture in one go begins, and its bytes.
    fn stretches(&self) -> HashMap<u64, u64> {
        let Some(bundle) = &self.bundle else {
            return HashMap::new();
        };
        let manifests = self.ledger.manifests.values();
        manifests
            .flat_map(|manifest| manifest.record.positions())
            .filter_map(|position| {
                let begin = bundle.locate(&position.file, position.offset)?;
                Some((begin, position.span()))
            })
            .collect()
    }

    /// The stretches of the store's files lie one behind the other and fill the file.
    fn check_pieces(&self, check: &mut Check) {
        let (Some(bundle), Some(entry)) = (&self.bundle, self.warc_entry()) else {
            return;
        };
        let mut end = 0_u64;
        for piece in &bundle.pieces {
            if piece.at != end || piece.offset.checked_add(piece.length).is_none() {
                check.fail(
                    "bundle.json",
                    "the stretches of WARC files do not follow each other",
                );
                return;
            }
            end = end.saturating_add(piece.length);
        }
        if end != entry.measure.bytes {
            check.fail(
                "bundle.json",
                "the stretches of WARC files are not all that is there",
            );
        }
    }

    fn check_capture(&mut self, manifest: &Manifest, check: &mut Check) -> io::Result<()> {
        let place = format!("capture {} ({})", manifest.id, manifest.url);
        let kind = answer_kind(manifest);
        let Some(answer) = self.contents.of_capture(kind, manifest) else {
            check.fail(&place, "its record is missing");
            return Ok(());
        };
        for what in answer_faults(answer, manifest) {
            check.fail(&place, what);
        }
        let related = ["request", "metadata"].map(|kind| self.contents.of_capture(kind, manifest));
        if related[1].is_none() {
            check.fail(&place, "the record with its circumstances is missing");
        }
        let answer_id = capture_record_id(kind, manifest);
        for record in related.into_iter().flatten() {
            if record.field("WARC-Concurrent-To") != Some(&answer_id) {
                check.fail(
                    &place,
                    format_args!("its {} record belongs to another capture", record.kind()),
                );
            }
            if record.kind() == "metadata" && !is_manifest(record, manifest) {
                check.fail(
                    &place,
                    "its metadata record says something else than the journal",
                );
            }
        }
        for resource in &manifest.resources {
            self.check_resource(resource, &place, check);
        }
        if let Some(position) = &manifest.warc {
            self.check_position(position, answer, &place, check);
        }
        if manifest.revisit_of.is_some() {
            match self.load_capture(manifest)? {
                Ok(_) => {}
                Err(why) => check.fail(&place, why),
            }
        }
        Ok(())
    }

    fn check_resource(&self, resource: &ResourceRecord, place: &str, check: &mut Check) {
        let place = format!("{place}, {} {}", resource.role.as_str(), resource.uri);
        let Some(record) = self.contents.records.get(&resource.record) else {
            check.fail(place, "its record is missing");
            return;
        };
        if record.block_digest != resource.digest || record.block_bytes != resource.bytes {
            check.fail(
                &place,
                "it does not have the digest that the journal recorded",
            );
        }
        if let Some(position) = &resource.warc {
            self.check_position(position, record, &place, check);
        }
    }

    /// The bytes as they stand in the file, compressed, are those that were written.
    fn check_position(
        &self,
        position: &WarcPosition,
        first: &SeenRecord,
        place: &str,
        check: &mut Check,
    ) {
        let Some(bundle) = &self.bundle else {
            return;
        };
        if bundle.locate(&position.file, position.offset) != Some(first.offset) {
            check.fail(
                place,
                "its record is not where bundle.json and the journal say",
            );
            return;
        }
        let Some(digest) = position.digest else {
            return;
        };
        let found = if position.span() == first.length {
            Some(first.member_digest)
        } else {
            self.contents.stretches.get(&first.offset).copied()
        };
        if found != Some(digest) {
            check.fail(
                place,
                "its records are not byte for byte those that were written",
            );
        }
    }
}

/// All records that manifests name, with the room that each needs.
fn wanted_records<'a>(manifests: impl Iterator<Item = &'a Manifest>) -> BTreeMap<String, Room> {
    let heads = MAX_HEAD as u64;
    let small = Room {
        block: heads,
        keep: false,
    };
    let mut wanted = BTreeMap::new();
    for manifest in manifests {
        let answer = answer_kind(manifest);
        let body = Room {
            block: heads.saturating_add(manifest.body_bytes),
            keep: false,
        };
        wanted.insert(capture_record_id(answer, manifest), body);
        wanted.insert(capture_record_id("request", manifest), small);
        let kept = Room {
            keep: true,
            ..small
        };
        wanted.insert(capture_record_id("metadata", manifest), kept);
        for resource in &manifest.resources {
            let room = Room {
                block: resource.bytes,
                keep: false,
            };
            wanted.insert(resource.record.clone(), room);
        }
    }
    wanted
}

fn answer_faults(answer: &SeenRecord, manifest: &Manifest) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let Some(http) = &answer.http else {
        return vec!["its record holds no HTTP message"];
    };
    if manifest.revisit_of.is_some() {
        if http.payload_bytes > 0 {
            faults.push("the record of a revisit has a body");
        }
    } else {
        if answer.block_digest != manifest.block_digest {
            faults.push("the answer does not have the digest that the journal recorded");
        }
        if http.payload_digest != manifest.payload_digest {
            faults.push("the body does not have the digest that the journal recorded");
        }
        if http.payload_bytes != manifest.body_bytes {
            faults.push("the body does not have the length that the journal recorded");
        }
    }
    let fields = [
        ("WARC-Target-URI", manifest.url.as_str().to_owned()),
        ("WARC-Date", manifest.requested_at.to_string()),
        ("WARC-Payload-Digest", manifest.payload_digest.warc()),
    ];
    if fields
        .iter()
        .any(|(name, value)| answer.field(name) != Some(value))
    {
        faults.push("address, time or digest in its record are not those of the journal");
    }
    faults
}

/// The copy of the manifest in the WARC file knows no positions; all else is the same. Resources may have been
/// added to the journal's later.
fn is_manifest(record: &SeenRecord, manifest: &Manifest) -> bool {
    let copy: Option<Manifest> = record
        .block
        .as_ref()
        .and_then(|block| serde_json::from_slice(block).ok());
    let Some(copy) = copy else { return false };
    let placeless = |manifest: &Manifest| Manifest {
        warc: None,
        resources: Vec::new(),
        ..manifest.clone()
    };
    let known: Vec<_> = manifest
        .resources
        .iter()
        .map(|r| (&r.record, &r.digest))
        .collect();
    placeless(&copy) == placeless(manifest)
        && copy
            .resources
            .iter()
            .all(|r| known.contains(&(&r.record, &r.digest)))
}

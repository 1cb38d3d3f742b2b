//! The records of a bundle, read and sorted by kind.

use super::verification::Check;
use crate::capture::Manifest;
use crate::custody::{CustodyEvent, Hold, RedactedRecord, Tombstone};
use crate::digest::Digest;
use crate::flag::{Flag, Visit};
use crate::id::{CaptureId, RunId};
use crate::review::Decision;
use crate::store::{
    ArchivedRuleset, DetachedLine, LogCosignature, LogKey, LogTimestamp, Run, WarcFile,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, Read};

/// Longer lines are refused: no record is so large.
const MAX_LINE: u64 = 64 << 20;
/// The version of all records that this program reads.
const KNOWN_VERSION: u32 = 1;

/// A record with the number of its line in the journal.
#[derive(Debug, Clone)]
pub(super) struct Numbered<T> {
    /// Number in the journal, from 1.
    pub(super) seq: u64,
    /// The record.
    pub(super) record: T,
}

/// Which line of the log a record is.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// Number in the journal, from 1.
    pub(super) seq: u64,
    /// Digest of the line.
    pub(super) digest: Digest,
}

/// All records of a bundle.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Every line, in order.
    pub(super) leaves: Vec<Leaf>,
    pub(super) runs: Vec<Numbered<Run>>,
    pub(super) manifests: HashMap<CaptureId, Numbered<Manifest>>,
    pub(super) visits: Vec<Numbered<Visit>>,
    pub(super) flags: Vec<Numbered<Flag>>,
    pub(super) decisions: Vec<Numbered<Decision>>,
    pub(super) rulesets: BTreeMap<String, Numbered<ArchivedRuleset>>,
    pub(super) warc_files: Vec<Numbered<WarcFile>>,
    pub(super) keys: Vec<Numbered<LogKey>>,
    pub(super) timestamps: Vec<Numbered<LogTimestamp>>,
    pub(super) cosignatures: Vec<Numbered<LogCosignature>>,
    pub(super) custody: Vec<Numbered<CustodyEvent>>,
    pub(super) tombstones: Vec<Numbered<Tombstone>>,
    pub(super) holds: Vec<Numbered<Hold>>,
    /// Lines whose record was deleted, with the digest of what stands there now.
    blanked: Vec<(Leaf, Digest)>,
}

impl Ledger {
    /// Reads the lines of `source`; what is wrong goes into the checks.
    pub(super) fn read(
        source: impl Read,
        digests: &mut Check,
        form: &mut Check,
    ) -> io::Result<Self> {
        let mut ledger = Self::default();
        let mut source = io::BufReader::with_capacity(1 << 16, source);
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            if (&mut source).take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let place = format!("records.jsonl, line {number}");
            if line.pop() != Some(b'\n') {
                digests.fail(&place, "the line is not ended, or longer than any record");
                break;
            }
            ledger.take_line(&line, &place, digests, form);
        }
        ledger.check_blanked(digests);
        Ok(ledger)
    }

    fn take_line(&mut self, line: &[u8], place: &str, digests: &mut Check, form: &mut Check) {
        digests.checked += 1;
        let leaf = match DetachedLine::read(line) {
            Ok(read) => {
                let leaf = Leaf {
                    seq: read.seq,
                    digest: read.digest,
                };
                let place = format!("{place} (record {}, {})", read.seq, read.kind);
                form.checked += 1;
                if let Err(error) = self.take_record(&read, form, &place) {
                    form.fail(&place, format_args!("it is not such a record: {error}"));
                }
                leaf
            }
            Err(reason) => match blanked_leaf(line) {
                Some(leaf) => {
                    self.blanked.push((leaf.clone(), Digest::of(line)));
                    leaf
                }
                None => return digests.fail(place, reason),
            },
        };
        if self.leaves.last().is_some_and(|last| last.seq >= leaf.seq) {
            digests.fail(place, "the records are not in their order");
        }
        self.leaves.push(leaf);
    }

    fn take_record(
        &mut self,
        line: &DetachedLine,
        form: &mut Check,
        place: &str,
    ) -> Result<(), serde_json::Error> {
        if line.version > KNOWN_VERSION {
            form.note(format_args!(
                "{place}: a newer tazy wrote it; use that one to verify"
            ));
            form.fail(place, "it has a form that this program does not know");
            return Ok(());
        }
        match line.kind.as_str() {
            "run" => self.runs.push(numbered(line)?),
            "manifest" => {
                let manifest: Numbered<Manifest> = numbered(line)?;
                let id = manifest.record.id.clone();
                let before = self.manifests.insert(id, manifest);
                if let Some(before) = before {
                    self.compare_manifests(&before, form, place);
                }
            }
            "visit" => self.visits.push(numbered(line)?),
            "flag" => self.flags.push(numbered(line)?),
            "decision" => self.decisions.push(numbered(line)?),
            "ruleset" => {
                let archived: Numbered<ArchivedRuleset> = numbered(line)?;
                let version = archived.record.version.clone();
                self.rulesets.insert(version, archived);
            }
            "warc_file" => self.warc_files.push(numbered(line)?),
            "log_key" => self.keys.push(numbered(line)?),
            "timestamp" => self.timestamps.push(numbered(line)?),
            "cosignature" => self.cosignatures.push(numbered(line)?),
            "custody" => self.custody.push(numbered(line)?),
            "tombstone" => self.tombstones.push(numbered(line)?),
            "hold" => self.holds.push(numbered(line)?),
            "run_finished" | "repair" => {}
            kind => form.note(format_args!(
                "{place}: records of kind {kind:?} are not known to this program and were only proved to be in the log"
            )),
        }
        Ok(())
    }

    /// A capture's manifest may be written again, with what was added to it later; it stays the same capture.
    fn compare_manifests(&self, before: &Numbered<Manifest>, form: &mut Check, place: &str) {
        let Some(now) = self.manifests.get(&before.record.id) else {
            return;
        };
        let (was, is) = (&before.record, &now.record);
        if was.block_digest != is.block_digest || was.payload_digest != is.payload_digest {
            form.fail(place, "another manifest of this capture has other digests");
        }
    }

    /// A blank line is good only if a tombstone says so.
    fn check_blanked(&self, digests: &mut Check) {
        for (leaf, found) in &self.blanked {
            let gone = self.redaction_of(leaf.seq);
            let is_named =
                gone.is_some_and(|gone| gone.digest == leaf.digest && is_blank(gone, found));
            let place = format!("record {}", leaf.seq);
            if is_named {
                digests.note(format_args!(
                    "{place}: its content was deleted by a tombstone; its place in the log is kept"
                ));
            } else {
                digests.fail(
                    place,
                    "its content is missing, and no tombstone says that it was deleted",
                );
            }
        }
    }

    fn redaction_of(&self, seq: u64) -> Option<&RedactedRecord> {
        let tombstones = self
            .tombstones
            .iter()
            .filter(|tombstone| tombstone.seq > seq);
        let mut records = tombstones.flat_map(|tombstone| &tombstone.record.records);
        records.find(|record| record.seq == seq)
    }

    /// The tombstone that deleted a capture.
    pub(super) fn tombstone_of(&self, capture: &CaptureId) -> Option<&Tombstone> {
        let tombstones = self.tombstones.iter().map(|tombstone| &tombstone.record);
        tombstones.rev().find(|tombstone| {
            let mut captures = tombstone.captures.iter();
            captures.any(|deleted| deleted.id == *capture)
        })
    }

    /// The run of this name.
    pub(super) fn run(&self, id: &RunId) -> Option<&Run> {
        let mut runs = self.runs.iter();
        runs.find(|run| run.record.id == *id).map(|run| &run.record)
    }
}

/// Whether what stands there now is what the tombstone left there.
fn is_blank(gone: &RedactedRecord, found: &Digest) -> bool {
    gone.blank == *found
}

fn numbered<T: DeserializeOwned>(line: &DetachedLine) -> Result<Numbered<T>, serde_json::Error> {
    let seq = line.seq;
    line.record().map(|record| Numbered { seq, record })
}

/// Number and digest of a line whose record was deleted; `None` for any other line.
fn blanked_leaf(line: &[u8]) -> Option<Leaf> {
    #[derive(Deserialize)]
    struct Blanked {
        seq: u64,
        kind: String,
        digest: Digest,
    }
    let blanked: Blanked = serde_json::from_slice(line).ok()?;
    (blanked.kind == "redacted").then_some(Leaf {
        seq: blanked.seq,
        digest: blanked.digest,
    })
}

//! Everything about one flag, up to a size of the log.

use super::bundle::LeftOut;
use super::concern::{Concern, Concerns};
use crate::capture::Manifest;
use crate::custody::{CustodyEvent, Hold, Tombstone};
use crate::digest::Digest;
use crate::flag::{Flag, Visit};
use crate::id::FlagId;
use crate::merkle::{CompactRange, leaf_hash};
use crate::review::Decision;
use crate::store::{JournalLine, Store, StoreError};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What belongs into a bundle.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The flag as it stood at that size.
    pub(super) flag: Flag,
    /// Size of the log.
    pub(super) size: u64,
    /// When its last record was written.
    pub(super) made_at: Timestamp,
    /// Lines of the journal, in order.
    pub(super) lines: Vec<JournalLine>,
    /// The visits on which flag and decisions are grounded, in order.
    pub(super) visits: Vec<Visit>,
    /// The captures of these, and those that hold the bodies of revisits among them; in order.
    pub(super) captures: Vec<Manifest>,
    /// All decisions about the flag, in order.
    pub(super) decisions: Vec<Decision>,
    /// Entries of the custody sheet.
    pub(super) custody: Vec<CustodyEvent>,
    /// Holds of the site.
    pub(super) holds: Vec<Hold>,
    /// Tombstones of the site.
    pub(super) tombstones: Vec<Tombstone>,
    /// Versions of the rulesets that judged and are archived.
    pub(super) rulesets: Vec<String>,
    /// Sizes of earlier checkpoints with a time stamp, the first to cover each visit.
    pub(super) stamped: BTreeSet<u64>,
    /// Root of the log at that size, of the journal's lines as they are.
    pub(super) root: Digest,
    /// What is missing.
    pub(super) left_out: Vec<LeftOut>,
}

/// Reads the journal once up to `size`, verified, and keeps what concerns the flag. With `withhold_lists` the
/// records of runs that name other sites are left out.
pub(super) fn gather(
    store: &Store,
    id: &FlagId,
    size: u64,
    withhold_lists: bool,
) -> Result<Gathered, StoreError> {
    let mut tree = CompactRange::new();
    let mut concerns = Concerns::of(store, id)?;
    let mut made_at = None;
    store.each_line_until(size, |line| {
        tree.append(leaf_hash(line.digest.as_bytes()));
        if line.seq == size {
            made_at = Some(line.time()?);
        }
        concerns.look_at(&line)
    })?;
    let unknown = || StoreError::Unknown {
        kind: "flag",
        id: id.to_string(),
    };
    let made_at = made_at.ok_or_else(unknown)?;
    let mut choice = concerns.choose(store)?.ok_or_else(unknown)?;
    if withhold_lists {
        choice.withhold_lists();
    }
    let mut gathered = Gathered {
        flag: choice.flag,
        size,
        made_at,
        lines: Vec::with_capacity(choice.places.len()),
        visits: Vec::new(),
        captures: Vec::new(),
        decisions: Vec::new(),
        custody: Vec::new(),
        holds: Vec::new(),
        tombstones: Vec::new(),
        rulesets: choice.rulesets,
        stamped: choice.stamped,
        root: tree.root(),
        left_out: choice.left_out,
    };
    for place in choice.places.into_values() {
        gathered.take(store.line_at(place)?)?;
    }
    gathered.note_deleted(store)?;
    Ok(gathered)
}

impl Gathered {
    fn take(&mut self, line: JournalLine) -> Result<(), StoreError> {
        match line.kind.as_str() {
            "manifest" => self.captures.push(line.record()?),
            "visit" => self.visits.push(line.record()?),
            "decision" => self.decisions.push(line.record()?),
            "custody" => self.custody.push(line.record()?),
            "hold" => self.holds.push(line.record()?),
            "tombstone" => self.tombstones.push(line.record()?),
            _ => {}
        }
        self.lines.push(line);
        Ok(())
    }

    /// Content that a tombstone took away cannot be copied, whenever that was.
    fn note_deleted(&mut self, store: &Store) -> Result<(), StoreError> {
        for manifest in &self.captures {
            let body = manifest.revisit_of.as_ref().map(|earlier| &earlier.capture);
            for id in [&manifest.id].into_iter().chain(body) {
                if let Some(tombstone) = store.tombstone_of(id)? {
                    let why = format!("its content was deleted: tombstone {}", tombstone.id);
                    self.left_out.push(LeftOut::capture(&manifest.id, why));
                    break;
                }
            }
        }
        Ok(())
    }

    /// The captures whose content is there.
    pub(super) fn present(&self) -> Vec<&Manifest> {
        let gone: BTreeSet<&str> = self
            .left_out
            .iter()
            .filter(|left| left.what == "capture")
            .filter_map(|left| left.which.as_deref())
            .collect();
        let present = |manifest: &&Manifest| !gone.contains(manifest.id.as_str());
        self.captures.iter().filter(present).collect()
    }
}

/// Kinds of lines that concern a flag by naming its site.
pub(super) fn concern_of(kind: &str) -> Concern {
    match kind {
        "manifest" | "visit" | "hold" | "tombstone" => Concern::Site,
        "flag" | "decision" => Concern::Flag,
        "custody" | "run" | "run_finished" | "ruleset" | "log_key" | "warc_file" | "timestamp"
        | "cosignature" => Concern::Anything,
        _ => Concern::Nothing,
    }
}

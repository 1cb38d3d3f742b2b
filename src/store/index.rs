//! The index: where in the journal what is, and the few fields that listings filter and sort by.
//!
//! One sled tree, so that a batch is atomic across everything. Keys are a letter and names with NUL between
//! them; values are a [`Place`] and, for flags and current decisions, [`FlagFields`] and the
//! choice in JSON.
//!
//! | key | value |
//! |---|---|
//! | `checkpoint` | [`Checkpoint`] in JSON: up to where the journal is indexed, and how many kinds of records |
//! | `r` run | where the run was begun |
//! | `e` run | where it was finished |
//! | `m` capture | its manifest |
//! | `p` URL and payload digest, digested | the manifest of the latest capture that has this body itself |
//! | `w` WARC file | up to which offset it is committed (8 bytes, big endian) |
//! | `v` run, site | the visit |
//! | `l` site | its latest visit |
//! | `f` flag | the flag as it is now |
//! | `d` flag | its current decision |
//! | `h` flag, number of the record | each of its decisions |
//! | `a` WARC file | that it was closed, with its digest |
//! | `u` version | the archived ruleset |
//! | `k` number of the record | a key of the log |
//! | `g` size of the tree | a time stamp token |
//! | `y` size of the tree, number of the record | a cosignature |
//! | `c` number of the record | an event of custody |
//! | `x` capture | the tombstone that deleted it |
//! | `X` number of the journal line | the tombstone that blanked it |
//! | `V` run, site | the tombstone that deleted the visit |
//! | `z` number of the record | a tombstone |
//! | `deletions` | up to which record (8 bytes, big endian) tombstones are known to be carried out |
//! | `o` site | the latest hold |

use super::journal::{Entry, Head, Place};
use super::layout::Layout;
use super::record::{Kind, record_of};
use super::redact::Forgotten;
use super::sled_open::{index_error, open_index};
use super::{
    ArchivedRuleset, LogCosignature, LogTimestamp, Run, RunFinished, StoreError, WarcFile,
};
use crate::capture::{Manifest, RevisitOf};
use crate::custody::{Hold, Tombstone};
use crate::digest::Digest;
use crate::flag::{Flag, Visit};
use crate::review::Decision;
use crate::rules::Category;
use crate::verdict::Band;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sled::{Batch, Db};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

const CHECKPOINT: &[u8] = b"checkpoint";
const PLACE_LENGTH: usize = 56;

/// What listings of flags filter and sort by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FlagFields {
    pub(super) site: String,
    pub(super) band: Band,
    pub(super) score: f64,
    pub(super) seen: Timestamp,
    /// Those in review or urgent band.
    pub(super) categories: Vec<Category>,
}

/// Up to where the journal is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    #[serde(flatten)]
    pub(super) head: Head,
    /// How many kinds of records its writer knew; 0 for a writer that did not say. One that knew fewer than
    /// we do left out records that belong into the index.
    #[serde(default)]
    pub(super) kinds: usize,
}

/// A row of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: Vec<u8>,
    pub(super) value: Vec<u8>,
}

/// The index.
#[derive(Debug)]
pub(super) struct Index {
    db: Db,
    path: PathBuf,
}

/// The key of what is named by `parts`, of the sort given by a letter.
pub(super) fn key(sort: char, parts: &[&str]) -> Vec<u8> {
    let mut key = sort.to_string();
    for part in parts {
        key.push('\0');
        key.push_str(part);
    }
    key.into_bytes()
}

impl Index {
    /// Opens the index, or an empty one where it cannot be opened, and says what was done.
    pub(super) fn open(layout: &Layout) -> Result<(Self, Vec<String>), StoreError> {
        let opened = open_index(layout)?;
        let index = Self {
            db: opened.db,
            path: layout.index.clone(),
        };
        Ok((index, opened.repairs))
    }

    /// Up to where the journal is indexed.
    pub(super) fn checkpoint(&self) -> Result<Option<Checkpoint>, StoreError> {
        let value = self.get(CHECKPOINT)?;
        // One that cannot be read is as good as none: the journal is indexed again.
        Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
    }

    /// Enters records and, with `head`, that everything up to there is entered: in one atomic batch.
    pub(super) fn apply(&self, entries: &[Entry], head: Option<Head>) -> Result<(), StoreError> {
        let mut changes: BTreeMap<Vec<u8>, Option<Vec<u8>>> = BTreeMap::new();
        let known = |changes: &BTreeMap<_, Option<Vec<u8>>>, key: &Vec<u8>| match changes.get(key) {
            Some(changed) => Ok(changed.clone()),
            None => self.get(key),
        };
        for entry in entries {
            for row in rows_of(entry)? {
                let mut value = row.value;
                if row.key.starts_with(b"w\0") {
                    // Captures of one file are not committed in the order in which they were written.
                    value = value.max(known(&changes, &row.key)?.unwrap_or_default());
                }
                changes.insert(row.key, Some(value));
            }
            let forgotten = Forgotten::by(entry);
            for key in forgotten.keys {
                let place = known(&changes, &key)?.and_then(|value| place_from(&value));
                if place.is_some_and(|place| forgotten.records.contains(&place.seq)) {
                    changes.insert(key, None);
                }
            }
        }
        let mut batch = Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        let checkpoint = head.map(|head| Checkpoint {
            head,
            kinds: Kind::COUNT,
        });
        if let Some(json) = checkpoint.and_then(|checkpoint| serde_json::to_vec(&checkpoint).ok()) {
            batch.insert(CHECKPOINT, json);
        }
        self.db
            .apply_batch(batch)
            .map_err(|error| index_error(&self.path, error))
    }

    /// Notes what no record says: anew after the index is made anew.
    pub(super) fn note(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let noted = self.db.insert(key, value);
        noted.map_err(|error| index_error(&self.path, error))?;
        self.flush()
    }

    /// Makes everything entered durable. sled's own flush ends with `sync_file_range`, which does not empty
    /// the cache of the drive; hence the fsync.
    pub(super) fn flush(&self) -> Result<(), StoreError> {
        self.db
            .flush()
            .map_err(|error| index_error(&self.path, error))?;
        let file = self.path.join("db");
        File::open(&file)
            .and_then(|file| file.sync_data())
            .map_err(StoreError::at(&file))
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.db.get(key);
        let value = value.map_err(|error| index_error(&self.path, error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    /// The place that stands under a key.
    pub(super) fn place(&self, key: &[u8]) -> Result<Option<Place>, StoreError> {
        match self.get(key)? {
            None => Ok(None),
            Some(value) => self.place_in(key, &value).map(Some),
        }
    }

    /// The place in a value.
    pub(super) fn place_in(&self, key: &[u8], value: &[u8]) -> Result<Place, StoreError> {
        place_from(value).ok_or_else(|| self.damage(key))
    }

    /// The JSON after the place in a value.
    pub(super) fn fields_in<T: DeserializeOwned>(
        &self,
        key: &[u8],
        value: &[u8],
    ) -> Result<T, StoreError> {
        value
            .get(PLACE_LENGTH..)
            .and_then(|json| serde_json::from_slice(json).ok())
            .ok_or_else(|| self.damage(key))
    }

    /// All rows whose key begins with `prefix`, in order of keys.
    pub(super) fn rows(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Row, StoreError>> {
        self.db.scan_prefix(prefix).map(|row| {
            let (key, value) = row.map_err(|error| index_error(&self.path, error))?;
            Ok(Row {
                key: key.to_vec(),
                value: value.to_vec(),
            })
        })
    }

    fn damage(&self, key: &[u8]) -> StoreError {
        StoreError::Damaged {
            place: format!(
                "{}, key {}",
                self.path.display(),
                String::from_utf8_lossy(key).replace('\0', " ")
            ),
            reason: "the entry cannot be read; `tazy store rebuild` makes the index anew"
                .to_owned(),
        }
    }
}

/// What a record puts into the index.
pub(super) fn rows_of(entry: &Entry) -> Result<Vec<Row>, StoreError> {
    let Some(kind) = Kind::named(&entry.header.kind) else {
        // A later version of the same format added it; this one has no use for it.
        return Ok(Vec::new());
    };
    if entry.header.version > kind.version() {
        return Err(StoreError::Newer {
            path: format!("(record {} of its journal)", entry.place.seq),
            found: entry.header.version,
            known: kind.version(),
        });
    }
    parsed_rows(kind, &entry.line, &place_bytes(&entry.place)).map_err(|error| {
        StoreError::Damaged {
            place: format!("journal.jsonl, record {}", entry.place.seq),
            reason: format!("not a record of kind {}: {error}", kind.as_str()),
        }
    })
}

fn parsed_rows(kind: Kind, line: &[u8], place: &[u8]) -> Result<Vec<Row>, serde_json::Error> {
    let row = |sort, parts: &[&str], value: &[u8]| Row {
        key: key(sort, parts),
        value: value.to_vec(),
    };
    Ok(match kind {
        Kind::Repair => Vec::new(),
        Kind::Run => vec![row('r', &[record_of::<Run>(line)?.id.as_str()], place)],
        Kind::RunFinished => {
            let finished: RunFinished = record_of(line)?;
            vec![row('e', &[finished.run.as_str()], place)]
        }
        Kind::Manifest => {
            let manifest: Manifest = record_of(line)?;
            let mut rows = vec![row('m', &[manifest.id.as_str()], place)];
            for position in manifest.positions() {
                rows.push(row('w', &[&position.file], &position.end().to_be_bytes()));
            }
            if RevisitOf::of(&manifest).is_some() {
                rows.push(Row {
                    key: body_key(&manifest),
                    value: place.to_vec(),
                });
            }
            rows
        }
        Kind::Visit => {
            let visit: Visit = record_of(line)?;
            vec![
                row('v', &[visit.run.as_str(), &visit.site], place),
                row('l', &[&visit.site], place),
            ]
        }
        Kind::Flag => {
            let flag: Flag = record_of(line)?;
            let fields = serde_json::to_vec(&fields_of(&flag))?;
            vec![row('f', &[flag.id.as_str()], &[place, &fields].concat())]
        }
        Kind::Decision => {
            let decision: Decision = record_of(line)?;
            let flag = decision.flag.as_str();
            let choice = serde_json::to_vec(&decision.choice)?;
            vec![
                row('d', &[flag], &[place, &choice].concat()),
                row('h', &[flag, &sequence_of(place)], place),
            ]
        }
        _ => evidence_rows(kind, line, place)?,
    })
}

/// Rows of the records that the store keeps of its evidence, and of custody.
fn evidence_rows(kind: Kind, line: &[u8], place: &[u8]) -> Result<Vec<Row>, serde_json::Error> {
    let row = |sort, parts: &[&str]| Row {
        key: key(sort, parts),
        value: place.to_vec(),
    };
    let own = sequence_of(place);
    Ok(match kind {
        Kind::WarcFile => vec![row('a', &[&record_of::<WarcFile>(line)?.file])],
        Kind::Ruleset => vec![row('u', &[&record_of::<ArchivedRuleset>(line)?.version])],
        Kind::LogKey => vec![row('k', &[&own])],
        Kind::LogTimestamp => {
            let timestamp: LogTimestamp = record_of(line)?;
            vec![row('g', &[&sortable(timestamp.size)])]
        }
        Kind::LogCosignature => {
            let cosignature: LogCosignature = record_of(line)?;
            vec![row('y', &[&sortable(cosignature.size), &own])]
        }
        Kind::Custody => vec![row('c', &[&own])],
        Kind::Hold => vec![row('o', &[&record_of::<Hold>(line)?.site])],
        Kind::Tombstone => {
            let tombstone: Tombstone = record_of(line)?;
            let captures = tombstone
                .captures
                .iter()
                .map(|gone| row('x', &[gone.id.as_str()]));
            let records = tombstone
                .records
                .iter()
                .map(|gone| row('X', &[&sortable(gone.seq)]));
            let visits = tombstone.records.iter().filter_map(|gone| {
                let run = gone.run.as_ref()?;
                Some(row('V', &[run.as_str(), &tombstone.site]))
            });
            captures
                .chain(records)
                .chain(visits)
                .chain([row('z', &[&own])])
                .collect()
        }
        _ => Vec::new(),
    })
}

/// Under what a body is found again.
pub(super) fn body_key(manifest: &Manifest) -> Vec<u8> {
    let url = manifest.url.as_str().as_bytes();
    let digest = Digest::of_parts(&[url, b"\0", manifest.payload_digest.as_bytes()]);
    key('p', &[&digest.hex()[..32]])
}

/// A number such that keys sort by it.
pub(super) fn sortable(number: u64) -> String {
    format!("{number:016x}")
}

fn fields_of(flag: &Flag) -> FlagFields {
    let raised = flag.categories.iter().filter(|c| c.band > Band::Clear);
    FlagFields {
        site: flag.site.clone(),
        band: flag.band,
        score: flag.categories.iter().map(|c| c.score).fold(0.0, f64::max),
        seen: flag.seen,
        categories: raised.map(|c| c.category).collect(),
    }
}

/// The number of the record at a place, so that keys sort by it.
fn sequence_of(place: &[u8]) -> String {
    sortable(place_from(place).map_or(0, |place| place.seq))
}

fn place_bytes(place: &Place) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(PLACE_LENGTH);
    for number in [place.seq, place.offset, place.length] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(place.digest.as_bytes());
    bytes
}

fn place_from(bytes: &[u8]) -> Option<Place> {
    let number = |at: usize| Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    Some(Place {
        seq: number(0)?,
        offset: number(8)?,
        length: number(16)?,
        digest: Digest::from_bytes(bytes.get(24..PLACE_LENGTH)?.try_into().ok()?),
    })
}

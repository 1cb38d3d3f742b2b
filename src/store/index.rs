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
//! | `b` request | the block request |
//! | `B` request, number of the record | the request that replaced it |
//! | `i` flag, request | a request with an item about the flag |
//! | `s` request, number of the record | a step of the request |
//! | `q` request, number of the record | a verification of one of its items |
//! | `n` number of the record | a list that went out |
//! | `t` number of the record | a report as it was frozen |

use super::StoreError;
use super::journal::{Entry, Head, Place};
use super::layout::Layout;
use super::record::Kind;
use super::redact::Forgotten;
use super::rows::rows_of;
use super::sled_open::{index_error, open_index};
use crate::digest::Digest;
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

pub(super) fn place_bytes(place: &Place) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(PLACE_LENGTH);
    for number in [place.seq, place.offset, place.length] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(place.digest.as_bytes());
    bytes
}

pub(super) fn place_from(bytes: &[u8]) -> Option<Place> {
    let number = |at: usize| Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    Some(Place {
        seq: number(0)?,
        offset: number(8)?,
        length: number(16)?,
        digest: Digest::from_bytes(bytes.get(24..PLACE_LENGTH)?.try_into().ok()?),
    })
}

//! The objects of a TAXII collection: on disk, with an index in memory.

use crate::app::PublishedList;
use crate::block::list::exchange::{StixHead, each_stix_object, give_revoked_indicator};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A longer object is none of ours.
const MAX_OBJECT_BYTES: usize = 1 << 20;

/// Where an object stands, and what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StoredObject {
    /// When it came into the collection, to the microsecond.
    pub(super) added: Timestamp,
    pub(super) kind: &'static str,
    pub(super) id: Uuid,
    /// Its `modified`; objects without versions have the time at which they were added.
    pub(super) version: Timestamp,
    offset: u64,
    length: u32,
}

impl StoredObject {
    /// Its identifier in STIX.
    pub(super) fn name(&self) -> String {
        format!("{}--{}", self.kind, self.id)
    }
}

/// All objects, in the order in which they came: by time, then as they are written.
#[derive(Debug)]
pub(super) struct ObjectShelf {
    path: PathBuf,
    objects: Vec<StoredObject>,
}

impl ObjectShelf {
    pub(super) fn write(issued: &PublishedList, path: &Path) -> io::Result<Self> {
        let mut out = BufWriter::new(File::create_new(path)?);
        let mut objects = Vec::new();
        let mut offset = 0;
        let mut keep = |added: Timestamp, head: StixHead<'_>, bytes: &[u8]| {
            let Some(id) = head
                .id
                .rsplit_once("--")
                .and_then(|(_, id)| id.parse().ok())
            else {
                return Err(io::Error::other("an object without a UUID"));
            };
            out.write_all(bytes)?;
            let added = to_microsecond(added);
            let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
            objects.push(StoredObject {
                added,
                kind: head.kind,
                id,
                version: head.modified.unwrap_or(added),
                offset,
                length,
            });
            offset += u64::from(length);
            Ok(())
        };
        each_stix_object(&issued.list, &mut |head, bytes| {
            let since = head.item.and_then(|item| issued.since.get(item));
            let added = since.copied().unwrap_or(issued.first_issued);
            keep(added, head, bytes)
        })?;
        for (entry, time) in &issued.withdrawn {
            give_revoked_indicator(&issued.list.unit, entry, *time, &mut |head, bytes| {
                keep(*time, head, bytes)
            })?;
        }
        out.flush()?;
        // Stable: of one time, what others refer to stays first.
        objects.sort_by_key(|object| object.added);
        Ok(Self {
            path: path.to_owned(),
            objects,
        })
    }

    /// All objects, the first added first.
    pub(super) fn all(&self) -> &[StoredObject] {
        &self.objects
    }

    /// Objects as they are written, read one after the other.
    pub(super) fn read(&self, wanted: &[StoredObject]) -> io::Result<Vec<Vec<u8>>> {
        let mut file = File::open(&self.path)?;
        let mut read = Vec::with_capacity(wanted.len());
        for object in wanted {
            let length = (object.length as usize).min(MAX_OBJECT_BYTES);
            let mut bytes = vec![0; length];
            file.seek(SeekFrom::Start(object.offset))?;
            file.read_exact(&mut bytes)?;
            read.push(bytes);
        }
        Ok(read)
    }
}

/// TAXII times have six digits at most (§2.1): what is compared with them must not have more.
pub(super) fn to_microsecond(time: Timestamp) -> Timestamp {
    let round = TimestampRound::new()
        .smallest(Unit::Microsecond)
        .mode(RoundMode::Trunc);
    time.round(round).unwrap_or(time)
}

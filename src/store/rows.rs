//! What each kind of record puts into the index.

use super::index::{FlagFields, Row, key, place_bytes, place_from};
use super::journal::Entry;
use super::record::{Kind, record_of};
use super::{
    ArchivedRuleset, LogCosignature, LogTimestamp, Run, RunFinished, StoreError, WarcFile,
};
use crate::block::{BlockRequest, BlockStep};
use crate::capture::{Manifest, RevisitOf};
use crate::custody::{Hold, Tombstone};
use crate::digest::Digest;
use crate::flag::{Flag, Visit};
use crate::review::Decision;
use crate::verdict::Band;
use crate::verify::Verification;

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
        Kind::BlockRequest
        | Kind::BlockStep
        | Kind::Verification
        | Kind::ListIssue
        | Kind::FrozenReport => blocking_rows(kind, line, place)?,
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

/// Rows of requests, of what followed them, of the lists and the reports that went out.
fn blocking_rows(kind: Kind, line: &[u8], place: &[u8]) -> Result<Vec<Row>, serde_json::Error> {
    let row = |sort, parts: &[&str]| Row {
        key: key(sort, parts),
        value: place.to_vec(),
    };
    let own = sequence_of(place);
    Ok(match kind {
        Kind::BlockRequest => {
            let request: BlockRequest = record_of(line)?;
            let mut rows = vec![row('b', &[request.id.as_str()])];
            for item in &request.items {
                rows.push(row('i', &[item.flag.as_str(), request.id.as_str()]));
            }
            if let Some(earlier) = &request.supersedes {
                rows.push(row('B', &[earlier.as_str(), &own]));
            }
            rows
        }
        Kind::BlockStep => {
            let step: BlockStep = record_of(line)?;
            vec![row('s', &[step.request.as_str(), &own])]
        }
        Kind::Verification => {
            let verification: Verification = record_of(line)?;
            vec![row('q', &[verification.request.as_str(), &own])]
        }
        Kind::ListIssue => vec![row('n', &[&own])],
        Kind::FrozenReport => vec![row('t', &[&own])],
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

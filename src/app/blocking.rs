//! What is in force, as lists carry it.

use crate::block::list::BlockList;
use crate::store::{Store, StoreError};
use jiff::Timestamp;

/// The list of what is in force now, sorted, each target once; without serial.
pub fn list_in_force(store: &Store, title: &str, unit: &str) -> Result<BlockList, StoreError> {
    list_in_force_at(store, title, unit, u64::MAX)
}

/// The list as it stood when the journal had `log_size` records.
pub fn list_in_force_at(
    store: &Store,
    title: &str,
    unit: &str,
    log_size: u64,
) -> Result<BlockList, StoreError> {
    let files = store.request_files_at(log_size)?;
    let last_change = |list: &BlockList| list.entries.iter().map(|entry| entry.last_seen).max();
    let mut list = BlockList {
        title: title.to_owned(),
        unit: unit.to_owned(),
        contact: None,
        serial: 0,
        generated: Timestamp::UNIX_EPOCH,
        entries: files
            .iter()
            .flat_map(crate::dossier::RequestFile::list_entries)
            .collect(),
    };
    list.sort();
    list.generated = last_change(&list).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(list)
}

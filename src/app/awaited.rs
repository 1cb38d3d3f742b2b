//! What is awaited of whom, over all requests.

use crate::block::profile::BlockRules;
use crate::block::{DueAct, due_acts};
use crate::id::RequestId;
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use serde::Serialize;

/// Something that is awaited, with the request that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Awaited {
    /// The request.
    pub request: RequestId,
    /// Whom it is addressed to, by the id in the profile.
    pub authority: String,
    /// The target, defanged.
    pub target: String,
    /// What, and until when.
    #[serde(flatten)]
    pub due: DueAct,
}

impl Awaited {
    /// Whether it should have happened already.
    pub fn is_late(&self) -> bool {
        self.due.overdue_by.is_some()
    }
}

/// What is awaited now, the earliest first. Requests of a jurisdiction without a profile have no deadlines.
pub fn awaited_acts(
    store: &Store,
    rules: &BlockRules,
    now: Timestamp,
) -> Result<Vec<Awaited>, StoreError> {
    let mut awaited = Vec::new();
    for file in store.request_files()? {
        let Some(profile) = rules.profile(&file.request.jurisdiction) else {
            continue;
        };
        if file.superseded_by.is_some() {
            continue;
        }
        for due in due_acts(&file.request, &file.steps, profile, now) {
            let item = file.request.items.iter().find(|item| item.id == due.item);
            awaited.push(Awaited {
                request: file.request.id.clone(),
                authority: file.request.authority.clone(),
                target: item.map(|item| item.target.to_string()).unwrap_or_default(),
                due,
            });
        }
    }
    awaited.sort_by_key(|awaited| awaited.due.due);
    Ok(awaited)
}

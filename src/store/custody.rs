//! Who had evidence in hands.

use super::index::key;
use super::record::{Draft, Kind};
use super::{Store, StoreError};
use crate::custody::CustodyEvent;

impl Store {
    /// Records an entry of the custody sheet.
    pub fn record_custody(&self, event: &CustodyEvent) -> Result<(), StoreError> {
        self.commit(&[Draft::of(Kind::Custody, event)?])
    }

    /// The custody sheet of the whole store, the first entry first.
    pub fn custody(&self) -> Result<Vec<CustodyEvent>, StoreError> {
        self.records_at(&key('c', &[""]))
    }
}

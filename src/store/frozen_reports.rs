//! Figures as they were reported.

use super::index::key;
use super::record::{Draft, Kind};
use super::{Store, StoreError};
use crate::figures::FrozenReport;

impl Store {
    /// Records figures as they are reported. What they rest on must be in the journal.
    pub fn record_frozen_report(&self, report: &FrozenReport) -> Result<(), StoreError> {
        if report.log_size > self.log_size() {
            return Err(StoreError::Unknown {
                kind: "record",
                id: report.log_size.to_string(),
            });
        }
        self.commit(&[Draft::of(Kind::FrozenReport, report)?])
    }

    /// The reports that were frozen, the first first.
    pub fn frozen_reports(&self) -> Result<Vec<FrozenReport>, StoreError> {
        self.records_at(&key('t', &[""]))
    }
}

//! Figures of a store, as of any size of its journal.

use crate::figures::{Difference, Figures, FrozenReport, Period, Tally, differences};
use crate::store::{Store, StoreError};

/// Figures, and what could not be counted.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreFigures {
    /// The figures.
    pub figures: Figures,
    /// How many records the journal had.
    pub log_size: u64,
    /// Records among them that were deleted since, by retention: they cannot be counted again.
    pub deleted: u64,
}

/// A frozen report beside the same figures computed again.
#[derive(Debug, Clone, PartialEq)]
pub struct Recomputed {
    /// As it is now.
    pub now: StoreFigures,
    /// Whether the digest is the same: every number and every dossier behind it.
    pub is_same: bool,
    /// The numbers that differ.
    pub differences: Vec<Difference>,
}

/// The figures of a period, from the first `log_size` records alone: one pass over the journal, each line verified.
pub fn figures_at(
    store: &Store,
    period: &Period,
    log_size: u64,
) -> Result<StoreFigures, StoreError> {
    let mut tally = Tally::new(period.clone());
    let mut deleted = 0;
    store.each_line_until(log_size, |line| {
        match line.kind.as_str() {
            "visit" => tally.take_visit(&line.record()?),
            "flag" => tally.take_flag(&line.record()?),
            "decision" => tally.take_decision(&line.record()?),
            "redacted" => deleted += 1,
            _ => {}
        }
        Ok::<(), StoreError>(())
    })?;
    let files = store.request_files_at(log_size)?;
    Ok(StoreFigures {
        figures: tally.finish(&files),
        log_size,
        deleted,
    })
}

/// Computes a frozen report again from the records that there were.
pub fn recompute(store: &Store, report: &FrozenReport) -> Result<Recomputed, StoreError> {
    let now = figures_at(store, &report.period, report.log_size)?;
    let digest = now.figures.digest();
    Ok(Recomputed {
        is_same: digest.is_ok_and(|digest| digest == report.digest),
        differences: differences(report, &now.figures),
        now,
    })
}

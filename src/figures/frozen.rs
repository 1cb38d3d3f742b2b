//! Figures as they were reported.

use super::{Figures, Period};
use crate::digest::Digest;
use crate::review::Reviewer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Figures as they were reported. They follow from the records up to `log_size`, so that anybody can compute them
/// again; the dossiers behind them are vouched for by the digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenReport {
    /// Its name: the beginning of the digest (`rep-` and 12 hexadecimal digits).
    pub id: String,
    /// Which period.
    pub period: Period,
    /// How many records the journal had.
    pub log_size: u64,
    /// Digest of the figures in canonical form.
    pub digest: Digest,
    /// Every number by its name.
    pub numbers: BTreeMap<String, u64>,
    /// Who reported.
    pub by: Reviewer,
    /// When.
    pub at: Timestamp,
}

/// A number that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// As reported.
    pub reported: u64,
    /// As it is now.
    pub found: u64,
}

impl FrozenReport {
    /// Freezes figures that were computed from the first `log_size` records.
    ///
    /// # Errors
    /// As [`Figures::canonical`].
    pub fn of(
        figures: &Figures,
        log_size: u64,
        by: Reviewer,
        at: Timestamp,
    ) -> Result<Self, serde_json::Error> {
        let digest = figures.digest()?;
        let nanosecond = at.as_nanosecond().to_be_bytes();
        let own = Digest::of_parts(&[digest.as_bytes(), &log_size.to_be_bytes(), &nanosecond]);
        Ok(Self {
            id: format!("rep-{}", &own.hex()[..12]),
            period: figures.period.clone(),
            log_size,
            digest,
            numbers: figures.flat(),
            by,
            at,
        })
    }
}

/// Which numbers differ from the reported ones, by name. None may differ and the digest all the same, if other
/// dossiers stand behind them.
pub fn differences(report: &FrozenReport, figures: &Figures) -> Vec<Difference> {
    let found = figures.flat();
    let names: BTreeSet<&String> = report.numbers.keys().chain(found.keys()).collect();
    let value = |of: &BTreeMap<String, u64>, name: &String| of.get(name).copied().unwrap_or(0);
    names
        .into_iter()
        .map(|name| Difference {
            name: name.clone(),
            reported: value(&report.numbers, name),
            found: value(&found, name),
        })
        .filter(|difference| difference.reported != difference.found)
        .collect()
}

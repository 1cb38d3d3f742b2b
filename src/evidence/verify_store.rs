//! Verifying a whole store.

use super::verification::{Check, CheckId, SubjectKind, Verification};
use crate::store::{Store, StoreError};

/// Verifies a store: journal, index, captures, log. What is wrong is in the verification; an error means that it
/// could not go on.
pub fn verify_store(store: &Store) -> Result<Verification, StoreError> {
    let mut verification = Verification::begun(SubjectKind::Store);
    let report = store.check()?;
    let mut check = Check::begun(CheckId::Store);
    check.checked = report.records + report.captures + report.warc_files + report.index_entries;
    for problem in &report.problems {
        check.fail("the store", problem);
    }
    check.more_failures += report.more_problems;
    check.note(format_args!(
        "{} journal records, {} captures in {} WARC files, {} index entries",
        report.records, report.captures, report.warc_files, report.index_entries
    ));
    verification.checks.push(check);
    Ok(verification.concluded())
}

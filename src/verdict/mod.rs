//! Findings → scores → bands. The end of examination.
//!
//! - [`examine`]: capture + ruleset → [`Examined`] page; pure, the same for live scans, stored captures,
//!   rule tests, `tazy eval` and benches.
//! - [`judge`]: the examined pages of one site → [`Verdict`].
//! - [`explain`]: what each rule contributes to the score of a page, and the score without it.
//! - [`score_without`]: the same for a score as it was recorded.

mod blend;
mod contribution;
mod examine;
mod explain;
mod judge;
mod tally;

pub use contribution::score_without;
pub use examine::{Examined, NamedEntity, distinct_entities, examine};
pub use explain::{
    CategoryExplanation, Explanation, ExplanationLine, SilencedLine, explain, explain_capture,
};
pub use judge::{Band, CategoryScore, Verdict, evidence_of_site, judge};

//! The figures of a unit over a period: how many sites were examined, flagged, confirmed, submitted, blocked, by
//! category, month and language, how long it took, and how often each rule was right.
//!
//! - [`Tally`]: takes records in the order in which they were recorded and becomes [`Figures`].
//! - [`Number`]: a count with the dossiers behind it. A number without dossiers does not exist.
//! - [`Period`]: from a day up to another, in the time zone of a jurisdiction.
//! - [`FrozenReport`]: figures as they were reported, recomputable from the records that there were.

mod frozen;
mod interval;
mod measure;
mod number;
mod period;
mod requests;
#[cfg(test)]
mod samples;
mod tally;
#[cfg(test)]
mod tests;

pub use frozen::{Difference, FrozenReport, differences};
pub use interval::wilson_interval;
pub use measure::{Measure, Span};
pub use number::{Counts, Duration, Figures, Number, RulePrecision};
pub use period::{Period, PeriodError};
pub use tally::Tally;

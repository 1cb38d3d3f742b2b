//! What people and other programs read: tables, explanations, progress, JSON Lines.
//!
//! Crawled text is hostile: nothing of it reaches a terminal except through [`clean_line`] and its kin, and
//! URLs of suspects are shown defanged everywhere but in JSON.
//!
//! - [`Progress`]: what a scan is doing, on standard error.
//! - [`ScanReport`]: the table at the end of a scan.
//! - [`flag_table`], [`explain_flag`]: flags on a terminal; [`decision_table`], [`write_history`]: decisions.
//! - [`request_table`], [`write_request_file`]: block requests.
//! - [`write_figures`], [`figures_html`], [`figures_paper`], [`figures_csv`]: the figures of a period.
//! - [`rule_table`]: what decisions say of rules.
//! - [`write_verification`], [`verification_html`]: what a verification of evidence found.
//! - [`look_table`], [`write_look`], [`due_look_table`], [`write_proposals`]: whether blocks hold, and what came of them.
//! - [`write_json_line`]: one object a line for other programs.

mod decisions;
mod due;
mod explain;
mod figures;
mod flags;
mod json;
mod progress;
mod requests;
mod rules;
mod sanitize;
mod style;
mod summary;
#[cfg(test)]
mod tests;
mod titles;
mod verification;
mod verification_findings;
mod verification_html;
mod verify;
mod words;

pub use decisions::{decision_table, decision_text, write_history};
pub use due::due_table;
pub use explain::{FlagEvidence, explain_flag};
pub use figures::{figures_csv, figures_html, figures_paper, write_figures};
pub use flags::{StandingFlag, flag_table, standing_text};
pub use json::write_json_line;
pub use progress::{Progress, ProgressMode};
pub use requests::{RequestSummary, request_table, write_request, write_request_file};
pub use rules::rule_table;
pub use sanitize::{clean_line, defang_site, fit_width, mark_excerpt};
pub use style::Style;
pub use summary::ScanReport;
pub use titles::RuleTitles;
pub use verification::write_verification;
pub use verification_html::verification_html;
pub use verify::{
    DueLook, LatestLook, due_look_table, look_table, write_look, write_proposals, write_reach,
};
pub use words::{band_word, category_title, gate_reason, verdict_word};

//! The command line: one file a command, each with its arguments (`clap::Args`) and a `run`.
//!
//! - [`Cli`]: what was typed.
//! - [`Terminal`]: where output goes. Tables and JSON Lines to `out`, progress and messages to `err`.
//! - [`Exit`]: the exit codes that scripts may rely on. [`CliError`]: what went wrong and what to do.

mod block;
mod block_document;
mod block_draft;
mod block_due;
mod block_guard;
mod block_list;
mod block_profile;
mod block_step;
mod block_template;
mod command;
mod demo;
mod eval;
mod evidence;
mod evidence_custody;
mod evidence_export;
mod evidence_log;
mod evidence_verify;
mod evidence_witness;
mod explain;
mod export;
mod export_all;
mod export_check;
mod export_dry_run;
mod export_issue;
mod export_show;
mod export_write;
mod figures;
mod flags;
mod open;
mod provenance;
mod review;
mod review_export;
mod review_list;
mod rule_files;
mod rules;
mod rules_fit;
mod rules_promote;
mod rules_replay;
mod rules_stats;
mod scan;
mod serve;
mod session;
mod signals;
mod store;
mod store_backup;
mod store_delete;
mod suspects;
mod terminal;
#[cfg(test)]
mod tests;
mod time;
mod verify;
mod verify_list;
mod verify_measure;
mod verify_options;

pub use command::Cli;
pub use terminal::{CliError, Exit, Terminal};

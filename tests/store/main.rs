//! The store from outside: nothing acknowledged is ever lost, and nothing damaged goes unnoticed.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes the functions that tests share for code outside of tests"
)]

mod damage;
mod decisions;
mod evidence;
mod golden;
mod kill;
mod replay;
mod samples;
mod upkeep;
mod upkeep_cli;
mod upkeep_delete;
mod upkeep_kill;
mod upkeep_queries;
mod verbs;

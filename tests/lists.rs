//! Lists as those who carry them out read them: real validators and servers, and matching oracles for every scope.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for code outside of tests"
)]

#[path = "lists/desk.rs"]
mod desk;
#[path = "evidence/lab.rs"]
#[expect(dead_code, reason = "the tests of bundles need more of it")]
mod lab;
#[path = "lists/program.rs"]
mod program;
#[path = "lists/readers.rs"]
mod readers;
#[path = "lists/samples.rs"]
mod samples;
#[path = "lists/scopes.rs"]
mod scopes;
#[path = "lists/servers.rs"]
mod servers;
#[path = "lists/validators.rs"]
mod validators;

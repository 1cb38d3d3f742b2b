//! Bundles: what is exported, that others can read it, that it can be made again, and that it verifies.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for code outside of tests"
)]

mod chain;
mod export;
mod export_golden;
mod export_readers;
mod forge;
mod lab;
#[path = "../timestamp/laboratory.rs"]
#[expect(dead_code, reason = "the tests of time stamps need more of it")]
mod laboratory;
mod stamp;
mod verify;
mod verify_flips;
mod verify_forgery;
mod verify_report;

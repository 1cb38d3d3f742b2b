//! Bundles: what is exported, that others can read it, and that it can be made again.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes the functions that tests share for code outside of tests"
)]

mod export;
mod export_golden;
mod export_readers;
mod lab;

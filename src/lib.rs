//! tazy: from a list of suspected sites to flags that a person reviews.
//!
//! Data flows one way, and the modules stand in that order; each may use only those before it:
//!
//! ```text
//! suspect → frontier → fetch → capture → page → text → rules → verdict → flag → review → block → verify
//! ```
//!
//! Acquisition (`suspect` to `capture`) is asynchronous and touches the world. Examination (`page` to
//! `verdict`) is a pure function of a [`capture::Capture`] and a [`rules::Ruleset`]. The desk (`flag` and
//! what later follows it) is pure too: append-only records. The shell (`store` onwards) ties them together.

// ── ground ──
pub mod clock;
pub mod digest;
pub mod id;
// ── acquisition ──
pub mod capture;
pub mod fetch;
pub mod frontier;
pub mod suspect;
// ── examination ──
pub mod entity;
pub mod page;
pub mod rules;
pub mod text;
pub mod verdict;
// ── desk ──
pub mod flag;
// ── shell ──
pub mod app;
pub mod cli;
pub mod config;
pub mod report;
pub mod store;

//! tazy: from a list of suspected sites to flags that a person reviews.
//!
//! Data flows one way, and the modules stand in that order; each may use only those before it:
//!
//! ```text
//! suspect → frontier → fetch → capture → page → text → rules → verdict → flag → review → block → verify
//! ```
//!
//! Acquisition (`suspect` to `capture`) is asynchronous and touches the world. Examination (`page` to
//! `verdict`) is a pure function of a [`capture::Capture`] and a [`rules::Ruleset`]. The desk (`flag`, `review` and
//! what later follows them) is pure too: append-only records. The shell (`store` onwards) ties them together.
//!
//! The blank lines between the modules keep the formatter from sorting them: their order is checked.

// ── ground ──
pub mod clock;

pub mod digest;

pub mod id;

pub mod merkle;

pub mod timestamp;

// ── acquisition ──
pub mod suspect;

pub mod frontier;

pub mod fetch;

pub mod reach;

pub mod capture;

// ── examination ──
pub mod page;

pub mod text;

pub mod entity;

pub mod rules;

pub mod verdict;

// ── desk ──
pub mod flag;

pub mod review;

pub mod custody;

pub mod document;

pub mod block;

pub mod verify;

pub mod dossier;

pub mod figures;

// ── shell ──
pub mod store;

pub mod config;

pub mod render;

pub mod evidence;

pub mod app;

pub mod report;

pub mod web;

pub mod cli;

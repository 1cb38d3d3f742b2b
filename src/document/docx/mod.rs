//! Blocks → DOCX (Office Open XML, ECMA-376), the transitional form that every word processor reads.
//!
//! Written by ourselves: the languages of runs (`w:lang`), rows that are repeated on every page and bytes that
//! depend on nothing but the paper are needed, and the subset is small.

mod body;
mod parts;
mod runs;

pub(super) use parts::docx_of;

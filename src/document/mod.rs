//! Papers as people read and sign them: one HTML text, written from a template, becomes print-ready HTML, DOCX
//! and (through the browser) PDF.
//!
//! - [`Language`]: the languages that documents are written in.

mod language;

pub use language::Language;

//! Papers as people read and sign them. A template written in HTML is filled with facts and read into a
//! [`Block`] model; print-ready HTML, DOCX and (through the browser, see `render`) PDF are written from that one
//! model, so that no form can lose or add what another has.
//!
//! ```text
//! template ── minijinja, escaping always on ──► text ── strict reader ──► blocks ─┬─► HTML ──► PDF
//!                                                                                └─► DOCX
//! ```
//!
//! - [`Language`], [`Edition`]: the languages that documents are written in, one or two side by side.
//! - [`Templates`]: the built-in ones, or with those of a directory; every error has file and line.
//! - [`Paper`]: title, blocks and what stands in the margins. [`Paper::html`], [`Paper::docx`].
//! - [`clean_text`]: crawled text made fit for a paper. [`qr_png`], [`qr_svg`]: a digest as a picture.
//!
//! Elements that are understood stand in `docs/blocking/documents.md`; anything else is an error.

mod clean;
mod css;
mod docx;
mod edition;
mod fonts;
mod html;
mod language;
mod model;
mod pairing;
mod paper;
mod parse;
mod qr;
mod scan;
mod tag;
mod template;
#[cfg(test)]
mod tests;
mod xml;
mod zip;

pub use clean::{clean_lines, clean_text};
pub use edition::{Edition, EditionError};
pub use language::Language;
pub use model::{Block, Cell, Class, Inline, Look, Row, Style, Table, Text};
pub use paper::Paper;
pub use qr::{QrError, qr_png, qr_svg};
pub use template::{TemplateError, Templates};

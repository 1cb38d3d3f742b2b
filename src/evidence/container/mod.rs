//! The ZIP file of a bundle, in one form only.
//!
//! - [`ContainerWriter`]: entries → bytes, streaming.
//! - [`Container`]: a file → its entries, every byte of the file compared with what the writer makes.
//! - [`Measure`]: length, CRC-32 and SHA-256 of an entry.
//!
//! This is code of our own for two reasons. A bundle must come out the same, byte for byte, for as long as
//! there are courts, whatever a library thinks of next. And every byte must be accounted for: ZIP readers
//! skip what they do not need (times, attributes, gaps, a second directory), and what is skipped can be
//! changed. The form, after PKWARE's APPNOTE 6.3.10:
//!
//! - local header and data of each entry, then the central directory, then the end record; no gaps, nothing
//!   before, nothing after, no comments;
//! - every entry stored (method 0), flags 0, time 1980-01-01 00:00, no attributes, CRC-32 in the header;
//! - names of the layout ([`super::layout`]), in its order, each once;
//! - ZIP64 fields only where a number does not fit into the plain one.

mod error;
mod form;
mod measure;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use error::ContainerError;
pub use measure::Measure;
pub use reader::{Container, ContainerEntry, Fault};
pub use writer::ContainerWriter;

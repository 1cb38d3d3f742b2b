//! Formats for exchange between units and with other programs.
//!
//! All stream: memory does not grow with the list beyond a few bytes an entry, and the same list gives the same
//! bytes. Texts that people or sites wrote go through `clean_text` first.
//!
//! - [`write_csv`] for machines, [`write_human_csv`] for people and their spreadsheets.
//! - [`write_jsonl`], [`write_misp`], [`write_xarf`], [`write_register`] and [`read_register`].
//! - [`write_stix`] as a bundle; [`each_stix_object`] object by object, as TAXII hands them out.

mod clean;
mod csv;
mod jsonl;
mod misp;
mod register;
mod report;
mod stix;
mod uri;
mod uuids;
mod xarf;

use clean::clean_text;
use report::all_written;
use uri::strict_uri;

pub use self::csv::{write_csv, write_human_csv};
pub use jsonl::write_jsonl;
pub use misp::write_misp;
pub use register::{
    RegisterEncoding, RegisterError, RegisterRecord, read_register, write_register,
};
pub use stix::{StixHead, each_stix_object, give_revoked_indicator, stix_time, write_stix};
pub use xarf::write_xarf;

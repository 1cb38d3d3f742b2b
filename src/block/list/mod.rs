//! The machine-readable lists: what is in force, in the form of whoever carries it out.
//!
//! - [`BlockList`]: header and entries, sorted; the same entries always give the same bytes.
//! - [`ListFormat`]: the formats. Each says what scopes it can express; what it cannot is left out and
//!   reported, never widened. [`ListOptions`]: what formats leave to choose.
//! - [`ListIssue`]: a list as it went out; [`next_serial`], [`digest_of`], [`ListDiff`], [`GrowthLimit`]: what
//!   tells one issue from the next.
//! - [`ListSeal`]: what is signed of a file. [`Coverage`]: which URLs the entries keep people from.

mod adblock;
mod coverage;
mod diff;
mod dnsmasq;
mod entry;
pub mod exchange;
mod file_name;
mod format;
mod growth;
mod header;
mod hosts;
mod issue;
mod nftables;
mod options;
mod plain;
mod rpz;
mod seal;
mod selection;
mod serial;
mod squid;
mod suricata;
#[cfg(test)]
mod tests;
mod unbound;

pub use coverage::Coverage;
pub use diff::{ListDiff, digest_of};
pub use entry::{BlockList, ListEntry, OrderFacts};
pub use format::{ExportReport, ListError, ListFormat, Omission};
pub use growth::{GrowthError, GrowthLimit};
pub use issue::ListIssue;
pub use options::{
    DEFAULT_RPZ_ORIGIN, ListOptions, RpzAction, RpzOptions, SquidOptions, SquidPart, SuricataAction,
};
pub use seal::{ListSeal, SealError};
pub use serial::next_serial;

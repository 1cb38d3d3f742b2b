//! Register XML, format version 2.4, as operators of registers of blocked sites read it.
//!
//! A record is one entry: `default` for a URL, `domain` for one host, `domain-mask` for a host and everything
//! below it, `ip` for an address. The format has no zone in `includeTime`; it is UTC here.

mod read;
mod write;

pub use read::{RegisterError, RegisterRecord, read_register};
pub use write::{RegisterEncoding, write_register};

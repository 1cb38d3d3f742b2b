//! Everything about one request or one flag, put together from the append-only records.
//!
//! - [`RequestFile`]: a request with its steps and verifications; states are derived here, never stored.
//! - [`Effect`]: what was last seen of a block, and since when.
//! - [`proposals`]: sites that came back after a block, and flagged sites that look like mirrors of blocked ones.

mod effect;
mod proposals;
mod request_file;

pub use effect::Effect;
pub use proposals::{Proposal, ProposalKind, SharedEntity, proposals};
pub use request_file::RequestFile;

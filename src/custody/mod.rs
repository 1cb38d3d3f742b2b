//! What happened to evidence after it was taken: append-only records, pure.
//!
//! - [`CustodyEvent`]: somebody saw, exported, copied or took in evidence (ISO/IEC 27037, chain of custody).
//! - [`Tombstone`]: content was deleted by policy; the digests stay.
//! - [`Hold`]: a site's evidence may not be deleted until the hold is lifted.
//! - [`due`]: whether a site's content has been kept as long as the [`RetentionPolicy`] says.

mod event;
mod hold;
mod retention;
mod tombstone;

pub use event::{CustodyAct, CustodyEvent};
pub use hold::Hold;
pub use retention::{Due, RetentionPolicy, SiteFacts, due};
pub use tombstone::{DeletedCapture, RedactedRecord, Tombstone};

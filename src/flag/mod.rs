//! What waits for a person, and the visit it was raised from.
//!
//! - [`Visit`]: what one run found at one site. The object that `tazy scan --json` prints.
//! - [`Flag`]: a site that a person should look at. One per site; a later visit supersedes, never duplicates.
//! - [`raise`]: visit → flag.
//! - [`minimized`]: what is stored of a visit that found nothing.

mod minimize;
mod raise;
mod visit;

pub use minimize::minimized;
pub use raise::{Flag, raise};
pub use visit::{Attempt, SiteVerdict, Visit};

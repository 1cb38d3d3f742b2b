//! What is fetched next, in which order, and how gently.
//!
//! - [`Target`]: a URL waiting to be fetched, with its depth and how it was found.
//! - [`Scope`]: the hosts that belong to one site's visit.
//! - [`Frontier`]: the targets of one site's visit: no URL twice, the most telling links first.
//! - [`HostBudget`]: what one site may cost in pages, depth, bytes and time.
//! - [`Politeness`]: when the next request to a host may start; one at a time and never faster than the
//!   configured rate, slower when the server asks for it or fails.

mod link;
mod pace;
mod politeness;
mod scope;
mod shape;
mod target;
mod telling;

pub use politeness::{Permit, Politeness, PolitenessSettings, Signal};
pub use scope::{HostBudget, Scope};
pub use target::{Discovered, Frontier, Target};

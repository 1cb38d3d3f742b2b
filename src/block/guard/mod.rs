//! What may never be blocked, and what a block would hit beside its target.
//!
//! - [`Protection`]: protected names, shared platforms, networks of many tenants; data with a date.
//! - [`Objection`]: why a target may not be asked for. Some can be set aside by a supervisor, some by nobody.

mod objection;
mod protection;

pub use objection::{Objection, ObjectionCode};
pub use protection::Protection;

//! What may never be blocked, and what a block would hit beside its target.
//!
//! - [`Protection`]: protected names, shared platforms, networks of many tenants; data with a date.
//! - [`Objection`]: why a target may not be asked for. Some can be set aside by a supervisor, some by nobody.
//! - [`predicted_effect`]: what operators really block when they are asked for a target.
//! - [`collateral`]: what else that is known would be hit.

mod effect;
mod names;
mod network;
mod objection;
mod protection;
mod read;
mod source;

pub use effect::{Effect, KnownUrl, collateral, predicted_effect};
pub use objection::{Objection, ObjectionCode};
pub use protection::Protection;
pub(in crate::block) use read::{is_protection_file, read_protection};
pub(in crate::block) use source::{NetworksFile, PlatformsFile, ProtectedFile};
pub use source::{Protected, Tenants};

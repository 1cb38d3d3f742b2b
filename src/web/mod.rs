//! Lists over HTTP and TAXII 2.1, read-only. What goes out is the list that was issued last, and nothing else.
//!
//! ```text
//! store → Keeper → Edition (files in a private folder) → Shelf → Site (routes) → Server (connections)
//! ```
//!
//! - [`Edition`]: one issue of the list, written once in every format, with the index that TAXII needs.
//! - [`Keeper`]: makes an edition whenever the store has a new issue. It has the store open only for that.
//! - [`Site`]: who may ask, and what is answered.
//! - [`Server`]: connections and their limits.
//! - [`AccessTokens`]: digests of the tokens that clients show; [`new_token`] makes one.

mod access;
mod answer;
mod edition;
mod keeper;
mod lists;
mod objects;
mod server;
mod shelf;
mod site;
mod taxii;

pub use access::{AccessTokens, TokenError, new_token};
pub use edition::{Edition, EditionError};
pub use keeper::{Keeper, KeeperError, ListHead};
pub use server::Server;
pub use shelf::Shelf;
pub use site::{AccessLine, Site};

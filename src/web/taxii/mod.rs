//! `/taxii2/`: TAXII 2.1 (OASIS Standard, 10 June 2021), read-only, one collection.

mod filter;
mod resources;
mod wire;

pub(super) use resources::routes;
pub(super) use wire::Refused;

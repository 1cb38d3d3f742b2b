//! STIX 2.1 (OASIS Standard, 10 June 2021).
//!
//! An entry is five objects: what is to be blocked (`url`, `domain-name`, `ipv4-addr`, `ipv6-addr`), an
//! `indicator` whose pattern matches exactly its scope, `observed-data`, a `sighting`, and the `relationship`
//! that joins them. Before them stand the unit's `identity` and the TLP marking, after them one `report`.

mod bundle;
mod object;

pub use bundle::{StixHead, each_stix_object, give_revoked_indicator, write_stix};
pub use object::stix_time;

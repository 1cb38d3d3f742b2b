//! Which addresses may be contacted.

use std::net::IpAddr;

/// The address guard. Applied to every literal host, every resolved address and every connected peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressGuard {
    /// Permits loopback and private addresses (laboratories).
    pub allow_private: bool,
}

/// An address that the guard refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{address} is {kind}; a suspect on the public Internet has no business there (laboratories: --allow-private)"
)]
pub struct BlockedAddress {
    /// The address.
    pub address: IpAddr,
    /// What it is: loopback, private, link-local …
    pub kind: &'static str,
}

impl AddressGuard {
    /// Checks one address.
    pub fn check(&self, address: IpAddr) -> Result<(), BlockedAddress> {
        let _ = address;
        todo!()
    }
}

//! Every URL that was captured, for what asks what else a block would hit.

use super::index::key;
use super::{Store, StoreError};
use crate::block::guard::KnownUrl;
use crate::capture::Manifest;
use std::net::{IpAddr, SocketAddr};

impl Store {
    /// Calls `take` with the URL of every capture, one at a time, and the address that answered where it was the
    /// site itself and no proxy.
    pub fn each_known_url(&self, mut take: impl FnMut(KnownUrl)) -> Result<(), StoreError> {
        for row in self.index.rows(&key('m', &[""])) {
            let row = row?;
            let place = self.index.place_in(&row.key, &row.value)?;
            let manifest: Manifest = self.records.record(&place)?;
            take(KnownUrl {
                addresses: address_of(&manifest).into_iter().collect(),
                url: manifest.url,
            });
        }
        Ok(())
    }
}

fn address_of(manifest: &Manifest) -> Option<IpAddr> {
    if manifest.through.is_some() {
        return None;
    }
    let written = manifest.remote_addr.as_deref()?;
    let with_port = written.parse::<SocketAddr>().map(|address| address.ip());
    with_port.or_else(|_| written.parse()).ok()
}

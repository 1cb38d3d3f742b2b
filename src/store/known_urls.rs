//! Every URL that was ever fetched.

use super::index::key;
use super::{Store, StoreError};
use crate::capture::Manifest;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};

/// A URL that was fetched, once a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownUrl {
    /// The URL.
    pub url: SuspectUrl,
    /// The site for which it was fetched.
    pub site: String,
    /// When.
    pub fetched: Timestamp,
    /// Where its host was found, unless a proxy was asked.
    pub address: Option<IpAddr>,
}

impl Store {
    /// Calls `take` with the URL of every capture, one at a time, in the order of the captures' ids.
    pub fn each_known_url<E: From<StoreError>>(
        &self,
        mut take: impl FnMut(KnownUrl) -> Result<(), E>,
    ) -> Result<(), E> {
        for row in self.index.rows(&key('m', &[""])) {
            let row = row?;
            let place = self.index.place_in(&row.key, &row.value)?;
            let manifest: Manifest = self.records.record(&place)?;
            take(known(manifest))?;
        }
        Ok(())
    }
}

fn known(manifest: Manifest) -> KnownUrl {
    let address = manifest.remote_addr.filter(|_| manifest.through.is_none());
    let address = address.and_then(|address| address.parse::<SocketAddr>().ok());
    KnownUrl {
        url: manifest.url,
        site: manifest.site,
        fetched: manifest.requested_at,
        address: address.map(|address| address.ip().to_canonical()),
    }
}

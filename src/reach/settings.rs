//! How thoroughly and how gently is measured.

use crate::fetch::{AddressGuard, Override};
use crate::suspect::SuspectUrl;
use std::time::Duration;

/// How a measurement is made.
#[derive(Debug, Clone)]
pub struct MeasureSettings {
    /// How many times everything is tried.
    pub tries: u8,
    /// Wait between two tries.
    pub pause: Duration,
    /// Limit of each step: question, connection, handshake, page.
    pub timeout: Duration,
    /// Body that is read at most, bytes.
    pub max_body: usize,
    /// Which addresses may be connected to. What a name server answers is recorded all the same.
    pub guard: AddressGuard,
    /// Fixed addresses (`--resolve`), for vantages that resolve names here.
    pub overrides: Vec<Override>,
    /// What the vantage is compared with.
    pub control: Control,
    /// Port of https beside the URL's own; `None` leaves https out for URLs of http.
    pub tls_port: Option<u16>,
    /// Port of http beside the URL's own; `None` leaves http out for URLs of https.
    pub plain_port: Option<u16>,
    /// Roots (DER) trusted beside those of Mozilla (laboratories).
    pub roots: Vec<Vec<u8>>,
}

/// A site that nobody blocks, reached over https.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its URL; only the handshake is made.
    pub url: SuspectUrl,
}

impl Control {
    /// The control that is used if no other is named (IANA, RFC 2606 §3).
    pub const DEFAULT: &'static str = "https://example.com/";

    /// Host of the control.
    pub fn host(&self) -> &str {
        self.url.host()
    }

    /// Port of the control.
    pub fn port(&self) -> u16 {
        self.url.as_url().port_or_known_default().unwrap_or(443)
    }
}

/// A measurement cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub struct MeasureError(pub(super) String);

impl MeasureSettings {
    /// Three tries ten seconds apart against this control.
    pub fn against(control: SuspectUrl) -> Self {
        Self {
            tries: 3,
            pause: Duration::from_secs(10),
            timeout: Duration::from_secs(8),
            max_body: 256 << 10,
            guard: AddressGuard {
                allow_private: false,
            },
            overrides: Vec::new(),
            control: Control { url: control },
            tls_port: Some(443),
            plain_port: Some(80),
            roots: Vec::new(),
        }
    }
}

//! Connections and handshakes.

use super::log::{Meter, Occasion};
use super::record::TlsHandshake;
use super::socks::{Place, ask_for};
use super::vantage::Way;
use super::{Failure, MeasureSettings};
use crate::fetch::{ProxyAddress, TlsFacts, printable};
use std::net::IpAddr;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

impl Meter<'_> {
    /// A connection, entered among the events. An address that the guard refuses is entered and left alone.
    pub(super) async fn connect(
        &self,
        occasion: Occasion,
        place: &Place,
        port: u16,
    ) -> Option<TcpStream> {
        let t0 = self.seconds();
        let entry = (place.text(), port);
        if let Some(kind) = self.refused_kind(place) {
            self.note_connect(occasion, entry, t0, None, Some(kind));
            return None;
        }
        let connected = open(&self.vantage.way, place, port, self.settings).await;
        let (stream, failure) = match connected {
            Ok(stream) => (Some(stream), None),
            Err(failure) => (None, Some(failure)),
        };
        self.note_connect(occasion, entry, t0, failure, None);
        stream
    }

    /// What the guard calls an address that must not be connected to.
    fn refused_kind(&self, place: &Place) -> Option<String> {
        let Place::Address(address) = place else {
            return None;
        };
        let refused = self.settings.guard.check(*address).err()?;
        Some(refused.kind.to_owned())
    }

    /// A handshake over a connection, entered among the events. Any certificate is taken; whether it verifies
    /// is entered too.
    pub(super) async fn shake_hands(
        &self,
        occasion: Occasion,
        stream: TcpStream,
        place: &Place,
        port: u16,
        name: &str,
    ) -> Option<TlsStream<TcpStream>> {
        let t0 = self.seconds();
        let shaking = self.tls.shake_hands(name, stream, self.clock.now());
        let (stream, facts, failure) = match timeout(self.settings.timeout, shaking).await {
            Err(_) => (None, None, Some(Failure::Timeout)),
            Ok(Err(error)) => (None, None, Some(Failure::of_error(error.as_ref()))),
            Ok(Ok((stream, session))) => (Some(stream), session.facts, None),
        };
        let facts = facts.unwrap_or_default();
        let is_address = name.parse::<IpAddr>().is_ok();
        let event = TlsHandshake {
            address: place.with_port(port),
            server_name: if is_address {
                String::new()
            } else {
                name.to_owned()
            },
            failure,
            x_invalid: facts.invalid.as_deref().map(invalidity),
            x_invalid_reason: facts.invalid.clone(),
            x_issuer: issuer_of(&facts),
            tls_version: facts.version,
            cipher_suite: facts.cipher,
            negotiated_protocol: facts.alpn,
            no_tls_verify: true,
            t0,
            t: self.seconds(),
            x_try: occasion.try_number,
            x_purpose: occasion.purpose,
            x_chain_sha256: facts.chain_sha256,
        };
        self.note(|events| events.tls_handshakes.push(event));
        stream
    }
}

/// A connection over a vantage's way.
pub(super) async fn open(
    way: &Way,
    place: &Place,
    port: u16,
    settings: &MeasureSettings,
) -> Result<TcpStream, Failure> {
    let opening = async {
        match (way, place) {
            (Way::Direct, Place::Address(address)) => {
                let connected = TcpStream::connect((*address, port)).await;
                connected.map_err(|error| Failure::of_error(&error))
            }
            (Way::Direct, Place::Name(_)) => Err(Failure::other("the name was not resolved")),
            (Way::Socks(proxy), place) => through(proxy, place, port).await,
        }
    };
    timeout(settings.timeout, opening)
        .await
        .unwrap_or(Err(Failure::Timeout))
}

async fn through(proxy: &ProxyAddress, place: &Place, port: u16) -> Result<TcpStream, Failure> {
    let connected = TcpStream::connect((proxy.host.as_str(), proxy.port)).await;
    let mut stream = connected.map_err(|error| {
        Failure::other(&format!(
            "socks_error: the proxy is not reached: {}",
            error.kind()
        ))
    })?;
    ask_for(&mut stream, proxy, place, port).await?;
    Ok(stream)
}

/// The sort of a refusal, by the words in which `fetch` gives its reason.
fn invalidity(reason: &str) -> Failure {
    if reason.contains("for another host") {
        Failure::WrongHost
    } else if reason.contains("issuer is unknown") || reason.contains("self-signed") {
        Failure::UnknownAuthority
    } else {
        Failure::InvalidCertificate
    }
}

fn issuer_of(facts: &TlsFacts) -> Option<String> {
    (!facts.issuer.is_empty()).then(|| printable(&facts.issuer))
}

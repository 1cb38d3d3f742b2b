//! One try: the site over https and over http, and the control.

use super::log::{Meter, Occasion};
use super::record::Purpose;
use super::socks::Place;
use crate::suspect::SuspectUrl;
use std::net::IpAddr;

/// Addresses of one family that are connected to.
const MAX_OF_FAMILY: usize = 2;

/// What one try measures.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) host: String,
    /// Port of the URL as it was given.
    pub(super) port: u16,
    /// The page over https.
    pub(super) secure: Option<SuspectUrl>,
    /// The page over http.
    pub(super) plain: Option<SuspectUrl>,
}

impl Meter<'_> {
    /// Everything once.
    pub(super) async fn try_once(&self, plan: &Plan, try_number: u8) {
        let target = Occasion {
            try_number,
            purpose: Purpose::Target,
        };
        let control = target.for_purpose(Purpose::Control);
        let (host, port) = (self.settings.control.host(), self.settings.control.port());
        let (places, control_places) = tokio::join!(
            self.places(target, &plan.host, plan.port),
            self.places(control, host, port)
        );
        let places = some_of(places);
        let control_place = control_places.into_iter().next();
        let secure = async {
            if let Some(url) = &plan.secure {
                self.ask_secure(target, url, &places, control_place.as_ref())
                    .await;
            }
        };
        let plain = async {
            if let Some(url) = &plan.plain {
                self.ask_plain(target, url, &places).await;
            }
        };
        let compared = async {
            if let Some(place) = &control_place {
                self.hands_with(control, place, port, host).await;
            }
        };
        tokio::join!(secure, plain, compared);
    }

    /// Connection and handshake with each address; the page from the first that lets us. Where no handshake
    /// comes to a good end, it is found out whether the name is to blame.
    async fn ask_secure(
        &self,
        target: Occasion,
        url: &SuspectUrl,
        places: &[Place],
        control_place: Option<&Place>,
    ) {
        let port = port_of(url);
        let hands = places
            .iter()
            .map(|place| self.hands_with(target, place, port, bare_host(url)));
        let hands = futures_util::future::join_all(hands).await;
        let first = places
            .iter()
            .zip(hands)
            .find_map(|(place, hands)| Some((place, hands?)));
        if let Some((place, stream)) = first {
            self.ask_page(target, stream, url, place.with_port(port))
                .await;
        }
        let mut is_good = false;
        self.note(|events| {
            is_good = events.tls_handshakes.iter().any(|hands| {
                hands.x_purpose == Purpose::Target
                    && hands.x_try == target.try_number
                    && hands.is_verified()
            });
        });
        if !is_good {
            self.isolate_name(target, url, places, control_place).await;
        }
    }

    /// The first address with the control's name, and the control's address with the site's name.
    async fn isolate_name(
        &self,
        target: Occasion,
        url: &SuspectUrl,
        places: &[Place],
        control_place: Option<&Place>,
    ) {
        let control = &self.settings.control;
        let other_name = async {
            if let Some(place) = places.first() {
                let occasion = target.for_purpose(Purpose::ControlName);
                self.hands_with(occasion, place, port_of(url), control.host())
                    .await;
            }
        };
        let other_address = async {
            if let Some(place) = control_place {
                let occasion = target.for_purpose(Purpose::TargetNameAtControl);
                self.hands_with(occasion, place, control.port(), bare_host(url))
                    .await;
            }
        };
        tokio::join!(other_name, other_address);
    }

    /// Connection and handshake.
    async fn hands_with(
        &self,
        occasion: Occasion,
        place: &Place,
        port: u16,
        name: &str,
    ) -> Option<tokio_rustls::client::TlsStream<tokio::net::TcpStream>> {
        let stream = self.connect(occasion, place, port).await?;
        self.shake_hands(occasion, stream, place, port, name).await
    }

    /// The page over http, from the first address that answers.
    async fn ask_plain(&self, target: Occasion, url: &SuspectUrl, places: &[Place]) {
        let port = port_of(url);
        for place in places {
            if let Some(stream) = self.connect(target, place, port).await
                && self
                    .ask_page(target, stream, url, place.with_port(port))
                    .await
            {
                return;
            }
        }
    }
}

pub(super) fn port_of(url: &SuspectUrl) -> u16 {
    url.as_url().port_or_known_default().unwrap_or(443)
}

/// The host without the brackets of IPv6.
pub(super) fn bare_host(url: &SuspectUrl) -> &str {
    url.host().trim_matches(['[', ']'])
}

/// The first addresses of each family, in the order in which they came.
fn some_of(places: Vec<Place>) -> Vec<Place> {
    let (mut four, mut six) = (0, 0);
    let is_wanted = |place: &Place| {
        let count = match place {
            Place::Address(IpAddr::V6(_)) => &mut six,
            _ => &mut four,
        };
        *count += 1;
        *count <= MAX_OF_FAMILY
    };
    let mut is_wanted = is_wanted;
    places
        .into_iter()
        .filter(|place| is_wanted(place))
        .collect()
}

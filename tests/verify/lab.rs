//! A country, the world outside, and who looks from where.

use super::boxes::{
    Authority, Tls, answer, serve_box, serve_plain, serve_resets, serve_socks, serve_tls, swallow,
};
use super::name_server::{NameServer, Zone};
use hickory_resolver::proto::rr::RecordType;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tazy::clock::{Clock, SystemClock};
use tazy::fetch::AddressGuard;
use tazy::reach::{MeasureSettings, Reach, Vantage, VantageFacts, measure};
use tazy::suspect::SuspectUrl;
use tazy::verify::{Assessment, Expectations, Fingerprints, assess};
use tokio::task::JoinSet;

pub(crate) const SITE: &str = "127.0.0.10";
pub(crate) const SITE_INSIDE: &str = "127.0.0.11";
pub(crate) const CONTROL: &str = "127.0.0.20";
pub(crate) const CONTROL_INSIDE: &str = "127.0.0.21";
/// Where nobody listens, far from the site.
pub(crate) const SINKHOLE: &str = "127.9.0.1";
/// The page of the shop.
pub(crate) const PAGE: &str =
    "<title>Лавка у дома</title><body><h1>Лавка</h1><p>Всё для дома и не только</p>";

/// What stands where the shop is, as visitors in the country meet it.
#[derive(Debug, Clone)]
pub(crate) enum Inside {
    /// A box before the site; http is let pass.
    Box(Tls),
    /// A box before the site, and this answer to every request over http.
    BoxAndPage(Tls, Vec<u8>),
    /// Nobody listens.
    Nothing,
    /// Packets vanish.
    Swallowed,
    /// Only http, which is reset after the request.
    PlainReset,
    /// Only http, with this answer.
    Plain(Vec<u8>),
}

/// What the site itself is.
#[derive(Debug, Clone)]
pub(crate) enum Site {
    /// Over https this page; http leads there.
    Secure(Vec<u8>),
    /// This page over http, nothing over https.
    Plain(Vec<u8>),
    /// It is switched off.
    Down,
}

impl Site {
    pub(crate) fn honest() -> Self {
        Self::Secure(answer(200, "", PAGE))
    }
}

/// A running laboratory; ends when dropped.
pub(crate) struct Lab {
    pub(crate) tls_port: u16,
    pub(crate) plain_port: u16,
    pub(crate) authority: Authority,
    pub(crate) socks: SocketAddr,
    tasks: JoinSet<()>,
}

fn at(host: &str, port: u16) -> SocketAddr {
    SocketAddr::new(host.parse().expect(host), port)
}

/// The site itself. `ports`: with TLS, plain.
async fn serve_site(
    tasks: &mut JoinSet<()>,
    site: &Site,
    authority: &Authority,
    (tls_port, plain_port): (u16, u16),
) {
    let upgrade = answer(
        301,
        &format!("Location: https://shop.example:{tls_port}/\r\n"),
        "",
    );
    match site {
        Site::Secure(page) => {
            serve_tls(tasks, at(SITE, tls_port), authority, page.clone()).await;
            serve_plain(tasks, at(SITE, plain_port), upgrade.clone()).await;
        }
        Site::Plain(page) => serve_plain(tasks, at(SITE, plain_port), page.clone()).await,
        Site::Down => {}
    }
}

/// What people in the country meet before the site.
async fn serve_doors(
    tasks: &mut JoinSet<()>,
    inside: Inside,
    own: &Authority,
    (tls_port, plain_port): (u16, u16),
) {
    let door = at(SITE_INSIDE, tls_port);
    let plain_door = at(SITE_INSIDE, plain_port);
    match inside {
        Inside::Box(does) => {
            serve_box(tasks, door, at(SITE, tls_port), does, own).await;
            serve_box(tasks, plain_door, at(SITE, plain_port), Tls::Pass, own).await;
        }
        Inside::BoxAndPage(does, page) => {
            serve_box(tasks, door, at(SITE, tls_port), does, own).await;
            serve_plain(tasks, plain_door, page).await;
        }
        Inside::Swallowed => {
            swallow(tasks, door).await;
            swallow(tasks, plain_door).await;
        }
        Inside::PlainReset => serve_resets(tasks, plain_door).await,
        Inside::Plain(page) => serve_plain(tasks, plain_door, page).await,
        Inside::Nothing => {}
    }
}

impl Lab {
    pub(crate) async fn new(site: Site, inside: Inside) -> Self {
        Self::with_authority(site, inside, Authority::named("honest")).await
    }

    pub(crate) async fn with_authority(site: Site, inside: Inside, authority: Authority) -> Self {
        let (tls_port, plain_port) = (free_port(), free_port());
        let mut tasks = JoinSet::new();
        serve_site(&mut tasks, &site, &authority, (tls_port, plain_port)).await;
        serve_tls(
            &mut tasks,
            at(CONTROL, tls_port),
            &authority,
            answer(200, "", "control"),
        )
        .await;
        let own = Authority::named("a stranger");
        let control = at(CONTROL_INSIDE, tls_port);
        let does = match inside {
            Inside::Box(does) | Inside::BoxAndPage(does, _) => does,
            _ => Tls::Pass,
        };
        // The box before the control looks at names only.
        let before_control = if matches!(does, Tls::DropAll | Tls::ResetAll) {
            Tls::Pass
        } else {
            does
        };
        serve_box(
            &mut tasks,
            control,
            at(CONTROL, tls_port),
            before_control,
            &own,
        )
        .await;
        serve_doors(&mut tasks, inside, &own, (tls_port, plain_port)).await;
        let names = [
            ("shop.example", SITE),
            ("control.example", CONTROL),
            ("clean.example", SITE),
        ];
        let names = names.map(|(name, address)| (name.to_owned(), address.parse().expect(address)));
        let socks = serve_socks(&mut tasks, names.to_vec()).await;
        Self {
            tls_port,
            plain_port,
            authority,
            socks,
            tasks,
        }
    }

    pub(crate) fn secure_url(&self, host: &str) -> SuspectUrl {
        url(&format!("https://{host}:{}/", self.tls_port))
    }

    pub(crate) fn plain_url(&self) -> SuspectUrl {
        url(&format!("http://shop.example:{}/", self.plain_port))
    }

    pub(crate) fn settings(&self) -> MeasureSettings {
        MeasureSettings {
            tries: 2,
            pause: Duration::from_millis(10),
            timeout: Duration::from_millis(700),
            guard: AddressGuard {
                allow_private: true,
            },
            tls_port: Some(self.tls_port),
            plain_port: Some(self.plain_port),
            roots: vec![self.authority.root.clone()],
            ..MeasureSettings::against(self.secure_url("control.example"))
        }
    }

    pub(crate) async fn measure(&self, url: &SuspectUrl, vantage: &Vantage) -> Reach {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        measure(url, vantage, &self.settings(), &clock)
            .await
            .expect("TLS")
    }

    /// Who is outside.
    pub(crate) fn outside(&self) -> Vantage {
        let facts = VantageFacts {
            name: "helsinki".to_owned(),
            country: Some("FI".to_owned()),
            asn: Some("AS64500".to_owned()),
            ..VantageFacts::default()
        };
        Vantage::through(facts, &format!("socks5h://{}", self.socks), None).expect("a proxy")
    }

    /// From inside, from outside, and what both say together.
    pub(crate) async fn look(&self, url: &SuspectUrl, server: &NameServer) -> Looked {
        let vantages = [inside(server), self.outside()];
        let (inner, outer) = tokio::join!(
            self.measure(url, &vantages[0]),
            self.measure(url, &vantages[1])
        );
        Looked {
            alone: assess(std::slice::from_ref(&inner), &known()),
            together: assess(&[inner.clone(), outer.clone()], &known()),
            inner,
            outer,
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.tasks.abort_all();
    }
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) inner: Reach,
    pub(crate) outer: Reach,
    /// The vantage in the country alone.
    pub(crate) alone: Assessment,
    /// With the control.
    pub(crate) together: Assessment,
}

/// Who is in the country, with the name server of a provider.
pub(crate) fn inside(server: &NameServer) -> Vantage {
    let facts = VantageFacts {
        name: "almaty".to_owned(),
        resolver_country: Some("KZ".to_owned()),
        ..facts_inside()
    };
    Vantage::with_resolver(facts, server.address)
}

pub(crate) fn facts_inside() -> VantageFacts {
    VantageFacts {
        name: "almaty".to_owned(),
        country: Some("KZ".to_owned()),
        asn: Some("AS64511".to_owned()),
        ..VantageFacts::default()
    }
}

pub(crate) fn known() -> Expectations {
    let block_pages = ["block.example".to_owned(), "127.9.0.9".to_owned()];
    Expectations {
        fingerprints: Fingerprints::load(None)
            .expect("the list")
            .with_block_pages(&block_pages),
        country: Some("KZ".to_owned()),
        addresses: Vec::new(),
    }
}

/// A name server that knows the control and the clean site, and of the shop what it is told.
pub(crate) fn zone(shop: Option<&str>) -> Zone {
    let with = |zone: Zone, name: &str, address: &str| {
        zone.answer(name, RecordType::A, &[&format!("{name} 300 A {address}")])
            .answer(name, RecordType::AAAA, &[])
    };
    let zone = with(Zone::new(), "control.example.", CONTROL_INSIDE);
    let zone = with(zone, "clean.example.", SITE_INSIDE);
    match shop {
        Some(address) => with(zone, "shop.example.", address),
        None => zone,
    }
}

pub(crate) fn url(text: &str) -> SuspectUrl {
    SuspectUrl::parse(text).expect(text)
}

/// A port that nobody of this machine listens at.
fn free_port() -> u16 {
    let any: (IpAddr, u16) = ([127, 0, 0, 1].into(), 0);
    let listener = std::net::TcpListener::bind(any).expect("a port");
    listener.local_addr().expect("an address").port()
}

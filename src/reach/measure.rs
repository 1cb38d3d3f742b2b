//! A measurement: spaced tries, from one vantage.

use super::legs::{Plan, bare_host, port_of};
use super::log::Meter;
use super::record::Reach;
use super::{MeasureError, MeasureSettings, Vantage};
use crate::clock::Clock;
use crate::suspect::SuspectUrl;
use std::sync::Arc;

/// Version of [`Reach`] that is written.
pub(super) const FORMAT: u32 = 1;
/// More tries are no courtesy.
const MAX_TRIES: u8 = 10;

/// Measures what `vantage` sees of `url`. A try asks the site for two pages at most (https, http) and makes up
/// to four handshakes more; each step is limited in time and bytes, so that a try takes at most seven times
/// the limit of a step.
pub async fn measure(
    url: &SuspectUrl,
    vantage: &Vantage,
    settings: &MeasureSettings,
    clock: &Arc<dyn Clock>,
) -> Result<Reach, MeasureError> {
    let meter = Meter::new(vantage, settings, clock)?;
    let measured = clock.now();
    let plan = plan_for(url, settings);
    let tries = settings.tries.clamp(1, MAX_TRIES);
    for try_number in 1..=tries {
        if try_number > 1 {
            tokio::time::sleep(settings.pause).await;
        }
        meter.try_once(&plan, try_number).await;
    }
    let events = meter.into_events();
    Ok(Reach {
        format: FORMAT,
        input: url.clone(),
        measured,
        finished: clock.now().max(measured),
        vantage: vantage.facts.clone(),
        software: concat!("tazy ", env!("CARGO_PKG_VERSION")).to_owned(),
        tries,
        control: settings.control.host().to_owned(),
        queries: events.queries,
        tcp_connect: events.tcp_connect,
        tls_handshakes: events.tls_handshakes,
        requests: events.requests,
    })
}

fn plan_for(url: &SuspectUrl, settings: &MeasureSettings) -> Plan {
    let is_secure = url.as_url().scheme() == "https";
    let other = |scheme: &str, port: Option<u16>| {
        let mut other = url.as_url().clone();
        let port = port?;
        other.set_scheme(scheme).ok()?;
        other.set_port(Some(port)).ok()?;
        SuspectUrl::parse(other.as_str()).ok()
    };
    let (secure, plain) = if is_secure {
        (Some(url.clone()), other("http", settings.plain_port))
    } else {
        (other("https", settings.tls_port), Some(url.clone()))
    };
    Plan {
        host: bare_host(url).to_owned(),
        port: port_of(url),
        secure,
        plain,
    }
}

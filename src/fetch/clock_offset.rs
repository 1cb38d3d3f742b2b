//! How far this machine's clock is off, as a time server sees it (SNTP, RFC 5905 §14).

use crate::clock::Clock;
use jiff::Timestamp;
use rsntp::{AsyncSntpClient, Config, LeapIndicator, SynchronizationError, SynchronizationResult};
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::lookup_host;
use tokio::time::timeout;

const NTP_PORT: u16 = 123;
/// For the name and the answer together.
const TIMEOUT: Duration = Duration::from_secs(2);

/// What a time server says about this machine's clock, or why nothing is known.
///
/// In JSON the second form is the one with the key `unmeasured`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ClockOffset {
    /// The server answered.
    Measured(MeasuredOffset),
    /// It did not, or its answer cannot be used.
    Unmeasured {
        /// The server as configured.
        server: String,
        /// Why there is no measurement.
        unmeasured: String,
        /// When it was tried, by this machine's clock.
        measured_at: Timestamp,
    },
}

/// One measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredOffset {
    /// The server as configured.
    pub server: String,
    /// The address that answered.
    pub address: SocketAddr,
    /// The server's time less this machine's, milliseconds: to be added to times recorded here.
    pub offset_ms: f64,
    /// Time on the way, milliseconds; the offset is known to half of it.
    pub round_trip_ms: f64,
    /// Steps from the server to a reference clock, 1 to 15.
    pub stratum: u8,
    /// Whether a leap second is near.
    pub leap: LeapWarning,
    /// When it was measured, by this machine's clock, not corrected.
    pub measured_at: Timestamp,
}

/// The leap indicator (RFC 5905 §7.3). A server that is not synchronized gives no measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeapWarning {
    /// No leap second at the end of this day.
    None,
    /// The last minute of this day has 61 seconds.
    Inserted,
    /// The last minute of this day has 59 seconds.
    Deleted,
}

impl ClockOffset {
    /// Asks `server` once (`host`, `host:port`, `[address]:port`), for at most two seconds.
    pub async fn measure(server: &str, clock: &dyn Clock) -> Self {
        let measured_at = clock.now();
        let outcome = match timeout(TIMEOUT, ask(server)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer within {} s", TIMEOUT.as_secs())),
        };
        let measured = outcome.and_then(|(address, answer)| {
            Ok(MeasuredOffset {
                server: server.to_owned(),
                address,
                offset_ms: milliseconds(answer.clock_offset().as_secs_f64())?,
                round_trip_ms: milliseconds(answer.round_trip_delay().as_secs_f64())?,
                stratum: answer.stratum(),
                leap: match answer.leap_indicator() {
                    LeapIndicator::LastMinuteHas61Seconds => LeapWarning::Inserted,
                    LeapIndicator::LastMinuteHas59Seconds => LeapWarning::Deleted,
                    LeapIndicator::NoWarning | LeapIndicator::AlarmCondition => LeapWarning::None,
                },
                measured_at,
            })
        });
        match measured {
            Ok(measured) => Self::Measured(measured),
            Err(unmeasured) => Self::Unmeasured {
                server: server.to_owned(),
                unmeasured,
                measured_at,
            },
        }
    }

    /// The measurement, if there is one.
    pub fn measured(&self) -> Option<&MeasuredOffset> {
        match self {
            Self::Measured(measured) => Some(measured),
            Self::Unmeasured { .. } => None,
        }
    }
}

/// To three digits, as finer ones say nothing.
fn milliseconds(seconds: f64) -> Result<f64, String> {
    let rounded = (seconds * 1_000_000.0).round() / 1000.0;
    let usable = rounded.is_finite().then_some(rounded);
    usable.ok_or_else(|| "the server's answer is out of range".into())
}

async fn ask(server: &str) -> Result<(SocketAddr, SynchronizationResult), String> {
    let address = resolve(server).await?;
    let local: SocketAddr = if address.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let config = Config::default().bind_address(local).timeout(TIMEOUT);
    let client = AsyncSntpClient::with_config(config);
    match client.synchronize(address).await {
        Ok(answer) => Ok((address, answer)),
        Err(SynchronizationError::IOError(error)) => Err(format!("no answer: {error}")),
        Err(SynchronizationError::ProtocolError(error)) => {
            Err(format!("the server's answer cannot be used: {error}"))
        }
    }
}

/// The first address, IPv4 before IPv6.
async fn resolve(server: &str) -> Result<SocketAddr, String> {
    let has_port = server
        .rsplit_once(':')
        .is_some_and(|(host, port)| port.parse::<u16>().is_ok() && is_host(host));
    let found: Vec<SocketAddr> = if has_port {
        lookup_host(server).await.map(Iterator::collect)
    } else {
        let host = server.trim_start_matches('[').trim_end_matches(']');
        lookup_host((host, NTP_PORT)).await.map(Iterator::collect)
    }
    .map_err(|error| format!("the name has no address: {error}"))?;
    let first = found.iter().find(|address| address.is_ipv4());
    let first = first.or_else(|| found.first()).copied();
    first.ok_or_else(|| "the name has no address".into())
}

/// A host before a port: without colons unless in brackets.
fn is_host(text: &str) -> bool {
    !text.contains(':') || (text.starts_with('[') && text.ends_with(']'))
}

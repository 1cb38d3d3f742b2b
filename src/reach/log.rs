//! The events of one measurement as they happen.

use super::record::{ConnectStatus, DnsQuery, HttpExchange, Purpose, TcpConnect, TlsHandshake};
use super::{Failure, MeasureError, MeasureSettings, Vantage};
use crate::clock::Clock;
use crate::fetch::TlsClient;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Everything that happened.
#[derive(Debug, Default)]
pub(super) struct Events {
    pub(super) queries: Vec<DnsQuery>,
    pub(super) tcp_connect: Vec<TcpConnect>,
    pub(super) tls_handshakes: Vec<TlsHandshake>,
    pub(super) requests: Vec<HttpExchange>,
}

/// One measurement under way: its vantage, its limits and what happened so far.
#[derive(Debug)]
pub(super) struct Meter<'a> {
    pub(super) vantage: &'a Vantage,
    pub(super) settings: &'a MeasureSettings,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tls: TlsClient,
    begun: Instant,
    events: Mutex<Events>,
}

/// When and why a step is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion {
    pub(super) try_number: u8,
    pub(super) purpose: Purpose,
}

impl Occasion {
    /// The same try, for another purpose.
    pub(super) fn for_purpose(self, purpose: Purpose) -> Self {
        Self { purpose, ..self }
    }
}

impl<'a> Meter<'a> {
    pub(super) fn new(
        vantage: &'a Vantage,
        settings: &'a MeasureSettings,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, MeasureError> {
        Ok(Self {
            vantage,
            settings,
            clock: Arc::clone(clock),
            tls: TlsClient::for_measuring(&settings.roots).map_err(MeasureError)?,
            begun: clock.instant(),
            events: Mutex::default(),
        })
    }

    /// Seconds since it was begun, to the tenth of a millisecond.
    pub(super) fn seconds(&self) -> f64 {
        let passed = self.clock.instant().saturating_duration_since(self.begun);
        (passed.as_secs_f64() * 10_000.0).round() / 10_000.0
    }

    /// Enters something that happened.
    pub(super) fn note(&self, enter: impl FnOnce(&mut Events)) {
        // Whoever panicked while entering an event left the others whole.
        enter(&mut self.events.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn note_connect(
        &self,
        occasion: Occasion,
        place: (String, u16),
        t0: f64,
        failure: Option<Failure>,
        not_connected: Option<String>,
    ) {
        let event = TcpConnect {
            ip: place.0,
            port: place.1,
            status: ConnectStatus {
                success: failure.is_none() && not_connected.is_none(),
                failure,
            },
            t0,
            t: self.seconds(),
            x_try: occasion.try_number,
            x_purpose: occasion.purpose,
            x_not_connected: not_connected,
        };
        self.note(|events| events.tcp_connect.push(event));
    }

    pub(super) fn into_events(self) -> Events {
        self.events
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

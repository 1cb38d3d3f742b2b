//! When the next request to a host may start.

use super::pace::Pace;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// More authorities are kept only while they are in use or have to be waited for.
const MAX_IDLE_HOSTS: usize = 50_000;
/// The ceiling of [`PolitenessSettings::rate_per_host`], requests a second.
const MAX_RATE: f64 = 10.0;
/// The floor of it: one request in a thousand seconds.
const MIN_RATE: f64 = 0.001;

/// Rates; the defaults are those of a careful visitor.
#[derive(Debug, Clone, PartialEq)]
pub struct PolitenessSettings {
    /// Requests a second to one host; more than 10 counts as 10 unless `allow_any_rate` is set.
    pub rate_per_host: f64,
    /// Requests a second to all hosts together.
    pub global_rate: u32,
    /// Longest `Crawl-delay` or `Retry-After` that is waited for within a visit; a longer one ends it.
    pub max_wait: Duration,
    /// Lifts the ceiling on `rate_per_host` (laboratories: set with `--allow-private`).
    pub allow_any_rate: bool,
}

impl Default for PolitenessSettings {
    fn default() -> Self {
        Self {
            rate_per_host: 1.0,
            global_rate: 50,
            max_wait: Duration::from_mins(5),
            allow_any_rate: false,
        }
    }
}

impl PolitenessSettings {
    /// From the start of one request to the start of the next, without what robots.txt or back-off add.
    pub fn interval(&self) -> Duration {
        let rate = match self.rate_per_host {
            rate if rate.is_nan() => 1.0,
            rate if self.allow_any_rate => rate.max(MIN_RATE),
            rate => rate.clamp(MIN_RATE, MAX_RATE),
        };
        Duration::from_secs_f64(1.0 / rate)
    }
}

/// What the server said about our pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// It answered; keep the pace.
    Answered,
    /// 429 or 503, with `Retry-After` if it was given.
    SlowDown(Option<Duration>),
    /// Time-out or reset.
    Failing,
}

/// Permission for one request to one host; while it is held nobody else may ask that host.
#[derive(Debug)]
pub struct Permit {
    host: Arc<Host>,
    max_pause: Duration,
    signal: Signal,
    // Released after `drop` below has told the pace, because fields are dropped after it.
    _turn: OwnedSemaphorePermit,
}

impl Permit {
    /// Ends the request and tells the pace what came of it. Dropping a permit counts as `Answered`.
    pub fn finish(mut self, signal: Signal) {
        self.signal = signal;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut pace = self.host.pace();
        pace.take(self.signal, Instant::now(), self.max_pause, fastrand::f64());
    }
}

/// One authority: whose turn it is, and its pace.
#[derive(Debug)]
struct Host {
    turn: Arc<Semaphore>,
    pace: Mutex<Pace>,
}

impl Host {
    fn new(interval: Duration) -> Self {
        Self {
            turn: Arc::new(Semaphore::new(1)),
            pace: Mutex::new(Pace::new(interval)),
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        // Nothing can panic while it is held.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Hosts {
    known: HashMap<String, Arc<Host>>,
    /// How many were left after the last clearing.
    left: usize,
}

/// The pace of every host. Shared by all visits of a run.
///
/// One request is in service per authority at a time. The next may start at the latest of: the
/// configured rate since the last start, `Crawl-delay` since the last start, and the end of the back-off
/// or `Retry-After`. Waiting needs a tokio runtime with time enabled.
#[derive(Debug)]
pub struct Politeness {
    settings: PolitenessSettings,
    hosts: Mutex<Hosts>,
    global: DefaultDirectRateLimiter,
}

impl Politeness {
    /// A pace keeper with these settings.
    pub fn new(settings: PolitenessSettings) -> Self {
        let rate = NonZeroU32::new(settings.global_rate).unwrap_or(NonZeroU32::MIN);
        // A tenth of a second's worth at once: the cap holds in every second, not only on average.
        let burst = NonZeroU32::new(rate.get() / 10).unwrap_or(NonZeroU32::MIN);
        Self {
            global: RateLimiter::direct(Quota::per_second(rate).allow_burst(burst)),
            settings,
            hosts: Mutex::default(),
        }
    }

    /// Waits until a request to `authority` may start. `Err` if the wait would exceed the longest wait.
    pub async fn admit(&self, authority: &str) -> Result<Permit, Duration> {
        let host = self.host(authority);
        // Never closed, so it is always granted; the pattern spares a panic.
        let Ok(turn) = Arc::clone(&host.turn).acquire_owned().await else {
            return Err(Duration::MAX);
        };
        loop {
            let ready = host.pace().ready_at();
            let now = Instant::now();
            let Some(wait) = ready.map(|ready| ready.saturating_duration_since(now)) else {
                break;
            };
            if wait.is_zero() {
                break;
            }
            if wait > self.settings.max_wait {
                return Err(wait);
            }
            // A Crawl-delay may become known meanwhile, hence the loop.
            sleep_until(now + wait).await;
        }
        self.global.until_ready().await;
        host.pace().started(Instant::now());
        Ok(Permit {
            max_pause: self.settings.max_wait,
            signal: Signal::Answered,
            _turn: turn,
            host,
        })
    }

    /// Honors `Crawl-delay` of robots.txt: never faster than this from now on.
    pub fn set_crawl_delay(&self, authority: &str, delay: Duration) {
        self.host(authority).pace().set_crawl_delay(delay);
    }

    fn host(&self, authority: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.known.get(authority) {
            return Arc::clone(host);
        }
        if hosts.known.len() >= MAX_IDLE_HOSTS.max(2 * hosts.left) {
            hosts.forget_idle(Instant::now());
        }
        let host = Arc::new(Host::new(self.settings.interval()));
        hosts.known.insert(authority.to_owned(), Arc::clone(&host));
        host
    }
}

impl Hosts {
    /// Keeps what somebody holds and what still has to be waited for.
    fn forget_idle(&mut self, now: Instant) {
        self.known
            .retain(|_, host| Arc::strong_count(host) > 1 || !host.pace().is_idle(now));
        self.left = self.known.len();
    }
}

#[cfg(test)]
mod tests;

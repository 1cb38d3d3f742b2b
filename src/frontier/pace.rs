//! The pace of one host: how long until the next request, and what makes it slower and faster.

use super::Signal;
use std::time::Duration;
use tokio::time::Instant;

/// Longer waits are shortened to this, so that no sum overflows; nobody waits for them anyway.
const FOREVER: Duration = Duration::from_hours(366 * 24);
/// The first back-off is at least this long.
const MIN_PAUSE: Duration = Duration::from_secs(1);
/// Doublings at most.
const MAX_SLOWNESS: u32 = 8;
/// However slow a host is made by its failures, it is asked this often.
const MAX_SLOW_INTERVAL: Duration = Duration::from_mins(1);
/// Answers in a row that halve the interval again.
const FORGIVENESS: u32 = 3;
/// Back-off is longer by up to this share, so that visits do not come back all at once.
const JITTER: f64 = 0.25;

/// The pace of one host.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    crawl_delay: Duration,
    last_start: Option<Instant>,
    not_before: Option<Instant>,
    /// How often the interval is doubled because of failures that are not forgiven yet.
    slowness: u32,
    /// Answers since the last failure or forgiveness.
    answers: u32,
}

impl Pace {
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            crawl_delay: Duration::ZERO,
            last_start: None,
            not_before: None,
            slowness: 0,
            answers: 0,
        }
    }

    /// When the next request may start; `None` for at once.
    pub(super) fn ready_at(&self) -> Option<Instant> {
        let by_rate = self.last_start.map(|start| start + self.current_interval());
        by_rate.max(self.not_before)
    }

    pub(super) fn started(&mut self, now: Instant) {
        self.last_start = Some(now);
    }

    pub(super) fn set_crawl_delay(&mut self, delay: Duration) {
        self.crawl_delay = delay.min(FOREVER);
    }

    /// Takes what came of a request. `chance` is a random number from 0 to 1.
    pub(super) fn take(&mut self, signal: Signal, now: Instant, max_pause: Duration, chance: f64) {
        match signal {
            Signal::Answered => self.forgive(),
            Signal::Failing => self.back_off(now, max_pause, chance, Duration::ZERO),
            Signal::SlowDown(wish) => {
                // What the server asks for is honored in full, whatever our own longest pause.
                let wish = wish.unwrap_or_default().min(FOREVER);
                self.back_off(now, max_pause, chance, wish);
            }
        }
    }

    fn forgive(&mut self) {
        self.answers += 1;
        if self.answers >= FORGIVENESS {
            self.answers = 0;
            self.slowness = self.slowness.saturating_sub(1);
        }
    }

    fn back_off(&mut self, now: Instant, max_pause: Duration, chance: f64, at_least: Duration) {
        self.answers = 0;
        self.slowness = (self.slowness + 1).min(MAX_SLOWNESS);
        let base = self.base_interval().max(MIN_PAUSE / 2);
        let pause = base
            .saturating_mul(1 << self.slowness)
            .mul_f64(1.0 + JITTER * chance)
            .min(max_pause.min(FOREVER))
            .max(at_least);
        self.not_before = self.not_before.max(Some(now + pause));
    }

    fn base_interval(&self) -> Duration {
        self.interval.max(self.crawl_delay)
    }

    fn current_interval(&self) -> Duration {
        let base = self.base_interval();
        let slow = base.saturating_mul(1 << self.slowness);
        slow.min(MAX_SLOW_INTERVAL).max(base)
    }

    /// True if forgetting this host would make nobody ask it sooner.
    pub(super) fn is_idle(&self, now: Instant) -> bool {
        self.slowness == 0 && self.ready_at().is_none_or(|ready| ready <= now)
    }
}

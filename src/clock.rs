//! The only place that asks the machine what time it is; everything else is told.

use jiff::Timestamp;
use std::time::Instant;

/// A source of time. Two clocks, because wall time may jump and must never be used for waiting.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Wall-clock time, for records.
    fn now(&self) -> Timestamp;
    /// Monotonic time, for delays and durations.
    fn instant(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn instant(&self) -> Instant {
        Instant::now()
    }
}

//! How a scan is told to stop.

use std::sync::Arc;
use tokio::sync::watch;

/// How urgently a scan should stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Run,
    Finish,
    Abort,
}

/// A handle that stops a scan; clones stop the same scan.
#[derive(Debug, Clone)]
pub struct Stop {
    level: Arc<watch::Sender<Level>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            level: Arc::new(watch::Sender::new(Level::Run)),
        }
    }
}

impl Stop {
    /// Asks once: visits in flight are finished, no new one begins. Asks again: they are given up; what
    /// is committed stays, what is not is visited again by `--resume`.
    pub fn request(&self) {
        self.level.send_modify(|level| {
            *level = if *level == Level::Run {
                Level::Finish
            } else {
                Level::Abort
            };
        });
    }

    /// Whether no new visit may begin.
    pub fn is_requested(&self) -> bool {
        *self.level.borrow() >= Level::Finish
    }

    /// Resolves when visits in flight are to be given up.
    pub(super) async fn aborted(&self) {
        let mut level = self.level.subscribe();
        // The sender lives as long as `self`, so this can only end by the condition.
        let _ = level.wait_for(|level| *level == Level::Abort).await;
    }
}

//! Rules that change while the program runs.

use super::pack_files::RulesetSource;
use super::ruleset::{RuleError, Ruleset};
use crate::digest::Digest;
use jiff::civil::Date;
use std::sync::{Arc, Mutex, PoisonError};

/// The current rules of a source. Whoever examines a page takes [`RulesetHandle::current`] once and keeps it
/// to the end of that page: a page is never judged by half of one version and half of another.
#[derive(Debug)]
pub struct RulesetHandle {
    source: RulesetSource,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    ruleset: Arc<Ruleset>,
    /// What was read last, broken or not, and when: files that are broken are reported once.
    digest: Digest,
    day: Date,
}

/// What came of looking for new rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// Nothing changed since the last time.
    Unchanged,
    /// The rules were read anew.
    Replaced {
        /// Version before.
        old: String,
        /// Version now.
        new: String,
    },
    /// The files changed and are broken; the rules before them go on counting.
    Kept(Vec<RuleError>),
}

impl RulesetHandle {
    /// Reads the rules for the first time.
    pub fn open(source: RulesetSource, today: Date) -> Result<Self, Vec<RuleError>> {
        let read = source.read()?;
        let state = State {
            ruleset: Arc::new(read.compile(today)?),
            digest: read.digest(),
            day: today,
        };
        Ok(Self {
            source,
            state: Mutex::new(state),
        })
    }

    /// The rules that count now.
    pub fn current(&self) -> Arc<Ruleset> {
        Arc::clone(&self.lock().ruleset)
    }

    /// Reads the files anew if they changed, or if the day did (overrides expire). Compiling goes on beside
    /// whoever examines pages meanwhile.
    pub fn refresh(&self, today: Date) -> Refreshed {
        let read = match self.source.read() {
            Ok(read) => read,
            Err(errors) => return Refreshed::Kept(errors),
        };
        let digest = read.digest();
        {
            let state = self.lock();
            if state.digest == digest && state.day == today {
                return Refreshed::Unchanged;
            }
        }
        let compiled = read.compile(today);
        let mut state = self.lock();
        state.digest = digest;
        state.day = today;
        match compiled {
            Err(errors) => Refreshed::Kept(errors),
            Ok(ruleset) if ruleset.version() == state.ruleset.version() => Refreshed::Unchanged,
            Ok(ruleset) => {
                let old = state.ruleset.version().to_owned();
                let new = ruleset.version().to_owned();
                state.ruleset = Arc::new(ruleset);
                Refreshed::Replaced { old, new }
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic elsewhere leaves the state whole: it is only ever replaced.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "handle_tests.rs"]
mod tests;

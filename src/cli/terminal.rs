//! Where output goes, and how a command ends.

use crate::config::ConfigError;
use crate::store::StoreError;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// Standard output and standard error, or buffers in tests.
pub struct Terminal {
    /// Results: tables, JSON Lines.
    pub out: Box<dyn Write>,
    /// Progress and messages.
    pub err: Box<dyn Write>,
    /// Whether `err` is a terminal that can show progress in place.
    pub interactive: bool,
    /// Whether `out` may carry colors.
    pub color: bool,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal")
            .field("interactive", &self.interactive)
            .finish_non_exhaustive()
    }
}

impl Terminal {
    /// The terminal of this process.
    pub fn of_process() -> Self {
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            interactive: io::stderr().is_terminal(),
            color: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        }
    }
}

/// Exit codes that scripts may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: tazy itself failed, or a check that was asked for did.
    Failure,
    /// 2: wrong usage.
    Usage,
    /// 3: finished and something was flagged (only with `--fail-on-flag`).
    Flagged,
    /// 3: `rules replay` found that confirmed flags would be lost.
    Lossy,
    /// 3: something that is blocked by order is reached (only with `--fail-on-open`).
    Open,
    /// 4: evidence does not verify.
    Unsound,
    /// 130: interrupted; everything done is kept.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Flagged | Exit::Lossy | Exit::Open => 3,
            Exit::Unsound => 4,
            Exit::Interrupted => 130,
        })
    }
}

/// A command failed: what, and what to do about it.
#[derive(Debug)]
pub struct CliError {
    /// What went wrong, with its place.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// How the process ends.
    pub exit: Exit,
    /// The reader of standard output went away (`tazy … | head`): nothing to complain about.
    pub(super) is_reader_gone: bool,
}

impl CliError {
    /// tazy could not do what was asked.
    pub fn failure(error: impl std::fmt::Display) -> Self {
        Self {
            message: error.to_string(),
            hint: None,
            exit: Exit::Failure,
            is_reader_gone: false,
        }
    }

    /// The command was used wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            exit: Exit::Usage,
            is_reader_gone: false,
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// An error of writing results.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        let is_reader_gone = error.kind() == io::ErrorKind::BrokenPipe;
        Self {
            is_reader_gone,
            ..Self::failure(format!("results cannot be written: {error}"))
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::failure(error)
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

//! Opening what commands work on: the store and the rules.

use super::{CliError, Exit, Terminal};
use crate::clock::{Clock, SystemClock};
use crate::report::{RuleTitles, clean_line};
use crate::rules::{RuleError, Ruleset, RulesetSource};
use crate::store::{Repair, Store, StoreOptions};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const DEFAULT_STORE: &str = "tazy-store";
/// Rule errors that are shown; the first mended often mend the rest.
const SHOWN_RULE_ERRORS: usize = 20;

/// `--store`
#[derive(Debug, clap::Args)]
pub(super) struct StoreOption {
    /// Directory of the store [default: `$TAZY_STORE`, else ./tazy-store]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// `--rules`
#[derive(Debug, Default, clap::Args)]
pub(super) struct RulesOption {
    /// Use the rule packs of this directory instead of the built-in ones
    #[arg(long, value_name = "DIR", global = true)]
    rules: Option<PathBuf>,
}

impl StoreOption {
    pub(super) fn directory(&self) -> PathBuf {
        let from_environment = || std::env::var_os("TAZY_STORE").filter(|value| !value.is_empty());
        self.store
            .clone()
            .or_else(|| from_environment().map(PathBuf::from))
            .unwrap_or_else(|| PathBuf::from(DEFAULT_STORE))
    }

    /// Opens the store, creating it where there is none.
    pub(super) fn open(
        &self,
        options: StoreOptions,
        terminal: &mut Terminal,
    ) -> Result<Store, CliError> {
        open_store(&self.directory(), options, terminal)
    }

    /// Opens a store that must exist: a directory typed wrongly is not made into one.
    pub(super) fn open_existing(&self, terminal: &mut Terminal) -> Result<Store, CliError> {
        self.open_existing_with(StoreOptions::default(), terminal)
    }

    /// As [`StoreOption::open_existing`], with how captures are to be written.
    pub(super) fn open_existing_with(
        &self,
        options: StoreOptions,
        terminal: &mut Terminal,
    ) -> Result<Store, CliError> {
        self.require_directory()?;
        open_store(&self.directory(), options, terminal)
    }

    pub(super) fn require_directory(&self) -> Result<(), CliError> {
        let directory = self.directory();
        if directory.is_dir() {
            return Ok(());
        }
        Err(CliError {
            exit: Exit::Failure,
            ..CliError::usage(format!("there is no store {}", directory.display()))
        }
        .with_hint("name another one with --store DIR, or make one: tazy scan URL"))
    }

    /// What has to be typed after a command to mean this store.
    pub(super) fn as_typed(&self) -> String {
        match &self.store {
            Some(directory) => store_as_typed(directory),
            None => String::new(),
        }
    }
}

/// ` --store DIR`, quoted for a shell.
pub(super) fn store_as_typed(directory: &Path) -> String {
    let text = clean_line(&directory.display().to_string());
    let is_plain =
        |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | ':' | '\\');
    if text.chars().all(is_plain) {
        format!(" --store {text}")
    } else {
        format!(" --store '{}'", text.replace('\'', r"'\''"))
    }
}

/// Opens a store, creating it where there is none, and tells what had to be mended.
pub(super) fn open_store(
    directory: &Path,
    options: StoreOptions,
    terminal: &mut Terminal,
) -> Result<Store, CliError> {
    let (store, repairs) = Store::open_with(directory, system_clock(), options)?;
    tell_repairs(&repairs, terminal);
    Ok(store)
}

pub(super) fn tell_repairs(repairs: &[Repair], terminal: &mut Terminal) {
    for repair in repairs {
        // A closed standard error changes nothing about the repair.
        let _ = writeln!(
            terminal.err,
            "tazy: store mended: {}",
            clean_line(&repair.what)
        );
    }
}

impl RulesOption {
    /// These rules and no others.
    pub(super) fn of_directory(directory: &Path) -> Self {
        Self {
            rules: Some(directory.to_path_buf()),
        }
    }

    /// The directory that was named.
    pub(super) fn directory(&self) -> Option<&Path> {
        self.rules.as_deref()
    }

    /// The rules, or every error in them.
    pub(super) fn load(&self) -> Result<Ruleset, CliError> {
        self.source(None)?
            .load(today())
            .map_err(|errors| rule_failure(&errors))
    }

    /// The rules with local changes; those that have expired are told.
    pub(super) fn load_with(
        &self,
        overrides: Option<PathBuf>,
        terminal: &mut Terminal,
    ) -> Result<Ruleset, CliError> {
        let ruleset = self
            .source(overrides)?
            .load(today())
            .map_err(|errors| rule_failure(&errors))?;
        for note in ruleset.override_notes() {
            let _ = writeln!(terminal.err, "tazy: {}", clean_line(&note.to_string()));
        }
        Ok(ruleset)
    }

    /// Where the rules come from.
    pub(super) fn source(&self, overrides: Option<PathBuf>) -> Result<RulesetSource, CliError> {
        if let Some(path) = overrides.as_deref().filter(|path| !path.is_file()) {
            return Err(CliError::usage(format!(
                "--overrides {}: no such file",
                path.display()
            )));
        }
        match &self.rules {
            Some(directory) if !directory.is_dir() => Err(CliError::usage(format!(
                "--rules {}: no such directory",
                directory.display()
            ))
            .with_hint(
                "name a directory of YAML packs, or leave --rules out for the built-in ones",
            )),
            directory => Ok(RulesetSource {
                directory: directory.clone(),
                overrides,
            }),
        }
    }

    /// The titles of the rules; without them explanations name rules by id.
    pub(super) fn load_titles(&self) -> Result<RuleTitles, CliError> {
        Ok(RuleTitles::of_ruleset(&self.load()?))
    }
}

fn rule_failure(errors: &[RuleError]) -> CliError {
    let mut message = format!("the rules cannot be used ({} wrong)", errors.len());
    for error in errors.iter().take(SHOWN_RULE_ERRORS) {
        message.push_str("\n  ");
        message.push_str(&clean_line(&error.to_string()));
    }
    if errors.len() > SHOWN_RULE_ERRORS {
        message.push_str("\n  …");
    }
    CliError::failure(message).with_hint("mend them and try `tazy rules check`")
}

/// The day, in UTC: what expires does so everywhere at once.
pub(super) fn today() -> Date {
    system_clock().now().to_zoned(TimeZone::UTC).date()
}

/// The machine's clock.
pub(super) fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

//! What every `tazy export` of a list does first: what is in force, its number, what stops it.

use super::block_profile::load_block_rules;
use super::evidence_log::sign_after_decision;
use super::open::{RulesOption, StoreOption, system_clock};
use super::review::{author, desk_options};
use super::{CliError, Terminal};
use crate::app::{IssueError, IssueSettings, IssuedList, issue_list, weigh_issue};
use crate::block::HostName;
use crate::block::list::{GrowthLimit, ListOptions};
use crate::config::DeskOptions;
use crate::report::clean_line;
use crate::review::Reviewer;
use crate::store::Store;
use std::io::Write;
use std::path::PathBuf;

/// Which list, by whom.
#[derive(Debug, clap::Args)]
pub(super) struct IssueOptions {
    /// Who issues the list [default: `author` under [review] in tazy.toml, else $USER]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Let the list grow by more than is usual, and say why; recorded
    #[arg(long, value_name = "REASON")]
    accept_growth: Option<String>,
    /// Write and record nothing; show what would change and every other known URL that would be hit
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    store: StoreOption,
    #[command(flatten)]
    rules: RulesOption,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print what was done as JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// A list that was issued, or weighed for a dry run, with the store that it is of.
#[derive(Debug)]
pub(super) struct Issue {
    pub(super) store: Store,
    pub(super) issued: IssuedList,
    pub(super) options: ListOptions,
}

impl IssueOptions {
    /// Opens the store and issues the list; with `--dry-run` nothing is recorded.
    pub(super) fn issue(&self, terminal: &mut Terminal) -> Result<Issue, CliError> {
        let desk = desk_options(self.config.as_deref(), &self.store)?;
        let mut settings = settings_of(&desk, author(self.by.as_deref(), &desk)?)?;
        settings.accept_growth.clone_from(&self.accept_growth);
        let rules = load_block_rules(&self.rules)?;
        let store = self.store.open_existing(terminal)?;
        let now = system_clock().now();
        let issued = if self.dry_run {
            weigh_issue(&store, &rules, &settings, now).map_err(hinted)?
        } else {
            let issued = issue_list(&store, &rules, &settings, now).map_err(hinted)?;
            if issued.is_new || store.log_keys()?.is_empty() {
                sign_after_decision(&store, &desk, terminal);
            }
            issued
        };
        for withheld in &issued.withheld {
            let reasons: Vec<String> = withheld
                .objections
                .iter()
                .map(ToString::to_string)
                .collect();
            let text = format!("{} is withheld: {}", withheld.target, reasons.join("; "));
            writeln!(terminal.err, "tazy: {}", clean_line(&text))?;
        }
        Ok(Issue {
            store,
            issued,
            options: list_options(&desk)?,
        })
    }

    /// What has to be typed after a command to mean this store.
    pub(super) fn store_as_typed(&self) -> String {
        self.store.as_typed()
    }
}

/// The unit that issues lists.
pub(super) fn unit_of(desk: &DeskOptions) -> Result<String, CliError> {
    let named = desk.block.unit.as_ref().or(desk.evidence.unit.as_ref());
    named.cloned().ok_or_else(|| {
        CliError::usage("nobody is named who issues the list")
            .with_hint("write `unit = \"NAME\"` under [block] or [evidence] in tazy.toml")
    })
}

/// The head of lists as the settings have it.
fn settings_of(desk: &DeskOptions, by: Reviewer) -> Result<IssueSettings, CliError> {
    let (block, usual) = (&desk.block, GrowthLimit::default());
    Ok(IssueSettings {
        title: block.title().to_owned(),
        unit: unit_of(desk)?,
        contact: block.contact.clone(),
        by,
        growth: GrowthLimit {
            percent: block.growth_percent.unwrap_or(usual.percent),
            entries: block.growth_entries.unwrap_or(usual.entries),
        },
        accept_growth: None,
    })
}

pub(super) fn list_options(desk: &DeskOptions) -> Result<ListOptions, CliError> {
    let mut options = ListOptions::default();
    let origin = desk.block.rpz_origin.as_deref().map(HostName::parse);
    options.rpz.origin = origin
        .transpose()
        .map_err(|problem| CliError::usage(problem.to_string()))?;
    Ok(options)
}

/// What to do about it.
pub(super) fn hinted(error: IssueError) -> CliError {
    match error {
        IssueError::Store(error) => error.into(),
        error @ (IssueError::NoReason | IssueError::UnknownSerial(_)) => {
            CliError::usage(error.to_string())
        }
        error => CliError::failure(error),
    }
}

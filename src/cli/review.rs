//! `tazy review`

use super::evidence_log::sign_after_decision;
use super::flags::{category_parser, find_flag};
use super::open::{StoreOption, system_clock};
use super::review_export::ExportCommand;
use super::review_list::{ListCommand, ShowCommand};
use super::time::{Until, parse_until};
use super::{CliError, Exit, Terminal};
use crate::config::{DeskOptions, read_desk_file};
use crate::flag::Flag;
use crate::id::DecisionId;
use crate::report::{clean_line, decision_text, defang_site, write_json_line};
use crate::review::{
    Choice, DecideError, Decision, Element, Reason, ReviewStatus, Reviewer, Ruling, decide,
};
use crate::rules::Category;
use crate::store::{FlagFilter, Store, StoreError};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::io::Write;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  tazy review list                                    what waits for a decision
  tazy review confirm shop.example --element goods --element contact
  tazy review dismiss gazeta.example --reason news --note 'court report of 12 May'
  tazy review defer f-3f0 --until 7d --reason second_opinion
  tazy review show shop.example                       every decision about one flag

A decision is never edited. A later one supersedes it: name it with --supersede.
Who decides: --author, else `author` under [review] in tazy.toml of the store, else $USER.";

const CONFIRM_EXAMPLES: &str = "\
Examples:
  tazy review confirm shop.example
  tazy review confirm f-3f0c9a1b22d4 --category drug_sale --element goods --element delivery
  tazy review confirm shop.example --supersede d-556346fc12a3 --note 'was a mirror after all'";

const DISMISS_EXAMPLES: &str = "\
Examples:
  tazy review dismiss gazeta.example --reason news
  tazy review dismiss f-3f0 --reason treatment --reason licensed --note 'licence 12345'

Rules learn from dismissals that say what the site is. too_little, out_of_remit, gone and duplicate do
not: they say nothing about the site.";

const DEFER_EXAMPLES: &str = "\
Examples:
  tazy review defer shop.example --until 7d
  tazy review defer shop.example --until 2026-12-01 --reason more_evidence";

/// Arguments of `tazy review`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ReviewCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List flags that wait for a decision, the most urgent first, or those of another status
    List(ListCommand),
    /// It is what it was flagged for, or something else of that sort
    #[command(after_help = CONFIRM_EXAMPLES)]
    Confirm(ConfirmCommand),
    /// Nothing is to be done about it; say why
    #[command(after_help = DISMISS_EXAMPLES)]
    Dismiss(DismissCommand),
    /// Look at it again later
    #[command(after_help = DEFER_EXAMPLES)]
    Defer(DeferCommand),
    /// Show every decision about one flag
    Show(ShowCommand),
    /// Write decided flags with their pages as labelled data for `tazy eval`
    ExportManifest(ExportCommand),
}

/// What every decision takes.
#[derive(Debug, clap::Args)]
struct DecisionOptions {
    /// Id of the flag, the beginning of one, or the site
    #[arg(value_name = "FLAG")]
    flag: String,
    /// What else there is to say
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Who decides [default: `author` under [review] in tazy.toml, else $USER]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// The decision that this one replaces: the one that stands, by its id or the beginning of it
    #[arg(long, value_name = "DECISION")]
    supersede: Option<String>,
    #[command(flatten)]
    store: StoreOption,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the decision as one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ConfirmCommand {
    #[command(flatten)]
    options: DecisionOptions,
    /// What it is [default: the flag's category with the highest score]
    #[arg(long, value_name = "NAME", value_parser = category_parser())]
    category: Option<Category>,
    /// What the evidence shows; may be repeated
    #[arg(long, value_name = "CODE", value_parser = element_parser())]
    element: Vec<Element>,
    /// Why; may be repeated
    #[arg(long, value_name = "CODE", value_parser = reason_parser(Reason::for_confirming()))]
    reason: Vec<Reason>,
}

#[derive(Debug, clap::Args)]
struct DismissCommand {
    #[command(flatten)]
    options: DecisionOptions,
    /// Why; may be repeated
    #[arg(long, value_name = "CODE", required = true, value_parser = reason_parser(Reason::for_dismissing()))]
    reason: Vec<Reason>,
}

#[derive(Debug, clap::Args)]
struct DeferCommand {
    #[command(flatten)]
    options: DecisionOptions,
    /// Until when: a date like 2026-12-01 (UTC), or in how long: 24h, 7d, 2w
    #[arg(long, value_name = "WHEN", value_parser = parse_until)]
    until: Until,
    /// Why; may be repeated
    #[arg(long, value_name = "CODE", value_parser = reason_parser(Reason::for_deferring()))]
    reason: Vec<Reason>,
}

impl ReviewCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Verb::List(command) => command.run(terminal),
            Verb::Show(command) => command.run(terminal),
            Verb::Confirm(command) => {
                let choice = |flag: &Flag| {
                    let top = flag.categories.first().map(|top| top.category);
                    let category = command.category.or(top).ok_or_else(|| {
                        CliError::usage("the flag has no category; name one with --category")
                    })?;
                    let elements = command.element.clone();
                    Ok(Choice::Confirm { category, elements })
                };
                command.options.decide(choice, &command.reason, terminal)
            }
            Verb::Dismiss(command) => {
                let choice = |_: &Flag| Ok(Choice::Dismiss);
                command.options.decide(choice, &command.reason, terminal)
            }
            Verb::Defer(command) => {
                let until = command.until.resolve(system_clock().now());
                let choice = |_: &Flag| Ok(Choice::Defer { until });
                command.options.decide(choice, &command.reason, terminal)
            }
            Verb::ExportManifest(command) => command.run(terminal),
        }
    }
}

impl DecisionOptions {
    fn decide(
        &self,
        choice: impl Fn(&Flag) -> Result<Choice, CliError>,
        reasons: &[Reason],
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let desk = desk_options(self.config.as_deref(), &self.store)?;
        let author = author(self.author.as_deref(), &desk)?;
        let store = self.store.open_existing(terminal)?;
        let flag = find_flag(&store, &self.flag)?;
        let current = store.current_decision(&flag.id)?;
        let ruling = Ruling {
            choice: choice(&flag)?,
            reasons: reasons.to_vec(),
            note: self.note.clone(),
            supersedes: self.superseded(current.as_ref()),
        };
        let now = system_clock().now();
        let decision = decide(&flag, current.as_ref(), ruling, author, now)
            .map_err(|error| self.refused(error))?;
        store
            .record_decision(&decision)
            .map_err(|error| match error {
                StoreError::Refused(error) => self.refused(error),
                other => other.into(),
            })?;
        sign_after_decision(&store, &desk, terminal);
        if self.json {
            write_json_line(&mut terminal.out, &decision)?;
            return Ok(Exit::Done);
        }
        self.tell(&store, &flag, &decision, terminal)
    }

    fn tell(
        &self,
        store: &Store,
        flag: &Flag,
        decision: &Decision,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let (site, typed) = (defang_site(&flag.site), self.store.as_typed());
        let text = decision_text(decision);
        writeln!(terminal.out, "{site}: {text}. Decision {}", decision.id)?;
        let open = FlagFilter {
            status: Some(ReviewStatus::Open),
            ..FlagFilter::default()
        };
        match store.flags(&open)?.first() {
            Some(next) => {
                let id = clean_line(next.id.as_str());
                writeln!(terminal.out, "Next: tazy flags show {id}{typed}")?;
            }
            None => writeln!(terminal.out, "Nothing else waits for a decision.")?,
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }

    /// The beginning of the current decision's id names it.
    fn superseded(&self, current: Option<&Decision>) -> Option<DecisionId> {
        let written = self.supersede.as_deref()?.trim();
        let is_current = |current: &&Decision| {
            written.starts_with("d-") && current.id.as_str().starts_with(written)
        };
        Some(match current.filter(is_current) {
            Some(current) => current.id.clone(),
            None => DecisionId::from_written(&clean_line(written)),
        })
    }

    fn refused(&self, error: DecideError) -> CliError {
        let (flag, store) = (clean_line(&self.flag), self.store.as_typed());
        let hint = match &error {
            DecideError::Stands { current, .. } => {
                format!(
                    "look at it with tazy review show {flag}{store}; to replace it add --supersede {current}"
                )
            }
            DecideError::NotCurrent { .. } | DecideError::FlagChanged => {
                format!("look at it with tazy review show {flag}{store}")
            }
            DecideError::NoReason => "add --reason; codes: tazy review dismiss --help".to_owned(),
            _ => return CliError::usage(error.to_string()),
        };
        CliError::failure(error).with_hint(hint)
    }
}

/// Settings of the desk: of the file that was named, or of the store.
pub(super) fn desk_options(
    named: Option<&Path>,
    store: &StoreOption,
) -> Result<DeskOptions, CliError> {
    let in_store = store.directory().join("tazy.toml");
    Ok(match named {
        Some(path) => read_desk_file(path)?,
        None if in_store.is_file() => read_desk_file(&in_store)?,
        None => DeskOptions::default(),
    })
}

/// Who decides: as typed, as set, as logged in.
pub(super) fn author(typed: Option<&str>, desk: &DeskOptions) -> Result<Reviewer, CliError> {
    let logged_in = || {
        let names = ["USER", "USERNAME"];
        names.iter().find_map(|name| {
            std::env::var(name)
                .ok()
                .filter(|user| !user.trim().is_empty())
        })
    };
    let set = || desk.review.author.clone();
    let name = typed.map(str::to_owned).or_else(set).or_else(logged_in);
    let hint = "name who decides with --author NAME, or write `author = \"NAME\"` under [review] in tazy.toml";
    let Some(name) = name else {
        return Err(CliError::usage("nobody is named who decides").with_hint(hint));
    };
    Reviewer::named(&name).map_err(|error| CliError::usage(error.to_string()).with_hint(hint))
}

fn reason_parser(reasons: impl Iterator<Item = Reason>) -> impl TypedValueParser<Value = Reason> {
    let values = reasons.map(|reason| PossibleValue::new(reason.as_str()).help(reason.titles().en));
    PossibleValuesParser::new(values)
        .try_map(|code| Reason::named(&code).ok_or("there is no such reason"))
}

fn element_parser() -> impl TypedValueParser<Value = Element> {
    let values =
        Element::ALL.map(|element| PossibleValue::new(element.as_str()).help(element.titles().en));
    PossibleValuesParser::new(values)
        .try_map(|code| Element::named(&code).ok_or("there is no such element"))
}

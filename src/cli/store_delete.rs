//! `tazy store retain`, `delete`, `hold`, `unhold` and `holds`

use super::open::{StoreOption, system_clock};
use super::review::{author, desk_options};
use super::{CliError, Exit, Terminal};
use crate::custody::{Due, Hold, RetentionPolicy, Tombstone};
use crate::report::{clean_line, defang_site, write_json_line};
use crate::review::Reviewer;
use crate::store::{Deletion, Store, StoreError};
use crate::suspect::SuspectUrl;
use serde::Serialize;
use std::io::Write;

const RETAIN_EXAMPLES: &str = "\
Examples:
  tazy store retain --clear-days 30 --dismissed-days 90 --dry-run   what would be deleted?
  tazy store retain --clear-days 30 --dismissed-days 90

A site's days count from its latest visit or decision, whichever is later. A standing without days is kept for
ever, and so are sites on hold. Deleted are the answers of the site (WARC) and what visits and flags quote of
them; manifests with URLs and digests, decisions and a tombstone stay. See docs/operations.md.";

const DELETE_EXAMPLES: &str = "\
Examples:
  tazy store delete gazeta.example --reason 'visited by mistake'

It cannot be undone; the backup loses the content with its next update. A tombstone keeps the digests.";

/// Arguments of `tazy store retain`.
#[derive(Debug, clap::Args)]
#[command(after_help = RETAIN_EXAMPLES)]
pub(super) struct RetainCommand {
    #[command(flatten)]
    store: StoreOption,
    /// Delete sites that were never flagged after this many days
    #[arg(long, value_name = "DAYS")]
    clear_days: Option<u32>,
    /// Delete sites whose flag was dismissed after this many days
    #[arg(long, value_name = "DAYS")]
    dismissed_days: Option<u32>,
    /// Delete sites whose flag was confirmed after this many days
    #[arg(long, value_name = "DAYS")]
    confirmed_days: Option<u32>,
    /// Delete sites whose flag nobody decided about after this many days
    #[arg(long, value_name = "DAYS")]
    undecided_days: Option<u32>,
    /// Say what would be deleted and delete nothing
    #[arg(long)]
    dry_run: bool,
    /// On whose behalf [default: `author` under [review] in tazy.toml, else $USER]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Print one JSON object a site
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy store delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = DELETE_EXAMPLES)]
pub(super) struct DeleteCommand {
    #[command(flatten)]
    order: Order,
}

/// Arguments of `tazy store hold` and `tazy store unhold`.
#[derive(Debug, clap::Args)]
pub(super) struct HoldCommand {
    #[command(flatten)]
    order: Order,
}

/// A site, and why something is done about it.
#[derive(Debug, clap::Args)]
struct Order {
    /// The site
    #[arg(value_name = "SITE")]
    site: String,
    /// Why: the case, the order, the request
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// By whom [default: `author` under [review] in tazy.toml, else $USER]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    #[command(flatten)]
    store: StoreOption,
    /// Print the record as one JSON object
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy store holds`.
#[derive(Debug, clap::Args)]
pub(super) struct HoldsCommand {
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object a hold
    #[arg(long)]
    json: bool,
}

/// A site that is due, with what was done.
#[derive(Debug, Serialize)]
struct Deleted<'a> {
    #[serde(flatten)]
    due: &'a Due,
    #[serde(skip_serializing_if = "Option::is_none")]
    tombstone: Option<&'a str>,
}

impl RetainCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let written = desk_options(None, &self.store)?.retention;
        let policy = RetentionPolicy {
            clear_days: self.clear_days.or(written.clear_days),
            dismissed_days: self.dismissed_days.or(written.dismissed_days),
            confirmed_days: self.confirmed_days.or(written.confirmed_days),
            undecided_days: self.undecided_days.or(written.undecided_days),
        };
        if policy.is_empty() {
            return Err(
                CliError::usage("no days are set, so everything is kept for ever")
                    .with_hint(
                        "set some: tazy store retain --clear-days 30 --dry-run, or under [retention] in tazy.toml",
                    ),
            );
        }
        let by = named(self.author.as_deref(), &self.store)?;
        let store = self.store.open_existing(terminal)?;
        let mut failed = None;
        let mut count = 0_usize;
        let mut tell = |due: &Due, tombstone: Option<&Tombstone>| {
            count += 1;
            let told = self.tell(due, tombstone, terminal);
            failed = failed.take().or(told.err());
        };
        if self.dry_run {
            for due in store.due(&policy)? {
                tell(&due, None);
            }
        } else {
            store.retain(&policy, &by, &mut |due, tombstone| {
                tell(due, Some(tombstone));
            })?;
        }
        if let Some(failed) = failed {
            return Err(failed);
        }
        if !self.json {
            let text = match (count, self.dry_run) {
                (0, _) => "Nothing is due.".to_owned(),
                (1, true) => "1 site would be deleted.".to_owned(),
                (count, true) => format!("{count} sites would be deleted."),
                (1, false) => "1 site was deleted.".to_owned(),
                (count, false) => format!("{count} sites were deleted."),
            };
            writeln!(terminal.out, "{text}")?;
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }

    fn tell(
        &self,
        due: &Due,
        tombstone: Option<&Tombstone>,
        terminal: &mut Terminal,
    ) -> Result<(), CliError> {
        let id = tombstone.map(|tombstone| tombstone.id.as_str());
        if self.json {
            let line = Deleted { due, tombstone: id };
            return Ok(write_json_line(&mut terminal.out, &line)?);
        }
        let (site, done) = (defang_site(&due.site), id.unwrap_or("due"));
        let (rule, reason) = (&due.rule, clean_line(&due.reason));
        writeln!(terminal.out, "{done}  {site}: {rule}; {reason}")?;
        Ok(())
    }
}

impl DeleteCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let order = &self.order;
        let (by, reason) = (
            named(order.author.as_deref(), &order.store)?,
            order.reason()?,
        );
        let store = order.store.open_existing(terminal)?;
        let deletion = Deletion {
            site: order.known_site(&store)?,
            by,
            reason,
            policy: None,
        };
        let tombstone = store.delete_site(&deletion).map_err(|error| match error {
            StoreError::Unknown { .. } => CliError::failure(format!(
                "there is nothing to delete of {}",
                defang_site(&deletion.site)
            ))
            .with_hint("name the site as `tazy flags list` or the list of suspects does"),
            held @ StoreError::Held { .. } => {
                let typed = order.store.as_typed();
                CliError::failure(held).with_hint(format!("see tazy store holds{typed}"))
            }
            other => other.into(),
        })?;
        if order.json {
            write_json_line(&mut terminal.out, &tombstone)?;
            return Ok(Exit::Done);
        }
        writeln!(
            terminal.out,
            "{}: {} captures and {} records were deleted. Tombstone {}",
            defang_site(&tombstone.site),
            tombstone.captures.len(),
            tombstone.records.len(),
            tombstone.id
        )?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

impl HoldCommand {
    pub(super) fn run(self, held: bool, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let order = &self.order;
        let (by, reason) = (
            named(order.author.as_deref(), &order.store)?,
            order.reason()?,
        );
        let store = order.store.open_existing(terminal)?;
        let hold = Hold {
            site: order.known_site(&store)?,
            held,
            reason,
            by,
            at: system_clock().now(),
        };
        let stands = store.hold(&hold.site)?.is_some_and(|hold| hold.held);
        if !held && !stands {
            let site = defang_site(&hold.site);
            return Err(CliError::failure(format!("{site} is not on hold")));
        }
        store.record_hold(&hold)?;
        if order.json {
            write_json_line(&mut terminal.out, &hold)?;
            return Ok(Exit::Done);
        }
        let site = defang_site(&hold.site);
        let text = if held {
            format!("{site} is on hold: nothing of it is deleted until the hold is lifted.")
        } else {
            format!("{site} is not on hold any more.")
        };
        writeln!(terminal.out, "{text}")?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

impl HoldsCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let holds = self.store.open_existing(terminal)?.holds()?;
        let out = &mut terminal.out;
        for hold in &holds {
            if self.json {
                write_json_line(out, hold)?;
                continue;
            }
            let (site, reason) = (defang_site(&hold.site), clean_line(&hold.reason));
            let (by, day) = (clean_line(hold.by.as_str()), hold.at.strftime("%Y-%m-%d"));
            writeln!(out, "{site}  since {day} by {by}: {reason}")?;
        }
        if holds.is_empty() && !self.json {
            writeln!(out, "No site is on hold.")?;
        }
        out.flush()?;
        Ok(Exit::Done)
    }
}

impl Order {
    fn reason(&self) -> Result<String, CliError> {
        let reason = self.reason.trim();
        if reason.is_empty() {
            return Err(CliError::usage("--reason is empty; say why"));
        }
        Ok(reason.to_owned())
    }

    /// The site as the store names it: as typed, or the host of what was typed.
    fn known_site(&self, store: &Store) -> Result<String, CliError> {
        let typed = self.site.trim();
        if store.latest_visit(typed)?.is_none()
            && let Ok(url) = SuspectUrl::from_written(typed)
        {
            return Ok(url.authority());
        }
        Ok(typed.to_owned())
    }
}

fn named(typed: Option<&str>, store: &StoreOption) -> Result<Reviewer, CliError> {
    author(typed, &desk_options(None, store)?)
}

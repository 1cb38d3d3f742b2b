//! `tazy verify due`, `list` and `show`

use super::block_profile::load_block_rules;
use super::open::{RulesOption, StoreOption, system_clock};
use super::verify::propose;
use super::{CliError, Exit, Terminal};
use crate::app::named_targets;
use crate::block::profile::BlockRules;
use crate::dossier::{RequestFile, proposals};
use crate::flag::Flag;
use crate::id::FlagId;
use crate::report::{
    DueLook, LatestLook, Style, clean_line, due_look_table, look_table, write_json_line, write_look,
};
use crate::review::Choice;
use crate::store::{FlagFilter, Store, StoreError};
use crate::verify::{Schedule, due};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::io::Write;

/// Arguments of `tazy verify due`.
#[derive(Debug, clap::Args)]
pub(super) struct DueCommand {
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object a look
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy verify list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListCommand {
    #[command(flatten)]
    store: StoreOption,
    /// Print sites that came back or moved, too: with --json one object each, with its `kind`
    #[arg(long)]
    proposals: bool,
    /// Print one JSON object an item
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy verify show`.
#[derive(Debug, clap::Args)]
pub(super) struct ShowCommand {
    /// Item, request, site or target; the beginning of an id is enough
    #[arg(value_name = "ITEM|REQUEST|SITE")]
    name: String,
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object a look, with everything that was measured
    #[arg(long)]
    json: bool,
}

impl DueCommand {
    pub(super) fn run(
        self,
        rules: &RulesOption,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let rules = load_block_rules(rules)?;
        let looks = due_looks(&store.request_files()?, &rules, system_clock().now());
        if self.json {
            for look in &looks {
                write_json_line(&mut terminal.out, look)?;
            }
        } else if looks.is_empty() {
            writeln!(
                terminal.out,
                "Nothing is in force, so nothing is to be looked at."
            )?;
        } else {
            let table = due_look_table(&looks, Style::of(terminal.color));
            writeln!(terminal.out, "{table}")?;
            let due = looks.iter().filter(|look| look.is_due).count();
            if due > 0 {
                let store = self.store.as_typed();
                writeln!(terminal.out, "{due} due. Next: tazy verify --due{store}")?;
            }
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

/// When each item is to be looked at next, the earliest first.
pub(super) fn due_looks(files: &[RequestFile], rules: &BlockRules, now: Timestamp) -> Vec<DueLook> {
    let mut looks = Vec::new();
    for file in files.iter().filter(|file| file.superseded_by.is_none()) {
        let schedule = Schedule::of_profile(rules.profile(&file.request.jurisdiction));
        for item in &file.request.items {
            let verifications = file.verifications_of(&item.id);
            let Some(next) = due(&item.id, &file.steps, verifications, &schedule) else {
                continue;
            };
            looks.push(DueLook {
                item: item.id.clone(),
                request: file.request.id.clone(),
                site: item.site.clone(),
                target: item.target.live(),
                shown: item.target.to_string(),
                due: next.at,
                is_due: next.at <= now,
                after: next.after,
            });
        }
    }
    looks.sort_by(|a, b| (a.due, &a.item).cmp(&(b.due, &b.item)));
    looks
}

impl ListCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let looks = latest_looks(&store.request_files()?);
        if self.json {
            for look in &looks {
                write_json_line(&mut terminal.out, look)?;
            }
            if self.proposals {
                let flags = store.flags(&FlagFilter::default())?;
                let confirmed = confirmed_in(&store, &flags)?;
                let files = store.request_files()?;
                for proposal in proposals(&files, &flags, |flag| confirmed.contains(flag)) {
                    write_json_line(&mut terminal.out, &proposal)?;
                }
            }
        } else if looks.is_empty() {
            writeln!(terminal.out, "Nothing is in force.")?;
        } else {
            writeln!(
                terminal.out,
                "{}",
                look_table(&looks, Style::of(terminal.color))
            )?;
            propose(&store, &self.store.as_typed(), terminal)?;
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

/// The latest look at everything in force, and at everything that was ever looked at.
fn latest_looks(files: &[RequestFile]) -> Vec<LatestLook> {
    let mut looks = Vec::new();
    for file in files.iter().filter(|file| file.superseded_by.is_none()) {
        for item in &file.request.items {
            let state = file.state(&item.id);
            let unseen = LatestLook::unseen(&file.request.id, item, state);
            match file.effect_of(&item.id) {
                Some(effect) => looks.push(unseen.with(effect.latest, effect.since)),
                None if state.is_in_force() => looks.push(unseen),
                None => {}
            }
        }
    }
    looks
}

impl ShowCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let files = store.request_files()?;
        let named = named_targets(&files, &self.name);
        if named.is_empty() {
            let name = clean_line(&self.name);
            return Err(CliError::failure(format!(
                "nothing that is blocked by order is called {name}"
            ))
            .with_hint("see what is in force: tazy verify list"));
        }
        let mut shown = 0;
        for target in &named {
            let file = files.iter().find(|file| file.request.id == target.request);
            for look in file
                .into_iter()
                .flat_map(|file| file.verifications_of(&target.item.id))
            {
                shown += 1;
                if self.json {
                    write_json_line(&mut terminal.out, look)?;
                } else {
                    write_look(&mut terminal.out, look, Style::of(terminal.color))?;
                }
            }
        }
        if shown == 0 && !self.json {
            let (item, store) = (&named[0].item.id, self.store.as_typed());
            writeln!(
                terminal.out,
                "Nobody has looked yet. Next: tazy verify {}{store}",
                clean_line(item.as_str())
            )?;
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

/// The flags whose confirmation stands.
pub(super) fn confirmed_in(store: &Store, flags: &[Flag]) -> Result<BTreeSet<FlagId>, StoreError> {
    let mut confirmed = BTreeSet::new();
    for flag in flags {
        let decision = store.current_decision(&flag.id)?;
        if decision.is_some_and(|decision| matches!(decision.choice, Choice::Confirm { .. })) {
            confirmed.insert(flag.id.clone());
        }
    }
    Ok(confirmed)
}

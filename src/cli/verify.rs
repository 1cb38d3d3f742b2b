//! `tazy verify`

use super::block_profile::load_block_rules;
use super::open::{RulesOption, StoreOption, system_clock};
use super::scan::block_on;
use super::signals::Interrupts;
use super::verify_list::{DueCommand, ListCommand, ShowCommand, confirmed_in, due_looks};
use super::verify_measure::{ImportCommand, MeasureCommand};
use super::verify_options::{LookOptions, MeasureOptions, desk_of, tell};
use super::{CliError, Exit, Terminal};
use crate::app::{Stop, VerifyPlan, VerifyTarget, named_targets, target_of, verify_blocks};
use crate::dossier::{RequestFile, proposals};
use crate::report::{Style, write_json_line, write_look, write_proposals};
use crate::store::{FlagFilter, Store};
use crate::verify::Verification;
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  tazy verify shop.example                       is it blocked, as seen from here?
  tazy verify --due                              everything that is due (for cron)
  tazy verify i-3f0c9a1b22d4 --resolver 9.9.9.9  also ask another name server
  tazy verify b-3f0 --vantage helsinki=socks5h://127.0.0.1:9050,country=FI
  tazy verify shop.example --import almaty.jsonl  take in what another machine measured
  tazy verify measure shop.example --json --name almaty --country KZ --asn AS9198 > almaty.jsonl
  tazy verify due                                what is to be looked at, and when
  tazy verify show shop.example                  every look, with its reasons

One vantage alone never shows a block: it takes another that reaches the site. Vantages of this machine
stand under [verify] in tazy.toml. Each try asks the site for two pages at most; three tries are made.";

/// Arguments of `tazy verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "options as they are typed, each independent of the others"
)]
pub(super) struct VerifyCommand {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Items, requests, sites or targets; the beginning of an id is enough
    #[arg(value_name = "ITEM|REQUEST|SITE")]
    names: Vec<String>,
    /// Look at everything that is due
    #[arg(long, conflicts_with_all = ["names", "all"])]
    due: bool,
    /// Look at everything that is in force
    #[arg(long, conflicts_with = "names")]
    all: bool,
    #[command(flatten)]
    look: LookOptions,
    #[command(flatten)]
    measure: MeasureOptions,
    #[command(flatten)]
    store: StoreOption,
    #[command(flatten)]
    rules: RulesOption,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// End with exit code 3 if something in force is reached from within the country
    #[arg(long)]
    fail_on_open: bool,
    /// Print one JSON object a look
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Measure what this machine sees of a URL; needs no store
    Measure(MeasureCommand),
    /// Take in what other machines measured, and weigh it with what was seen from here
    Import(ImportCommand),
    /// List what is to be looked at, and when
    Due(DueCommand),
    /// Show every look at an item, with its reasons
    Show(ShowCommand),
    /// List the latest look at everything that is in force
    List(ListCommand),
}

impl VerifyCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Some(Verb::Measure(command)) => command.run(terminal),
            Some(Verb::Import(command)) => command.run(&self.rules, terminal),
            Some(Verb::Due(command)) => command.run(&self.rules, terminal),
            Some(Verb::Show(command)) => command.run(terminal),
            Some(Verb::List(command)) => command.run(terminal),
            None => self.look(terminal),
        }
    }

    fn look(&self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let desk = desk_of(self.config.as_deref(), &self.store)?;
        let measured = self.measure.ready(&desk)?;
        let plan = self.look.plan(measured, &desk, self.rules.directory())?;
        let store = self.store.open_existing(terminal)?;
        let files = store.request_files()?;
        let targets = self.targets(&files)?;
        if targets.is_empty() {
            tell(terminal, "nothing is to be looked at");
            return Ok(Exit::Done);
        }
        let asked = plan.vantages.len();
        tell(
            terminal,
            &format!(
                "looking at {} from {}; Ctrl-C keeps what is done",
                counted(targets.len(), "target"),
                counted(asked, "vantage")
            ),
        );
        let out = Output {
            json: self.json,
            fail_on_open: self.fail_on_open,
            store: self.store.as_typed(),
        };
        run_looks(&store, &targets, &plan, &out, terminal)
    }

    fn targets(&self, files: &[RequestFile]) -> Result<Vec<VerifyTarget>, CliError> {
        if self.due {
            let rules = load_block_rules(&self.rules)?;
            let looks = due_looks(files, &rules, system_clock().now());
            let due = looks.iter().filter(|look| look.is_due);
            return Ok(due
                .filter_map(|look| target_of(files, &look.item))
                .collect());
        }
        if self.all {
            let mut targets = Vec::new();
            for file in files.iter().filter(|file| file.superseded_by.is_none()) {
                let items = file.request.items.iter();
                let in_force = items.filter(|item| file.state(&item.id).is_in_force());
                targets.extend(in_force.map(|item| VerifyTarget::of(file, item)));
            }
            return Ok(targets);
        }
        if self.names.is_empty() {
            return Err(
                CliError::usage("name what to look at: an item, a request or a site")
                    .with_hint("or look at everything that is due: tazy verify --due"),
            );
        }
        let mut targets: Vec<VerifyTarget> = Vec::new();
        for name in &self.names {
            let named = named_targets(files, name);
            if named.is_empty() {
                let name = crate::report::clean_line(name);
                return Err(CliError::failure(format!("nothing that is blocked by order is called {name}"))
                    .with_hint("see what is in force: tazy verify list. A URL without a request: tazy verify measure URL"));
            }
            let is_new =
                |target: &VerifyTarget| targets.iter().all(|known| known.item.id != target.item.id);
            let new: Vec<VerifyTarget> = named.into_iter().filter(is_new).collect();
            targets.extend(new);
        }
        Ok(targets)
    }
}

/// How looks are shown.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) json: bool,
    pub(super) fail_on_open: bool,
    /// ` --store DIR` as typed, for commands that are proposed.
    pub(super) store: String,
}

/// Looks at targets until all are done or somebody interrupts, and tells what came of it.
pub(super) fn run_looks(
    store: &Store,
    targets: &[VerifyTarget],
    plan: &VerifyPlan,
    output: &Output,
    terminal: &mut Terminal,
) -> Result<Exit, CliError> {
    let clock = system_clock();
    let stop = Stop::default();
    let style = Style::of(terminal.color);
    let (out, err) = (&mut terminal.out, RefCell::new(&mut terminal.err));
    let mut unwritten: Option<io::Error> = None;
    let mut done = 0;
    let observe = |_: &VerifyTarget, look: &Verification| {
        done += 1;
        // Progress that nobody reads changes nothing.
        let _ = writeln!(err.borrow_mut(), "tazy: {done} of {} done", targets.len());
        let written = if output.json {
            write_json_line(out, look)
        } else {
            write_look(out, look, style)
        };
        if let Err(error) = written {
            stop.request();
            unwritten.get_or_insert(error);
        }
    };
    let looks = block_on(async {
        let mut interrupts = Interrupts::listen().map_err(CliError::failure)?;
        let looking = verify_blocks(store, &clock, targets, plan, &stop, observe);
        tokio::pin!(looking);
        loop {
            tokio::select! {
                ended = &mut looking => return ended.map_err(CliError::failure),
                () = interrupts.next() => {
                    stop.request();
                    let text = "stopping after the looks under way; Ctrl-C again gives them up";
                    let _ = writeln!(err.borrow_mut(), "tazy: {text}");
                }
            }
        }
    })??;
    if let Some(error) = unwritten {
        return Err(error.into());
    }
    if !output.json {
        propose(store, &output.store, terminal)?;
    }
    terminal.out.flush()?;
    let is_open = |look: &&Verification| {
        let target = targets.iter().find(|target| target.item.id == look.item);
        look.is_open() && target.is_some_and(|target| target.state.is_in_force())
    };
    if stop.is_requested() {
        Ok(Exit::Interrupted)
    } else if output.fail_on_open && looks.iter().any(|look| is_open(&look)) {
        Ok(Exit::Open)
    } else {
        Ok(Exit::Done)
    }
}

/// Sites that came back or moved, with what to type next.
pub(super) fn propose(store: &Store, typed: &str, terminal: &mut Terminal) -> Result<(), CliError> {
    let files = store.request_files()?;
    let flags = store.flags(&FlagFilter::default())?;
    let confirmed = confirmed_in(store, &flags)?;
    let found = proposals(&files, &flags, |flag| confirmed.contains(flag));
    write_proposals(&mut terminal.out, &found, typed)?;
    Ok(())
}

fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

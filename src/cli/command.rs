//! What was typed, and which command it is.

use super::{CliError, Exit, Terminal};
use super::{
    block, demo, eval, evidence, export, figures, flags, review, rules, scan, serve, store, verify,
};
use clap::{Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Begin here:
  tazy demo                                  see it work, without any network
  tazy scan shop.example forum.example/page  visit two suspected sites
  tazy scan --list suspects.csv              visit a whole list
  tazy flags list                            what waits for a person
  tazy flags show shop.example               everything about one flag
  tazy review confirm shop.example           decide about it

Exit codes: 0 done, 1 tazy failed, 2 wrong usage, 3 something was flagged (only with
--fail-on-flag), `rules replay` would lose confirmed flags or a block does not hold (only with
--fail-on-open), 4 evidence does not verify, 130 interrupted.";

/// tazy finds drug advertising and fraud on suspected web sites and keeps the evidence. A person decides.
#[derive(Debug, Parser)]
#[command(name = "tazy", version, propagate_version = true, after_help = EXAMPLES)]
pub struct Cli {
    /// When results carry color
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto"
    )]
    color: When,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Visit suspected sites, flag what a person should see, keep the evidence
    Scan(Box<scan::ScanCommand>),
    /// See the main job work on built-in sites, without any network
    Demo(demo::DemoCommand),
    /// List and explain flags
    Flags(flags::FlagsCommand),
    /// Decide about flags, and see what was decided
    Review(review::ReviewCommand),
    /// Ask for blocks, record what came of them, see what is due
    Block(block::BlockCommand),
    /// Write the list of what is in force, in the form of whoever carries it out
    Export(export::ExportCommand),
    /// Serve the lists over HTTP and TAXII
    Serve(serve::ServeCommand),
    /// Measure whether blocks work
    Verify(Box<verify::VerifyCommand>),
    /// Export evidence so that a third party can check it, and see who had it in hands
    Evidence(evidence::EvidenceCommand),
    /// Figures of a period: what was examined, flagged, decided, asked for, blocked, with the dossiers behind them
    Report(Box<figures::ReportCommand>),
    /// Check a store, back it up, restore it, and delete what was kept long enough
    Store(store::StoreCommand),
    /// Check, test and explain rules
    Rules(rules::RulesCommand),
    /// Measure detection on labelled data
    Eval(eval::EvalCommand),
}

impl Cli {
    /// Runs the command.
    pub fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.color {
            When::Auto => {}
            When::Always => terminal.color = true,
            When::Never => terminal.color = false,
        }
        let ended = match self.command {
            Command::Scan(command) => command.run(terminal),
            Command::Demo(command) => command.run(terminal),
            Command::Flags(command) => command.run(terminal),
            Command::Review(command) => command.run(terminal),
            Command::Block(command) => command.run(terminal),
            Command::Export(command) => command.run(terminal),
            Command::Serve(command) => command.run(terminal),
            Command::Verify(command) => command.run(terminal),
            Command::Evidence(command) => command.run(terminal),
            Command::Report(command) => command.run(terminal),
            Command::Store(command) => command.run(terminal),
            Command::Rules(command) => command.run(terminal),
            Command::Eval(command) => command.run(terminal),
        };
        match ended {
            Err(error) if error.is_reader_gone => Ok(Exit::Done),
            ended => ended,
        }
    }
}

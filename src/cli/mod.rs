//! The command line: one file a command, each with its arguments (`clap::Args`) and a `run`.
//!
//! - [`Cli`]: what was typed.
//! - [`Terminal`]: where output goes. Tables and JSON Lines to `out`, progress and messages to `err`.
//! - [`Exit`]: the exit codes that scripts may rely on. [`CliError`]: what went wrong and what to do.

mod eval;
mod rules;
mod terminal;

pub use terminal::{CliError, Exit, Terminal};

use clap::{Parser, Subcommand};

/// tazy finds drug advertising and fraud on suspected web sites and keeps the evidence. A person decides.
#[derive(Debug, Parser)]
#[command(name = "tazy", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure detection on labelled data
    Eval(eval::EvalCommand),
    /// Check, test and explain rules
    Rules(rules::RulesCommand),
}

impl Cli {
    /// Runs the command.
    pub fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.command {
            Command::Eval(command) => command.run(terminal),
            Command::Rules(command) => command.run(terminal),
        }
    }
}

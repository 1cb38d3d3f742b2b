//! Parse, build, dispatch, exit code.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;
use tazy::cli::{Cli, CliError, Exit, Terminal};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut terminal = Terminal::of_process();
    match cli.run(&mut terminal) {
        Ok(exit) => exit.into(),
        Err(error) => report(&mut terminal, &error).into(),
    }
}

fn report(terminal: &mut Terminal, error: &CliError) -> Exit {
    // Nothing is left to do if standard error is closed.
    let _ = writeln!(terminal.err, "tazy: {}", error.message);
    if let Some(hint) = &error.hint {
        let _ = writeln!(terminal.err, "  → {hint}");
    }
    let _ = terminal.err.flush();
    error.exit
}

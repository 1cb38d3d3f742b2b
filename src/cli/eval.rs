//! `tazy eval`

use super::{CliError, Exit, Terminal};

/// Arguments of `tazy eval`.
#[derive(Debug, clap::Args)]
pub(super) struct EvalCommand {}

impl EvalCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let _ = terminal;
        todo!()
    }
}

//! `tazy serve`

use super::{CliError, Exit, Terminal};

/// Arguments of `tazy serve`.
#[derive(Debug, clap::Args)]
pub(super) struct ServeCommand {}

impl ServeCommand {
    pub(super) fn run(self, _terminal: &mut Terminal) -> Result<Exit, CliError> {
        Ok(Exit::Done)
    }
}

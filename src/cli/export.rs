//! `tazy export`

use super::{CliError, Exit, Terminal};

/// Arguments of `tazy export`.
#[derive(Debug, clap::Args)]
pub(super) struct ExportCommand {}

impl ExportCommand {
    pub(super) fn run(self, _terminal: &mut Terminal) -> Result<Exit, CliError> {
        Ok(Exit::Done)
    }
}

//! `tazy block`

use super::{CliError, Exit, Terminal};

/// Arguments of `tazy block`.
#[derive(Debug, clap::Args)]
pub(super) struct BlockCommand {}

impl BlockCommand {
    pub(super) fn run(self, _terminal: &mut Terminal) -> Result<Exit, CliError> {
        Ok(Exit::Done)
    }
}

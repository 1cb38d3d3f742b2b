//! `tazy verify`

use super::{CliError, Exit, Terminal};

/// Arguments of `tazy verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyCommand {}

impl VerifyCommand {
    pub(super) fn run(self, _terminal: &mut Terminal) -> Result<Exit, CliError> {
        Ok(Exit::Done)
    }
}

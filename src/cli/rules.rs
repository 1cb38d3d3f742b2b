//! `tazy rules`

use super::{CliError, Exit, Terminal};

/// Arguments of `tazy rules`.
#[derive(Debug, clap::Args)]
pub(super) struct RulesCommand {}

impl RulesCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let _ = terminal;
        todo!()
    }
}

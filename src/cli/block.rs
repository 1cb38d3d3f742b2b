//! `tazy block`

use super::block_guard::GuardCommand;
use super::block_profile::ProfileCommand;
use super::{CliError, Exit, Terminal};

/// Arguments of `tazy block`.
#[derive(Debug, clap::Args)]
pub(super) struct BlockCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// What speaks against blocking a target, what a block would really do, and what else it would hit
    Guard(GuardCommand),
    /// Whom a jurisdiction lets address, on what grounds, within how long
    Profile(ProfileCommand),
}

impl BlockCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Verb::Guard(command) => command.run(terminal),
            Verb::Profile(command) => command.run(terminal),
        }
    }
}

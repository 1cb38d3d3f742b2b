//! `tazy evidence`

use super::evidence_custody::{CustodyCommand, OpenCommand, RecordCommand};
use super::evidence_export::ExportCommand;
use super::evidence_log::LogVerb;
use super::evidence_verify::VerifyCommand;
use super::open::StoreOption;
use super::review::{author, desk_options};
use super::{CliError, Exit, Terminal};
use crate::config::DeskOptions;
use crate::review::Reviewer;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  tazy evidence export shop.example --recipient 'Court of Almaty, case 17/2026'
  tazy evidence verify shop.wacz --html report.html   check a bundle, anywhere, without the store
  tazy evidence custody shop.example                  who had its evidence in hands
  tazy evidence record shop.example --act copy --recipient 'N. Omarova' --digest sha256:…
  tazy evidence open c-3f0c9a1b22d4 --body page.bin   the bytes that the site sent
  tazy evidence checkpoint                            sign the log, ask for a time stamp
  tazy evidence witness --help                        vouch for another unit's log";

/// Arguments of `tazy evidence`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct EvidenceCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Write everything about one flag into one file that a third party can check
    Export(ExportCommand),
    /// Check a bundle or a whole store: every byte, signature, time stamp and finding
    Verify(VerifyCommand),
    /// List who opened, exported or handed on the evidence of one flag
    Custody(CustodyCommand),
    /// Enter into the custody sheet what was done outside of tazy
    Record(RecordCommand),
    /// Show what is known of a capture, and write its bytes to a file
    Open(OpenCommand),
    #[command(flatten)]
    Log(LogVerb),
}

impl EvidenceCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Verb::Export(command) => command.run(terminal),
            Verb::Verify(command) => command.run(terminal),
            Verb::Custody(command) => command.run(terminal),
            Verb::Record(command) => command.run(terminal),
            Verb::Open(command) => command.run(terminal),
            Verb::Log(verb) => verb.run(terminal),
        }
    }
}

/// Who does something with which store.
#[derive(Debug, clap::Args)]
pub(super) struct ActorOptions {
    /// Who does it [default: `author` under [review] in tazy.toml, else $USER]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    #[command(flatten)]
    pub(super) store: StoreOption,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ActorOptions {
    /// Who it is, and the settings of the desk.
    pub(super) fn read(&self) -> Result<(Reviewer, DeskOptions), CliError> {
        let desk = desk_options(self.config.as_deref(), &self.store)?;
        Ok((author(self.author.as_deref(), &desk)?, desk))
    }
}

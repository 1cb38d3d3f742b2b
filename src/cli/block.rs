//! `tazy block`

use super::block_document::DocumentCommand;
use super::block_draft::DraftCommand;
use super::block_due::DueCommand;
use super::block_guard::GuardCommand;
use super::block_list::{ListCommand, ShowCommand};
use super::block_profile::ProfileCommand;
use super::block_step::{
    ApproveCommand, ExpireCommand, FileCommand, LiftCommand, ReplyCommand, WithdrawCommand,
};
use super::block_template::TemplateCommand;
use super::flags::find_flag;
use super::{CliError, Exit, Terminal};
use crate::dossier::RequestFile;
use crate::id::RequestId;
use crate::report::clean_line;
use crate::store::{Store, StoreError};

const EXAMPLES: &str = "\
From a confirmed flag to a block, and back:
  tazy block draft shop.example --authority information_committee
  tazy block approve b-3f0c9a1b22d4 --author 'N. Omarova'     another person than the one who drafted it
  tazy block document b-3f0c9a1b22d4 --out dossier            what is signed and sent
  tazy block file b-3f0c9a1b22d4 --number 12-3/456 --date 2026-11-22
  tazy block reply b-3f0c9a1b22d4 order --number 77-K --date 2026-11-24 --organ 'Information Committee'
  tazy block due                                              what is awaited, what is overdue
  tazy block guard https://shop.example/catalog               what would a block really do?
  tazy block lift b-3f0c9a1b22d4 --reason 'the owner removed the offer'

Nothing is ever edited: every step is recorded with who and when. A person decides every block; tazy files
nothing by itself.";

/// Arguments of `tazy block`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct BlockCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Draft a request about confirmed flags, filled from what the store knows
    Draft(Box<DraftCommand>),
    /// Approve a draft as the second person
    Approve(ApproveCommand),
    /// Write the papers that are signed and sent
    Document(Box<DocumentCommand>),
    /// See, copy and check the templates that papers are written from
    Template(TemplateCommand),
    /// Record that it was sent, with the number and date of the letter
    File(FileCommand),
    /// Record what the addressee, an operator or the owner answered
    Reply(ReplyCommand),
    /// Take a request back before it is ordered
    Withdraw(WithdrawCommand),
    /// Ask that a block be lifted; it leaves every list at the next serial
    Lift(LiftCommand),
    /// Let a block end because its time is over
    Expire(ExpireCommand),
    /// List requests with where each target stands
    List(ListCommand),
    /// Show everything about one request
    Show(ShowCommand),
    /// List what is awaited of whom, and what is late
    Due(DueCommand),
    /// What speaks against blocking a target, what a block would really do, and what else it would hit
    Guard(GuardCommand),
    /// Whom a jurisdiction lets address, on what grounds, within how long
    Profile(ProfileCommand),
}

impl BlockCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Verb::Draft(command) => command.run(terminal),
            Verb::Approve(command) => command.run(terminal),
            Verb::Document(command) => command.run(terminal),
            Verb::Template(command) => command.run(terminal),
            Verb::File(command) => command.run(terminal),
            Verb::Reply(command) => command.run(terminal),
            Verb::Withdraw(command) => command.run(terminal),
            Verb::Lift(command) => command.run(terminal),
            Verb::Expire(command) => command.run(terminal),
            Verb::List(command) => command.run(terminal),
            Verb::Show(command) => command.run(terminal),
            Verb::Due(command) => command.run(terminal),
            Verb::Guard(command) => command.run(terminal),
            Verb::Profile(command) => command.run(terminal),
        }
    }
}

/// The request with this id, the one whose id begins so, or the latest about this site.
pub(super) fn find_request(store: &Store, written: &str) -> Result<RequestFile, CliError> {
    let id = RequestId::from_written(written);
    match store.request_file(&id) {
        Err(StoreError::Unknown { .. }) => {}
        found => return Ok(found?),
    }
    if !id.as_str().starts_with("b-") {
        let flag = find_flag(store, written)?;
        let latest = store.requests_about(&flag.id)?.pop();
        return latest.ok_or_else(|| {
            CliError::failure(format!(
                "there is no block request about {}",
                clean_line(written)
            ))
            .with_hint(format!(
                "draft one: tazy block draft {}",
                clean_line(written)
            ))
        });
    }
    let mut fitting = store.request_files()?;
    fitting.retain(|file| file.request.id.as_str().starts_with(id.as_str()));
    match (fitting.pop(), fitting.len()) {
        (None, _) => Err(StoreError::Unknown {
            kind: "block request",
            id: clean_line(written),
        }
        .into()),
        (Some(file), 0) => Ok(file),
        (Some(last), others) => {
            let mut ids: Vec<&str> = fitting
                .iter()
                .take(4)
                .map(|file| file.request.id.as_str())
                .collect();
            ids.push(last.request.id.as_str());
            let message = format!("{} requests begin with {}", others + 1, clean_line(written));
            Err(CliError::failure(message)
                .with_hint(format!("write more of the id: {}", ids.join(", "))))
        }
    }
}

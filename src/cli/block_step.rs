//! What happens to a request: `tazy block approve`, `file`, `reply`, `withdraw`, `lift`, `expire`

use super::block::find_request;
use super::evidence::ActorOptions;
use super::evidence_log::sign_after_decision;
use super::open::system_clock;
use super::{CliError, Exit, Terminal};
use crate::block::{BlockAct, BlockStep, Paper, StepError};
use crate::digest::Digest;
use crate::dossier::RequestFile;
use crate::id::{ItemId, StepId};
use crate::report::{clean_line, write_json_line};
use crate::store::StoreError;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::civil::Date;
use std::io::Write;
use std::path::{Path, PathBuf};

const REPLY_EXAMPLES: &str = "\
Examples:
  tazy block reply b-3f0 acknowledge --number 5512 --date 2026-11-23 --organ 'Information Committee'
  tazy block reply b-3f0 order --number 77-K --date 2026-11-24 --organ 'Information Committee' --file order.pdf
  tazy block reply b-3f0 effect --number 1 --date 2026-11-25 --organ 'Operator' --item i-91c2
  tazy block reply b-3f0 refuse --number 78 --date 2026-11-24 --organ '…' --reason 'not competent'
  tazy block reply b-3f0 removed --reason 'the page answers 404 since 24 November'
  tazy block reply b-3f0 appealed --upheld --number 2-441 --date 2026-12-30 --organ 'Court'";

/// What every step takes.
#[derive(Debug, clap::Args)]
struct StepOptions {
    /// Id of the request, the beginning of one, or the site of its latest request
    #[arg(value_name = "REQUEST")]
    request: String,
    /// Only this item: its id or the beginning of one, or its target; several times for several
    #[arg(long = "item", value_name = "ITEM")]
    items: Vec<String>,
    /// What else there is to say
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    actor: ActorOptions,
    /// Print the step as one JSON object
    #[arg(long)]
    json: bool,
}

/// A paper as it is typed.
#[derive(Debug, clap::Args)]
struct PaperOptions {
    /// Number of the paper, as whoever issued it gave it
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// Its date
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// Who issued it
    #[arg(long, value_name = "NAME")]
    organ: Option<String>,
    /// The paper as a file; its digest is recorded
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Arguments of `tazy block approve`.
#[derive(Debug, clap::Args)]
pub(super) struct ApproveCommand {
    #[command(flatten)]
    step: StepOptions,
}

/// Arguments of `tazy block file`.
#[derive(Debug, clap::Args)]
pub(super) struct FileCommand {
    #[command(flatten)]
    step: StepOptions,
    #[command(flatten)]
    paper: PaperOptions,
}

/// Arguments of `tazy block reply`.
#[derive(Debug, clap::Args)]
#[command(after_help = REPLY_EXAMPLES)]
pub(super) struct ReplyCommand {
    #[command(flatten)]
    step: StepOptions,
    /// What was answered
    #[arg(value_name = "ANSWER", value_parser = reply_parser())]
    answer: String,
    #[command(flatten)]
    paper: PaperOptions,
    /// Why, for `refuse` and `removed`
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The appeal was successful: the block falls
    #[arg(long)]
    upheld: bool,
}

/// Arguments of `tazy block withdraw`.
#[derive(Debug, clap::Args)]
pub(super) struct WithdrawCommand {
    #[command(flatten)]
    step: StepOptions,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Arguments of `tazy block lift`.
#[derive(Debug, clap::Args)]
pub(super) struct LiftCommand {
    #[command(flatten)]
    step: StepOptions,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Arguments of `tazy block expire`.
#[derive(Debug, clap::Args)]
pub(super) struct ExpireCommand {
    #[command(flatten)]
    step: StepOptions,
    /// Why it is not prolonged
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl ApproveCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        self.step.record(BlockAct::Approve, terminal)
    }
}

impl FileCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let unit = self.step.actor.read()?.1.evidence.unit;
        let paper = self.paper.read("file", unit)?;
        self.step.record(BlockAct::Submit(paper), terminal)
    }
}

impl ReplyCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let act = self.act()?;
        self.step.record(act, terminal)
    }

    fn act(&self) -> Result<BlockAct, CliError> {
        let reason = || {
            self.reason
                .clone()
                .ok_or_else(|| CliError::usage(format!("{} needs --reason", self.answer)))
        };
        if self.upheld && self.answer != "appealed" {
            return Err(CliError::usage("--upheld belongs to `appealed`"));
        }
        if self.answer == "removed" {
            return Ok(BlockAct::Removed { reason: reason()? });
        }
        let paper = self.paper.read(&self.answer, None)?;
        Ok(match self.answer.as_str() {
            "acknowledge" => BlockAct::Acknowledge(paper),
            "order" => BlockAct::Order(paper),
            "effect" => BlockAct::Effect(paper),
            "appeal" => BlockAct::Appeal(paper),
            "lifted" => BlockAct::Lifted(paper),
            "appealed" => BlockAct::Appealed {
                paper,
                upheld: self.upheld,
            },
            _ => BlockAct::Refuse {
                paper,
                reason: reason()?,
            },
        })
    }
}

impl WithdrawCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let reason = self.reason;
        self.step.record(BlockAct::Withdraw { reason }, terminal)
    }
}

impl LiftCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let reason = self.reason;
        self.step.record(BlockAct::Lift { reason }, terminal)
    }
}

impl ExpireCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let reason = self.reason;
        self.step.record(BlockAct::Expire { reason }, terminal)
    }
}

impl PaperOptions {
    /// The paper, issued by `organ` unless it was named.
    fn read(&self, act: &str, organ: Option<String>) -> Result<Paper, CliError> {
        let missing = |option: &str| {
            CliError::usage(format!("{act} needs {option}"))
                .with_hint("a paper has a number, a date and an organ that issued it")
        };
        Ok(Paper {
            number: self.number.clone().ok_or_else(|| missing("--number"))?,
            date: self.date.ok_or_else(|| missing("--date"))?,
            organ: self
                .organ
                .clone()
                .or(organ)
                .ok_or_else(|| missing("--organ"))?,
            digest: self.file.as_deref().map(digest_of).transpose()?,
        })
    }
}

fn digest_of(path: &Path) -> Result<Digest, CliError> {
    let bytes = std::fs::read(path)
        .map_err(|error| CliError::usage(format!("--file {}: {error}", path.display())))?;
    Ok(Digest::of(&bytes))
}

impl StepOptions {
    fn record(&self, act: BlockAct, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let (by, desk) = self.actor.read()?;
        let store = self.actor.store.open_existing(terminal)?;
        let file = find_request(&store, &self.request)?;
        let at = system_clock().now();
        let step = BlockStep {
            id: StepId::taken(&file.request.id, act.as_str(), by.as_str(), at),
            request: file.request.id.clone(),
            items: self
                .items
                .iter()
                .map(|written| find_item(&file, written))
                .collect::<Result<_, _>>()?,
            act,
            by,
            at,
            note: self.note.clone(),
        };
        store
            .record_step(&step)
            .map_err(|error| self.refused(error))?;
        sign_after_decision(&store, &desk, terminal);
        if self.json {
            write_json_line(&mut terminal.out, &step)?;
            return Ok(Exit::Done);
        }
        let (id, typed) = (&step.request, self.actor.store.as_typed());
        writeln!(
            terminal.out,
            "{id}: {} recorded as {}",
            step.act.as_str(),
            step.id
        )?;
        if let Some(next) = next_of(&step.act) {
            writeln!(
                terminal.out,
                "Next: {}",
                next.replace("{}", &format!("{id}{typed}"))
            )?;
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }

    fn refused(&self, error: StoreError) -> CliError {
        let StoreError::StepRefused(error) = error else {
            return error.into();
        };
        let hint = if matches!(error, StepError::OwnRequest(_)) {
            "the other person names themself with --author NAME".to_owned()
        } else {
            let (request, store) = (clean_line(&self.request), self.actor.store.as_typed());
            format!("see where it stands: tazy block show {request}{store}")
        };
        CliError::failure(error).with_hint(hint)
    }
}

/// What to do after a step, with `{}` for the request.
fn next_of(act: &BlockAct) -> Option<&'static str> {
    Some(match act {
        BlockAct::Approve => {
            "tazy block document {}, sign and send it, then tazy block file {} --number … --date …"
        }
        BlockAct::Submit(_) | BlockAct::Acknowledge(_) => {
            "tazy block due shows when the answer is awaited"
        }
        BlockAct::Order(_) | BlockAct::Effect(_) => {
            "tazy export writes the lists, tazy verify {} measures whether the block works"
        }
        BlockAct::Lift { .. } => {
            "tazy block document {} --kind lift, and tazy export: the entry leaves every list"
        }
        BlockAct::Refuse { .. }
        | BlockAct::Withdraw { .. }
        | BlockAct::Removed { .. }
        | BlockAct::Appeal(_)
        | BlockAct::Appealed { .. }
        | BlockAct::Lifted(_)
        | BlockAct::Expire { .. } => return None,
    })
}

/// The item with this id, the one whose id begins so, or the one with this target.
pub(super) fn find_item(file: &RequestFile, written: &str) -> Result<ItemId, CliError> {
    let written = written.trim();
    let fits = |id: &ItemId, target: &str| {
        target == written || (written.starts_with("i-") && id.as_str().starts_with(written))
    };
    let items = file.request.items.iter();
    let mut fitting = items.filter(|item| fits(&item.id, &item.target.live()));
    match (fitting.next(), fitting.next()) {
        (Some(item), None) => Ok(item.id.clone()),
        (Some(_), Some(_)) => Err(CliError::usage(format!(
            "several items begin with {}",
            clean_line(written)
        ))),
        (None, _) => {
            let ids: Vec<&str> = file.request.items.iter().map(|i| i.id.as_str()).collect();
            Err(CliError::usage(format!(
                "{} has no item {}",
                file.request.id,
                clean_line(written)
            ))
            .with_hint(format!("its items: {}", ids.join(", "))))
        }
    }
}

fn reply_parser() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new([
        PossibleValue::new("acknowledge").help("It arrived"),
        PossibleValue::new("order").help("The body ordered the block"),
        PossibleValue::new("effect").help("An operator, host or platform reports that it is done"),
        PossibleValue::new("refuse").help("The addressee refuses"),
        PossibleValue::new("removed").help("The content was removed"),
        PossibleValue::new("appeal").help("The owner appeals"),
        PossibleValue::new("appealed").help("The appeal was decided"),
        PossibleValue::new("lifted").help("Access was ordered to be restored"),
    ])
}

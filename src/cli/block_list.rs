//! `tazy block list` and `tazy block show`

use super::block::find_request;
use super::open::StoreOption;
use super::{CliError, Exit, Terminal};
use crate::block::{BlockRequest, BlockStep, ItemState};
use crate::dossier::RequestFile;
use crate::id::RequestId;
use crate::report::{Style, request_table, write_json_line, write_request_file};
use crate::verify::Verification;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// Arguments of `tazy block list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListCommand {
    /// Requests with an item that stands so
    #[arg(long, value_name = "STATE", value_parser = state_parser())]
    state: Option<ItemState>,
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object a request
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy block show`.
#[derive(Debug, clap::Args)]
pub(super) struct ShowCommand {
    /// Id of the request, the beginning of one, or the site of its latest request
    #[arg(value_name = "REQUEST")]
    request: String,
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// A request with everything that followed, for other programs.
#[derive(Debug, Serialize)]
struct RequestView<'a> {
    #[serde(flatten)]
    request: &'a BlockRequest,
    states: BTreeMap<&'a str, ItemState>,
    steps: &'a [BlockStep],
    verifications: &'a [Verification],
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<&'a str>,
}

impl<'a> RequestView<'a> {
    fn of(file: &'a RequestFile) -> Self {
        let items = file.request.items.iter();
        Self {
            states: items
                .map(|item| (item.id.as_str(), file.state(&item.id)))
                .collect(),
            request: &file.request,
            steps: &file.steps,
            verifications: &file.verifications,
            superseded_by: file.superseded_by.as_ref().map(RequestId::as_str),
        }
    }
}

impl ListCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let mut files = store.request_files()?;
        if let Some(state) = self.state {
            files.retain(|file| {
                let mut items = file.request.items.iter();
                items.any(|item| file.state(&item.id) == state)
            });
        }
        if self.json {
            for file in &files {
                write_json_line(&mut terminal.out, &RequestView::of(file))?;
            }
            return Ok(Exit::Done);
        }
        if files.is_empty() {
            let text = match self.state {
                Some(state) => format!("No target is {}.", state.as_str()),
                None => "No block requests in this store yet. Make one: tazy block draft SITE"
                    .to_owned(),
            };
            writeln!(terminal.out, "{text}")?;
            return Ok(Exit::Done);
        }
        writeln!(
            terminal.out,
            "{}",
            request_table(&files, Style::of(terminal.color))
        )?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

impl ShowCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let file = find_request(&store, &self.request)?;
        if self.json {
            write_json_line(&mut terminal.out, &RequestView::of(&file))?;
            return Ok(Exit::Done);
        }
        write_request_file(&mut terminal.out, &file)?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

fn state_parser() -> impl TypedValueParser<Value = ItemState> {
    PossibleValuesParser::new(ItemState::ALL.map(ItemState::as_str)).try_map(|code| {
        let found = ItemState::ALL
            .into_iter()
            .find(|state| state.as_str() == code);
        found.ok_or("there is no such state")
    })
}

//! `tazy evidence custody`, `record` and `open`

use super::evidence::ActorOptions;
use super::flags::find_flag;
use super::open::{StoreOption, system_clock};
use super::{CliError, Exit, Terminal};
use crate::custody::{CustodyAct, CustodyEvent};
use crate::digest::Digest;
use crate::id::{CaptureId, CustodyId, FlagId};
use crate::report::{clean_line, write_json_line};
use crate::review::Reviewer;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `tazy evidence custody`.
#[derive(Debug, clap::Args)]
pub(super) struct CustodyCommand {
    /// Id of the flag, the beginning of one, or the site
    #[arg(value_name = "FLAG")]
    flag: String,
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object an entry
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy evidence record`.
#[derive(Debug, clap::Args)]
pub(super) struct RecordCommand {
    /// Id of the flag, the beginning of one, or the site
    #[arg(value_name = "FLAG")]
    flag: String,
    /// What was done
    #[arg(long, value_name = "ACT", value_parser = act_parser(), default_value = "copy")]
    act: CustodyAct,
    /// Who received it
    #[arg(long, value_name = "NAME")]
    recipient: String,
    /// Digest of the file that was handed on, as `tazy evidence export` or `sha256sum` prints it
    #[arg(long, value_name = "SHA256", value_parser = parse_digest)]
    digest: Digest,
    /// What for
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    actor: ActorOptions,
    /// Print the entry as one JSON object
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy evidence open`.
#[derive(Debug, clap::Args)]
pub(super) struct OpenCommand {
    /// Id of the capture
    #[arg(value_name = "CAPTURE")]
    capture: String,
    /// Write the body to this file, as it was received: it may be dangerous. This is entered into the custody
    /// sheet
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// What for
    #[arg(long, value_name = "TEXT", requires = "body")]
    note: Option<String>,
    #[command(flatten)]
    actor: ActorOptions,
}

impl CustodyCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let flag = find_flag(&store, &self.flag)?;
        let mut events = store.custody()?;
        events.retain(|event| {
            event.act == CustodyAct::Backup || event.flag.as_ref() == Some(&flag.id)
        });
        if events.is_empty() && !self.json {
            writeln!(terminal.out, "Nobody opened, exported or handed it on.")?;
        }
        for event in &events {
            if self.json {
                write_json_line(&mut terminal.out, event)?;
            } else {
                tell(event, terminal)?;
            }
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

impl RecordCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let (by, _) = self.actor.read()?;
        let store = self.actor.store.open_existing(terminal)?;
        let flag = find_flag(&store, &self.flag)?;
        let handed_out = |event: &CustodyEvent| event.digest == Some(self.digest);
        if !store.custody()?.iter().any(handed_out) {
            writeln!(
                terminal.err,
                "tazy: no bundle with this digest is on the custody sheet; it is entered all the same"
            )?;
        }
        let event = CustodyEvent {
            recipient: Some(self.recipient),
            digest: Some(self.digest),
            note: self.note,
            ..event(self.act, &self.digest.hex(), by, flag.id)
        };
        store.record_custody(&event)?;
        if self.json {
            write_json_line(&mut terminal.out, &event)?;
        } else {
            tell(&event, terminal)?;
            terminal.out.flush()?;
        }
        Ok(Exit::Done)
    }
}

impl OpenCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let id = CaptureId::from_written(&clean_line(&self.capture));
        let Some(body) = &self.body else {
            let store = self.actor.store.open_existing(terminal)?;
            write_json_line(&mut terminal.out, &store.manifest(&id)?)?;
            return Ok(Exit::Done);
        };
        let (by, _) = self.actor.read()?;
        let store = self.actor.store.open_existing(terminal)?;
        let capture = store.capture(&id)?;
        let event = CustodyEvent {
            captures: vec![id.clone()],
            digest: Some(capture.manifest.payload_digest),
            note: self.note.clone(),
            ..event(
                CustodyAct::View,
                id.as_str(),
                by,
                FlagId::of_site(&capture.manifest.site),
            )
        };
        let file = create(body)?;
        // Nobody sees the bytes before it is recorded that somebody does.
        store.record_custody(&event)?;
        write_body(file, body, &capture.body)?;
        write_json_line(&mut terminal.out, &capture.manifest)?;
        writeln!(
            terminal.err,
            "tazy: entered into the custody sheet as {}",
            event.id
        )?;
        Ok(Exit::Done)
    }
}

fn create(path: &Path) -> Result<File, CliError> {
    File::create_new(path).map_err(|error| {
        CliError::failure(format!("{}: {error}", path.display()))
            .with_hint("name a file that is not there yet")
    })
}

fn write_body(mut file: File, path: &Path, body: &[u8]) -> Result<(), CliError> {
    file.write_all(body)
        .and_then(|()| file.sync_all())
        .map_err(|error| CliError::failure(format!("{}: {error}", path.display())))
}

/// An entry without what is particular to it.
fn event(act: CustodyAct, what: &str, by: Reviewer, flag: FlagId) -> CustodyEvent {
    let at = system_clock().now();
    CustodyEvent {
        id: CustodyId::of_event(act.as_str(), what, by.as_str(), at),
        act,
        by,
        at,
        flag: Some(flag),
        captures: Vec::new(),
        recipient: None,
        digest: None,
        log_size: None,
        note: None,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn tell(event: &CustodyEvent, terminal: &mut Terminal) -> std::io::Result<()> {
    let CustodyEvent {
        id, act, by, at, ..
    } = event;
    let time = at.strftime("%Y-%m-%d %H:%M:%S UTC");
    let mut line = format!("{time}  {id}  {act} by {}", clean_line(by.as_str()));
    let mut add = |word: &str, value: Option<String>| {
        if let Some(value) = value {
            line.push_str(word);
            line.push_str(&clean_line(&value));
        }
    };
    add(" for ", event.recipient.clone());
    let captures: Vec<&str> = event.captures.iter().map(CaptureId::as_str).collect();
    add(
        ", capture ",
        (!captures.is_empty()).then(|| captures.join(", ")),
    );
    add(", ", event.digest.map(|digest| digest.to_string()));
    add(
        ", log of ",
        event.log_size.map(|size| format!("{size} records")),
    );
    add(": ", event.note.clone());
    writeln!(terminal.out, "{line}")
}

fn act_parser() -> impl TypedValueParser<Value = CustodyAct> {
    PossibleValuesParser::new(["copy", "view"]).map(|word| match word.as_str() {
        "view" => CustodyAct::View,
        _ => CustodyAct::Copy,
    })
}

/// With or without `sha256:` before it.
fn parse_digest(written: &str) -> Result<Digest, String> {
    let hex = written.trim().to_lowercase();
    let hex = hex.strip_prefix("sha256:").unwrap_or(&hex);
    format!("sha256:{hex}")
        .parse()
        .map_err(|_| "a SHA-256 digest has 64 hexadecimal digits".to_owned())
}

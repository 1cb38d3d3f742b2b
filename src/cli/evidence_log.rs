//! `tazy evidence checkpoint | key | cosign | add-cosignature | witness-key`: the log and those who vouch for it.

use super::evidence_witness::WitnessVerb;
use super::open::{StoreOption, system_clock};
use super::review::desk_options;
use super::scan::block_on;
use super::{CliError, Exit, Terminal};
use crate::app::{LogSettings, SealedLog, Stamp, age_in_words, seal_log};
use crate::config::DeskOptions;
use crate::fetch::{AuthoritySettings, Resolver, SystemResolver};
use crate::merkle::Signature;
use crate::store::{SignedCheckpoint, Store};
use crate::timestamp::TrustAnchors;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What concerns the whole log.
#[derive(Debug, clap::Subcommand)]
pub(super) enum LogVerb {
    /// Sign everything recorded so far, and ask for a time stamp if an authority is configured
    ///
    /// Scans and decisions do this by themselves. `--for-witness FILE` also writes what another unit needs to
    /// cosign the log.
    Checkpoint(CheckpointOptions),
    /// Show the log's public key, or replace it
    Key {
        #[command(subcommand)]
        verb: KeyVerb,
    },
    /// Vouch for another unit's log: check that it only grew since it was last seen, and sign that
    Witness {
        #[command(subcommand)]
        verb: WitnessVerb,
    },
    /// Take a witness's signature (from `tazy evidence witness sign`) into the log
    AddCosignature(CosignatureOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckpointOptions {
    #[command(flatten)]
    store: StoreOption,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write a request for a witness to this file: the checkpoint, and proof that the log only grew
    #[arg(long, value_name = "FILE")]
    for_witness: Option<PathBuf>,
    /// Records that the witness saw last; 0 if it never saw this log
    #[arg(long, value_name = "RECORDS", default_value_t = 0)]
    since: u64,
    /// One line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum KeyVerb {
    /// Print every public key that signed the log; the last one signs now
    Show {
        #[command(flatten)]
        store: StoreOption,
    },
    /// Begin a new key; the old one signs it over
    Rotate {
        #[command(flatten)]
        store: StoreOption,
        /// Why, in words; kept in the log
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The old key is gone and cannot sign over; whoever verifies is told so
        #[arg(long)]
        lost: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct CosignatureOptions {
    #[command(flatten)]
    store: StoreOption,
    /// File with the line that the witness printed
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The witness's public key, as `tazy evidence witness new` printed it
    #[arg(long, value_name = "KEY")]
    witness: String,
    /// Which checkpoint was cosigned, in records [default: the latest]
    #[arg(long, value_name = "RECORDS")]
    size: Option<u64>,
}

impl LogVerb {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self {
            Self::Checkpoint(options) => checkpoint(&options, terminal),
            Self::Key { verb } => key(verb, terminal),
            Self::Witness { verb } => verb.run(terminal),
            Self::AddCosignature(options) => add_cosignature(&options, terminal),
        }
    }
}

fn checkpoint(options: &CheckpointOptions, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let store = Arc::new(options.store.open_existing(terminal)?);
    let desk = desk_options(options.config.as_deref(), &options.store)?;
    let sealed = seal_store(&store, &desk)?;
    let checkpoint = &sealed.signed.checkpoint;
    let key = store
        .log_keys()?
        .pop()
        .map(|key| key.verifier)
        .unwrap_or_default();
    if let Some(path) = &options.for_witness {
        let request = witness_request(&store, &sealed.signed, options.since)?;
        std::fs::write(path, request)
            .map_err(|error| CliError::failure(format!("{}: {error}", path.display())))?;
    }
    let out = &mut terminal.out;
    if options.json {
        let stamp = match &sealed.stamp {
            Stamp::NoAuthority => json!(null),
            Stamp::Stamped(record) => json!(record),
            Stamp::Queued {
                reason,
                waiting,
                since,
            } => {
                json!({"queued": reason, "waiting": waiting, "since": since})
            }
        };
        let line = json!({"origin": checkpoint.origin(), "records": checkpoint.size(),
            "root": checkpoint.root(), "key": key, "timestamp": stamp});
        writeln!(out, "{line}")?;
    } else {
        writeln!(
            out,
            "Log {}: {} records signed.",
            checkpoint.origin(),
            checkpoint.size()
        )?;
        writeln!(out, "Root {}", checkpoint.root())?;
        writeln!(out, "Key  {key}")?;
        writeln!(out, "{}", stamp_in_words(&sealed.stamp))?;
        if let Some(path) = &options.for_witness {
            writeln!(
                out,
                "Next: send {} to the other unit; there: tazy evidence witness sign {} --log-key '{key}'",
                path.display(),
                path.display()
            )?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// What C2SP tlog-witness sends to a witness: the size it saw, the proof from there, and the checkpoint.
fn witness_request(
    store: &Store,
    signed: &SignedCheckpoint,
    since: u64,
) -> Result<String, CliError> {
    let size = signed.checkpoint.size();
    let proof = store.prove_consistency(since, size)?;
    let mut text = format!("old {since}\n");
    for hash in &proof.path {
        text.push_str(&data_encoding::BASE64.encode(hash.as_bytes()));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&signed.note.to_string());
    Ok(text)
}

fn key(verb: KeyVerb, terminal: &mut Terminal) -> Result<Exit, CliError> {
    match verb {
        KeyVerb::Show { store } => {
            let keys = store.open_existing(terminal)?.log_keys()?;
            if keys.is_empty() {
                let hint = "the first checkpoint makes one: tazy evidence checkpoint";
                return Err(CliError::failure("the log is not signed yet").with_hint(hint));
            }
            for key in keys {
                writeln!(terminal.out, "{}", key.verifier)?;
            }
        }
        KeyVerb::Rotate {
            store: option,
            reason,
            lost,
        } => {
            let store = Arc::new(option.open_existing(terminal)?);
            let key = store.rotate_log_key(&reason, lost)?;
            seal_store(&store, &desk_options(None, &option)?)?;
            writeln!(
                terminal.out,
                "The log is signed with a new key from here on. Publish it where the old one stands:\n{}",
                key.verifier
            )?;
        }
    }
    terminal.out.flush()?;
    Ok(Exit::Done)
}

fn add_cosignature(
    options: &CosignatureOptions,
    terminal: &mut Terminal,
) -> Result<Exit, CliError> {
    let text = std::fs::read_to_string(&options.file)
        .map_err(|error| CliError::failure(format!("{}: {error}", options.file.display())))?;
    let signature = Signature::parse(text.trim_end()).map_err(|error| {
        CliError::usage(format!("{}: {error}", options.file.display()))
            .with_hint("the file holds the one line that `tazy evidence witness sign` printed")
    })?;
    let witness = options.witness.parse().map_err(|error| {
        CliError::usage(format!("--witness: {error}"))
            .with_hint("ask the witness: tazy evidence witness show KEYFILE")
    })?;
    let store = options.store.open_existing(terminal)?;
    let latest = store
        .latest_checkpoint()?
        .map(|signed| signed.checkpoint.size());
    let Some(size) = options.size.or(latest) else {
        return Err(CliError::failure("the log is not signed yet"));
    };
    let record = store.add_cosignature(size, signature, &witness)?;
    writeln!(
        terminal.out,
        "{} vouches since {} that the log had its {size} records.",
        witness.name(),
        record.time
    )?;
    terminal.out.flush()?;
    Ok(Exit::Done)
}

/// Signs the log as the settings of the desk say.
pub(super) fn seal_store(store: &Arc<Store>, desk: &DeskOptions) -> Result<SealedLog, CliError> {
    let settings = log_settings(desk)?;
    let resolver: Arc<dyn Resolver> = Arc::new(SystemResolver);
    Ok(block_on(seal_log(store, &resolver, &settings))??)
}

/// Closes and signs what a scan recorded, and asks for its time stamp. What goes wrong is told and changes
/// nothing about what was done: the next checkpoint covers it.
pub(super) fn seal_after_scan(store: &Arc<Store>, desk: &DeskOptions, terminal: &mut Terminal) {
    let sealed = store
        .close_captures()
        .map_err(CliError::from)
        .and_then(|()| seal_store(store, desk));
    match sealed {
        Ok(SealedLog {
            stamp: stamp @ Stamp::Queued { .. },
            ..
        }) => tell(&stamp_in_words(&stamp), terminal),
        Ok(_) => {}
        Err(error) => tell(&unsigned(&error.message), terminal),
    }
}

/// Signs a decision. The time stamp comes with the next scan or checkpoint: nobody waits for an authority.
pub(super) fn sign_after_decision(store: &Store, desk: &DeskOptions, terminal: &mut Terminal) {
    if let Err(error) = store.checkpoint(desk.evidence.origin.as_deref()) {
        tell(&unsigned(&error.to_string()), terminal);
    }
}

fn unsigned(reason: &str) -> String {
    format!("recorded, but the log could not be signed: {reason}")
}

fn tell(message: &str, terminal: &mut Terminal) {
    // A closed standard error changes nothing about what was recorded.
    let _ = writeln!(terminal.err, "tazy: {}", crate::report::clean_line(message));
}

fn log_settings(desk: &DeskOptions) -> Result<LogSettings, CliError> {
    let evidence = &desk.evidence;
    Ok(LogSettings {
        origin: evidence.origin.clone(),
        authority: evidence
            .timestamp_authority
            .as_deref()
            .map(AuthoritySettings::at),
        roots: evidence
            .timestamp_roots
            .as_deref()
            .map(read_roots)
            .transpose()?,
    })
}

/// Reads certificates that time stamps must lead to.
pub(super) fn read_roots(path: &Path) -> Result<TrustAnchors, CliError> {
    let failed = |reason: String| CliError::failure(format!("{}: {reason}", path.display()));
    let pem = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    TrustAnchors::from_pem(&pem).map_err(|error| failed(error.to_string()))
}

fn stamp_in_words(stamp: &Stamp) -> String {
    match stamp {
        Stamp::NoAuthority => {
            "No time stamp: no `timestamp_authority` is set under [evidence] in tazy.toml."
                .to_owned()
        }
        Stamp::Stamped(record) => format!("Time stamp {} by {}.", record.time, record.authority),
        Stamp::Queued {
            reason,
            waiting,
            since,
        } => {
            let clock = system_clock();
            let age = since.map(|since| age_in_words(since, &*clock));
            format!(
                "{waiting} checkpoints wait for a time stamp, the oldest for {}: {reason}",
                age.as_deref().unwrap_or("an unknown time")
            )
        }
    }
}

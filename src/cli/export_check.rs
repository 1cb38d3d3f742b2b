//! `tazy export check`: a list with its signature, anywhere.

use super::export_write::{at, signature_of};
use super::open::StoreOption;
use super::{CliError, Exit, Terminal};
use crate::block::list::ListSeal;
use crate::digest::{Digest, RunningDigest};
use crate::merkle::Verifier;
use crate::report::clean_line;
use serde_json::json;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  tazy export check rpz.zone --key 'unit.example/tazy+3f0c9a1b+AQID…'
  tazy export check rpz.zone --signature mail/rpz.zone.sig --key …
  tazy export check rpz.zone --store /srv/tazy         with the keys of a store

The unit's public key: tazy evidence key show. Compare it with where the unit published it. Exit code 4 if the
file does not verify.";

/// Longer signatures are none (bytes).
const MAX_SIGNATURE: u64 = 1 << 16;

/// Arguments of `tazy export check`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckCommand {
    /// The list
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Its signature [default: FILE.sig]
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Public key of the unit, as `tazy evidence key show` prints it; may be repeated [default: the keys of the
    /// store]
    #[arg(long, value_name = "KEY")]
    key: Vec<String>,
    #[command(flatten)]
    store: StoreOption,
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

impl CheckCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let trusted = self.trusted(terminal)?;
        let path = self
            .signature
            .clone()
            .unwrap_or_else(|| signature_of(&self.file));
        let mut signature = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(MAX_SIGNATURE).read_to_end(&mut signature))
            .map_err(|error| {
                at(&path, &error).with_hint("name the signature with --signature FILE")
            })?;
        let found = digest_of_file(&self.file)?;
        let verified = ListSeal::verify(&signature, found, &trusted);
        let out = &mut terminal.out;
        let file = clean_line(&self.file.display().to_string());
        if self.json {
            let line = match &verified {
                Ok(seal) => json!({"file": file, "sound": true, "format": seal.format,
                    "serial": seal.serial, "entries": seal.entries, "digest": seal.digest}),
                Err(error) => json!({"file": file, "sound": false, "reason": error.to_string()}),
            };
            writeln!(out, "{line}")?;
        } else {
            match &verified {
                Ok(seal) => writeln!(
                    out,
                    "{file}: list {} ({}) of {} entries, as it was signed",
                    seal.serial,
                    seal.format.as_str(),
                    seal.entries
                )?,
                Err(error) => writeln!(out, "{file}: {}", clean_line(&error.to_string()))?,
            }
        }
        out.flush()?;
        Ok(match verified {
            Ok(_) => Exit::Done,
            Err(_) => Exit::Unsound,
        })
    }

    fn trusted(&self, terminal: &mut Terminal) -> Result<Vec<Verifier>, CliError> {
        let of_store;
        let keys = if self.key.is_empty() {
            if self.store.require_directory().is_err() {
                return Err(
                    CliError::usage("no key is named to check the signature with").with_hint(
                        "name the unit's public key with --key KEY, or its store with --store DIR",
                    ),
                );
            }
            let store = self.store.open_existing(terminal)?;
            of_store = store
                .log_keys()?
                .into_iter()
                .map(|key| key.verifier)
                .collect::<Vec<_>>();
            &of_store
        } else {
            &self.key
        };
        let parsed = keys.iter().map(|key| {
            key.trim()
                .parse()
                .map_err(|error| CliError::usage(format!("--key: {error}")))
        });
        parsed.collect()
    }
}

fn digest_of_file(path: &Path) -> Result<Digest, CliError> {
    let mut file = File::open(path).map_err(|error| at(path, &error))?;
    let (mut digest, mut buffer) = (RunningDigest::default(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer).map_err(|error| at(path, &error))? {
            0 => return Ok(digest.so_far()),
            read => digest.update(&buffer[..read]),
        }
    }
}

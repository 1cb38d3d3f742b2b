//! `tazy evidence verify`

use super::open::open_store;
use super::{CliError, Exit, Terminal};
use crate::evidence::{Verification, VerifyOptions, verify_bundle, verify_store};
use crate::merkle::Verifier;
use crate::report::{Style, verification_html, write_json_line, write_verification};
use crate::store::StoreOptions;
use crate::timestamp::TrustAnchors;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  tazy evidence verify shop.example-f-3f0c.wacz
  tazy evidence verify case.wacz --key unit.pub --roots tsa.pem --html report.html
  tazy evidence verify tazy-store

A bundle needs neither store nor network. Without --key the keys in the bundle are used: then it is proved that
nothing was changed since somebody signed it, but not who. Ask the unit for the key, or compare the fingerprint.

Exit codes: 0 everything verifies, 1 it could not be read, 2 wrong usage, 4 something does not verify.";

/// A file of keys has at most so many bytes.
const MAX_KEYS: u64 = 1 << 20;

/// Arguments of `tazy evidence verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct VerifyCommand {
    /// A bundle (.wacz), or the directory of a store
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Trust this key and no others: its text (name+id+base64), or a file with a key a line; may be repeated
    #[arg(long, value_name = "KEY")]
    key: Vec<String>,
    /// Trust the certificates of this PEM file to vouch for time stamping authorities; may be repeated
    #[arg(long, value_name = "FILE")]
    roots: Vec<PathBuf>,
    /// Do not derive the findings again (faster)
    #[arg(long)]
    no_rederive: bool,
    /// Print everything as one JSON object
    #[arg(long)]
    json: bool,
    /// Also write a report for people to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print nothing; the exit code tells
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

impl VerifyCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let options = VerifyOptions {
            keys: self.keys()?,
            anchors: self.anchors()?,
            skip_findings: self.no_rederive,
            stop_at_failure: false,
        };
        let verification = verify(&self.path, &options, terminal)?;
        if let Some(path) = &self.html {
            let name = self.path.display().to_string();
            std::fs::write(path, verification_html(&verification, &name))
                .map_err(|error| CliError::failure(format!("{}: {error}", path.display())))?;
        }
        if self.json {
            write_json_line(&mut terminal.out, &verification)?;
        } else if !self.quiet {
            let style = Style::of(terminal.color);
            let name = self.path.display().to_string();
            write_verification(&verification, &name, style, &mut terminal.out)?;
        }
        terminal.out.flush()?;
        Ok(if verification.sound {
            Exit::Done
        } else {
            Exit::Unsound
        })
    }

    fn keys(&self) -> Result<Vec<Verifier>, CliError> {
        let mut keys = Vec::new();
        for written in &self.key {
            if let Ok(key) = written.parse() {
                keys.push(key);
                continue;
            }
            let text = read_small(Path::new(written), "--key")?;
            let text = String::from_utf8_lossy(&text).into_owned();
            let before = keys.len();
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let key = line.parse();
                keys.push(
                    key.map_err(|error| CliError::usage(format!("--key {written}: {error}")))?,
                );
            }
            if keys.len() == before {
                return Err(CliError::usage(format!(
                    "--key {written}: there is no key in it"
                )));
            }
        }
        Ok(keys)
    }

    fn anchors(&self) -> Result<TrustAnchors, CliError> {
        let mut anchors = TrustAnchors::none();
        for path in &self.roots {
            let pem = read_small(path, "--roots")?;
            let read = TrustAnchors::from_pem(&pem)
                .map_err(|error| CliError::usage(format!("--roots {}: {error}", path.display())))?;
            anchors = anchors.with(read);
        }
        Ok(anchors)
    }
}

fn verify(
    path: &Path,
    options: &VerifyOptions,
    terminal: &mut Terminal,
) -> Result<Verification, CliError> {
    let failed = |error: std::io::Error| CliError::failure(format!("{}: {error}", path.display()));
    if path.is_dir() {
        if !path.join("FORMAT").is_file() && !path.join("journal.jsonl").is_file() {
            return Err(CliError::usage(format!(
                "{}: this is not a store",
                path.display()
            )));
        }
        let store = open_store(path, StoreOptions::default(), terminal);
        return match store {
            Ok(store) => Ok(verify_store(&store, options)?),
            // A store that cannot even be opened does not verify.
            Err(error) => Err(CliError {
                exit: Exit::Unsound,
                ..error
            }),
        };
    }
    let file = File::open(path).map_err(|error| {
        CliError::usage(format!("{}: {error}", path.display()))
            .with_hint("name a bundle (.wacz) or the directory of a store")
    })?;
    verify_bundle(file, options).map_err(failed)
}

fn read_small(path: &Path, option: &str) -> Result<Vec<u8>, CliError> {
    let wrong = |reason: String| CliError::usage(format!("{option} {}: {reason}", path.display()));
    let length = std::fs::metadata(path)
        .map_err(|error| wrong(error.to_string()))?
        .len();
    if length > MAX_KEYS {
        return Err(wrong(format!("it has {length} bytes, too many")));
    }
    std::fs::read(path).map_err(|error| wrong(error.to_string()))
}

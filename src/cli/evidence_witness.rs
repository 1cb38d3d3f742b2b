//! `tazy evidence witness`: another unit's key that vouches for a log (C2SP tlog-witness, by hand).

use super::open::system_clock;
use super::{CliError, Exit, Terminal};
use crate::digest::Digest;
use crate::merkle::{Checkpoint, Cosigner, Note, Signer, Verifier, may_cosign};
use crate::store::{SignedCheckpoint, make_signer, read_key_file, write_key_file};
use std::io::Write;
use std::path::{Path, PathBuf};

const LONG: &str = "\
A witness of another unit holds a key of its own and remembers what it saw of a log. Before it signs, it
makes sure that the log has only grown: nothing that was recorded before is gone or was changed. Its
signature with its time makes it impossible to write history anew without the witness noticing.

  there:  tazy evidence checkpoint --since 0 --for-witness request.txt
  here:   tazy evidence witness new unit8.example witness.key         once
          tazy evidence witness sign request.txt --key witness.key --log-key 'unit7…' > answer.txt
  there:  tazy evidence add-cosignature answer.txt --witness 'unit8…'";

#[derive(Debug, clap::Subcommand)]
#[command(after_help = LONG)]
pub(super) enum WitnessVerb {
    /// Make a witness's key
    New {
        /// Name of the witness, such as unit8.example
        name: String,
        /// File for the private key; must not exist
        file: PathBuf,
    },
    /// Print a witness's public key
    Show {
        /// File of the private key
        file: PathBuf,
    },
    /// Check what another unit's log shows, and print the line that vouches for it
    Sign(SignOptions),
}

#[derive(Debug, clap::Args)]
pub(super) struct SignOptions {
    /// What `tazy evidence checkpoint --for-witness` wrote
    request: PathBuf,
    /// File of the witness's private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The log's public key, as its unit published it
    #[arg(long, value_name = "KEY")]
    log_key: String,
    /// Where the witness remembers what it saw [default: beside the key, with the log's name]
    #[arg(long, value_name = "FILE")]
    seen: Option<PathBuf>,
}

impl WitnessVerb {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self {
            Self::New { name, file } => {
                if file.exists() {
                    return Err(CliError::usage(format!(
                        "{} exists already",
                        file.display()
                    )));
                }
                let signer = make_signer(&name)?;
                write_key_file(&file, &signer)?;
                show(signer, terminal)
            }
            Self::Show { file } => show(read_signer(&file)?, terminal),
            Self::Sign(options) => options.sign(terminal),
        }
    }
}

fn show(signer: Signer, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let witness = Cosigner::new(signer).map_err(CliError::failure)?;
    writeln!(terminal.out, "{}", witness.verifier())?;
    terminal.out.flush()?;
    Ok(Exit::Done)
}

fn read_signer(path: &Path) -> Result<Signer, CliError> {
    read_key_file(path)?.ok_or_else(|| {
        CliError::usage(format!("{}: no such file", path.display()))
            .with_hint("make a key: tazy evidence witness new NAME FILE")
    })
}

impl SignOptions {
    fn sign(&self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let log_key: Verifier = self
            .log_key
            .parse()
            .map_err(|error| CliError::usage(format!("--log-key: {error}")))?;
        let witness = Cosigner::new(read_signer(&self.key)?).map_err(CliError::failure)?;
        let text = std::fs::read_to_string(&self.request)
            .map_err(|error| CliError::failure(format!("{}: {error}", self.request.display())))?;
        let request = Request::parse(&text).ok_or_else(|| {
            CliError::usage(format!(
                "{}: this is no request to a witness",
                self.request.display()
            ))
            .with_hint("make one: tazy evidence checkpoint --for-witness FILE")
        })?;
        request
            .note
            .verify(std::slice::from_ref(&log_key))
            .map_err(CliError::failure)?;
        let offered = SignedCheckpoint::of_note(request.note)
            .map_err(CliError::failure)?
            .checkpoint;
        let seen_file = self
            .seen
            .clone()
            .unwrap_or_else(|| self.default_seen(&offered));
        let seen = read_seen(&seen_file)?;
        let seen_size = seen.as_ref().map_or(0, Checkpoint::size);
        if request.old != seen_size && offered.size() != seen_size {
            return Err(CliError::failure(format!(
                "the proof begins at {} records, this witness saw {seen_size}",
                request.old
            ))
            .with_hint(format!(
                "ask for: tazy evidence checkpoint --since {seen_size} --for-witness FILE"
            )));
        }
        may_cosign(seen.as_ref(), &offered, &request.proof).map_err(|error| {
            CliError::failure(error).with_hint(
                "do not sign; keep this request and what the witness saw before: together they show what happened",
            )
        })?;
        let now = u64::try_from(system_clock().now().as_second()).unwrap_or(0);
        let signature = witness.cosign(&offered, now).map_err(CliError::failure)?;
        // Remembered before it is handed out: a witness never forgets what it signed.
        let new = seen_file.with_extension("new");
        std::fs::write(&new, offered.to_string())
            .and_then(|()| std::fs::File::open(&new)?.sync_all())
            .and_then(|()| std::fs::rename(&new, &seen_file))
            .map_err(|error| CliError::failure(format!("{}: {error}", seen_file.display())))?;
        writeln!(terminal.out, "{signature}")?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }

    fn default_seen(&self, offered: &Checkpoint) -> PathBuf {
        let name = &Digest::of(offered.origin().as_bytes()).hex()[..12];
        let mut path = self.key.clone().into_os_string();
        path.push(format!(".seen-{name}"));
        PathBuf::from(path)
    }
}

fn read_seen(path: &Path) -> Result<Option<Checkpoint>, CliError> {
    match std::fs::read_to_string(path) {
        Ok(text) => text
            .parse()
            .map(Some)
            .map_err(|error| CliError::failure(format!("{}: {error}", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CliError::failure(format!("{}: {error}", path.display()))),
    }
}

/// `old <size>`, the proof's hashes in base64, an empty line, the note.
struct Request {
    old: u64,
    proof: Vec<Digest>,
    note: Note,
}

impl Request {
    fn parse(text: &str) -> Option<Self> {
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.lines();
        let old = lines.next()?.strip_prefix("old ")?.parse().ok()?;
        let hash = |line: &str| {
            let bytes = data_encoding::BASE64.decode(line.as_bytes()).ok()?;
            Some(Digest::from_bytes(bytes.try_into().ok()?))
        };
        let proof = lines.map(hash).collect::<Option<Vec<_>>>()?;
        let note = Note::parse(note.as_bytes()).ok()?;
        Some(Self { old, proof, note })
    }
}

//! What is signed of a list as it was written: format, number, count, digest. The signature stands beside the list,
//! as a signed note (C2SP signed-note) of the log's key.

use super::ListFormat;
use crate::digest::Digest;
use crate::merkle::{Note, NoteError, Verifier};
use std::fmt;
use std::str::FromStr;

/// First line of the text that is signed; no checkpoint of a log begins so.
const FIRST_LINE: &str = "tazy list/1";

/// What is signed of a file. `Display` and `FromStr` give and take the text of the note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSeal {
    /// Its format.
    pub format: ListFormat,
    /// The number of the list.
    pub serial: u64,
    /// Entries of the list.
    pub entries: u64,
    /// Digest of the whole file.
    pub digest: Digest,
}

/// A file that does not have the signature that stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not signed, or not by a key that is trusted.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Signed is something else than a list.
    #[error("this is not the signature of a list: {0}")]
    Text(&'static str),
    /// The file is not the one that was signed.
    #[error("the file is not the one that was signed: it is {found}, signed was {signed}")]
    OtherFile {
        /// Digest of the file.
        found: Digest,
        /// Digest that was signed.
        signed: Digest,
    },
}

impl ListSeal {
    /// Reads a signature, checks it with the trusted keys, and that `found` is the digest that was signed.
    pub fn verify(
        signature: &[u8],
        found: Digest,
        trusted: &[Verifier],
    ) -> Result<Self, SealError> {
        let note = Note::parse(signature)?;
        note.verify(trusted)?;
        let seal: Self = note.text().parse()?;
        if seal.digest != found {
            return Err(SealError::OtherFile {
                found,
                signed: seal.digest,
            });
        }
        Ok(seal)
    }
}

impl fmt::Display for ListSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        writeln!(f, "format {}", self.format.as_str())?;
        writeln!(f, "serial {}", self.serial)?;
        writeln!(f, "entries {}", self.entries)?;
        writeln!(f, "digest {}", self.digest)
    }
}

impl FromStr for ListSeal {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        let mut lines = text.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(SealError::Text("its first line is another"));
        }
        let mut value = |key: &str| {
            let line = lines.next()?;
            line.strip_prefix(key)?.strip_prefix(' ')
        };
        let missing = || SealError::Text("a line is missing or cannot be read");
        let name = value("format").ok_or_else(missing)?;
        let known = ListFormat::ALL.into_iter();
        let format = known.clone().find(|format| format.as_str() == name);
        let seal = Self {
            format: format.ok_or(SealError::Text("its format is unknown"))?,
            serial: value("serial")
                .and_then(|text| text.parse().ok())
                .ok_or_else(missing)?,
            entries: value("entries")
                .and_then(|text| text.parse().ok())
                .ok_or_else(missing)?,
            digest: value("digest")
                .and_then(|text| text.parse().ok())
                .ok_or_else(missing)?,
        };
        // One seal has one text: what was signed says nothing beside it.
        if seal.to_string() == text {
            Ok(seal)
        } else {
            Err(SealError::Text("it says more than a seal does"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::Signer;

    fn seal() -> ListSeal {
        ListSeal {
            format: ListFormat::Rpz,
            serial: 2_026_112_201,
            entries: 3,
            digest: Digest::of(b"a list"),
        }
    }

    #[test]
    fn a_signed_file_verifies_and_no_other_file_key_or_text_does() {
        let signer = Signer::from_seed("unit.example/tazy", &[7; 32]).unwrap();
        let other = Signer::from_seed("unit.example/tazy", &[8; 32]).unwrap();
        let note = Note::sign(&seal().to_string(), &signer)
            .unwrap()
            .to_string();
        let trusted = [signer.verifier().clone()];
        let check = |note: &str, file: &[u8], keys: &[Verifier]| {
            ListSeal::verify(note.as_bytes(), Digest::of(file), keys)
        };
        assert_eq!(check(&note, b"a list", &trusted), Ok(seal()));
        let error = check(&note, b"another list", &trusted).unwrap_err();
        assert!(matches!(error, SealError::OtherFile { .. }), "{error}");
        for broken in [note.replace("rpz", "hosts"), note.replace("01\n", "02\n")] {
            let error = check(&broken, b"a list", &trusted).unwrap_err();
            assert!(
                matches!(error, SealError::Note(NoteError::WrongSignature { .. })),
                "{error}"
            );
        }
        let error = check(&note, b"a list", &[other.verifier().clone()]).unwrap_err();
        assert!(matches!(error, SealError::Note(_)), "{error}");
    }

    #[test]
    fn what_is_signed_is_a_seal_and_nothing_beside_it() {
        let text = seal().to_string();
        assert_eq!(text.parse(), Ok(seal()));
        for wrong in [
            text.replace("tazy list/1", "tazy list/2"),
            text.replace("serial 2026112201", "serial 02026112201"),
            format!("{text}more\n"),
            text.replace("rpz", "zone"),
            text.replace("entries 3\n", ""),
        ] {
            assert!(
                matches!(wrong.parse::<ListSeal>(), Err(SealError::Text(_))),
                "{wrong}"
            );
        }
    }
}

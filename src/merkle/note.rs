//! Signed notes (C2SP signed-note): text, an empty line, and lines of signatures.
//!
//! Reading is strict: what is accepted is written again byte for byte, so that no changed byte of a signature line
//! that is checked goes unseen.

use super::cosign::time_of_cosignature;
use super::key::{KeyError, KeyId, SignatureKind, Signer, Verifier, is_name};
use data_encoding::BASE64;
use std::fmt;

/// Longer notes are refused (bytes). A checkpoint with sixteen witnesses has less than 3 KiB.
pub const MAX_NOTE_BYTES: usize = 1 << 20;
/// Notes with more signatures are refused; at least 16 must be accepted (C2SP signed-note).
pub const MAX_SIGNATURES: usize = 100;
const LINE_HEAD: &str = "— ";

/// One signature line. `Display` gives it without its line feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    name: String,
    key_id: KeyId,
    bytes: Vec<u8>,
}

/// A signature that was found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSignature {
    /// Name of the key.
    pub name: String,
    /// The key's short name.
    pub key_id: KeyId,
    /// When a witness says it signed, in seconds since 1970 (UTC); none for plain signatures.
    pub time: Option<u64>,
}

/// Text with at least one signature line, none of them checked. `Display` gives the note as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// Not a signed note, or not signed as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Too long to be read.
    #[error("a signed note of {0} bytes is too long; {MAX_NOTE_BYTES} are allowed")]
    TooLong(usize),
    /// More signature lines than are read.
    #[error("a signed note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// Bytes that are not text.
    #[error("a signed note is text (UTF-8) without control characters; this is not")]
    NotText,
    /// The text does not end in a line feed.
    #[error("the text of a signed note must end with a line feed")]
    NoFinalNewline,
    /// There is no block of signatures.
    #[error("a signed note ends with an empty line and lines of signatures; this does not")]
    NoSignatures,
    /// A line among the signatures is none.
    #[error("signature line {line} is not «— name base64»")]
    SignatureLine {
        /// The line, from 1, among the signatures.
        line: usize,
    },
    /// A known key's signature is wrong.
    #[error("the signature of {name} ({key_id}) is wrong: the text or the signature was changed")]
    WrongSignature {
        /// Name of the key.
        name: String,
        /// The key's short name.
        key_id: KeyId,
    },
    /// Two different trusted keys share name and id.
    #[error("two different keys are called {name} ({key_id}): remove one from the trusted keys")]
    AmbiguousKey {
        /// Name of the keys.
        name: String,
        /// Their short name.
        key_id: KeyId,
    },
    /// Nobody known has signed.
    #[error("no trusted key has signed this; it is signed by {}", listed(found))]
    NoTrustedSignature {
        /// Names and ids in the signature lines.
        found: Vec<String>,
    },
    /// The key could not be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Signature {
    pub(super) fn new(verifier: &Verifier, bytes: Vec<u8>) -> Self {
        Self {
            name: verifier.name().to_owned(),
            key_id: verifier.key_id(),
            bytes,
        }
    }

    /// Reads one signature line, without its line feed, as a witness sends it.
    ///
    /// # Errors
    /// [`NoteError::SignatureLine`], with line 1.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        parse_line(line).ok_or(NoteError::SignatureLine { line: 1 })
    }

    /// The name of the key that is said to have signed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The short name of that key.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The signature, after the key's id.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn is_of(&self, verifier: &Verifier) -> bool {
        self.name == verifier.name() && self.key_id == verifier.key_id()
    }

    fn verify(&self, text: &str, verifier: &Verifier) -> Result<VerifiedSignature, NoteError> {
        let time = match verifier.kind() {
            SignatureKind::Ed25519 => verifier
                .has_signed(text.as_bytes(), &self.bytes)
                .then_some(None),
            SignatureKind::CosignatureV1 => {
                time_of_cosignature(text, &self.bytes, verifier).map(Some)
            }
        };
        let (name, key_id) = (self.name.clone(), self.key_id);
        match time {
            Some(time) => Ok(VerifiedSignature { name, key_id, time }),
            None => Err(NoteError::WrongSignature { name, key_id }),
        }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.as_bytes().as_slice(), &self.bytes].concat();
        write!(f, "{LINE_HEAD}{} {}", self.name, BASE64.encode(&bytes))
    }
}

impl Note {
    /// Signs a text, which must end with a line feed.
    ///
    /// # Errors
    /// When the text is none that a note can hold.
    pub fn sign(text: &str, signer: &Signer) -> Result<Self, NoteError> {
        check_characters(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::NoFinalNewline);
        }
        let signature = Signature::new(signer.verifier(), signer.sign(text.as_bytes())?);
        let mut note = Self {
            text: text.to_owned(),
            signatures: Vec::new(),
        };
        note.add(signature)?;
        Ok(note)
    }

    /// Adds a signature; an earlier one of the same key is replaced.
    ///
    /// # Errors
    /// When the note would become too long.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        let mut signatures = self.signatures.clone();
        signatures.retain(|own| own.name != signature.name || own.key_id != signature.key_id);
        signatures.push(signature);
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        let text = self.text.clone();
        let grown = Self { text, signatures };
        check_length(grown.to_string().len())?;
        *self = grown;
        Ok(())
    }

    /// Reads a note. Nothing in it may be believed before [`Note::verify`].
    ///
    /// # Errors
    /// Why it is no signed note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        check_length(bytes.len())?;
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        check_characters(whole)?;
        // The text may hold empty lines: the last one is what separates.
        let split = whole.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, lines) = (&whole[..=split], &whole[split + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        let mut signatures = Vec::new();
        for (at, line) in lines.split('\n').enumerate() {
            if at == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            let wrong = NoteError::SignatureLine { line: at + 1 };
            signatures.push(parse_line(line).ok_or(wrong)?);
        }
        let text = text.to_owned();
        Ok(Self { text, signatures })
    }

    /// Checks the signatures of the trusted keys; those of others are passed over, as C2SP signed-note demands. Gives
    /// each trusted key that has signed, in the order of the lines, once for each signature it made.
    ///
    /// # Errors
    /// When no trusted key has signed, or a line of one is wrong: then nothing of the note may be believed.
    pub fn verify(&self, trusted: &[Verifier]) -> Result<Vec<VerifiedSignature>, NoteError> {
        let mut verified = Vec::new();
        for signature in &self.signatures {
            let mut keys = trusted.iter().filter(|key| signature.is_of(key));
            let Some(key) = keys.next() else { continue };
            if keys.any(|other| other != key) {
                return Err(NoteError::AmbiguousKey {
                    name: signature.name.clone(),
                    key_id: signature.key_id,
                });
            }
            let found = signature.verify(&self.text, key)?;
            if !verified.contains(&found) {
                verified.push(found);
            }
        }
        if verified.is_empty() {
            let named = |own: &Signature| format!("{} ({})", own.name, own.key_id);
            let found = self.signatures.iter().map(named).collect();
            return Err(NoteError::NoTrustedSignature { found });
        }
        Ok(verified)
    }

    /// What is signed, with its final line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, unchecked.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            writeln!(f, "{signature}")?;
        }
        Ok(())
    }
}

fn check_length(bytes: usize) -> Result<(), NoteError> {
    if bytes > MAX_NOTE_BYTES {
        return Err(NoteError::TooLong(bytes));
    }
    Ok(())
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    if text.contains(|c: char| c < ' ' && c != '\n') {
        return Err(NoteError::NotText);
    }
    Ok(())
}

fn parse_line(line: &str) -> Option<Signature> {
    let (name, encoded) = line.strip_prefix(LINE_HEAD)?.split_once(' ')?;
    let decoded = BASE64.decode(encoded.as_bytes()).ok()?;
    let (key_id, bytes) = decoded.split_first_chunk()?;
    if !is_name(name) || bytes.is_empty() {
        return None;
    }
    Some(Signature {
        name: name.to_owned(),
        key_id: KeyId::from_bytes(*key_id),
        bytes: bytes.to_vec(),
    })
}

/// Names for an error message; a hostile note may hold a hundred long ones, and odd characters.
fn listed(names: &[String]) -> String {
    let short = |name: &String| {
        let short: String = name.chars().take(80).collect();
        format!("{short:?}")
    };
    let shown: Vec<String> = names.iter().take(5).map(short).collect();
    let more = if names.len() > shown.len() {
        " …"
    } else {
        ""
    };
    shown.join(", ") + more
}

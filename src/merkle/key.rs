//! Keys of signed notes, and their text forms (C2SP signed-note; Ed25519 is RFC 8032, done by `ring`).

use super::secret::{SecretBytes, SecretText};
use crate::digest::Digest;
use data_encoding::{BASE64, HEXLOWER};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt;
use std::str::FromStr;

const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";

/// What a key signs, by the type byte of C2SP signed-note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureKind {
    /// The text of a note, `0x01`.
    Ed25519,
    /// A checkpoint that was seen at a stated time, `0x04` (C2SP tlog-cosignature).
    CosignatureV1,
}

impl SignatureKind {
    fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }

    fn of_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::CosignatureV1),
            _ => None,
        }
    }
}

/// The short name of a key: the first four bytes of SHA-256 over its name, a line feed, the type byte and the public
/// key. It says which key is meant, not that it is that key. `Display` gives eight hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 4]);

impl KeyId {
    fn of_key(name: &str, kind_and_key: &[u8]) -> Self {
        let digest = Digest::of_parts(&[name.as_bytes(), b"\n", kind_and_key]);
        let [a, b, c, d, ..] = *digest.as_bytes();
        Self([a, b, c, d])
    }

    pub(super) fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// A key that is none, or that cannot be used here. Never says anything of a private key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the text of a public key.
    #[error("{0:?} is not a verifier key: name, 8 hexadecimal digits and base64, joined by +")]
    VerifierText(String),
    /// Not the text of a private key.
    #[error(
        "this is not a signing key: PRIVATE, KEY, name, 8 hexadecimal digits and base64, joined by +"
    )]
    SignerText,
    /// Not the name of a key.
    #[error("{0:?} cannot name a key: it is empty, or has a space, a + or a control character")]
    Name(String),
    /// A key of a kind that is not implemented.
    #[error("the key of {name:?} is of type {kind:#04x}; only 0x01 and 0x04 (Ed25519) are known")]
    UnknownKind {
        /// Name of the key.
        name: String,
        /// Its type byte.
        kind: u8,
    },
    /// Name, id and key are not those of one key.
    #[error(
        "the key of {name:?} says that its id is {stated}, but it is {computed}: it was changed"
    )]
    Id {
        /// Name of the key.
        name: String,
        /// What its text says.
        stated: KeyId,
        /// What follows from name and key.
        computed: KeyId,
    },
    /// The cryptography library refused it.
    #[error("the signing key of {0:?} cannot be used")]
    Refused(String),
}

/// A public key that signatures are checked with. Its text form is `name+id+base64(type ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    kind: SignatureKind,
    key_id: KeyId,
    public: [u8; 32],
}

impl Verifier {
    /// The key of this name and kind with these 32 bytes (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// When nothing can be named so.
    pub fn new(name: &str, kind: SignatureKind, public: [u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name(name.to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            kind,
            key_id: KeyId::of_key(name, &kind_and_key(kind, &public)),
            public,
        })
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// Its short name.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The public key itself.
    pub fn public_key(&self) -> &[u8; 32] {
        &self.public
    }

    /// Whether `signature` is this key's Ed25519 signature of exactly `message`.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.public);
        key.verify(message, signature).is_ok()
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64.encode(&kind_and_key(self.kind, &self.public));
        write!(f, "{}+{}+{key}", self.name, self.key_id)
    }
}

impl FromStr for Verifier {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || KeyError::VerifierText(text.to_owned());
        let (name, stated, key) = split(text).ok_or_else(wrong)?;
        let key = BASE64.decode(key.as_bytes()).map_err(|_| wrong())?;
        let computed = KeyId::of_key(name, &key);
        if stated != computed {
            let name = name.to_owned();
            return Err(KeyError::Id {
                name,
                stated,
                computed,
            });
        }
        let (byte, public) = key.split_first().ok_or_else(wrong)?;
        let kind = SignatureKind::of_byte(*byte).ok_or_else(|| KeyError::UnknownKind {
            name: name.to_owned(),
            kind: *byte,
        })?;
        let public = public.try_into().map_err(|_| wrong())?;
        Self::new(name, kind, public)
    }
}

/// A private Ed25519 key. Its text form is `PRIVATE+KEY+name+id+base64(0x01 ‖ seed)`; `Debug` shows name and id only,
/// and the seed is overwritten when it is dropped.
pub struct Signer {
    seed: SecretBytes,
    verifier: Verifier,
}

impl Signer {
    /// The key made from 32 random bytes (the private key of RFC 8032 §5.1.5). The caller's copy is not overwritten.
    ///
    /// # Errors
    /// When nothing can be named so.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::from_secret(name, SecretBytes::new(seed.to_vec()))
    }

    fn from_secret(name: &str, seed: SecretBytes) -> Result<Self, KeyError> {
        let refused = || KeyError::Refused(name.to_owned());
        let pair = pair_of(name, &seed)?;
        let public = pair.public_key().as_ref().try_into();
        let public = public.map_err(|_| refused())?;
        let verifier = Verifier::new(name, SignatureKind::Ed25519, public)?;
        Ok(Self { seed, verifier })
    }

    /// The key's text form, for the file that keeps it.
    pub fn to_secret_text(&self) -> SecretText {
        let mut key = Vec::with_capacity(33);
        key.push(SignatureKind::Ed25519.byte());
        key.extend_from_slice(self.seed.as_bytes());
        let key = SecretBytes::new(key);
        let head = format!("{PRIVATE_PREFIX}{}+{}+", self.name(), self.key_id());
        // Enough from the start: growing would leave a copy behind.
        let mut text = String::with_capacity(head.len() + BASE64.encode_len(33));
        text.push_str(&head);
        BASE64.encode_append(key.as_bytes(), &mut text);
        SecretText::new(text)
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// The key's short name.
    pub fn key_id(&self) -> KeyId {
        self.verifier.key_id()
    }

    /// The public key that checks what this one signs.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The Ed25519 signature of `message`. The expanded key lives no longer than this takes.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let pair = pair_of(self.name(), &self.seed)?;
        Ok(pair.sign(message).as_ref().to_vec())
    }
}

impl FromStr for Signer {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix(PRIVATE_PREFIX);
        let (name, stated, key) = rest.and_then(split).ok_or(KeyError::SignerText)?;
        let key = BASE64.decode(key.as_bytes());
        let key = SecretBytes::new(key.map_err(|_| KeyError::SignerText)?);
        let (kind, seed) = match key.as_bytes() {
            [kind, seed @ ..] => (*kind, SecretBytes::new(seed.to_vec())),
            [] => return Err(KeyError::SignerText),
        };
        let name_again = || name.to_owned();
        if kind != SignatureKind::Ed25519.byte() {
            let name = name_again();
            return Err(KeyError::UnknownKind { name, kind });
        }
        if seed.as_bytes().len() != 32 {
            return Err(KeyError::SignerText);
        }
        let signer = Self::from_secret(name, seed)?;
        let computed = signer.key_id();
        if stated != computed {
            let name = name_again();
            return Err(KeyError::Id {
                name,
                stated,
                computed,
            });
        }
        Ok(signer)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}+{}, not shown)", self.name(), self.key_id())
    }
}

fn pair_of(name: &str, seed: &SecretBytes) -> Result<Ed25519KeyPair, KeyError> {
    Ed25519KeyPair::from_seed_unchecked(seed.as_bytes())
        .map_err(|_| KeyError::Refused(name.to_owned()))
}

/// Whether it is a name that signature lines can hold.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+' || c < ' ')
}

fn kind_and_key(kind: SignatureKind, public: &[u8; 32]) -> [u8; 33] {
    let mut joined = [kind.byte(); 33];
    joined[1..].copy_from_slice(public);
    joined
}

/// Name, id and base64 of a key's text. The base64 may hold a `+` of its own.
fn split(text: &str) -> Option<(&str, KeyId, &str)> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    let id = HEXLOWER.decode(id.as_bytes()).ok()?.try_into().ok()?;
    Some((name, KeyId(id), key))
}

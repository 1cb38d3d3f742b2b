//! Who may ask: tokens, kept as digests.

use crate::digest::Digest;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use ring::rand::{SecureRandom, SystemRandom};
use std::io::Read;
use std::path::Path;

/// A longer file has no tokens.
const MAX_FILE_BYTES: u64 = 1 << 20;
const MAX_TOKENS: usize = 1000;
const TOKEN_BYTES: usize = 32;
/// So that a token is known for one wherever it turns up.
const TOKEN_START: &str = "tazy_";

/// The digests of the tokens that clients show, each with the client's name. Tokens have 256 random bits, so that
/// their SHA-256 need not be slow.
#[derive(Debug, Clone, Default)]
pub struct AccessTokens(Vec<(String, Digest)>);

/// A file of tokens that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A line of it.
    #[error("line {line}: {reason}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// The machine gave no random numbers.
    #[error("this machine gives no random numbers")]
    Random,
}

/// A new token for the client `name`, and the line that the file of tokens needs for it.
pub fn new_token(name: &str) -> Result<(String, String), TokenError> {
    check_name(name).map_err(|reason| TokenError::Line { line: 1, reason })?;
    let mut bytes = [0; TOKEN_BYTES];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| TokenError::Random)?;
    let token = format!("{TOKEN_START}{}", BASE64URL_NOPAD.encode(&bytes));
    let line = format!("{name} {}", Digest::of(token.as_bytes()));
    Ok((token, line))
}

impl AccessTokens {
    /// Reads a file: one client a line, `NAME sha256:DIGEST`; empty lines and lines with `#` are passed over.
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        let mut text = String::new();
        std::fs::File::open(path)?
            .take(MAX_FILE_BYTES)
            .read_to_string(&mut text)?;
        Self::parse(&text)
    }

    /// Reads the text of such a file.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let mut tokens: Vec<(String, Digest)> = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let wrong = |reason| TokenError::Line {
                line: at + 1,
                reason,
            };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, digest) = line
                .split_once(char::is_whitespace)
                .ok_or_else(|| wrong("write it as `tazy serve token NAME` prints it"))?;
            check_name(name).map_err(wrong)?;
            let digest = digest
                .trim()
                .parse()
                .map_err(|_| wrong("after the name stands `sha256:` and 64 digits"))?;
            if tokens.iter().any(|(known, _)| known == name) {
                return Err(wrong("this name stands in the file twice"));
            }
            if tokens.len() == MAX_TOKENS {
                return Err(wrong("there are more than 1000 tokens"));
            }
            tokens.push((name.to_owned(), digest));
        }
        Ok(Self(tokens))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of the client whose token the headers show: as `Bearer`, or as the password of `Basic` with the
    /// client's name.
    pub(super) fn client(&self, headers: &HeaderMap) -> Option<&str> {
        let mut shown = headers.get_all(AUTHORIZATION).iter();
        let (value, None) = (shown.next()?.to_str().ok()?, shown.next()) else {
            return None;
        };
        let (scheme, rest) = value.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return self.find(rest.trim().as_bytes());
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let pair = String::from_utf8(BASE64.decode(rest.trim().as_bytes()).ok()?).ok()?;
        let (user, password) = pair.split_once(':')?;
        self.find(password.as_bytes()).filter(|name| *name == user)
    }

    /// Looks at every token and at every byte, whatever fits: time tells nothing.
    fn find(&self, token: &[u8]) -> Option<&str> {
        let shown = Digest::of(token);
        let mut found = None;
        for (name, digest) in &self.0 {
            let pairs = digest.as_bytes().iter().zip(shown.as_bytes());
            let difference = pairs.fold(0, |difference, (a, b)| difference | (a ^ b));
            if std::hint::black_box(difference) == 0 {
                found = Some(name.as_str());
            }
        }
        found
    }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    if (1..=64).contains(&name.len()) && name.bytes().all(is_plain) {
        Ok(())
    } else {
        Err("a name has 1 to 64 letters, digits, dots, hyphens and underscores")
    }
}

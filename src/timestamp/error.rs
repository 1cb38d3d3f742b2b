//! Why a time stamp proves nothing.

use jiff::Timestamp;

/// Words of others longer than this are cut, characters.
const MAX_WORDS: usize = 300;

/// Why there is no time stamp, or why it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// Longer than is read.
    #[error("longer than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// Not the DER of the structure that was expected.
    #[error("not a time stamp: {0}")]
    Malformed(String),
    /// The authority did not grant it; its own words.
    #[error("the time stamping authority refused: {0}")]
    Refused(String),
    /// The answer belongs to another request, or to a recorded one.
    #[error("the answer is not for this request: its nonce differs")]
    OtherNonce,
    /// The time stamp is for other data.
    #[error("the time stamp is for other data: {0}")]
    OtherDigest(String),
    /// An algorithm or a form that is not supported.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// The signed attributes do not say what they must.
    #[error("the signed attributes are wrong: {0}")]
    Attributes(String),
    /// The certificate of the signer is not in the token.
    #[error("the certificate of the signer is not in the token")]
    NoSigner,
    /// A signature does not verify.
    #[error("the signature of {0} is wrong")]
    Signature(String),
    /// The certificate is not one of a time stamping authority.
    #[error("{name} is not certified for time stamps: {reason}")]
    Purpose {
        /// Subject of the certificate.
        name: String,
        /// What is missing.
        reason: &'static str,
    },
    /// A certificate was not valid at the time of the stamp.
    #[error("the certificate of {name} was not valid at {time}, only from {from} until {until}")]
    NotValidThen {
        /// Subject of the certificate.
        name: String,
        /// Time of the stamp.
        time: Timestamp,
        /// Begin of its validity.
        from: Timestamp,
        /// End of its validity.
        until: Timestamp,
    },
    /// A certificate is not fit for its place.
    #[error("the certificate of {name} cannot be used: {reason}")]
    Certificate {
        /// Subject of the certificate.
        name: String,
        /// Why not.
        reason: String,
    },
    /// No path leads to a trust anchor.
    #[error("no trusted certificate vouches for the authority: nothing is known of {issuer}")]
    Untrusted {
        /// The issuer at which the path ends.
        issuer: String,
    },
    /// The token verifies, but holds bytes that nobody signed and nobody needs.
    #[error("the token is not in the form in which it is kept: {0}")]
    NotStrict(&'static str),
    /// The file of trust anchors cannot be used.
    #[error("trust anchors: {0}")]
    Anchors(String),
}

impl TimestampError {
    pub(super) fn malformed(what: &str, error: impl std::fmt::Display) -> Self {
        Self::Malformed(printable(&format!("{what}: {error}")))
    }

    pub(super) fn certificate(name: String, reason: &str) -> Self {
        Self::Certificate {
            name,
            reason: printable(reason),
        }
    }
}

/// The words of others without characters that move the cursor or turn the text round, and not too many of them.
pub(super) fn printable(text: &str) -> String {
    let is_steering = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let visible = text
        .chars()
        .map(|c| if is_steering(c) { '\u{fffd}' } else { c });
    visible.take(MAX_WORDS).collect()
}

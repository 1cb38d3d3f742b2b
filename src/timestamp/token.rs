//! A time stamp token: what an authority issued, read but not believed.

use super::TimestampError;
use super::info::TstInfo;
use super::signed_data::{SIGNED_DATA, SignedData, SignerInfo, TST_INFO, only_element};
use crate::digest::Digest;
use cms::content_info::ContentInfo;
use der::Decode;
use der::asn1::OctetString;
use jiff::Timestamp;

/// Tokens are read up to this size, bytes. Usual ones take 1 to 8 KiB.
pub const MAX_TOKEN: usize = 64 << 10;

/// A `TimeStampToken` (RFC 3161 §2.4.2): one signer's `SignedData` over a `TSTInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    der: Vec<u8>,
    pub(super) wrapping: SignedData,
    pub(super) signer: SignerInfo,
    /// The bytes that are signed, through their digest.
    pub(super) content: Vec<u8>,
    pub(super) info: TstInfo,
    time: Timestamp,
}

impl Token {
    /// Reads a token: the `ContentInfo` in DER, as `openssl ts -token_out` writes it. Verifies nothing.
    pub fn from_der(der: &[u8]) -> Result<Self, TimestampError> {
        if der.len() > MAX_TOKEN {
            return Err(TimestampError::TooLarge { limit: MAX_TOKEN });
        }
        let unreadable = |error| TimestampError::malformed("the token cannot be read", error);
        let outer = ContentInfo::from_der(der).map_err(unreadable)?;
        if outer.content_type != SIGNED_DATA {
            let what = "the token is not signed data";
            return Err(TimestampError::Malformed(what.into()));
        }
        let wrapping: SignedData = outer.content.decode_as().map_err(unreadable)?;
        if wrapping.content.econtent_type != TST_INFO {
            let what = "what is signed is not a TSTInfo";
            return Err(TimestampError::Malformed(what.into()));
        }
        let signer = only_element(&wrapping.signers, "there is not exactly one signer")?;
        let content = match &wrapping.content.econtent {
            Some(content) => content.decode_as::<OctetString>().map_err(unreadable)?,
            None => return Err(TimestampError::Malformed("the TSTInfo is missing".into())),
        };
        let info = TstInfo::read(content.as_bytes())?;
        Ok(Self {
            der: der.to_vec(),
            time: info.moment()?,
            content: content.into_bytes(),
            wrapping,
            signer,
            info,
        })
    }

    /// The token as it was read, for a `.tsr` file that `openssl ts -verify -token_in` takes.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The time that the token states. It proves nothing before [`Token::verify`].
    pub fn stated_time(&self) -> Timestamp {
        self.time
    }

    /// Whether the token is for this digest. It proves nothing before [`Token::verify`].
    pub fn check_digest(&self, digest: &Digest) -> Result<(), TimestampError> {
        self.info.check_digest(digest)
    }

    pub(super) fn nonce(&self) -> Option<&[u8]> {
        self.info.nonce.as_ref().map(der::asn1::Int::as_bytes)
    }
}

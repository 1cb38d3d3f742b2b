//! The wrapping of a token: `SignedData` (RFC 5652 §5), as far as a token of one signer needs it.
//!
//! Sets stay in the order in which they came and are not decoded before they are needed: the types of the `cms`
//! crate sort them, and what is compared here are the bytes that others signed and digested.

use super::TimestampError;
use cms::cert::x509::spki::AlgorithmIdentifierOwned;
use cms::content_info::CmsVersion;
use cms::signed_data::EncapsulatedContentInfo;
use der::asn1::{Any, ObjectIdentifier, OctetString};
use der::{Decode, Encode, Sequence, Tag, Tagged};

/// `id-signedData` (RFC 5652 §5.1).
pub(super) const SIGNED_DATA: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// `id-ct-TSTInfo` (RFC 3161 §2.4.2).
pub(super) const TST_INFO: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// Signed attributes of one signer; four are usual.
const MAX_ATTRIBUTES: usize = 64;

/// `SignedData` with its sets unread.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct SignedData {
    pub(super) version: CmsVersion,
    /// `SET OF AlgorithmIdentifier`.
    pub(super) digest_algorithms: Any,
    pub(super) content: EncapsulatedContentInfo,
    #[asn1(
        context_specific = "0",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub(super) certificates: Option<Vec<Any>>,
    #[asn1(
        context_specific = "1",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub(super) revocations: Option<Vec<Any>>,
    /// `SET OF SignerInfo`.
    pub(super) signers: Any,
}

/// `SignerInfo` (RFC 5652 §5.3).
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct SignerInfo {
    pub(super) version: CmsVersion,
    /// `IssuerAndSerialNumber`, or `[0] SubjectKeyIdentifier`.
    pub(super) identifier: Any,
    pub(super) digest_algorithm: AlgorithmIdentifierOwned,
    #[asn1(
        context_specific = "0",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub(super) signed: Option<Vec<Any>>,
    pub(super) signature_algorithm: AlgorithmIdentifierOwned,
    pub(super) signature: OctetString,
    #[asn1(
        context_specific = "1",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    pub(super) unsigned: Option<Vec<Any>>,
}

/// `IssuerAndSerialNumber` (RFC 5652 §10.2.4).
#[derive(Debug, Sequence)]
pub(super) struct IssuerAndSerial {
    pub(super) issuer: Any,
    pub(super) serial: Any,
}

impl SignerInfo {
    /// The signed attributes in the order of DER, in which they are signed (RFC 5652 §5.4).
    pub(super) fn sorted_attributes(&self) -> Result<Vec<Any>, TimestampError> {
        let none = || TimestampError::Attributes("there are none".into());
        let signed = self.signed.as_ref().ok_or_else(none)?;
        if signed.len() > MAX_ATTRIBUTES {
            return Err(TimestampError::Attributes("there are too many".into()));
        }
        let mut encoded = Vec::with_capacity(signed.len());
        for attribute in signed {
            encoded.push((encode(attribute)?, attribute));
        }
        encoded.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(encoded
            .into_iter()
            .map(|(_, attribute)| attribute.clone())
            .collect())
    }
}

/// The DER of a `SET OF` with these elements, which are in order.
pub(super) fn set_of(elements: &[Any]) -> Result<Any, TimestampError> {
    let mut content = Vec::new();
    for element in elements {
        content.append(&mut encode(element)?);
    }
    Any::new(Tag::Set, content)
        .map_err(|error| TimestampError::malformed("a set cannot be written", error))
}

/// The one element of a `SET OF`.
pub(super) fn only_element<'a, T: Decode<'a>>(
    set: &'a Any,
    what: &str,
) -> Result<T, TimestampError> {
    if set.tag() != Tag::Set {
        return Err(TimestampError::Malformed(format!("{what}: not a set")));
    }
    T::from_der(set.value()).map_err(|error| TimestampError::malformed(what, error))
}

pub(super) fn encode<T: Encode>(value: &T) -> Result<Vec<u8>, TimestampError> {
    value
        .to_der()
        .map_err(|error| TimestampError::malformed("cannot be written", error))
}

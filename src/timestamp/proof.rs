//! What a token proves, once everything about it holds.

use super::attributes::Attributes;
use super::certificate::{Certificate, moment};
use super::chain::Search;
use super::signature::{Defect, HashAlgorithm, Signature};
use super::signed_data::{encode, set_of};
use super::{TimestampError, Token, TrustAnchors};
use crate::digest::Digest;
use der::{Tag, Tagged};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Certificates of a token that are read.
const MAX_CERTIFICATES: usize = 32;

/// What a verified token says: the digest existed at this time, says this authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeProof {
    /// The time of the stamp (`genTime`).
    pub time: Timestamp,
    /// How far the authority's clock may be off, microseconds; absent if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_us: Option<u64>,
    /// Serial number that the authority gave the stamp, hexadecimal.
    pub serial: String,
    /// Policy under which it was given, an object identifier in dots.
    pub policy: String,
    /// Subject of the authority's certificate, printable.
    pub authority: String,
    /// SHA-256 of the authority's certificate (DER).
    pub certificate: Digest,
    /// Until when that certificate is valid.
    pub certificate_until: Timestamp,
    /// Whether a trust anchor vouches for the authority. If not, anybody may have made the token.
    pub anchored: bool,
    /// SHA-256 of the trust anchor's certificate (DER).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Digest>,
}

/// What an examination found.
pub(super) struct Examined {
    pub(super) proof: TimeProof,
    /// Places of the certificates in the token whose every byte is accounted for.
    pub(super) accounted: BTreeSet<usize>,
}

impl Token {
    /// Verifies everything: that it is for `digest`, the signature over it, and the authority's certificate up to a
    /// trust anchor, all as of the time it states. Without anchors all but the last, and the proof says so.
    ///
    /// What nobody signed (further certificates, revocation lists, unsigned attributes) is let be, as RFC 5652 has
    /// it; see [`Token::verify_strictly`].
    pub fn verify(
        &self,
        digest: &Digest,
        trust: &TrustAnchors,
    ) -> Result<TimeProof, TimestampError> {
        Ok(self.examine(digest, trust)?.proof)
    }

    pub(super) fn examine(
        &self,
        digest: &Digest,
        trust: &TrustAnchors,
    ) -> Result<Examined, TimestampError> {
        self.check_digest(digest)?;
        let encoded = self.encoded_certificates()?;
        let certificates = read_certificates(&encoded);
        let identifier = &self.signer.identifier;
        let mut meant = certificates.iter();
        let signer = meant.find(|certificate| certificate.is_meant_by(identifier));
        let signer = signer.ok_or(TimestampError::NoSigner)?;
        let attributes = self.check_signature(signer)?;
        signer.check_stamps_time()?;
        if let Some(name) = &self.info.authority
            && !signer.has_name(name)
        {
            let reason = "the stamp was given in another name";
            return Err(TimestampError::certificate(signer.name(), reason));
        }
        signer.check_valid_at(self.stated_time())?;
        let anchors = trust.read()?;
        let chain = Search::new(&certificates, &anchors, self.stated_time()).chain_from(signer)?;
        let accounted = chain.accounted(&certificates, &anchors);
        // Without anchors the token need not hold all that the signer names.
        if let Some(anchor) = chain.anchor {
            let in_token = certificates.iter();
            let mut known: Vec<_> = in_token
                .filter(|one| accounted.contains(&one.place))
                .collect();
            known.push(anchor);
            for list in attributes.certificate_lists()? {
                list.check_others(&known)?;
            }
        }
        let anchor = chain.anchor.map(|anchor| Digest::of(anchor.der));
        let proof = self.proof(signer, anchor)?;
        Ok(Examined { proof, accounted })
    }

    fn proof(
        &self,
        signer: &Certificate<'_>,
        anchor: Option<Digest>,
    ) -> Result<TimeProof, TimestampError> {
        Ok(TimeProof {
            time: self.stated_time(),
            accuracy_us: self.info.accuracy()?,
            serial: data_encoding::HEXLOWER.encode(self.info.serial.as_bytes()),
            policy: self.info.policy.to_string(),
            authority: signer.name(),
            certificate: Digest::of(signer.der),
            certificate_until: moment(signer.parsed.validity().not_after),
            anchored: anchor.is_some(),
            anchor,
        })
    }

    /// The X.509 certificates with their places; other kinds are left out.
    fn encoded_certificates(&self) -> Result<Vec<(usize, Vec<u8>)>, TimestampError> {
        let all = self.wrapping.certificates.iter().flatten();
        let mut encoded = Vec::new();
        for (place, certificate) in all.enumerate() {
            if place >= MAX_CERTIFICATES {
                let what = format!("more than {MAX_CERTIFICATES} certificates");
                return Err(TimestampError::Unsupported(what));
            }
            if certificate.tag() == Tag::Sequence {
                encoded.push((place, encode(certificate)?));
            }
        }
        Ok(encoded)
    }

    /// That the holder of this certificate signed the content (RFC 5652 §5.4 to §5.6, RFC 5816).
    fn check_signature(&self, signer: &Certificate<'_>) -> Result<Attributes, TimestampError> {
        let info = &self.signer;
        let hash = HashAlgorithm::from_identifier(&info.digest_algorithm).ok_or_else(|| {
            TimestampError::Unsupported(format!("the digest {}", info.digest_algorithm.oid))
        })?;
        let sorted = info.sorted_attributes()?;
        let attributes = Attributes::read(&sorted)?;
        attributes.check_content(&self.content, hash)?;
        for list in attributes.certificate_lists()? {
            list.check_signer(signer)?;
        }
        let signature = Signature {
            algorithm: &info.signature_algorithm,
            hash: Some(hash),
            bytes: info.signature.as_bytes(),
        };
        let message = encode(&set_of(&sorted)?)?;
        match signature.verify(signer.public_key(), &message) {
            Ok(()) => Ok(attributes),
            Err(Defect::Wrong) => Err(TimestampError::Signature("the time stamp".into())),
            Err(Defect::Unsupported(what)) => Err(TimestampError::Unsupported(what)),
        }
    }
}

/// Those that can be read: one that cannot proves nothing, and hinders nothing.
fn read_certificates(encoded: &[(usize, Vec<u8>)]) -> Vec<Certificate<'_>> {
    encoded
        .iter()
        .filter_map(|(place, der)| Certificate::read(*place, der).ok())
        .collect()
}

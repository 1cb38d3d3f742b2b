//! The form in which tokens are kept: nothing in it that nobody signed and that could be otherwise.

use super::signature::{self, HashAlgorithm, has_no_parameters};
use super::signed_data::{SIGNED_DATA, SignedData, encode, only_element, set_of};
use super::{TimeProof, TimestampError, Token, TrustAnchors};
use crate::digest::Digest;
use cms::cert::x509::spki::AlgorithmIdentifierOwned;
use cms::content_info::{CmsVersion, ContentInfo};
use der::asn1::Any;
use der::{Tag, Tagged};

impl Token {
    /// [`Token::verify`], and no byte of the token could be another one: DER throughout, the versions and names of
    /// algorithms that RFC 5652 prescribes, no certificate beyond the chain, no revocation lists, no unsigned attributes.
    ///
    /// Without trust anchors the signature on the topmost certificate cannot be checked unless it signed itself.
    pub fn verify_strictly(
        &self,
        digest: &Digest,
        trust: &TrustAnchors,
    ) -> Result<TimeProof, TimestampError> {
        let examined = self.examine(digest, trust)?;
        let count = self.wrapping.certificates.iter().flatten().count();
        if (0..count).any(|place| !examined.accounted.contains(&place)) {
            return Err(TimestampError::NotStrict(
                "it holds a certificate that is not needed",
            ));
        }
        self.check_form()?;
        Ok(examined.proof)
    }

    /// Verifies the token and gives it without what nobody signed, in the form that [`Token::verify_strictly`] wants.
    /// Every signed byte stays as it was.
    pub fn strip(
        &self,
        digest: &Digest,
        trust: &TrustAnchors,
    ) -> Result<(Token, TimeProof), TimestampError> {
        let examined = self.examine(digest, trust)?;
        let certificates = self.wrapping.certificates.iter().flatten().enumerate();
        let kept: Vec<Any> = certificates
            .filter(|(place, _)| examined.accounted.contains(place))
            .map(|(_, certificate)| certificate.clone())
            .collect();
        let mut signer = self.signer.clone();
        signer.version = self.signer_version();
        signer.signed = Some(self.signer.sorted_attributes()?);
        signer.unsigned = None;
        signer.signature_algorithm = usual_name(&signer.signature_algorithm);
        let unwritable = |error| TimestampError::malformed("the token cannot be written", error);
        let algorithm = Any::encode_from(&signer.digest_algorithm).map_err(unwritable)?;
        let wrapping = SignedData {
            version: CmsVersion::V3,
            digest_algorithms: set_of(&[algorithm])?,
            content: self.wrapping.content.clone(),
            certificates: Some(kept),
            revocations: None,
            signers: set_of(&[Any::encode_from(&signer).map_err(unwritable)?])?,
        };
        let stripped = Token::from_der(&wrapped(&wrapping)?)?;
        let proof = stripped.verify_strictly(digest, trust)?;
        Ok((stripped, proof))
    }

    fn check_form(&self) -> Result<(), TimestampError> {
        let wrong = |what| Err(TimestampError::NotStrict(what));
        let (wrapping, signer) = (&self.wrapping, &self.signer);
        if wrapping.version != CmsVersion::V3 || signer.version != self.signer_version() {
            return wrong("its version is not the one that its content asks for");
        }
        if wrapping.revocations.is_some() {
            return wrong("it holds revocation lists");
        }
        if signer.unsigned.is_some() {
            return wrong("it holds unsigned attributes");
        }
        if signer.signed.as_ref() != Some(&signer.sorted_attributes()?) {
            return wrong("its signed attributes are out of order");
        }
        if signer.signature_algorithm != usual_name(&signer.signature_algorithm) {
            return wrong("its signature algorithm has not its usual name");
        }
        let announced: AlgorithmIdentifierOwned =
            only_element(&wrapping.digest_algorithms, "the digest algorithms")?;
        let announced = HashAlgorithm::from_identifier(&announced);
        if announced != HashAlgorithm::from_identifier(&signer.digest_algorithm) {
            return wrong("it announces another digest than it uses");
        }
        if wrapped(wrapping)? != self.as_der() {
            return wrong("it is not in DER");
        }
        Ok(())
    }

    /// RFC 5652 §5.3: 1 with issuer and serial number, 3 with a key identifier.
    fn signer_version(&self) -> CmsVersion {
        match self.signer.identifier.tag() {
            Tag::Sequence => CmsVersion::V1,
            _ => CmsVersion::V3,
        }
    }
}

/// The one name of an algorithm that has several: `rsaEncryption` with NULL, as every implementation must
/// understand it (RFC 3370 §3.2); the digest is named beside it.
fn usual_name(algorithm: &AlgorithmIdentifierOwned) -> AlgorithmIdentifierOwned {
    if signature::is_rsa(algorithm) && has_no_parameters(algorithm) {
        return AlgorithmIdentifierOwned {
            oid: signature::RSA,
            parameters: Some(Any::null()),
        };
    }
    algorithm.clone()
}

fn wrapped(content: &SignedData) -> Result<Vec<u8>, TimestampError> {
    let unwritable = |error| TimestampError::malformed("the token cannot be written", error);
    encode(&ContentInfo {
        content_type: SIGNED_DATA,
        content: Any::encode_from(content).map_err(unwritable)?,
    })
}

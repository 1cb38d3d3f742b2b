//! Makes tokens with any defect, signed with keys made here.

use super::super::info::TstInfo;
use super::super::signed_data::{SIGNED_DATA, SignedData, SignerInfo, TST_INFO, encode, set_of};
use super::abc;
use cms::cert::x509::spki::AlgorithmIdentifierOwned;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::EncapsulatedContentInfo;
use der::asn1::{Any, Int, ObjectIdentifier, OctetString};
use der::{Decode, Sequence, Tag};
use rcgen::{CertificateParams, CustomExtension, DnType, Issuer, KeyPair, SigningKey};
use ring::digest;
use x509_tsp::{MessageImprint, TspVersion};

pub(super) const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub(super) const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub(super) const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
/// `SEQUENCE { id-kp-timeStamping }`.
const STAMPING: [u8; 12] = [0x30, 0x0a, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 8];

/// Somebody with a key and a certificate.
pub(super) struct Holder {
    pub(super) certificate: Vec<u8>,
    pub(super) key: KeyPair,
    parameters: CertificateParams,
}

fn parameters(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters
}

/// Makes a certificate one of an issuer.
pub(super) fn issues(parameters: &mut CertificateParams) {
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
}

/// Makes a certificate one of a time stamping authority.
pub(super) fn stamps(parameters: &mut CertificateParams) {
    parameters
        .custom_extensions
        .push(purposes(STAMPING.to_vec(), true));
}

/// An extended key usage.
pub(super) fn purposes(content: Vec<u8>, critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 37], content);
    extension.set_criticality(critical);
    extension
}

/// An extended key usage of time stamps that is not critical.
pub(super) fn lax_purposes() -> CustomExtension {
    purposes(STAMPING.to_vec(), false)
}

/// A holder who signs its own certificate.
pub(super) fn root(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Holder {
    let mut parameters = parameters(name);
    change(&mut parameters);
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap().der().to_vec();
    Holder {
        certificate,
        key,
        parameters,
    }
}

/// A holder whose certificate `issuer` signs.
pub(super) fn issued(
    name: &str,
    issuer: &Holder,
    change: impl FnOnce(&mut CertificateParams),
) -> Holder {
    issued_for(KeyPair::generate().unwrap(), name, issuer, change)
}

/// As [`issued`], with this key.
pub(super) fn issued_for(
    key: KeyPair,
    name: &str,
    issuer: &Holder,
    change: impl FnOnce(&mut CertificateParams),
) -> Holder {
    let mut parameters = parameters(name);
    change(&mut parameters);
    let signing = Issuer::from_params(&issuer.parameters, &issuer.key);
    let certificate = parameters.signed_by(&key, &signing).unwrap();
    Holder {
        certificate: certificate.der().to_vec(),
        key,
        parameters,
    }
}

/// The parts of a token, each of which may be changed before it is signed.
pub(super) struct Parts<'a> {
    pub(super) signer: &'a Holder,
    pub(super) content: Vec<u8>,
    /// The attributes that are signed: kind and values.
    pub(super) attributes: Vec<(&'static str, Vec<Any>)>,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) revocations: Option<Vec<Any>>,
    pub(super) unsigned: Option<Vec<Any>>,
    pub(super) signers: usize,
    pub(super) is_reversed: bool,
}

/// What an honest authority says: "abc" existed on 1 November 2026 at noon.
pub(super) fn info() -> TstInfo {
    TstInfo {
        version: TspVersion::V1,
        policy: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.99999.1"),
        imprint: MessageImprint {
            hash_algorithm: algorithm("2.16.840.1.101.3.4.2.1"),
            hashed_message: OctetString::new(abc().as_bytes().to_vec()).unwrap(),
        },
        serial: Int::new(&[7]).unwrap(),
        time: Any::new(Tag::GeneralizedTime, b"20261101120000Z".to_vec()).unwrap(),
        accuracy: None,
        ordering: false,
        nonce: None,
        authority: None,
        extensions: None,
    }
}

pub(super) fn algorithm(oid: &str) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap(oid),
        parameters: None,
    }
}

pub(super) fn octets(bytes: &[u8]) -> Any {
    Any::new(Tag::OctetString, bytes.to_vec()).unwrap()
}

pub(super) fn sequence(elements: &[Any]) -> Any {
    let content: Vec<u8> = elements.iter().flat_map(|it| encode(it).unwrap()).collect();
    Any::new(Tag::Sequence, content).unwrap()
}

/// A `SigningCertificateV2` with these certificates.
pub(super) fn signing_certificates(certificates: &[&[u8]]) -> Any {
    let entries: Vec<Any> = certificates
        .iter()
        .map(|der| sequence(&[octets(digest::digest(&digest::SHA256, der).as_ref())]))
        .collect();
    sequence(&[sequence(&entries)])
}

#[derive(Sequence)]
struct Attribute {
    kind: ObjectIdentifier,
    values: Any,
}

impl<'a> Parts<'a> {
    /// An honest token.
    pub(super) fn new(signer: &'a Holder, chain: &[&Holder]) -> Self {
        Self::over(&info(), signer, chain)
    }

    /// An honest token that says something else.
    pub(super) fn over(info: &TstInfo, signer: &'a Holder, chain: &[&Holder]) -> Self {
        let content = encode(info).unwrap();
        let (hash, _, _) = algorithms(signer);
        let kind = Any::encode_from(&TST_INFO).unwrap();
        let certificates = [&[signer], chain].concat();
        Self {
            attributes: vec![
                (CONTENT_TYPE, vec![kind]),
                (
                    MESSAGE_DIGEST,
                    vec![octets(digest::digest(hash, &content).as_ref())],
                ),
                (
                    SIGNING_CERTIFICATE_V2,
                    vec![signing_certificates(&[&signer.certificate])],
                ),
            ],
            certificates: certificates
                .iter()
                .map(|it| it.certificate.clone())
                .collect(),
            signer,
            content,
            revocations: None,
            unsigned: None,
            signers: 1,
            is_reversed: false,
        }
    }

    /// Takes an attribute out.
    pub(super) fn without(mut self, kind: &str) -> Self {
        self.attributes.retain(|(other, _)| *other != kind);
        self
    }

    /// Replaces the values of an attribute.
    pub(super) fn with(self, kind: &'static str, values: Vec<Any>) -> Self {
        let mut changed = self.without(kind);
        changed.attributes.push((kind, values));
        changed
    }

    /// Adds an attribute.
    pub(super) fn and(mut self, kind: &'static str, value: Any) -> Self {
        self.attributes.push((kind, vec![value]));
        self
    }

    /// The token, signed.
    pub(super) fn sign(self) -> Vec<u8> {
        let attribute = |(kind, values): &(&str, Vec<Any>)| {
            let (kind, values) = (ObjectIdentifier::new_unwrap(kind), set_of(values).unwrap());
            Any::encode_from(&Attribute { kind, values }).unwrap()
        };
        let mut signed: Vec<Any> = self.attributes.iter().map(attribute).collect();
        signed.sort_by_key(|any| encode(any).unwrap());
        let message = encode(&set_of(&signed).unwrap()).unwrap();
        if self.is_reversed {
            signed.reverse();
        }
        let (_, digest_oid, signature_oid) = algorithms(self.signer);
        let body: Vec<Any> = Any::from_der(&self.signer.certificate)
            .and_then(|it| Vec::<Any>::from_der(&encode(&it).unwrap()))
            .unwrap();
        // version, serial, algorithm, issuer.
        let fields: Vec<Any> = body[0].decode_as().unwrap();
        let signer = SignerInfo {
            version: CmsVersion::V1,
            identifier: sequence(&[fields[3].clone(), fields[1].clone()]),
            digest_algorithm: algorithm(digest_oid),
            signed: (!signed.is_empty()).then_some(signed),
            signature_algorithm: algorithm(signature_oid),
            signature: OctetString::new(self.signer.key.sign(&message).unwrap()).unwrap(),
            unsigned: self.unsigned,
        };
        let signer = Any::encode_from(&signer).unwrap();
        let digest_algorithm = Any::encode_from(&algorithm(digest_oid)).unwrap();
        let certificates = self.certificates.iter();
        let content = SignedData {
            version: CmsVersion::V3,
            digest_algorithms: set_of(&[digest_algorithm]).unwrap(),
            content: EncapsulatedContentInfo {
                econtent_type: TST_INFO,
                econtent: Some(octets(&self.content)),
            },
            certificates: Some(
                certificates
                    .map(|der| Any::from_der(der).unwrap())
                    .collect(),
            ),
            revocations: self.revocations,
            signers: set_of(&vec![signer; self.signers]).unwrap(),
        };
        encode(&ContentInfo {
            content_type: SIGNED_DATA,
            content: Any::encode_from(&content).unwrap(),
        })
        .unwrap()
    }
}

/// Digest, its name, and the name of the signature that the key makes.
fn algorithms(signer: &Holder) -> (&'static digest::Algorithm, &'static str, &'static str) {
    if signer.key.algorithm() == &rcgen::PKCS_ED25519 {
        (&digest::SHA512, "2.16.840.1.101.3.4.2.3", "1.3.101.112")
    } else {
        (
            &digest::SHA256,
            "2.16.840.1.101.3.4.2.1",
            "1.2.840.10045.4.3.2",
        )
    }
}

//! Digests and signatures by the names that certificates and tokens give them. The arithmetic is ring's.

use cms::cert::x509::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode, Sequence};
use ring::digest;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const SHA_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const SHA_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
/// RFC 8017, appendix A and C.
pub(super) const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_SHA_256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
const RSA_SHA_384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
const RSA_SHA_512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const MGF_1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
/// RFC 5480, RFC 5758.
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const P_256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P_384: ObjectIdentifier = oid("1.3.132.0.34");
const ECDSA_SHA_256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
const ECDSA_SHA_384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
/// RFC 8410.
const ED25519: ObjectIdentifier = oid("1.3.101.112");

/// An RSA key of 2048 bits takes 270 bytes, one of 1024 bits 140.
const SHORTEST_RSA_KEY: usize = 250;

/// The digests that are good enough today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HashAlgorithm {
    Sha256,
    Sha384,
    Sha512,
}

impl HashAlgorithm {
    /// By its name; parameters are absent or NULL (RFC 5754 §2).
    pub(super) fn from_identifier(algorithm: &AlgorithmIdentifierOwned) -> Option<Self> {
        if !has_no_parameters(algorithm) {
            return None;
        }
        match algorithm.oid {
            SHA_256 => Some(Self::Sha256),
            SHA_384 => Some(Self::Sha384),
            SHA_512 => Some(Self::Sha512),
            _ => None,
        }
    }

    pub(super) fn digest(self, bytes: &[u8]) -> digest::Digest {
        let algorithm = match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, bytes)
    }
}

/// Absent, or NULL.
pub(super) fn has_no_parameters(algorithm: &AlgorithmIdentifierOwned) -> bool {
    let parameters = algorithm.parameters.as_ref();
    parameters.is_none_or(|any| any.is_null() && any.value().is_empty())
}

/// Whether the name is one of RSA with the padding of PKCS #1 version 1.5.
pub(super) fn is_rsa(algorithm: &AlgorithmIdentifierOwned) -> bool {
    [RSA, RSA_SHA_256, RSA_SHA_384, RSA_SHA_512].contains(&algorithm.oid)
}

/// Why a signature does not hold.
#[derive(Debug)]
pub(super) enum Defect {
    /// An algorithm or key that is not supported.
    Unsupported(String),
    /// It is not of this key over these bytes.
    Wrong,
}

/// A signature and what it is said to be.
#[derive(Debug)]
pub(super) struct Signature<'a> {
    /// How it was made.
    pub(super) algorithm: &'a AlgorithmIdentifierOwned,
    /// The digest, where the name of the algorithm does not tell it (RFC 5652 §5.3 and RFC 3370 §3.2), and what it
    /// must be where it does.
    pub(super) hash: Option<HashAlgorithm>,
    /// Its bytes.
    pub(super) bytes: &'a [u8],
}

impl Signature<'_> {
    /// Whether the holder of `public_key` (DER of `SubjectPublicKeyInfo`) signed `message`.
    pub(super) fn verify(&self, public_key: &[u8], message: &[u8]) -> Result<(), Defect> {
        let unreadable = |_| Defect::Unsupported("a public key that cannot be read".into());
        let key = SubjectPublicKeyInfoOwned::from_der(public_key).map_err(unreadable)?;
        let Some(key_bytes) = key.subject_public_key.as_bytes() else {
            return Err(Defect::Unsupported("a public key of odd bits".into()));
        };
        let method = match key.algorithm.oid {
            RSA | RSA_PSS if key_bytes.len() < SHORTEST_RSA_KEY => {
                return Err(Defect::Unsupported("an RSA key below 2048 bits".into()));
            }
            RSA => self.rsa_method().or_else(|| self.pss_method()),
            RSA_PSS => self.pss_method(),
            EC => self.ecdsa_method(&key.algorithm),
            ED25519 => self.ed25519_method(),
            _ => None,
        };
        let Some(method) = method else {
            let (name, key) = (self.algorithm.oid, key.algorithm.oid);
            let what = format!("the signature algorithm {name} with a key of {key}");
            return Err(Defect::Unsupported(what));
        };
        UnparsedPublicKey::new(method, key_bytes)
            .verify(message, self.bytes)
            .map_err(|_| Defect::Wrong)
    }

    /// `named`, unless another digest is asked for.
    fn agreed(&self, named: HashAlgorithm) -> Option<HashAlgorithm> {
        self.hash.is_none_or(|hash| hash == named).then_some(named)
    }

    fn rsa_method(&self) -> Option<&'static dyn VerificationAlgorithm> {
        if !has_no_parameters(self.algorithm) {
            return None;
        }
        let hash = match self.algorithm.oid {
            RSA => self.hash?,
            RSA_SHA_256 => self.agreed(HashAlgorithm::Sha256)?,
            RSA_SHA_384 => self.agreed(HashAlgorithm::Sha384)?,
            RSA_SHA_512 => self.agreed(HashAlgorithm::Sha512)?,
            _ => return None,
        };
        Some(match hash {
            HashAlgorithm::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            HashAlgorithm::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            HashAlgorithm::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        })
    }

    /// One digest throughout and a salt of its length, which is what ring offers and RFC 4055 §3.1 recommends.
    fn pss_method(&self) -> Option<&'static dyn VerificationAlgorithm> {
        if self.algorithm.oid != RSA_PSS {
            return None;
        }
        let parameters = self.algorithm.parameters.as_ref()?.to_der().ok()?;
        let parameters = PssParameters::from_der(&parameters).ok()?;
        let mask = parameters.mask?;
        if mask.oid != MGF_1 {
            return None;
        }
        let inner = AlgorithmIdentifierOwned::from_der(&mask.parameters?.to_der().ok()?).ok()?;
        let hash = self.agreed(HashAlgorithm::from_identifier(&parameters.hash?)?)?;
        let is_one = HashAlgorithm::from_identifier(&inner) == Some(hash);
        let is_usual = parameters.trailer.is_none_or(|trailer| trailer == 1);
        let (salt, method): (u32, &'static dyn VerificationAlgorithm) = match hash {
            HashAlgorithm::Sha256 => (32, &signature::RSA_PSS_2048_8192_SHA256),
            HashAlgorithm::Sha384 => (48, &signature::RSA_PSS_2048_8192_SHA384),
            HashAlgorithm::Sha512 => (64, &signature::RSA_PSS_2048_8192_SHA512),
        };
        (is_one && is_usual && parameters.salt == Some(salt)).then_some(method)
    }

    fn ecdsa_method(
        &self,
        key: &AlgorithmIdentifierOwned,
    ) -> Option<&'static dyn VerificationAlgorithm> {
        let hash = match self.algorithm.oid {
            ECDSA_SHA_256 => self.agreed(HashAlgorithm::Sha256)?,
            ECDSA_SHA_384 => self.agreed(HashAlgorithm::Sha384)?,
            _ => return None,
        };
        let curve: ObjectIdentifier = key.parameters.as_ref()?.decode_as().ok()?;
        let is_bare = self.algorithm.parameters.is_none();
        match (curve, hash) {
            _ if !is_bare => None,
            (P_256, HashAlgorithm::Sha256) => Some(&signature::ECDSA_P256_SHA256_ASN1),
            (P_256, HashAlgorithm::Sha384) => Some(&signature::ECDSA_P256_SHA384_ASN1),
            (P_384, HashAlgorithm::Sha256) => Some(&signature::ECDSA_P384_SHA256_ASN1),
            (P_384, HashAlgorithm::Sha384) => Some(&signature::ECDSA_P384_SHA384_ASN1),
            _ => None,
        }
    }

    /// With SHA-512 for the message digest, if any is named (RFC 8419 §2.3).
    fn ed25519_method(&self) -> Option<&'static dyn VerificationAlgorithm> {
        self.agreed(HashAlgorithm::Sha512)?;
        let is_meant = self.algorithm.oid == ED25519 && self.algorithm.parameters.is_none();
        is_meant.then_some(&signature::ED25519)
    }
}

/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///    hashAlgorithm     [0] HashAlgorithm    DEFAULT sha1,
///    maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
///    saltLength        [2] INTEGER          DEFAULT 20,
///    trailerField      [3] TrailerField     DEFAULT trailerFieldBC }
/// ```
/// RFC 4055 §3.1. What is left out means SHA-1, which is not supported.
#[derive(Sequence)]
struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt: Option<u32>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u32>,
}

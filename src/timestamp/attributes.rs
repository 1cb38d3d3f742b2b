//! The signed attributes: over what, and by which certificate (RFC 5652 §11, RFC 5035 §3 to §5, RFC 5816).

use super::TimestampError;
use super::certificate::Certificate;
use super::signature::HashAlgorithm;
use super::signed_data::{TST_INFO, only_element};
use cms::cert::x509::spki::AlgorithmIdentifierOwned;
use der::asn1::{Any, ObjectIdentifier, OctetString};
use der::{DecodeOwned, Sequence, Tag, TagNumber, Tagged};
use ring::digest;

const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// Certificates that may be listed; a chain has fewer.
const MAX_LISTED: usize = 16;

/// ```text
/// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
/// ```
#[derive(Sequence)]
struct Attribute {
    kind: ObjectIdentifier,
    values: Any,
}

/// The signed attributes of a token.
pub(super) struct Attributes(Vec<Attribute>);

impl Attributes {
    pub(super) fn read(attributes: &[Any]) -> Result<Self, TimestampError> {
        let read = |any: &Any| any.decode_as::<Attribute>();
        let attributes: Result<Vec<_>, _> = attributes.iter().map(read).collect();
        let unreadable = |error: der::Error| wrong(&format!("one cannot be read: {error}"));
        attributes.map(Self).map_err(unreadable)
    }

    /// The one value of the one attribute of this kind.
    fn value(&self, kind: ObjectIdentifier, name: &str) -> Result<Option<Any>, TimestampError> {
        let mut found = self.0.iter().filter(|attribute| attribute.kind == kind);
        let Some(attribute) = found.next() else {
            return Ok(None);
        };
        if found.next().is_some() {
            return Err(wrong(&format!("{name} is there twice")));
        }
        let value = only_element(&attribute.values, "value");
        value
            .map(Some)
            .map_err(|_| wrong(&format!("{name} has not exactly one value")))
    }

    /// That `content` is what was signed, as a `TSTInfo`.
    pub(super) fn check_content(
        &self,
        content: &[u8],
        hash: HashAlgorithm,
    ) -> Result<(), TimestampError> {
        let kind = self.value(CONTENT_TYPE, "content-type")?;
        if kind.and_then(|any| any.decode_as().ok()) != Some(TST_INFO) {
            return Err(wrong("content-type is not that of a TSTInfo"));
        }
        let stated = self.value(MESSAGE_DIGEST, "message-digest")?;
        let stated = stated.and_then(|any| any.decode_as::<OctetString>().ok());
        let Some(stated) = stated else {
            return Err(wrong("message-digest is missing"));
        };
        if stated.as_bytes() != hash.digest(content).as_ref() {
            return Err(wrong("message-digest is not that of the TSTInfo"));
        }
        Ok(())
    }

    /// The lists of certificates; there is at least one, and none is empty.
    pub(super) fn certificate_lists(&self) -> Result<Vec<CertificateList>, TimestampError> {
        let mut lists = Vec::new();
        if let Some(value) = self.value(SIGNING_CERTIFICATE, "signing-certificate")? {
            lists.push(CertificateList::read::<OldIdentifier>(&value)?);
        }
        if let Some(value) = self.value(SIGNING_CERTIFICATE_V2, "signing-certificate-v2")? {
            lists.push(CertificateList::read::<NewIdentifier>(&value)?);
        }
        if lists.is_empty() {
            return Err(wrong("none says which certificate the signer used"));
        }
        Ok(lists)
    }
}

fn wrong(what: &str) -> TimestampError {
    TimestampError::Attributes(what.to_owned())
}

/// Which certificates a signer says it used: first its own.
pub(super) struct CertificateList(Vec<CertificateIdentifier>);

/// One certificate as the signer names it.
struct CertificateIdentifier {
    /// `None` is SHA-1, which RFC 3161 prescribed: enough to tell certificates apart that are otherwise proven.
    hash: Option<HashAlgorithm>,
    digest: Vec<u8>,
    issuer_serial: Option<IssuerSerial>,
}

impl CertificateList {
    fn read<T>(value: &Any) -> Result<Self, TimestampError>
    where
        T: DecodeOwned + TryInto<CertificateIdentifier, Error = TimestampError>,
    {
        // `certs`, then perhaps policies, which nobody uses.
        let unreadable = |_| wrong("the list of certificates cannot be read");
        let parts: Vec<Any> = value.decode_as().map_err(unreadable)?;
        let Some(certificates) = parts.first() else {
            return Err(wrong("the list of certificates is empty"));
        };
        let entries: Vec<T> = certificates.decode_as().map_err(unreadable)?;
        if entries.is_empty() || entries.len() > MAX_LISTED {
            return Err(wrong("the list of certificates is empty or too long"));
        }
        let entries: Result<Vec<_>, _> = entries.into_iter().map(T::try_into).collect();
        entries.map(Self)
    }

    /// That the first entry is the signer's.
    pub(super) fn check_signer(&self, signer: &Certificate<'_>) -> Result<(), TimestampError> {
        match self.0.first() {
            Some(first) if first.names(signer) => Ok(()),
            _ => Err(wrong("they name another certificate than the signer's")),
        }
    }

    /// That each further entry is one of `known` (RFC 5035 §5.4).
    pub(super) fn check_others(&self, known: &[&Certificate<'_>]) -> Result<(), TimestampError> {
        let is_known = |entry: &CertificateIdentifier| known.iter().any(|one| entry.names(one));
        if self.0.iter().skip(1).all(is_known) {
            return Ok(());
        }
        Err(wrong("they name a certificate that is not in the chain"))
    }
}

impl CertificateIdentifier {
    fn names(&self, certificate: &Certificate<'_>) -> bool {
        let computed = match self.hash {
            Some(hash) => hash.digest(certificate.der),
            None => digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate.der),
        };
        let fits = |named: &IssuerSerial| named.fits(certificate);
        computed.as_ref() == self.digest && self.issuer_serial.as_ref().is_none_or(fits)
    }
}

/// ```text
/// ESSCertID ::= SEQUENCE { certHash OCTET STRING, issuerSerial IssuerSerial OPTIONAL }
/// ```
#[derive(Sequence)]
struct OldIdentifier {
    digest: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<IssuerSerial>,
}

/// ```text
/// ESSCertIDv2 ::= SEQUENCE {
///    hashAlgorithm AlgorithmIdentifier DEFAULT {algorithm id-sha256},
///    certHash      OCTET STRING,
///    issuerSerial  IssuerSerial OPTIONAL }
/// ```
#[derive(Sequence)]
struct NewIdentifier {
    #[asn1(optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    digest: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<IssuerSerial>,
}

/// ```text
/// IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber CertificateSerialNumber }
/// ```
#[derive(Sequence)]
struct IssuerSerial {
    issuer: Vec<Any>,
    serial: Any,
}

impl IssuerSerial {
    fn fits(&self, certificate: &Certificate<'_>) -> bool {
        let directory_name = Tag::ContextSpecific {
            constructed: true,
            number: TagNumber::N4,
        };
        let issuer = certificate.parsed.issuer().as_raw();
        let is_issuer = |name: &Any| name.tag() == directory_name && name.value() == issuer;
        self.issuer.iter().any(is_issuer) && certificate.has_serial(&self.serial)
    }
}

impl TryFrom<OldIdentifier> for CertificateIdentifier {
    type Error = TimestampError;

    fn try_from(old: OldIdentifier) -> Result<Self, TimestampError> {
        Ok(Self {
            hash: None,
            digest: old.digest.into_bytes(),
            issuer_serial: old.issuer_serial,
        })
    }
}

impl TryFrom<NewIdentifier> for CertificateIdentifier {
    type Error = TimestampError;

    fn try_from(new: NewIdentifier) -> Result<Self, TimestampError> {
        let hash = match &new.hash {
            None => HashAlgorithm::Sha256,
            Some(named) => HashAlgorithm::from_identifier(named)
                .ok_or_else(|| TimestampError::Unsupported(format!("the digest {}", named.oid)))?,
        };
        Ok(Self {
            hash: Some(hash),
            digest: new.digest.into_bytes(),
            issuer_serial: new.issuer_serial,
        })
    }
}

//! One certificate: what it is good for (RFC 5280, RFC 3161 §2.3).

use super::TimestampError;
use super::error::printable;
use super::signature::{Defect, Signature};
use super::signed_data::{IssuerAndSerial, encode};
use cms::cert::x509::spki::AlgorithmIdentifierOwned;
use der::asn1::{Any, AnyRef, BitString, ContextSpecific};
use der::{Decode, Reader, Sequence, Tag, TagNumber, Tagged};
use jiff::Timestamp;
use x509_parser::prelude::{
    ASN1Time, FromDer, ParsedExtension, X509Certificate, X509Extension, X509Name, X509Version,
};

/// A certificate of a token or among the trust anchors.
#[derive(Debug)]
pub(super) struct Certificate<'a> {
    /// Its place in the token or in the list of anchors.
    pub(super) place: usize,
    pub(super) der: &'a [u8],
    pub(super) parsed: X509Certificate<'a>,
    envelope: Envelope,
}

/// ```text
/// Certificate ::= SEQUENCE {
///    tbsCertificate      TBSCertificate,
///    signatureAlgorithm  AlgorithmIdentifier,
///    signatureValue      BIT STRING }
/// ```
#[derive(Debug, Sequence)]
struct Envelope {
    body: Any,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

impl<'a> Certificate<'a> {
    /// Reads one certificate in DER.
    pub(super) fn read(place: usize, der: &'a [u8]) -> Result<Self, TimestampError> {
        let what = "a certificate cannot be read";
        let envelope =
            Envelope::from_der(der).map_err(|error| TimestampError::malformed(what, error))?;
        let (rest, parsed) = X509Certificate::from_der(der)
            .map_err(|error| TimestampError::malformed(what, error))?;
        let inner = inner_algorithm(&envelope.body)
            .map_err(|error| TimestampError::malformed(what, error))?;
        if !rest.is_empty() || inner != envelope.algorithm {
            return Err(TimestampError::Malformed(what.into()));
        }
        Ok(Self {
            place,
            der,
            parsed,
            envelope,
        })
    }

    /// Its subject, printable.
    pub(super) fn name(&self) -> String {
        printable(&self.parsed.subject().to_string())
    }

    /// Its issuer, printable.
    pub(super) fn issuer_name(&self) -> String {
        printable(&self.parsed.issuer().to_string())
    }

    /// Whether `issuer` has the name of its issuer. Names are compared as bytes (RFC 5280 §7.1 permits more).
    pub(super) fn names_issuer(&self, issuer: &Certificate<'_>) -> bool {
        self.parsed.issuer().as_raw() == issuer.parsed.subject().as_raw()
    }

    pub(super) fn is_self_issued(&self) -> bool {
        self.names_issuer(self)
    }

    pub(super) fn has_serial(&self, serial: &Any) -> bool {
        serial.tag() == Tag::Integer && serial.value() == self.parsed.tbs_certificate.raw_serial()
    }

    /// Whether a `SignerIdentifier` means this certificate (RFC 5652 §5.3).
    pub(super) fn is_meant_by(&self, identifier: &Any) -> bool {
        let key_identifier = Tag::ContextSpecific {
            constructed: false,
            number: TagNumber::N0,
        };
        if identifier.tag() == key_identifier {
            return self.parsed.extensions().iter().any(|extension| {
                matches!(extension.parsed_extension(),
                    ParsedExtension::SubjectKeyIdentifier(own) if own.0 == identifier.value())
            });
        }
        identifier
            .decode_as::<IssuerAndSerial>()
            .is_ok_and(|named| {
                let issuer = encode(&named.issuer).unwrap_or_default();
                issuer == self.parsed.issuer().as_raw() && self.has_serial(&named.serial)
            })
    }

    /// Whether a `GeneralName` is one of its names: the subject, or an alternative one (RFC 3161 §2.4.2).
    pub(super) fn has_name(&self, name: &Any) -> bool {
        let directory_name = Tag::ContextSpecific {
            constructed: true,
            number: TagNumber::N4,
        };
        let subject = self.parsed.subject();
        if name.tag() == directory_name {
            // The same name may be spelled with another type of string.
            let is_same = X509Name::from_der(name.value()).is_ok_and(|(rest, other)| {
                rest.is_empty() && other.to_string() == subject.to_string()
            });
            if is_same || name.value() == subject.as_raw() {
                return true;
            }
        }
        let mut extensions = self.parsed.extensions().iter();
        extensions.any(|extension| {
            let is_names = matches!(
                extension.parsed_extension(),
                ParsedExtension::SubjectAlternativeName(_)
            );
            is_names
                && Vec::<Any>::from_der(extension.value).is_ok_and(|names| names.contains(name))
        })
    }

    /// That its holder may sign time stamps and nothing else (RFC 3161 §2.3).
    pub(super) fn check_stamps_time(&self) -> Result<(), TimestampError> {
        let purpose = |reason| TimestampError::Purpose {
            name: self.name(),
            reason,
        };
        self.check_form()?;
        let Ok(Some(usage)) = self.parsed.extended_key_usage() else {
            return Err(purpose("the extended key usage is missing"));
        };
        if !usage.critical {
            return Err(purpose("the extended key usage is not critical"));
        }
        let value = usage.value;
        let is_other = value.any
            || value.server_auth
            || value.client_auth
            || value.code_signing
            || value.email_protection
            || value.ocsp_signing
            || !value.other.is_empty();
        if !value.time_stamping || is_other {
            return Err(purpose("the extended key usage is not timeStamping alone"));
        }
        match self.parsed.key_usage() {
            Ok(None) => Ok(()),
            Ok(Some(usage)) => {
                let (signs, others) = (usage.value.flags & 0b11, usage.value.flags & !0b11);
                if signs == 0 || others != 0 {
                    return Err(purpose("the key usage is not for signatures alone"));
                }
                Ok(())
            }
            Err(_) => Err(purpose("the key usage cannot be read")),
        }
    }

    /// That it may issue certificates of time stamping authorities, `below` others between (RFC 5280 §6.1.4).
    pub(super) fn check_issues(&self, below: usize) -> Result<(), TimestampError> {
        let unfit = |reason| TimestampError::certificate(self.name(), reason);
        self.check_form()?;
        let Ok(Some(constraints)) = self.parsed.basic_constraints() else {
            return Err(unfit("it says nothing about issuing certificates"));
        };
        if !constraints.value.ca {
            return Err(unfit("it may not issue certificates"));
        }
        let limit = constraints.value.path_len_constraint;
        if limit.is_some_and(|limit| usize::try_from(limit).is_ok_and(|limit| below > limit)) {
            return Err(unfit("the chain below it is longer than it permits"));
        }
        match self.parsed.key_usage() {
            Ok(None) => {}
            Ok(Some(usage)) if usage.value.key_cert_sign() => {}
            _ => return Err(unfit("its key may not sign certificates")),
        }
        match self.parsed.extended_key_usage() {
            Ok(None) => Ok(()),
            Ok(Some(usage)) if usage.value.time_stamping || usage.value.any => Ok(()),
            _ => Err(unfit("it may not issue certificates for time stamps")),
        }
    }

    /// Version 3 without critical extensions that are not understood.
    fn check_form(&self) -> Result<(), TimestampError> {
        let unfit = |reason: &str| TimestampError::certificate(self.name(), reason);
        if self.parsed.version() != X509Version::V3 {
            return Err(unfit("it is not of version 3"));
        }
        let is_strange = |extension: &&X509Extension<'_>| {
            let is_understood = matches!(
                extension.parsed_extension(),
                ParsedExtension::KeyUsage(_)
                    | ParsedExtension::BasicConstraints(_)
                    | ParsedExtension::ExtendedKeyUsage(_)
                    | ParsedExtension::CertificatePolicies(_)
                    | ParsedExtension::SubjectAlternativeName(_)
            );
            extension.critical && !is_understood
        };
        match self.parsed.extensions().iter().find(is_strange) {
            None => Ok(()),
            Some(extension) => {
                let oid = &extension.oid;
                Err(unfit(&format!(
                    "critical extension {oid} is not understood"
                )))
            }
        }
    }

    /// That it was valid then.
    pub(super) fn check_valid_at(&self, time: Timestamp) -> Result<(), TimestampError> {
        let validity = self.parsed.validity();
        let (from, until) = (validity.not_before, validity.not_after);
        if (from.timestamp()..=until.timestamp()).contains(&time.as_second()) {
            return Ok(());
        }
        Err(TimestampError::NotValidThen {
            name: self.name(),
            time,
            from: moment(from),
            until: moment(until),
        })
    }

    /// That `issuer` signed it.
    pub(super) fn check_signed_by(&self, issuer: &Certificate<'_>) -> Result<(), TimestampError> {
        let wrong = || TimestampError::Signature(format!("the certificate of {}", self.name()));
        let signature = Signature {
            algorithm: &self.envelope.algorithm,
            hash: None,
            bytes: self.envelope.signature.as_bytes().ok_or_else(wrong)?,
        };
        let body = encode(&self.envelope.body)?;
        match signature.verify(issuer.public_key(), &body) {
            Ok(()) => Ok(()),
            Err(Defect::Wrong) => Err(wrong()),
            Err(Defect::Unsupported(what)) => Err(TimestampError::Unsupported(what)),
        }
    }

    /// DER of its `SubjectPublicKeyInfo`.
    pub(super) fn public_key(&self) -> &[u8] {
        self.parsed.public_key().raw
    }
}

/// The `signature` of a `TBSCertificate`, which must be the algorithm outside (RFC 5280 §4.1.1.2).
fn inner_algorithm(body: &Any) -> der::Result<AlgorithmIdentifierOwned> {
    body.sequence(|reader| {
        let _version = ContextSpecific::<Any>::decode_explicit(reader, TagNumber::N0)?;
        let _serial = AnyRef::decode(reader)?;
        let algorithm = AlgorithmIdentifierOwned::decode(reader)?;
        while !reader.is_finished() {
            AnyRef::decode(reader)?;
        }
        Ok(algorithm)
    })
}

pub(super) fn moment(time: ASN1Time) -> Timestamp {
    let second = time.timestamp();
    let edge = if second < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(second).unwrap_or(edge)
}

//! What the authority signs: `TSTInfo` (RFC 3161 §2.4.2).

use super::TimestampError;
use super::signature::HashAlgorithm;
use crate::digest::Digest;
use cms::cert::x509::ext::Extensions;
use der::asn1::{Any, Int, ObjectIdentifier};
use der::{Decode, Sequence, Tag, Tagged};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use x509_tsp::{Accuracy, MessageImprint, TspVersion};

/// Serial numbers have up to 160 bits (RFC 3161 §2.4.2); some room beyond.
const MAX_SERIAL: usize = 64;
/// Digits of a fraction of a second: nanoseconds.
const MAX_FRACTION: usize = 9;

/// As in the RFC; `genTime` may have a fraction of a second, which the type of the `der` crate does not know.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct TstInfo {
    pub(super) version: TspVersion,
    pub(super) policy: ObjectIdentifier,
    pub(super) imprint: MessageImprint,
    pub(super) serial: Int,
    pub(super) time: Any,
    #[asn1(optional = "true")]
    pub(super) accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    pub(super) ordering: bool,
    #[asn1(optional = "true")]
    pub(super) nonce: Option<Int>,
    /// A `GeneralName`.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) authority: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(super) extensions: Option<Extensions>,
}

impl TstInfo {
    /// Reads and checks what needs no further knowledge.
    pub(super) fn read(der: &[u8]) -> Result<Self, TimestampError> {
        let info = Self::from_der(der)
            .map_err(|error| TimestampError::malformed("TSTInfo cannot be read", error))?;
        if info.serial.as_bytes().len() > MAX_SERIAL {
            let what = "the serial number is too long";
            return Err(TimestampError::Malformed(what.into()));
        }
        let mut extensions = info.extensions.iter().flatten();
        if let Some(unknown) = extensions.find(|extension| extension.critical) {
            let what = format!("the critical extension {}", unknown.extn_id);
            return Err(TimestampError::Unsupported(what));
        }
        info.moment()?;
        info.accuracy()?;
        Ok(info)
    }

    /// The time of the stamp.
    pub(super) fn moment(&self) -> Result<Timestamp, TimestampError> {
        let wrong = || TimestampError::Malformed("genTime is not a time in UTC".into());
        if self.time.tag() != Tag::GeneralizedTime {
            return Err(wrong());
        }
        moment(self.time.value()).ok_or_else(wrong)
    }

    /// The accuracy in microseconds.
    pub(super) fn accuracy(&self) -> Result<Option<u64>, TimestampError> {
        let Some(accuracy) = &self.accuracy else {
            return Ok(None);
        };
        let part = |value: Option<i16>| match value {
            None => Some(0),
            Some(value) => u64::try_from(value)
                .ok()
                .filter(|it| (1..1000).contains(it)),
        };
        let seconds = accuracy.seconds.unwrap_or_default();
        let microseconds =
            part(accuracy.millis)
                .zip(part(accuracy.micros))
                .and_then(|(millis, micros)| {
                    seconds
                        .checked_mul(1_000_000)?
                        .checked_add(millis * 1000 + micros)
                });
        let wrong = || TimestampError::Malformed("the accuracy is out of range".into());
        microseconds.map(Some).ok_or_else(wrong)
    }

    /// Whether the stamp is for this digest.
    pub(super) fn check_digest(&self, digest: &Digest) -> Result<(), TimestampError> {
        let hashed = self.imprint.hashed_message.as_bytes();
        match HashAlgorithm::from_identifier(&self.imprint.hash_algorithm) {
            Some(HashAlgorithm::Sha256) if hashed == digest.as_bytes() => Ok(()),
            Some(HashAlgorithm::Sha256) => {
                let hex = data_encoding::HEXLOWER.encode(hashed.get(..32).unwrap_or(hashed));
                Err(TimestampError::OtherDigest(format!("sha256:{hex}")))
            }
            _ => {
                let other = self.imprint.hash_algorithm.oid;
                let what = format!("its digest is not SHA-256 but {other}");
                Err(TimestampError::OtherDigest(what))
            }
        }
    }
}

/// `YYYYMMDDhhmmss[.f…]Z`: in UTC, with seconds, without zeros at the end of the fraction (RFC 3161 §2.4.2).
fn moment(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = match text.split_once('.') {
        None => (text, ""),
        Some((_, fraction)) if fraction.is_empty() || fraction.ends_with('0') => return None,
        Some(parts) => parts,
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14
        || fraction.len() > MAX_FRACTION
        || !is_number(whole)
        || !is_number(fraction)
    {
        return None;
    }
    let part = |from: usize| whole.get(from..from + 2)?.parse::<i8>().ok();
    let nanosecond = format!("{fraction:0<9}").parse().ok()?;
    let year = whole.get(..4)?.parse().ok()?;
    let civil = DateTime::new(
        year,
        part(4)?,
        part(6)?,
        part(8)?,
        part(10)?,
        part(12)?,
        nanosecond,
    );
    let zoned = civil.ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        moment(text.as_bytes()).map(|time| time.to_string())
    }

    #[test]
    fn times_of_the_rfc_are_read() {
        assert_eq!(
            read("19990609001326.34352Z").as_deref(),
            Some("1999-06-09T00:13:26.34352Z")
        );
        assert_eq!(
            read("20240229235959Z").as_deref(),
            Some("2024-02-29T23:59:59Z")
        );
    }

    #[test]
    fn what_the_rfc_forbids_is_no_time() {
        for wrong in [
            "20240229235959",
            "202402292359Z",
            "20240229235959.Z",
            "20240229235959.10Z",
            "20240229235959.1234567891Z",
            "20240229235959+0100",
            "20230229235959Z",
            "20240229245959Z",
            "20240229235960Z",
            "+0240229235959Z",
            "20240229235959.+1Z",
            "２0240229235Z",
            "Z",
            "",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

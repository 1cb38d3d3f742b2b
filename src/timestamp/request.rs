//! What is asked of a time stamping authority (RFC 3161 §2.4.1).

use crate::digest::Digest;

/// `version` 1 and `messageImprint` with SHA-256 up to the digest itself: `INTEGER 1`, then
/// `SEQUENCE { SEQUENCE { OBJECT IDENTIFIER 2.16.840.1.101.3.4.2.1, NULL }, OCTET STRING … }`.
const BEFORE_DIGEST: [u8; 22] = [
    0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
    0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
];
/// `certReq` TRUE: the answer is to hold the certificate of the signer.
const CERTIFICATE_WANTED: [u8; 3] = [0x01, 0x01, 0xff];

/// A request for a time stamp over one SHA-256 digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampRequest {
    digest: Digest,
    nonce: Vec<u8>,
}

impl TimestampRequest {
    /// A request for `digest`. `nonce` must be random: it ties the answer to this request.
    pub fn for_digest(digest: &Digest, nonce: [u8; 8]) -> Self {
        // The shortest two's complement form of a number that is not negative (X.690 §8.3).
        let significant: Vec<u8> = nonce.into_iter().skip_while(|byte| *byte == 0).collect();
        let needs_sign = significant.first().is_none_or(|byte| *byte >= 0x80);
        let mut number = if needs_sign { vec![0] } else { Vec::new() };
        number.extend(significant);
        Self {
            digest: *digest,
            nonce: number,
        }
    }

    /// The request in DER, for the body of `application/timestamp-query` (RFC 3161 §3.4).
    pub fn to_der(&self) -> Vec<u8> {
        let mut body = BEFORE_DIGEST.to_vec();
        body.extend_from_slice(self.digest.as_bytes());
        // At most nine bytes, and all lengths stay below 128, where one byte holds them.
        body.extend([0x02, u8::try_from(self.nonce.len()).unwrap_or_default()]);
        body.extend_from_slice(&self.nonce);
        body.extend_from_slice(&CERTIFICATE_WANTED);
        let mut der = vec![0x30, u8::try_from(body.len()).unwrap_or_default()];
        der.append(&mut body);
        der
    }

    /// The digest to be stamped.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The nonce as the content bytes of an INTEGER.
    pub(super) fn nonce(&self) -> &[u8] {
        &self.nonce
    }
}

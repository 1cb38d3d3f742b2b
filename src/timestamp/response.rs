//! The answer of a time stamping authority (RFC 3161 §2.4.2).

use super::error::printable;
use super::token::MAX_TOKEN;
use super::{TimestampError, TimestampRequest, Token};
use der::asn1::{Any, BitString};
use der::{Decode, Encode, Sequence};

/// Room for the status beside the token.
const MAX_RESPONSE: usize = MAX_TOKEN + 4096;
/// Lines of the authority's words that are read.
const MAX_LINES: usize = 8;

/// ```text
/// TimeStampResp ::= SEQUENCE {
///    status          PKIStatusInfo,
///    timeStampToken  TimeStampToken OPTIONAL }
/// ```
#[derive(Sequence)]
struct Response {
    status: StatusInfo,
    #[asn1(optional = "true")]
    token: Option<Any>,
}

/// ```text
/// PKIStatusInfo ::= SEQUENCE {
///    status        PKIStatus,
///    statusString  PKIFreeText     OPTIONAL,
///    failInfo      PKIFailureInfo  OPTIONAL }
/// ```
#[derive(Sequence)]
struct StatusInfo {
    status: u32,
    #[asn1(optional = "true")]
    text: Option<Vec<Any>>,
    #[asn1(optional = "true")]
    failure: Option<BitString>,
}

/// Bits of `PKIFailureInfo` that an authority may set.
const FAILURES: [(usize, &str); 8] = [
    (0, "it does not know the digest algorithm (badAlg)"),
    (2, "it does not permit the request (badRequest)"),
    (5, "it cannot read the request (badDataFormat)"),
    (14, "its source of time is not available (timeNotAvailable)"),
    (15, "it does not know the policy (unacceptedPolicy)"),
    (16, "it does not know an extension (unacceptedExtension)"),
    (17, "it lacks additional information (addInfoNotAvailable)"),
    (25, "its system failed (systemFailure)"),
];

/// Reads the answer to `request`: granted, with the nonce and the digest that were sent.
///
/// What the token proves is not looked at yet: see [`Token::verify`].
pub fn read_response(der: &[u8], request: &TimestampRequest) -> Result<Token, TimestampError> {
    if der.len() > MAX_RESPONSE {
        return Err(TimestampError::TooLarge {
            limit: MAX_RESPONSE,
        });
    }
    let response = Response::from_der(der)
        .map_err(|error| TimestampError::malformed("the answer cannot be read", error))?;
    // 0 granted, 1 granted with modifications.
    if response.status.status > 1 {
        return Err(TimestampError::Refused(reason(&response.status)));
    }
    let token = response
        .token
        .ok_or_else(|| TimestampError::Malformed("granted, but no token in the answer".into()))?;
    let token = token
        .to_der()
        .map_err(|error| TimestampError::malformed("the token cannot be read", error))?;
    let token = Token::from_der(&token)?;
    if token.nonce() != Some(request.nonce()) {
        return Err(TimestampError::OtherNonce);
    }
    token.check_digest(request.digest())?;
    Ok(token)
}

/// The words of the authority and what its failure bits mean.
fn reason(status: &StatusInfo) -> String {
    let lines = status.text.iter().flatten().take(MAX_LINES);
    let mut parts: Vec<String> = lines
        .map(|line| String::from_utf8_lossy(line.value()).into_owned())
        .collect();
    if let Some(failure) = &status.failure {
        let bytes = failure.raw_bytes();
        let is_set = |bit: usize| {
            let byte = bytes.get(bit / 8).copied().unwrap_or_default();
            byte & (0x80 >> (bit % 8)) != 0
        };
        let known = FAILURES.iter().filter(|(bit, _)| is_set(*bit));
        parts.extend(known.map(|(_, meaning)| (*meaning).to_owned()));
    }
    if parts.is_empty() {
        parts.push(match status.status {
            2 => "rejected, without a reason".to_owned(),
            3 => "it asks to wait".to_owned(),
            other => format!("status {other}"),
        });
    }
    printable(&parts.join("; "))
}

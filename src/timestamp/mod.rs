//! Time stamps of a third party (RFC 3161): what to ask for, how to read the answer, how to check what was kept.
//!
//! Pure: no network, no clock. The client that sends the request stands in `fetch`.
//!
//! - [`TimestampRequest`] → bytes for the authority; [`read_response`] → [`Token`].
//! - [`Token::verify`]: everything that RFC 3161 §2.3 and §2.4.2, RFC 5652 §5.4 to §5.6 and RFC 5816 ask for, and the
//!   chain of certificates to a [`TrustAnchors`] member at the time of the stamp (RFC 5280 §6.1). Revocation is not
//!   looked at: there is no network, and the time says when the certificate was used.
//! - [`Token::strip`] drops what nobody signed, and [`Token::verify_strictly`] refuses what is not so stripped: of a
//!   kept token no byte can change unnoticed, provided trust anchors are given.

mod attributes;
mod certificate;
mod chain;
mod error;
mod info;
mod proof;
mod request;
mod response;
mod signature;
mod signed_data;
mod strict;
mod token;

pub use chain::TrustAnchors;
pub use error::TimestampError;
pub use proof::TimeProof;
pub use request::TimestampRequest;
pub use response::read_response;
pub use token::{MAX_TOKEN, Token};

#[cfg(test)]
mod tests;

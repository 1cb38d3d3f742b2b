//! TLS: our own configuration, why a certificate is refused, and the facts that are kept of it.

use super::TlsFacts;
use super::resolver::BoxError;
use crate::digest::Digest;
use jiff::Timestamp;
use rustls::client::Resumption;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::prelude::{ASN1Time, FromDer, X509Certificate, X509Name};

/// Names in certificates are the server's words; longer ones are cut.
const MAX_NAME: usize = 300;

/// Why a certificate was refused; travels inside the TLS error.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(super) struct RefusedCertificate {
    pub(super) reason: String,
}

/// Certificates kept of one connection.
const MAX_CERTIFICATES: usize = 10;
/// Longer certificates are not kept, bytes; the library refuses longer chains.
const MAX_CERTIFICATE: usize = 64 << 10;
/// What stands in [`TlsFacts::verified`].
const VERIFIED: &str =
    "chain, name and validity verified with the roots of Mozilla; revocation not checked";

/// What was spoken on a connection, and the certificates as sent.
#[derive(Debug, Default)]
pub(crate) struct Session {
    pub(crate) facts: Option<TlsFacts>,
    pub(crate) certificates: Vec<Arc<[u8]>>,
}

/// Speaks TLS: ring, the roots of Mozilla, HTTP/2 and HTTP/1.1.
#[derive(Debug)]
pub(crate) struct TlsClient {
    connector: TlsConnectorDebug,
    verifier: Arc<WebPkiServerVerifier>,
    accept_invalid: bool,
}

/// A connector that can be printed.
struct TlsConnectorDebug(TlsConnector);

impl std::fmt::Debug for TlsConnectorDebug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TlsConnector")
    }
}

impl TlsClient {
    /// With `accept_invalid` every certificate passes (evidence only, after it was refused once), and why
    /// it should not have is found out for each connection anew.
    pub(super) fn new(accept_invalid: bool) -> Result<Self, String> {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        Self::trusting(roots, accept_invalid)
    }

    /// For measurements: every certificate passes and it is said why it should not have; HTTP/1.1 only.
    /// `laboratory` are roots (DER) that are trusted beside those of Mozilla.
    pub(crate) fn for_measuring(laboratory: &[Vec<u8>]) -> Result<Self, String> {
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        for root in laboratory {
            let root = CertificateDer::from_slice(root).into_owned();
            roots.add(root).map_err(|error| error.to_string())?;
        }
        Self::speaking(roots, true, &["http/1.1"])
    }

    fn trusting(roots: RootCertStore, accept_invalid: bool) -> Result<Self, String> {
        Self::speaking(roots, accept_invalid, &["h2", "http/1.1"])
    }

    fn speaking(
        roots: RootCertStore,
        accept_invalid: bool,
        protocols: &[&str],
    ) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .map_err(|error| error.to_string())?;
        let config = client_config(provider, Arc::clone(&verifier), accept_invalid, protocols)?;
        Ok(Self {
            connector: TlsConnectorDebug(TlsConnector::from(Arc::new(config))),
            verifier,
            accept_invalid,
        })
    }

    /// The handshake with `host` (a name, or an address without brackets) and what came of it.
    pub(crate) async fn shake_hands(
        &self,
        host: &str,
        stream: TcpStream,
        now: Timestamp,
    ) -> Result<(TlsStream<TcpStream>, Session), BoxError> {
        let name = ServerName::try_from(host.to_owned())?;
        let stream = self.connector.0.connect(name.clone(), stream).await?;
        let session = self.session(&stream, &name, now);
        Ok((stream, session))
    }

    fn session(
        &self,
        stream: &TlsStream<TcpStream>,
        name: &ServerName<'_>,
        now: Timestamp,
    ) -> Session {
        let (_, connection) = stream.get_ref();
        let chain = connection.peer_certificates().unwrap_or_default();
        let Some((leaf, intermediates)) = chain.split_first() else {
            return Session::default();
        };
        let invalid = self
            .accept_invalid
            .then(|| self.invalidity(leaf, intermediates, name, now))
            .flatten();
        let mut facts = tls_facts(leaf, invalid);
        facts.verified = facts.invalid.is_none().then(|| VERIFIED.to_owned());
        facts.version = connection
            .protocol_version()
            .and_then(|version| version.as_str().map(version_with_dot));
        facts.cipher = connection
            .negotiated_cipher_suite()
            .and_then(|suite| suite.suite().as_str().map(str::to_owned));
        facts.key_exchange = connection
            .negotiated_key_exchange_group()
            .map(|group| format!("{:?}", group.name()));
        facts.alpn = connection
            .alpn_protocol()
            .map(|protocol| printable(&String::from_utf8_lossy(protocol)));
        // RFC 6066 §3: addresses are not sent.
        facts.server_name = match name {
            ServerName::DnsName(name) => Some(name.as_ref().to_owned()),
            _ => None,
        };
        let certificates: Vec<Arc<[u8]>> = chain
            .iter()
            .filter(|certificate| certificate.len() <= MAX_CERTIFICATE)
            .take(MAX_CERTIFICATES)
            .map(|certificate| Arc::from(certificate.as_ref()))
            .collect();
        facts.certificates_sent = Some(chain.len());
        facts.chain_sha256 = certificates
            .iter()
            .map(|certificate| Digest::of(certificate).hex())
            .collect();
        Session {
            facts: Some(facts),
            certificates,
        }
    }

    /// Why a certificate that was accepted would be refused.
    fn invalidity(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: Timestamp,
    ) -> Option<String> {
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        let verified = self
            .verifier
            .verify_server_cert(leaf, intermediates, name, &[], now);
        match verified {
            Ok(_) => None,
            Err(rustls::Error::InvalidCertificate(problem)) => Some(refusal_reason(&problem, leaf)),
            Err(other) => Some(printable(&other.to_string())),
        }
    }
}

fn client_config(
    provider: Arc<rustls::crypto::CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
    accept_invalid: bool,
    protocols: &[&str],
) -> Result<ClientConfig, String> {
    let verifier = Verifier {
        verifier,
        accept_invalid,
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    // A resumed session shows no certificates: every connection is to have seen its own.
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// `TLSv1_3` → `TLSv1.3`, as everybody else writes it.
fn version_with_dot(version: &str) -> String {
    version.replace('_', ".")
}

/// The usual verification, with a reason in words when it fails.
#[derive(Debug)]
struct Verifier {
    verifier: Arc<WebPkiServerVerifier>,
    accept_invalid: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.accept_invalid {
            return Ok(ServerCertVerified::assertion());
        }
        self.verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(|error| match error {
                rustls::Error::InvalidCertificate(problem) => {
                    let reason = refusal_reason(&problem, end_entity);
                    let refused = Arc::new(RefusedCertificate { reason });
                    rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(refused)))
                }
                other => other,
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// Why the certificate is refused, in words.
fn refusal_reason(problem: &CertificateError, leaf: &[u8]) -> String {
    let certificate = X509Certificate::from_der(leaf).ok().map(|(_, found)| found);
    let self_signed = certificate
        .as_ref()
        .is_some_and(|found| found.subject().as_raw() == found.issuer().as_raw());
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            let until = certificate.map(|found| moment(found.validity().not_after));
            format!("the certificate expired on {}", until.unwrap_or_default())
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            let from = certificate.map(|found| moment(found.validity().not_before));
            format!(
                "the certificate is not valid before {}",
                from.unwrap_or_default()
            )
        }
        CertificateError::NotValidForName => "the certificate is for another host".into(),
        CertificateError::NotValidForNameContext { presented, .. } => printable(&format!(
            "the certificate is for another host: {}",
            presented.join(", ")
        )),
        CertificateError::Revoked => "the certificate was revoked".into(),
        CertificateError::BadEncoding => "the certificate cannot be read".into(),
        CertificateError::BadSignature => "the certificate's signature is wrong".into(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the certificate is not for servers".into()
        }
        _ if self_signed => "the certificate is self-signed".into(),
        CertificateError::UnknownIssuer => {
            let issuer = certificate.map(|found| name(found.issuer()));
            format!(
                "the certificate's issuer is unknown: {}",
                issuer.unwrap_or_default()
            )
        }
        other => printable(&format!("the certificate is invalid: {other:?}")),
    }
}

/// The facts of the leaf certificate.
fn tls_facts(leaf: &[u8], invalid: Option<String>) -> TlsFacts {
    let mut facts = TlsFacts {
        certificate_sha256: Digest::of(leaf).hex(),
        invalid,
        ..TlsFacts::default()
    };
    if let Ok((_, certificate)) = X509Certificate::from_der(leaf) {
        facts.subject = name(certificate.subject());
        facts.issuer = name(certificate.issuer());
        facts.not_before = moment(certificate.validity().not_before);
        facts.not_after = moment(certificate.validity().not_after);
    }
    facts
}

fn name(name: &X509Name<'_>) -> String {
    printable(&name.to_string())
}

fn moment(time: ASN1Time) -> String {
    Timestamp::from_second(time.timestamp())
        .map(|moment| moment.to_string())
        .unwrap_or_default()
}

/// The server's words without control characters, and not too many of them.
pub(crate) fn printable(text: &str) -> String {
    let visible = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    visible.take(MAX_NAME).collect()
}

#[cfg(test)]
mod tests;

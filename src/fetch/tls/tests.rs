use super::*;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair, date_time_ymd};

fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::new(vec!["shop.example".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().der().to_vec()
}

fn verify(leaf: Vec<u8>, host: &'static str, seconds: u64) -> String {
    let client = TlsClient::new(false).unwrap();
    let verifier = Verifier {
        verifier: client.verifier,
        accept_invalid: false,
    };
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let host = ServerName::try_from(host).unwrap();
    match verifier.verify_server_cert(&leaf.into(), &[], &host, &[], now) {
        Err(rustls::Error::InvalidCertificate(CertificateError::Other(other))) => {
            other.0.to_string()
        }
        other => panic!("{other:?}"),
    }
}

const MID_2020: u64 = 1_593_561_600;
const MID_2022: u64 = 1_656_633_600;

#[test]
fn the_reason_says_what_is_wrong_with_the_certificate() {
    assert_eq!(
        verify(self_signed(|_| {}), "shop.example", MID_2020),
        "the certificate is self-signed"
    );
    assert_eq!(
        verify(self_signed(|_| {}), "shop.example", MID_2022),
        "the certificate expired on 2021-01-01T00:00:00Z"
    );
    assert_eq!(
        verify(self_signed(|_| {}), "shop.example", 0),
        "the certificate is not valid before 2020-01-01T00:00:00Z"
    );
    let other_host = CertificateError::NotValidForNameContext {
        expected: ServerName::try_from("bank.example").unwrap(),
        presented: vec!["shop.example".into()],
    };
    assert_eq!(
        refusal_reason(&other_host, &[]),
        "the certificate is for another host: shop.example"
    );
    assert_eq!(
        verify(b"nonsense".to_vec(), "shop.example", MID_2020),
        "the certificate cannot be read"
    );
}

#[test]
fn facts_come_from_the_leaf_and_hostile_names_are_made_printable() {
    let leaf = self_signed(|params| {
        params
            .distinguished_name
            .push(rcgen::DnType::OrganizationName, "A\u{1b}[31mB");
    });
    let facts = tls_facts(&leaf, None);
    assert_eq!(facts.certificate_sha256, Digest::of(&leaf).hex());
    assert_eq!(facts.not_after, "2021-01-01T00:00:00Z");
    assert!(
        facts.subject.contains("O=A\u{fffd}[31mB"),
        "{}",
        facts.subject
    );
    assert_eq!(tls_facts(b"nonsense", None).subject, "");
}

/// A server for `shop.example` that shows a chain of three; gives the root's store, the chain and where it
/// listens.
async fn chain_server() -> (
    RootCertStore,
    Vec<CertificateDer<'static>>,
    std::net::SocketAddr,
) {
    let authority = |name: &str| {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params
    };
    let key = || KeyPair::generate().unwrap();
    let root = CertifiedIssuer::self_signed(authority("root"), key()).unwrap();
    let middle = CertifiedIssuer::signed_by(authority("middle"), key(), &root).unwrap();
    let leaf_key = key();
    let leaf = CertificateParams::new(vec!["shop.example".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&leaf_key, &middle).unwrap();
    let chain = vec![leaf.der().clone(), middle.der().clone(), root.der().clone()];
    let mut roots = RootCertStore::empty();
    roots.add(root.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.clone(), leaf_key.serialize_der().try_into().unwrap())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that refuses is what some tests are about.
            let _ = acceptor.accept(stream).await;
        }
    });
    (roots, chain, address)
}

#[tokio::test]
async fn a_chain_that_is_trusted_is_kept_whole_and_verified_on_every_connection() {
    let (roots, chain, address) = chain_server().await;
    let trusting = TlsClient::trusting(roots, false).unwrap();
    for _ in 0..2 {
        let stream = TcpStream::connect(address).await.unwrap();
        let (_, session) = trusting
            .shake_hands("shop.example", stream, Timestamp::UNIX_EPOCH)
            .await
            .unwrap();
        let facts = session.facts.unwrap();
        assert_eq!(facts.invalid, None);
        assert_eq!(facts.verified.as_deref(), Some(VERIFIED));
        assert_eq!(facts.version.as_deref(), Some("TLSv1.3"));
        assert_eq!(facts.alpn, None);
        assert_eq!(facts.server_name.as_deref(), Some("shop.example"));
        assert_eq!(facts.certificates_sent, Some(3));
        let kept: Vec<&[u8]> = session.certificates.iter().map(|c| &c[..]).collect();
        assert_eq!(kept, chain.iter().map(|c| &c[..]).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_is_accepted_as_evidence_is_judged_at_the_time_of_the_connection() {
    let (roots, chain, address) = chain_server().await;
    let accepting = TlsClient::trusting(roots, true).unwrap();
    let year_2030 = "2030-01-01T00:00:00Z".parse().unwrap();
    let long_ago = "1960-01-01T00:00:00Z".parse().unwrap();
    for (host, now, expected) in [
        ("shop.example", year_2030, None),
        (
            "bank.example",
            year_2030,
            Some("the certificate is for another host"),
        ),
        (
            "shop.example",
            long_ago,
            Some("the certificate is not valid before 1975-01-01T00:00:00Z"),
        ),
    ] {
        let stream = TcpStream::connect(address).await.unwrap();
        let (_, session) = accepting.shake_hands(host, stream, now).await.unwrap();
        let facts = session.facts.unwrap();
        let invalid = facts.invalid.as_deref();
        match expected {
            None => assert_eq!(invalid, None),
            Some(words) => assert!(invalid.unwrap().starts_with(words), "{invalid:?}"),
        }
        assert_eq!(facts.verified.is_some(), expected.is_none());
        assert_eq!(session.certificates.len(), chain.len());
    }
}

//! Against tokens that OpenSSL made (`fixtures/timestamp/make.sh`).

mod flips;
mod forged;
mod forgery;

use super::*;
use crate::digest::Digest;
use x509_tsp::TimeStampReq;

fn fixture(name: &str) -> Vec<u8> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/timestamp/");
    std::fs::read(format!("{directory}{name}")).expect(name)
}

fn token(name: &str) -> Token {
    Token::from_der(&fixture(name)).expect(name)
}

fn roots() -> TrustAnchors {
    TrustAnchors::from_pem(&fixture("roots.pem")).expect("the roots")
}

fn abc() -> Digest {
    Digest::of(b"abc")
}

/// The request of `query.tsq`, which OpenSSL wrote.
fn query() -> TimestampRequest {
    use der::Decode;
    let query = TimeStampReq::from_der(&fixture("query.tsq")).unwrap();
    let nonce = query.nonce.unwrap();
    let mut bytes = [0; 8];
    let significant = nonce.as_bytes().strip_prefix(&[0]);
    let significant = significant.unwrap_or(nonce.as_bytes());
    bytes[8 - significant.len()..].copy_from_slice(significant);
    TimestampRequest::for_digest(&abc(), bytes)
}

#[test]
fn a_request_is_the_one_that_openssl_writes() {
    assert_eq!(query().to_der(), fixture("query.tsq"));
}

#[test]
fn nonces_are_numbers_of_the_shortest_form() {
    use der::Decode;
    for nonce in [
        [0; 8],
        [0xff; 8],
        [0, 0, 0, 0, 0, 0, 0, 1],
        [0, 0x80, 0, 0, 0, 0, 0, 0],
        [0x7f, 0, 0, 0, 0, 0, 0, 0],
    ] {
        let der = TimestampRequest::for_digest(&abc(), nonce).to_der();
        let read = TimeStampReq::from_der(&der).unwrap();
        assert!(read.cert_req);
        assert_eq!(
            read.message_imprint.hashed_message.as_bytes(),
            abc().as_bytes()
        );
        let number = read.nonce.unwrap();
        let value = number
            .as_bytes()
            .iter()
            .fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        assert_eq!(value, u128::from(u64::from_be_bytes(nonce)));
    }
}

#[test]
fn a_granted_answer_gives_a_token_that_proves_the_time() {
    let token = read_response(&fixture("granted.der"), &query()).unwrap();
    let proof = token.verify_strictly(&abc(), &roots()).unwrap();
    assert!(proof.anchored);
    assert_eq!(proof.accuracy_us, Some(1_500_100));
    assert_eq!(proof.policy, "1.3.6.1.4.1.99999.1");
    assert_eq!(proof.authority, "O=Unit Example, CN=tsa-rsa.unit.example");
    assert_eq!(proof.time, token.stated_time());
    assert!(proof.time < proof.certificate_until);
    let anchor = proof.anchor.unwrap();
    assert!(roots().digests().contains(&anchor));
    let json = serde_json::to_string(&proof).unwrap();
    assert_eq!(serde_json::from_str::<TimeProof>(&json).unwrap(), proof);
}

#[test]
fn an_answer_to_another_request_is_refused() {
    let other = TimestampRequest::for_digest(&abc(), [1; 8]);
    assert_eq!(
        read_response(&fixture("granted.der"), &other).unwrap_err(),
        TimestampError::OtherNonce
    );
}

#[test]
fn a_refusal_is_told_in_the_words_of_the_authority() {
    let error = read_response(&fixture("rejected.der"), &query()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the time stamping authority refused: Message digest algorithm is not supported.; \
         it does not know the digest algorithm (badAlg)"
    );
}

#[test]
fn words_of_the_authority_steer_no_terminal() {
    // status 2, statusString "a ESC [31m U+202E b".
    let text = "a\u{1b}[31m\u{202e}b".as_bytes();
    let length = |more: usize| u8::try_from(text.len() + more).unwrap();
    let mut der = vec![
        0x30,
        length(9),
        0x30,
        length(7),
        2,
        1,
        2,
        0x30,
        length(2),
        0x0c,
        length(0),
    ];
    der.extend_from_slice(text);
    let error = read_response(&der, &query()).unwrap_err();
    assert_eq!(
        error,
        TimestampError::Refused("a\u{fffd}[31m\u{fffd}b".into())
    );
}

#[test]
fn tokens_of_all_kinds_verify() {
    for (name, is_strict) in [
        ("rsa.tsr", true),
        ("ec.tsr", true),
        ("p384.tsr", true),
        ("pss.tsr", true),
        ("keyid.tsr", true),
        ("surplus.tsr", false),
    ] {
        let token = token(name);
        let proof = token.verify(&abc(), &roots()).expect(name);
        assert!(proof.anchored, "{name}");
        let strict = token.verify_strictly(&abc(), &roots());
        assert_eq!(strict.is_ok(), is_strict, "{name}: {strict:?}");
        let (stripped, same) = token.strip(&abc(), &roots()).expect(name);
        assert_eq!(same, proof, "{name}");
        assert_eq!(stripped.as_der() == token.as_der(), is_strict, "{name}");
    }
}

#[test]
fn without_anchors_nobody_vouches_and_the_proof_says_so() {
    let proof = token("rsa.tsr")
        .verify_strictly(&abc(), &TrustAnchors::none())
        .unwrap();
    assert!(!proof.anchored);
    assert_eq!(proof.anchor, None);
}

#[test]
fn a_token_for_other_data_proves_nothing() {
    let error = token("rsa.tsr")
        .verify(&Digest::of(b"abd"), &roots())
        .unwrap_err();
    assert_eq!(error, TimestampError::OtherDigest(abc().to_string()));
}

#[test]
fn a_certificate_for_servers_stamps_nothing() {
    let error = token("server.tsr").verify(&abc(), &roots()).unwrap_err();
    assert!(matches!(error, TimestampError::Purpose { .. }), "{error}");
}

#[test]
fn a_root_that_is_not_trusted_is_named() {
    let pem = fixture("roots.pem");
    let second = String::from_utf8(pem).unwrap();
    let second = &second[second.rfind("-----BEGIN").unwrap()..];
    let other = TrustAnchors::from_pem(second.as_bytes()).unwrap();
    let error = token("rsa.tsr").verify(&abc(), &other).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no trusted certificate vouches for the authority: nothing is known of O=Unit Example, CN=root-rsa"
    );
    assert!(token("ec.tsr").verify(&abc(), &other).is_ok());
}

#[test]
fn anchors_are_certificates_in_pem() {
    for wrong in [
        &b""[..],
        b"nonsense",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n",
        &vec![b'-'; (1 << 20) + 1],
    ] {
        let error = TrustAnchors::from_pem(wrong).unwrap_err();
        assert!(matches!(error, TimestampError::Anchors(_)), "{error}");
    }
    assert_eq!(roots().digests().len(), 2);
    assert_eq!(roots().with(TrustAnchors::none()), roots());
}

#[test]
fn what_is_too_long_is_not_read() {
    let long = vec![0x30; MAX_TOKEN + 1];
    assert!(matches!(
        Token::from_der(&long).unwrap_err(),
        TimestampError::TooLarge { .. }
    ));
    assert!(matches!(
        read_response(&vec![0x30; 70_000], &query()).unwrap_err(),
        TimestampError::TooLarge { .. }
    ));
}

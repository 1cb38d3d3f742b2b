//! Time stamps from a real authority (`openssl ts` behind HTTP on loopback), and the clock as a time server sees it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for code outside of tests"
)]

#[path = "timestamp/clock.rs"]
mod clock;
#[path = "timestamp/laboratory.rs"]
mod laboratory;

use laboratory::{
    Conduct, Laboratory, P256, RSA, Server, answer, has_openssl, honest, reply, write,
};
use std::sync::Arc;
use std::time::Duration;
use tazy::digest::Digest;
use tazy::fetch::{
    AuthorityError, AuthoritySettings, Resolver, SystemResolver, TimestampAuthority,
};
use tazy::timestamp::{TimestampError, Token, TrustAnchors};

const DATA: &[u8] = b"tazy.local/0123456789ab\n1\nAAAA\n";

fn client(url: &str) -> TimestampAuthority {
    let resolver: Arc<dyn Resolver> = Arc::new(SystemResolver);
    let settings = AuthoritySettings {
        timeout: Duration::from_secs(10),
        ..AuthoritySettings::at(url)
    };
    TimestampAuthority::new(&settings, &resolver).unwrap()
}

async fn stamp_from(conduct: Conduct) -> Result<Token, AuthorityError> {
    let server = Server::start(conduct).await;
    client(&server.url()).stamp(&Digest::of(DATA)).await
}

async fn failure_from(conduct: Conduct) -> AuthorityError {
    stamp_from(conduct).await.expect_err("no time stamp")
}

fn anchors(laboratory: &Laboratory, name: &str) -> TrustAnchors {
    TrustAnchors::from_pem(&laboratory.read(&format!("{name}.pem"))).unwrap()
}

/// A root and an authority below it.
fn laboratory(key: &[&str]) -> Laboratory {
    let laboratory = Laboratory::new();
    laboratory.root("root", key);
    laboratory.root("other", key);
    laboratory.issue("tsa", "root", "stamps", key, "30");
    laboratory
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_stamp_verifies_here_and_with_openssl() {
    if !has_openssl() {
        return;
    }
    for key in [RSA, P256] {
        let laboratory = laboratory(key);
        let token = stamp_from(honest(&laboratory, "tsa", "root", "plain"))
            .await
            .unwrap();
        let digest = Digest::of(DATA);
        for (root, is_right) in [("root", true), ("other", false)] {
            let proof = token.verify_strictly(&digest, &anchors(&laboratory, root));
            assert_eq!(proof.is_ok(), is_right, "{root}: {proof:?}");
            let theirs = laboratory.openssl_verifies(token.as_der(), root, DATA);
            assert_eq!(theirs, is_right, "{root}");
        }
        let proof = token
            .verify(&digest, &anchors(&laboratory, "root"))
            .unwrap();
        assert_eq!(proof.authority, "O=Unit Example, CN=tsa.unit.example");
        assert_eq!(proof.accuracy_us, Some(1_000_000));
        let other = Digest::of(b"other data");
        let error = token
            .verify(&other, &anchors(&laboratory, "root"))
            .unwrap_err();
        assert!(matches!(error, TimestampError::OtherDigest(_)), "{error}");
        assert!(!laboratory.openssl_verifies(token.as_der(), "root", b"other data"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stripped_token_still_verifies_with_openssl() {
    if !has_openssl() {
        return;
    }
    let laboratory = laboratory(RSA);
    let mut chain = laboratory.read("root.pem");
    chain.extend(laboratory.read("other.pem"));
    write(&laboratory.path("chain.pem"), &chain);
    let token = stamp_from(honest(&laboratory, "tsa", "chain", "short"))
        .await
        .unwrap();
    let (digest, trust) = (Digest::of(DATA), anchors(&laboratory, "root"));
    let error = token.verify_strictly(&digest, &trust).unwrap_err();
    assert!(matches!(error, TimestampError::NotStrict(_)), "{error}");
    let (stripped, _) = token.strip(&digest, &trust).unwrap();
    assert!(stripped.as_der().len() < token.as_der().len());
    assert!(laboratory.openssl_verifies(stripped.as_der(), "root", DATA));
    assert!(laboratory.openssl_verifies(token.as_der(), "root", DATA));
    // Whoever signs that a certificate belongs to the chain must not be wrong about it.
    let token = stamp_from(honest(&laboratory, "tsa", "chain", "plain"))
        .await
        .unwrap();
    let error = token.verify(&digest, &trust).unwrap_err();
    assert!(matches!(error, TimestampError::Attributes(_)), "{error}");
    assert!(!laboratory.openssl_verifies(token.as_der(), "root", DATA));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_authority_and_one_of_another_trade_are_refused() {
    if !has_openssl() {
        return;
    }
    let laboratory = laboratory(P256);
    laboratory.issue("late", "root", "stamps", P256, "-1");
    laboratory.issue("signer", "root", "signs", P256, "30");
    let (digest, trust) = (Digest::of(DATA), anchors(&laboratory, "root"));

    let token = stamp_from(honest(&laboratory, "late", "root", "plain"))
        .await
        .unwrap();
    let error = token.verify(&digest, &trust).unwrap_err();
    assert!(
        matches!(error, TimestampError::NotValidThen { .. }),
        "{error}"
    );
    assert!(!laboratory.openssl_verifies(token.as_der(), "root", DATA));

    let forger = laboratory.clone();
    let token = stamp_from(Arc::new(move |query| {
        write(&forger.path("query.tsq"), query);
        reply(&forger.forged_reply("signer", "tsa", "root"))
    }));
    let token = token.await.unwrap();
    let error = token.verify(&digest, &trust).unwrap_err();
    assert!(matches!(error, TimestampError::Purpose { .. }), "{error}");
    assert!(!laboratory.openssl_verifies(token.as_der(), "root", DATA));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_answer_and_a_refusal_are_no_time_stamps() {
    if !has_openssl() {
        return;
    }
    let laboratory = laboratory(P256);
    let recorder = laboratory.clone();
    let recorded: Arc<std::sync::OnceLock<Vec<u8>>> = Arc::default();
    let server = Server::start(Arc::new(move |query| {
        let again = recorded.get_or_init(|| {
            write(&recorder.path("query.tsq"), query);
            recorder.reply("tsa", "root", "plain")
        });
        reply(again)
    }))
    .await;
    let client = client(&server.url());
    client.stamp(&Digest::of(DATA)).await.unwrap();
    let error = client.stamp(&Digest::of(DATA)).await.unwrap_err();
    let is_replay = matches!(
        error,
        AuthorityError::Answer {
            error: TimestampError::OtherNonce,
            ..
        }
    );
    assert!(is_replay, "{error}");

    let refusing = laboratory.clone();
    let error = failure_from(Arc::new(move |query| {
        write(&refusing.path("query.tsq"), query);
        reply(&refusing.reply("tsa", "root", "choosy"))
    }));
    let error = error.await;
    let words = "the time stamping authority refused: Message digest algorithm is not supported.";
    assert!(error.to_string().contains(words), "{error}");
    assert!(!error.is_temporary());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_of_an_authority_is_told_with_what_to_do() {
    let page = |status, kind: &'static str, body: Vec<u8>| -> Conduct {
        Arc::new(move |_| answer(status, kind, &body))
    };
    for (conduct, words) in [
        (
            page(200, "text/html", b"<h1>Hello</h1>".to_vec()),
            "the answer is text/html, not application/timestamp-reply; check the address",
        ),
        (
            page(404, "text/html", Vec::new()),
            "HTTP status 404; check the address",
        ),
        (
            page(200, "application/timestamp-reply", b"nonsense".to_vec()),
            "not a time stamp: the answer cannot be read",
        ),
        (
            page(200, "application/timestamp-reply", vec![0x30; 100_000]),
            "is longer than 69632 bytes",
        ),
        (
            Arc::new(|_: &[u8]| {
                b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
                    .to_vec()
            }) as Conduct,
            "redirects to http://10.0.0.1/; if that is right, configure that address",
        ),
    ] {
        let error = failure_from(conduct).await;
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.is_temporary(), "{error}");
    }
    for (conduct, words) in [
        (page(503, "text/html", Vec::new()), "HTTP status 503"),
        (
            Arc::new(|_: &[u8]| {
                b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 100\r\n\r\n0".to_vec()
            }) as Conduct,
            "the answer broke off; it is asked again later",
        ),
    ] {
        let error = failure_from(conduct).await;
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.is_temporary(), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_authority_and_an_absent_one_are_asked_again_later() {
    let server = Server::start(Arc::new(|_: &[u8]| Vec::new())).await;
    let resolver: Arc<dyn Resolver> = Arc::new(SystemResolver);
    let settings = AuthoritySettings {
        timeout: Duration::from_millis(300),
        ..AuthoritySettings::at(&server.url())
    };
    let slow = TimestampAuthority::new(&settings, &resolver).unwrap();
    let error = slow.stamp(&Digest::of(DATA)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no complete answer within 0.3 s"),
        "{error}"
    );
    assert!(error.is_temporary());
    let url = server.url();
    drop(server);
    let error = client(&url).stamp(&Digest::of(DATA)).await.unwrap_err();
    assert!(error.is_temporary(), "{error}");
}

#[test]
fn a_wrong_address_is_refused_with_an_example_and_passwords_are_not_shown() {
    let resolver: Arc<dyn Resolver> = Arc::new(SystemResolver);
    for wrong in [
        "",
        "tsa.example",
        "ftp://tsa.example/",
        "file:///etc/passwd",
    ] {
        let error = TimestampAuthority::new(&AuthoritySettings::at(wrong), &resolver).unwrap_err();
        assert!(
            error.to_string().contains("http://tsa.example/timestamp"),
            "{error}"
        );
    }
    let settings = AuthoritySettings::at("https://unit:secret@tsa.example/stamp");
    let authority = TimestampAuthority::new(&settings, &resolver).unwrap();
    assert_eq!(authority.url(), "https://unit@tsa.example/stamp");
}

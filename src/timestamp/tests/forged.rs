//! Every single thing that can be wrong with a token, and what is not wrong.

use super::forgery::{
    CONTENT_TYPE, Holder, MESSAGE_DIGEST, Parts, SIGNING_CERTIFICATE_V2, algorithm, info, issued,
    issued_for, issues, lax_purposes, octets, purposes, root, sequence, signing_certificates,
    stamps,
};
use super::*;
use der::asn1::{Any, OctetString};
use der::{Tag, TagNumber};
use rcgen::{BasicConstraints, CertificateParams, CustomExtension, IsCa, KeyPair, KeyUsagePurpose};

fn trust(holders: &[&Holder]) -> TrustAnchors {
    let mut pem = String::new();
    for holder in holders {
        let text = data_encoding::BASE64.encode(&holder.certificate);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        pem += "-----BEGIN CERTIFICATE-----\n";
        pem += &lines.join("\n");
        pem += "\n-----END CERTIFICATE-----\n";
    }
    TrustAnchors::from_pem(pem.as_bytes()).unwrap()
}

fn verdict(der: &[u8], trust: &TrustAnchors) -> Result<TimeProof, TimestampError> {
    Token::from_der(der)?.verify(&abc(), trust)
}

fn strict(der: &[u8], trust: &TrustAnchors) -> Result<TimeProof, TimestampError> {
    Token::from_der(der)?.verify_strictly(&abc(), trust)
}

/// A root and an authority below it.
fn pair() -> (Holder, Holder) {
    let top = root("root", issues);
    let signer = issued("tsa", &top, stamps);
    (top, signer)
}

#[test]
fn an_honest_token_of_either_curve_holds() {
    let top = root("root", issues);
    for kind in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519] {
        let key = KeyPair::generate_for(kind).unwrap();
        let signer = issued_for(key, "tsa", &top, stamps);
        let proof = strict(&Parts::new(&signer, &[]).sign(), &trust(&[&top])).unwrap();
        assert_eq!(proof.time.to_string(), "2026-11-01T12:00:00Z");
        assert_eq!((proof.serial.as_str(), proof.accuracy_us), ("07", None));
    }
}

#[test]
fn attributes_that_do_not_say_what_they_must_are_refused() {
    let (top, signer) = pair();
    let parts = || Parts::new(&signer, &[]);
    let other_kind = Any::encode_from(&algorithm("1.2.840.113549.1.7.1").oid).unwrap();
    let kind = || parts().attributes[0].1.clone();
    let both = [signer.certificate.as_slice(), b"no certificate"];
    for (forged, words) in [
        (parts().without(CONTENT_TYPE), "content-type is not"),
        (
            parts().with(CONTENT_TYPE, vec![other_kind]),
            "content-type is not",
        ),
        (
            parts().and(CONTENT_TYPE, kind().remove(0)),
            "content-type is there twice",
        ),
        (
            parts().with(CONTENT_TYPE, [kind(), kind()].concat()),
            "not exactly one value",
        ),
        (
            parts().with(CONTENT_TYPE, Vec::new()),
            "not exactly one value",
        ),
        (parts().without(MESSAGE_DIGEST), "message-digest is missing"),
        (
            parts().with(MESSAGE_DIGEST, vec![octets(&[0; 32])]),
            "message-digest is not",
        ),
        (parts().without(SIGNING_CERTIFICATE_V2), "which certificate"),
        (
            parts().with(
                SIGNING_CERTIFICATE_V2,
                vec![signing_certificates(&[&top.certificate])],
            ),
            "another certificate",
        ),
        (
            parts().with(SIGNING_CERTIFICATE_V2, vec![signing_certificates(&[])]),
            "empty",
        ),
        (
            parts().with(SIGNING_CERTIFICATE_V2, vec![signing_certificates(&both)]),
            "not in the chain",
        ),
    ] {
        let error = verdict(&forged.sign(), &trust(&[&top])).unwrap_err();
        assert!(matches!(error, TimestampError::Attributes(_)), "{error}");
        assert!(error.to_string().contains(words), "{error}: {words}");
    }
    let mut bare = parts();
    bare.attributes.clear();
    let error = verdict(&bare.sign(), &trust(&[&top])).unwrap_err();
    assert_eq!(error, TimestampError::Attributes("there are none".into()));
}

#[test]
fn what_the_authority_says_must_be_for_this_digest_in_a_known_form() {
    let (top, signer) = pair();
    let judge = |info| verdict(&Parts::over(&info, &signer, &[]).sign(), &trust(&[&top]));
    let mut other_hash = info();
    other_hash.imprint.hash_algorithm = algorithm("2.16.840.1.101.3.4.2.3");
    assert!(matches!(
        judge(other_hash),
        Err(TimestampError::OtherDigest(_))
    ));
    let mut short = info();
    short.imprint.hashed_message = OctetString::new([1, 2]).unwrap();
    assert!(matches!(judge(short), Err(TimestampError::OtherDigest(_))));
    let mut vague = info();
    vague.time = Any::new(Tag::GeneralizedTime, b"202611011200Z".to_vec()).unwrap();
    assert!(matches!(judge(vague), Err(TimestampError::Malformed(_))));
    let mut fraction = info();
    fraction.accuracy = Some(x509_tsp::Accuracy {
        seconds: Some(u64::MAX),
        millis: Some(1),
        micros: None,
    });
    assert!(matches!(judge(fraction), Err(TimestampError::Malformed(_))));
    // A name for the authority that its certificate does not have: [2] dNSName.
    let dns_name = Tag::ContextSpecific {
        constructed: false,
        number: TagNumber::N2,
    };
    let mut named = info();
    named.authority = Some(Any::new(dns_name, b"tsa.unit.example".to_vec()).unwrap());
    let error = judge(named.clone()).unwrap_err();
    assert!(error.to_string().contains("in another name"), "{error}");
    let signer = issued("tsa", &top, |parameters| {
        stamps(parameters);
        let name = "tsa.unit.example".try_into().unwrap();
        parameters
            .subject_alt_names
            .push(rcgen::SanType::DnsName(name));
    });
    let forged = Parts::over(&named, &signer, &[]).sign();
    assert!(verdict(&forged, &trust(&[&top])).is_ok());
}

#[test]
fn there_is_exactly_one_signer_and_its_certificate_is_there() {
    let (top, signer) = pair();
    for count in [0, 2] {
        let mut parts = Parts::new(&signer, &[]);
        parts.signers = count;
        let error = Token::from_der(&parts.sign()).unwrap_err();
        assert!(error.to_string().contains("exactly one signer"), "{error}");
    }
    let mut parts = Parts::new(&signer, &[]);
    parts.certificates = vec![top.certificate.clone()];
    assert_eq!(
        verdict(&parts.sign(), &trust(&[&top])).unwrap_err(),
        TimestampError::NoSigner
    );
}

#[test]
fn the_certificate_must_be_one_for_time_stamps_alone() {
    let top = root("root", issues);
    let two = vec![
        0x30, 0x14, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 8, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 3,
    ];
    let changes: [&dyn Fn(&mut CertificateParams); 4] = [
        &|_| {},
        &|it| it.custom_extensions.push(lax_purposes()),
        &|it| it.custom_extensions.push(purposes(two.clone(), true)),
        &|it| {
            stamps(it);
            it.key_usages = vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyCertSign,
            ];
        },
    ];
    for change in changes {
        let signer = issued("tsa", &top, change);
        let error = verdict(&Parts::new(&signer, &[]).sign(), &trust(&[&top])).unwrap_err();
        assert!(matches!(error, TimestampError::Purpose { .. }), "{error}");
    }
}

#[test]
fn every_certificate_must_have_been_valid_then() {
    let late = |it: &mut CertificateParams| it.not_before = rcgen::date_time_ymd(2026, 11, 2);
    let past = |it: &mut CertificateParams| it.not_after = rcgen::date_time_ymd(2026, 11, 1);
    let top = root("root", issues);
    for change in [&late as &dyn Fn(&mut CertificateParams), &past] {
        let signer = issued("tsa", &top, |it| {
            stamps(it);
            change(it);
        });
        let middle = issued("middle", &top, |it| {
            issues(it);
            change(it);
        });
        let below = issued("tsa", &middle, stamps);
        let old = root("root", |it| {
            issues(it);
            change(it);
        });
        let trusting = issued("tsa", &old, stamps);
        for (forged, anchor) in [
            (Parts::new(&signer, &[]), &top),
            (Parts::new(&below, &[&middle]), &top),
            (Parts::new(&trusting, &[]), &old),
        ] {
            let error = verdict(&forged.sign(), &trust(&[anchor])).unwrap_err();
            assert!(
                matches!(error, TimestampError::NotValidThen { .. }),
                "{error}"
            );
        }
    }
}

type Change<'a> = &'a dyn Fn(&mut CertificateParams);

#[test]
fn issuers_must_be_entitled_to_issue() {
    let top = root("root", issues);
    let strange = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 7], vec![5, 0]);
    let serving = vec![0x30, 0x0a, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];
    let changes: [(Change<'_>, &str); 5] = [
        (&|_| {}, "it says nothing about issuing"),
        (&|it| it.is_ca = IsCa::ExplicitNoCa, "it may not issue"),
        (
            &|it| {
                issues(it);
                it.key_usages = vec![KeyUsagePurpose::CrlSign];
            },
            "its key may not sign certificates",
        ),
        (
            &|it| {
                issues(it);
                it.custom_extensions.push(purposes(serving.clone(), false));
            },
            "for time stamps",
        ),
        (
            &|it| {
                issues(it);
                let mut critical = strange.clone();
                critical.set_criticality(true);
                it.custom_extensions.push(critical);
            },
            "is not understood",
        ),
    ];
    for (change, words) in changes {
        let middle = issued("middle", &top, change);
        let signer = issued("tsa", &middle, stamps);
        let error = verdict(&Parts::new(&signer, &[&middle]).sign(), &trust(&[&top])).unwrap_err();
        assert!(error.to_string().contains(words), "{error}: {words}");
    }
}

/// A chain of `length` issuers below a root that permits `limit` of them, and the authority.
fn tower(length: usize, limit: Option<u8>) -> (Holder, Vec<Holder>, Holder) {
    let top = root("root", |it| {
        issues(it);
        if let Some(limit) = limit {
            it.is_ca = IsCa::Ca(BasicConstraints::Constrained(limit));
        }
    });
    let mut middle: Vec<Holder> = Vec::new();
    for number in 0..length {
        let issuer = middle.last().unwrap_or(&top);
        let next = issued(&format!("issuer {number}"), issuer, issues);
        middle.push(next);
    }
    let signer = issued("tsa", middle.last().unwrap_or(&top), stamps);
    (top, middle, signer)
}

#[test]
fn chains_are_as_long_as_is_permitted() {
    for (length, limit, holds) in [
        (0, Some(0), true),
        (1, Some(0), false),
        (2, Some(2), true),
        (3, Some(2), false),
        (7, None, true),
        (8, None, false),
    ] {
        let (top, middle, signer) = tower(length, limit);
        let middle: Vec<&Holder> = middle.iter().collect();
        let outcome = strict(&Parts::new(&signer, &middle).sign(), &trust(&[&top]));
        assert_eq!(outcome.is_ok(), holds, "{length} {limit:?}: {outcome:?}");
    }
}

#[test]
fn a_name_is_not_a_signature() {
    let (top, _) = pair();
    let impostor = root("root", issues);
    let signer = issued("tsa", &impostor, stamps);
    for chain in [&[][..], &[&impostor]] {
        let error = verdict(&Parts::new(&signer, chain).sign(), &trust(&[&top])).unwrap_err();
        assert!(matches!(error, TimestampError::Signature(_)), "{error}");
    }
    // A certificate of the same name and another key in the token misleads nobody.
    let middle = issued("middle", &top, issues);
    let decoy = issued("middle", &impostor, issues);
    let signer = issued("tsa", &middle, stamps);
    let forged = Parts::new(&signer, &[&decoy, &middle]).sign();
    assert!(verdict(&forged, &trust(&[&top])).is_ok());
    assert!(verdict(&forged, &TrustAnchors::none()).is_ok());
    assert!(matches!(
        strict(&forged, &trust(&[&top])),
        Err(TimestampError::NotStrict(_))
    ));
}

#[test]
fn an_authority_or_an_intermediate_issuer_may_itself_be_trusted() {
    let alone = root("tsa", stamps);
    assert!(strict(&Parts::new(&alone, &[]).sign(), &trust(&[&alone])).is_ok());
    let (top, middle, signer) = tower(1, None);
    let forged = Parts::new(&signer, &[&middle[0], &top]).sign();
    for anchors in [
        trust(&[&top]),
        trust(&[&middle[0]]),
        trust(&[&signer]),
        trust(&[&top, &middle[0]]),
        TrustAnchors::none(),
    ] {
        let proof = strict(&forged, &anchors).unwrap();
        assert_eq!(proof.anchored, !anchors.is_empty());
    }
}

#[test]
fn what_nobody_signed_is_stripped() {
    let (top, signer) = pair();
    let (other, _) = pair();
    let trust = trust(&[&top]);
    let attribute = || {
        sequence(&[
            Any::encode_from(&algorithm("1.2.3").oid).unwrap(),
            Any::new(Tag::Set, vec![5, 0]).unwrap(),
        ])
    };
    let plain = Parts::new(&signer, &[]);
    let mut unsigned = Parts::new(&signer, &[]);
    unsigned.unsigned = Some(vec![attribute()]);
    let mut revoking = Parts::new(&signer, &[]);
    revoking.revocations = Some(vec![attribute()]);
    let mut reversed = Parts::new(&signer, &[]);
    reversed.is_reversed = true;
    let mut unreadable = Parts::new(&signer, &[]);
    unreadable.certificates.insert(0, vec![0x30, 2, 5, 0]);
    let crowded = Parts::new(&signer, &[&other, &signer]);
    assert!(strict(&plain.sign(), &trust).is_ok());
    for surplus in [unsigned, revoking, reversed, unreadable, crowded] {
        let der = surplus.sign();
        let error = strict(&der, &trust).unwrap_err();
        assert!(matches!(error, TimestampError::NotStrict(_)), "{error}");
        let token = Token::from_der(&der).unwrap();
        let (stripped, proof) = token.strip(&abc(), &trust).unwrap();
        assert_eq!(token.verify(&abc(), &trust).unwrap(), proof);
        assert_eq!(stripped.verify_strictly(&abc(), &trust).unwrap(), proof);
        let (again, _) = stripped.strip(&abc(), &trust).unwrap();
        assert_eq!(again, stripped);
    }
}

#[test]
fn a_token_full_of_certificates_is_refused() {
    let (top, signer) = pair();
    let mut parts = Parts::new(&signer, &[]);
    parts.certificates.extend(vec![vec![0x30, 0]; 40]);
    let error = verdict(&parts.sign(), &trust(&[&top])).unwrap_err();
    assert!(matches!(error, TimestampError::Unsupported(_)), "{error}");
}

use super::*;
use proptest::prelude::*;

// The example of C2SP signed-note.
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE_NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
// The keys and notes of the tests of golang.org/x/mod/sumdb/note.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_PRIVATE: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const BY_PETER: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const BY_ENOCH: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

fn key(text: &str) -> Verifier {
    text.parse().unwrap()
}

fn note(whole: &str) -> Note {
    Note::parse(whole.as_bytes()).unwrap()
}

fn names(verified: &[VerifiedSignature]) -> Vec<&str> {
    verified.iter().map(|one| one.name.as_str()).collect()
}

#[test]
fn ed25519_is_that_of_rfc_8032() {
    // RFC 8032 §7.1, tests 1 to 3: private key, public key, message, signature.
    for (private, public, message, signature) in [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ] {
        let seed = bytes_of_hex(private).try_into().unwrap();
        let signer = Signer::from_seed("vector", &seed).unwrap();
        let (message, signature) = (bytes_of_hex(message), bytes_of_hex(signature));
        assert_eq!(
            signer.verifier().public_key(),
            bytes_of_hex(public).as_slice()
        );
        assert_eq!(signer.sign(&message).unwrap(), signature);
        assert!(signer.verifier().has_signed(&message, &signature));
        assert!(!signer.verifier().has_signed(b"other", &signature));
    }
}

#[test]
fn the_published_notes_are_verified_and_written_back() {
    for (trusted, whole) in [
        (EXAMPLE_KEY, EXAMPLE_NOTE.to_owned()),
        (PETER, format!("{TEXT}\n{BY_PETER}")),
        (ENOCH, format!("{TEXT}\n{BY_ENOCH}")),
    ] {
        let trusted = key(trusted);
        let read = note(&whole);
        assert_eq!(read.to_string(), whole);
        let verified = read.verify(std::slice::from_ref(&trusted)).unwrap();
        assert_eq!(names(&verified), [trusted.name()]);
        assert_eq!(verified[0].key_id, trusted.key_id());
        assert_eq!(verified[0].time, None);
    }
}

#[test]
fn the_published_private_key_makes_the_published_note() {
    let signer: Signer = PETER_PRIVATE.parse().unwrap();
    assert_eq!(signer.verifier(), &key(PETER));
    assert_eq!(signer.to_secret_text().as_str(), PETER_PRIVATE);
    let signed = Note::sign(TEXT, &signer).unwrap();
    assert_eq!(signed.to_string(), format!("{TEXT}\n{BY_PETER}"));
    let enoch = Signature::parse(BY_ENOCH.trim_end()).unwrap();
    let mut both = signed.clone();
    both.add(enoch).unwrap();
    assert_eq!(both.to_string(), format!("{TEXT}\n{BY_PETER}{BY_ENOCH}"));
    let again = both.signatures()[0].clone();
    both.add(again).unwrap();
    assert_eq!(both.to_string(), format!("{TEXT}\n{BY_ENOCH}{BY_PETER}"));
}

#[test]
fn private_keys_are_not_shown() {
    let signer: Signer = PETER_PRIVATE.parse().unwrap();
    let shown = format!("{signer:?} {:?}", signer.to_secret_text());
    assert_eq!(
        shown,
        "Signer(PeterNeumann+c74f20a3, not shown) SecretText(not shown)"
    );
    let cosigner = format!("{:?}", Cosigner::new(signer).unwrap());
    assert!(!cosigner.contains("AYEKFALV"), "{cosigner}");
    let error = PETER_PRIVATE.replace("AYEK", "AYEL").parse::<Signer>();
    let error = error.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("FALV"), "{error}");
}

#[test]
fn no_mangled_key_is_accepted() {
    // As the tests of golang.org/x/mod/sumdb/note: every part of a key, and every key with one byte raised.
    for (whole, is_private) in [(PETER, false), (PETER_PRIVATE, true)] {
        let accepts = |text: &str| {
            if is_private {
                text.parse::<Signer>().is_ok()
            } else {
                text.parse::<Verifier>().is_ok()
            }
        };
        assert!(accepts(whole));
        for begin in 0..=whole.len() {
            for end in begin..=whole.len() {
                let is_whole = (begin, end) == (0, whole.len());
                assert_eq!(accepts(&whole[begin..end]), is_whole, "{begin} to {end}");
            }
        }
        for at in 0..whole.len() {
            let mut bytes = whole.as_bytes().to_vec();
            bytes[at] += 1;
            assert!(!accepts(std::str::from_utf8(&bytes).unwrap()), "{at}");
        }
    }
    let wrong_length = "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==";
    assert!(wrong_length.parse::<Verifier>().is_err());
    let unknown = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let error = unknown.parse::<Verifier>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key of \"PeterNeumann\" is of type 0x65; only 0x01 and 0x04 (Ed25519) are known"
    );
    for name in ["", "a b", "a+b", "a\u{a0}b", "a\nb", "a\u{1b}b"] {
        let refused = Signer::from_seed(name, &[1; 32]).unwrap_err();
        assert_eq!(refused, KeyError::Name(name.to_owned()));
    }
}

#[test]
fn keys_of_other_programs_are_read_and_written_back() {
    for text in [
        EXAMPLE_KEY,
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    ] {
        assert_eq!(key(text).to_string(), text);
    }
}

#[test]
fn signatures_of_unknown_keys_are_passed_over() {
    let (peter, enoch) = (key(PETER), key(ENOCH));
    let both = note(&format!("{TEXT}\n{BY_PETER}{BY_ENOCH}"));
    let verified = both.verify(std::slice::from_ref(&enoch)).unwrap();
    assert_eq!(names(&verified), ["EnochRoot"]);
    let verified = both.verify(&[enoch.clone(), peter.clone()]).unwrap();
    assert_eq!(names(&verified), ["PeterNeumann", "EnochRoot"]);
    assert_eq!(
        both.verify(&[]).unwrap_err().to_string(),
        "no trusted key has signed this; it is signed by \"PeterNeumann (c74f20a3)\", \"EnochRoot (af0cfe78)\""
    );
    // A key of the same name is another key.
    let namesake = Signer::from_seed("PeterNeumann", &[3; 32]).unwrap();
    let namesake = namesake.verifier().clone();
    let verified = both.verify(&[namesake, enoch.clone()]).unwrap();
    assert_eq!(names(&verified), ["EnochRoot"]);
    // A wrong signature of an unknown key harms nobody; one of a known key condemns the note.
    let broken = BY_ENOCH.replace("rwz+eBzm", "rwz+eCzm");
    let mixed = note(&format!("{TEXT}\n{BY_PETER}{broken}"));
    assert_eq!(
        names(&mixed.verify(std::slice::from_ref(&peter)).unwrap()),
        ["PeterNeumann"]
    );
    assert_eq!(
        mixed.verify(&[peter, enoch]).unwrap_err().to_string(),
        "the signature of EnochRoot (af0cfe78) is wrong: the text or the signature was changed"
    );
}

#[test]
fn repeated_signatures_count_once_and_a_wrong_repetition_is_found() {
    let peter = key(PETER);
    let twice = note(&format!("{TEXT}\n{BY_PETER}{BY_PETER}"));
    let trusted = [peter.clone(), peter.clone()];
    assert_eq!(names(&twice.verify(&trusted).unwrap()), ["PeterNeumann"]);
    let broken = BY_PETER.replace("x08go/ZJ", "x08go/ZK");
    let second = note(&format!("{TEXT}\n{BY_PETER}{broken}"));
    assert!(second.verify(&trusted).is_err());
}

#[test]
fn what_is_no_note_is_refused() {
    let many = |count| format!("{TEXT}\n{}", BY_PETER.repeat(count));
    assert!(Note::parse(many(MAX_SIGNATURES).as_bytes()).is_ok());
    let spaced = BY_PETER.replace("PeterNeumann", "Bad Name");
    let padded = BY_PETER.replace("nAM=", "nAN=");
    let line = |line| NoteError::SignatureLine { line };
    for (whole, expected) in [
        (many(MAX_SIGNATURES + 1), NoteError::TooManySignatures),
        (TEXT.to_owned(), NoteError::NoSignatures),
        (format!("{TEXT}\n"), NoteError::NoSignatures),
        (
            format!("{TEXT}\n{}", BY_PETER.trim_end()),
            NoteError::NoSignatures,
        ),
        (format!("\u{1}{TEXT}\n{BY_PETER}"), NoteError::NotText),
        (format!("{TEXT}\r\n{BY_PETER}"), NoteError::NotText),
        (format!("{TEXT}\n{spaced}"), line(1)),
        (format!("{TEXT}\n{BY_PETER}Unexpected line.\n"), line(2)),
        (format!("{TEXT}\n{padded}"), line(1)),
        (
            format!("{TEXT}\n— PeterNeumann x08goA==\n"),
            NoteError::NoTrustedSignature { found: Vec::new() },
        ),
        (format!("{TEXT}\n— PeterNeumann x08gow==\n"), line(1)),
        (format!("{TEXT}\n-- PeterNeumann x08go/ZJ\n"), line(1)),
        (
            "x".repeat(MAX_NOTE_BYTES + 1),
            NoteError::TooLong(MAX_NOTE_BYTES + 1),
        ),
    ] {
        let refused = Note::parse(whole.as_bytes()).map(|note| note.to_string());
        let shown: String = whole.chars().rev().take(60).collect();
        match expected {
            NoteError::NoTrustedSignature { .. } => assert!(refused.is_err(), "{shown}"),
            expected => assert_eq!(refused, Err(expected), "{shown}"),
        }
    }
    let not_utf8 = [
        b"\xff".as_slice(),
        TEXT.as_bytes(),
        b"\n",
        BY_PETER.as_bytes(),
    ]
    .concat();
    assert_eq!(Note::parse(&not_utf8), Err(NoteError::NotText));
    let signer: Signer = PETER_PRIVATE.parse().unwrap();
    assert_eq!(Note::sign("abc", &signer), Err(NoteError::NoFinalNewline));
    assert_eq!(Note::sign("a\tc\n", &signer), Err(NoteError::NotText));
    let long = "x".repeat(MAX_NOTE_BYTES) + "\n";
    assert!(matches!(
        Note::sign(&long, &signer),
        Err(NoteError::TooLong(_))
    ));
}

#[test]
fn any_changed_byte_of_a_note_is_found() {
    let whole = format!("{TEXT}\n{BY_PETER}");
    let trusted = [key(PETER)];
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let accepted = Note::parse(&bytes).and_then(|note| note.verify(&trusted));
            assert!(accepted.is_err(), "byte {at}, bit {bit}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_signed_read_and_verified(
        text in "([^\\x00-\\x1f]{0,20}\n){1,6}",
        name in "[^\\x00-\\x1f+\\s]{1,20}",
        seed in any::<[u8; 32]>(),
    ) {
        let signer = Signer::from_seed(&name, &seed).unwrap();
        let signed = Note::sign(&text, &signer).unwrap();
        let read = Note::parse(signed.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read.text(), &text);
        prop_assert_eq!(&read, &signed);
        prop_assert!(read.verify(&[signer.verifier().clone()]).is_ok());
        let kept: Signer = signer.to_secret_text().as_str().parse().unwrap();
        prop_assert_eq!(kept.verifier(), signer.verifier());
        prop_assert_eq!(&signer.verifier().to_string().parse::<Verifier>().unwrap(), signer.verifier());
    }

    #[test]
    fn whatever_is_read_is_written_back(bytes in "(a\n){0,2}\n{0,2}(— [a+] [A-Za-z0-9/=]{4,12}\n){0,3}") {
        if let Ok(read) = Note::parse(bytes.as_bytes()) {
            prop_assert_eq!(read.to_string(), bytes);
        }
    }
}

//! No byte of a kept token can change unnoticed, and nothing at all makes the reader stumble.

use super::*;
use proptest::prelude::*;

/// Everything that a token can be asked.
fn survives(der: &[u8], trust: &TrustAnchors) -> bool {
    let _ = read_response(der, &query());
    match Token::from_der(der) {
        Err(_) => false,
        Ok(token) => {
            let _ = token.strip(&abc(), trust);
            token.verify_strictly(&abc(), trust).is_ok()
        }
    }
}

const KEPT: [&str; 5] = ["rsa.tsr", "ec.tsr", "p384.tsr", "pss.tsr", "keyid.tsr"];

/// The changes of one byte that go unnoticed, each byte in turn.
fn accepted_changes(
    name: &str,
    changes: impl Fn(usize) -> Vec<u8>,
    trust: &TrustAnchors,
) -> Vec<(usize, u8)> {
    let mut der = fixture(name);
    let verified = |der: &[u8]| Token::from_der(der)?.verify_strictly(&abc(), trust);
    assert!(verified(&der).is_ok());
    let mut accepted = Vec::new();
    for place in 0..der.len() {
        for change in changes(place) {
            der[place] ^= change;
            if verified(&der).is_ok() {
                accepted.push((place, change));
            }
            der[place] ^= change;
        }
    }
    accepted
}

#[test]
fn no_flipped_byte_of_a_kept_token_is_accepted() {
    for name in KEPT {
        let changes = |place| vec![0xff, 1_u8 << (place % 8)];
        assert_eq!(accepted_changes(name, changes, &roots()), [], "{name}");
    }
}

#[test]
#[ignore = "every byte by every other value: minutes; run when the reader of tokens changes"]
fn no_changed_byte_of_a_kept_token_is_accepted() {
    for name in KEPT {
        let changes = |_| (1..=255).collect();
        assert_eq!(accepted_changes(name, changes, &roots()), [], "{name}");
    }
}

/// A topmost certificate that names another issuer than itself may be right: nobody here can tell.
#[test]
fn without_anchors_only_the_root_in_the_token_can_change() {
    let root = x509_parser::pem::Pem::iter_from_buffer(&fixture("roots.pem"))
        .next()
        .unwrap()
        .unwrap();
    let token = fixture("rsa.tsr");
    let windows = &mut token.windows(root.contents.len());
    let start = windows.position(|part| part == root.contents).unwrap();
    let accepted = accepted_changes("rsa.tsr", |_| vec![1, 0x80], &TrustAnchors::none());
    let is_root = |place: &usize| (start..start + root.contents.len()).contains(place);
    assert!(
        accepted.iter().all(|(place, _)| is_root(place)),
        "{accepted:?}"
    );
}

#[test]
fn no_shorter_token_is_accepted() {
    let der = fixture("ec.tsr");
    for end in 0..der.len() {
        assert!(!survives(&der[..end], &roots()), "{end}");
    }
    let longer = [der.as_slice(), &[0]].concat();
    assert!(!survives(&longer, &roots()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_byte_by_any_value_is_noticed(place: prop::sample::Index, flip in 1..=255_u8, name in 0..5_usize) {
        let name = KEPT[name];
        let mut der = fixture(name);
        let place = place.index(der.len());
        der[place] ^= flip;
        prop_assert!(!survives(&der, &roots()), "{name} at {place} by {flip}");
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(!survives(&bytes, &roots()));
        let _ = TrustAnchors::from_pem(&bytes);
    }

    #[test]
    fn any_splice_is_refused(from: prop::sample::Index, length in 1..40_usize, bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut der = fixture("ec.tsr");
        let start = from.index(der.len());
        let end = (start + length).min(der.len());
        let before = der.clone();
        der.splice(start..end, bytes);
        prop_assert!(der == before || !survives(&der, &roots()));
    }
}

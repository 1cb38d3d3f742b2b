//! Addresses with checksums: coins, onion services, Session ids. What does not verify is not reported.

use super::EntityKind;
use super::context::{Collection, before, char_before};
use data_encoding::BASE32;
use sha2::{Digest as _, Sha256};
use sha3::{Keccak256, Sha3_256};
use std::ops::Range;

const LONGEST: usize = 110;

/// Finds addresses among runs of letters and digits.
pub(super) fn scan(text: &str, collection: &mut Collection) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|b| !b.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        if (8..=LONGEST).contains(&length)
            && !char_before(text, at).is_some_and(char::is_alphanumeric)
            && !text
                .get(at + length..)
                .and_then(|r| r.chars().next())
                .is_some_and(char::is_alphanumeric)
        {
            read_token(text, at..at + length, collection);
        }
        at += length.max(1);
    }
}

fn read_token(text: &str, span: Range<usize>, collection: &mut Collection) {
    let token = text.get(span.clone()).unwrap_or_default();
    let found = match token.len() {
        8 => threema(text, &span),
        26..=35 => base58_address(token),
        42 if token.starts_with("0x") => ethereum(token),
        56 => onion(text, &span),
        66 if token.starts_with("05") && token.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Some((EntityKind::Session, token.to_ascii_lowercase()))
        }
        95 | 106 => monero(token),
        _ => None,
    };
    let found = found.or_else(|| segwit(token));
    if let Some((kind, value)) = found {
        let end = span.end + if kind == EntityKind::Onion { 6 } else { 0 };
        collection.add(kind, value, span.start..end);
    }
}

/// `Base58Check` (Bitcoin, Litecoin, Tron): version byte, payload, four bytes of double SHA-256.
fn base58_address(token: &str) -> Option<(EntityKind, String)> {
    if !token.starts_with(['1', '3', 'L', 'M', 'T']) {
        return None;
    }
    let decoded = bs58::decode(token).into_vec().ok()?;
    let (body, checksum) = decoded.split_at_checked(21)?;
    let digest = Sha256::digest(Sha256::digest(body));
    if digest.get(..4) != Some(checksum) {
        return None;
    }
    let kind = match body.first()? {
        0x00 | 0x05 => EntityKind::Bitcoin,
        0x30 | 0x32 => EntityKind::Litecoin,
        0x41 => EntityKind::Tron,
        _ => return None,
    };
    Some((kind, token.to_owned()))
}

/// Segregated witness addresses (BIP 173, BIP 350) of Bitcoin and Litecoin.
fn segwit(token: &str) -> Option<(EntityKind, String)> {
    let lower = token.to_ascii_lowercase();
    let kind = if lower.starts_with("bc1") {
        EntityKind::Bitcoin
    } else if lower.starts_with("ltc1") {
        EntityKind::Litecoin
    } else {
        return None;
    };
    bech32::segwit::decode(token).ok()?;
    Some((kind, lower))
}

/// EIP-55: the case of letters is a checksum, unless all have the same case.
fn ethereum(token: &str) -> Option<(EntityKind, String)> {
    let address = token.get(2..)?;
    if !address.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let lower = address.to_ascii_lowercase();
    if lower.bytes().all(|b| b == b'0') {
        return None;
    }
    let is_mixed = address.bytes().any(|b| b.is_ascii_lowercase())
        && address.bytes().any(|b| b.is_ascii_uppercase());
    if is_mixed {
        let hash = Keccak256::digest(lower.as_bytes());
        let verifies = address.bytes().enumerate().all(|(index, byte)| {
            let pair = hash.get(index / 2).copied().unwrap_or_default();
            let nibble = if index % 2 == 0 { pair >> 4 } else { pair & 15 };
            !byte.is_ascii_alphabetic() || byte.is_ascii_uppercase() == (nibble >= 8)
        });
        if !verifies {
            return None;
        }
    }
    Some((EntityKind::Ethereum, format!("0x{lower}")))
}

/// Monero: block-wise Base58 with four bytes of Keccak-256.
fn monero(token: &str) -> Option<(EntityKind, String)> {
    if !token.starts_with(['4', '8']) {
        return None;
    }
    let decoded = base58_monero::decode(token).ok()?;
    let (body, checksum) = decoded.split_at_checked(decoded.len().checked_sub(4)?)?;
    let digest = Keccak256::digest(body);
    (digest.get(..4) == Some(checksum)).then(|| (EntityKind::Monero, token.to_owned()))
}

/// Onion services of version 3 (rend-spec-v3 §6): key, two bytes of SHA3-256, version.
fn onion(text: &str, span: &Range<usize>) -> Option<(EntityKind, String)> {
    let tail = text.get(span.end..span.end + 6)?;
    if !tail.eq_ignore_ascii_case(".onion") {
        return None;
    }
    let name = text.get(span.clone())?;
    let decoded = BASE32.decode(name.to_ascii_uppercase().as_bytes()).ok()?;
    let (key, rest) = decoded.split_at_checked(32)?;
    let [first, second, version] = *rest else {
        return None;
    };
    let mut hash = Sha3_256::new();
    hash.update(b".onion checksum");
    hash.update(key);
    hash.update([version]);
    let digest = hash.finalize();
    (version == 3 && digest.get(..2) == Some(&[first, second])).then(|| {
        (
            EntityKind::Onion,
            format!("{}.onion", name.to_ascii_lowercase()),
        )
    })
}

/// Threema ids have no checksum: only next to the messenger's name.
fn threema(text: &str, span: &Range<usize>) -> Option<(EntityKind, String)> {
    let token = text.get(span.clone())?;
    let fits = token
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let said = before(text, span.start, 40);
    let named = ["threema", "трима", "трема"]
        .iter()
        .any(|w| said.contains(w));
    (fits && named).then(|| (EntityKind::Threema, token.to_owned()))
}

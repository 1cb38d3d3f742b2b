use super::*;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::io::Write;

const LIMIT: usize = 1 << 20;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    compress_to_vec(plain, CompressionLevel::Fastest)
}

/// RFC 7932 by hand: uncompressed meta-blocks of up to 64 KiB, then an empty last one.
fn brotli(plain: &[u8]) -> Vec<u8> {
    // Window of 16 bits is the single bit 0; a meta-block header is ISLAST 0, MNIBBLES 00, MLEN-1 in
    // 16 bits, ISUNCOMPRESSED 1, and padding to a byte.
    let mut coded = Vec::new();
    for (index, block) in plain.chunks(1 << 16).enumerate() {
        let header = ((block.len() as u64 - 1) << 3) | (1 << 19);
        let header = if index == 0 { header << 1 } else { header };
        coded.extend_from_slice(&header.to_le_bytes()[..3]);
        coded.extend_from_slice(block);
    }
    // ISLAST 1, ISLASTEMPTY 1, after the window bit if nothing came before.
    coded.push(if plain.is_empty() { 0b110 } else { 0b11 });
    coded
}

fn page() -> Vec<u8> {
    (0..3_000)
        .flat_map(|n| format!("<p>строка номер {n}</p>\n").into_bytes())
        .collect()
}

type Encoder = fn(&[u8]) -> Vec<u8>;
const CODINGS: [(&str, Encoder); 6] = [
    ("gzip", gzip),
    ("x-gzip", gzip),
    ("deflate", zlib),
    ("deflate", deflate),
    ("br", brotli),
    ("zstd", zstd),
];

#[test]
fn every_coding_is_removed() {
    for (name, encode) in CODINGS {
        let decoded = decode_body(Some(name), &encode(&page()), LIMIT);
        assert_eq!(decoded.bytes, page(), "{name}");
        assert!(!decoded.incomplete, "{name}");
    }
}

#[test]
fn several_codings_are_removed_in_reverse_order() {
    let coded = zstd(&gzip(b"twice"));
    let decoded = decode_body(Some("GZIP , identity, zstd"), &coded, LIMIT);
    assert_eq!(
        (decoded.bytes.as_slice(), decoded.incomplete),
        (&b"twice"[..], false)
    );
}

#[test]
fn bombs_stop_at_the_limit() {
    let zeros = vec![0_u8; 16 << 20];
    let bombs: [(&str, Vec<u8>); 4] = [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("zstd", zstd(&zeros)),
        ("br", brotli(&zeros[..4 << 20])),
    ];
    for (name, bomb) in &bombs {
        let decoded = decode_body(Some(name), bomb, LIMIT);
        assert_eq!(decoded.bytes.len(), LIMIT, "{name}");
        assert!(decoded.incomplete, "{name}");
        assert!(
            decoded.bytes.capacity() <= 2 * LIMIT,
            "{name}: {}",
            decoded.bytes.capacity()
        );
    }
    let nested = gzip(&gzip(&zeros));
    assert_eq!(
        decode_body(Some("gzip, gzip"), &nested, LIMIT).bytes.len(),
        LIMIT
    );
}

#[test]
fn a_body_of_exactly_the_limit_is_complete() {
    for (name, encode) in CODINGS {
        let plain = page();
        let decoded = decode_body(Some(name), &encode(&plain), plain.len());
        assert!(!decoded.incomplete, "{name}");
        assert_eq!(decoded.bytes, plain, "{name}");
    }
}

#[test]
fn a_truncated_stream_keeps_what_came_before() {
    for (name, encode) in CODINGS {
        // Random-looking text, so that half of the coded bytes is about half of the plain ones.
        let plain: Vec<u8> = (0_u32..400_000)
            .map(|n| b'a' + u8::try_from((n.wrapping_mul(2_654_435_761) >> 27) % 26).unwrap_or(0))
            .collect();
        let coded = encode(&plain);
        let decoded = decode_body(Some(name), &coded[..coded.len() * 3 / 4], LIMIT);
        assert!(decoded.incomplete, "{name}");
        assert!(
            decoded.bytes.len() > plain.len() / 4,
            "{name}: {} of {}",
            decoded.bytes.len(),
            plain.len()
        );
        assert!(plain.starts_with(&decoded.bytes), "{name}");
    }
}

#[test]
fn an_unknown_coding_leaves_the_body_and_says_so() {
    let decoded = decode_body(Some("snappy"), b"as it is", LIMIT);
    assert_eq!(
        (decoded.bytes.as_slice(), decoded.incomplete),
        (&b"as it is"[..], true)
    );
    let plain = decode_body(None, b"plain", 3);
    assert_eq!(
        (plain.bytes.as_slice(), plain.incomplete),
        (&b"pla"[..], true)
    );
}

#[test]
fn joined_gzip_members_are_one_body_and_padding_is_ignored() {
    let mut coded = gzip(b"one ");
    coded.extend(gzip(b"two"));
    coded.extend([0; 8]);
    let decoded = decode_body(Some("gzip"), &coded, LIMIT);
    assert_eq!(
        (decoded.bytes.as_slice(), decoded.incomplete),
        (&b"one two"[..], false)
    );
    let flood = gzip(b"").repeat(5_000);
    assert!(decode_body(Some("gzip"), &flood, LIMIT).incomplete);
}

#[test]
fn zstd_frames_with_a_huge_window_are_refused() {
    // Magic, descriptor without single segment, window exponent 31-10: 2 GiB.
    let coded = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0x00, 0x00];
    let decoded = decode_body(Some("zstd"), &coded, LIMIT);
    assert!(decoded.incomplete && decoded.bytes.is_empty());
    // A skippable frame before the body is passed over.
    let mut coded = vec![0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
    coded.extend(zstd(b"behind"));
    assert_eq!(decode_body(Some("zstd"), &coded, LIMIT).bytes, b"behind");
}

proptest! {
    #[test]
    fn any_bytes_decode_to_at_most_the_limit(
        coding in prop::sample::select(vec!["gzip", "deflate", "br", "zstd", "gzip, br", "zstd, deflate"]),
        body in prop::collection::vec(any::<u8>(), 0..2_000),
        limit in 0_usize..5_000,
    ) {
        prop_assert!(decode_body(Some(coding), &body, limit).bytes.len() <= limit);
    }

    #[test]
    fn damage_never_panics(position in 0_usize..4_000, value in any::<u8>(), which in 0_usize..CODINGS.len()) {
        let (name, encode) = CODINGS[which];
        let mut coded = encode(&page());
        let position = position % coded.len();
        coded[position] = value;
        prop_assert!(decode_body(Some(name), &coded, LIMIT).bytes.len() <= LIMIT);
    }
}

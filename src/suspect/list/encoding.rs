//! Bytes → text, in whatever encoding the list was saved.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, IBM866, KOI8_R, KOI8_U, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};
use std::borrow::Cow;

/// How much of a file is looked at to recognize UTF-16 without a byte-order mark.
const SAMPLE_BYTES: usize = 8 * 1024;

/// If the file is no text at all: what it is, and what to do.
pub(super) fn foreign_format(bytes: &[u8]) -> Option<&'static str> {
    let save_as = |start: &[u8], reason| bytes.starts_with(start).then_some(reason);
    save_as(
        b"PK\x03\x04",
        "this is a spreadsheet, a document or an archive; save it as CSV or plain text and give that",
    )
    .or_else(|| {
        save_as(
            b"\xD0\xCF\x11\xE0",
            "this is an old Excel or Word file; save it as CSV or plain text and give that",
        )
    })
    .or_else(|| {
        save_as(
            b"%PDF",
            "this is a PDF; copy its addresses into a text file and give that",
        )
    })
    .or_else(|| save_as(b"\x1F\x8B", "this is a gzip file; unpack it first"))
}

/// The text, and the WHATWG name of its encoding.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, &'static str) {
    let encoding = detect(bytes);
    let (text, used, _) = encoding.decode(bytes);
    (text, used.name())
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = utf16_by_zeros(bytes) {
        return encoding;
    }
    if mostly_utf8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"ru"), Utf8Detection::Deny);
    // Few Cyrillic letters make any guess doubtful; then it is what offices save.
    if [IBM866, KOI8_R, KOI8_U].contains(&guess) {
        guess
    } else {
        WINDOWS_1251
    }
}

/// A list is mostly ASCII, so every other byte of UTF-16 is mostly zero.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let (pairs, _) = sample.as_chunks::<2>();
    if pairs.is_empty() {
        return None;
    }
    let zeros = |place: usize| pairs.iter().filter(|pair| pair[place] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if second * 3 >= pairs.len() && first * 20 <= pairs.len() {
        Some(UTF_16LE)
    } else if first * 3 >= pairs.len() && second * 20 <= pairs.len() {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// UTF-8, or UTF-8 in which a few bytes were damaged: one bad line must not garble the rest.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut letters, mut damaged) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        damaged += usize::from(!chunk.invalid().is_empty());
    }
    damaged == 0 || letters > damaged * 4
}

//! From the decoded source back to the bytes of the body.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Where offsets of a decoded source stand in the body (without its content coding) that it was decoded from.
///
/// `offsets` are byte offsets into `source`, in rising order; `charset` is the name that [`super::DecodedText`]
/// gives. `None` where bytes and characters do not go together one by one: with the character sets of East Asia.
/// An offset within a character is that of its first byte.
pub fn raw_offsets(
    body: &[u8],
    source: &str,
    charset: &str,
    offsets: &[usize],
) -> Option<Vec<usize>> {
    let mark = Encoding::for_bom(body).map_or(0, |(_, length)| length);
    let body = body.get(mark..).unwrap_or_default();
    let mut found = if charset == UTF_8.name() {
        in_utf8(body, offsets)
    } else if charset == UTF_16LE.name() || charset == UTF_16BE.name() {
        in_characters(source, offsets, |c| c.len_utf16() * 2)
    } else if is_single_byte(charset) {
        in_characters(source, offsets, |_| 1)
    } else {
        return None;
    };
    for offset in &mut found {
        *offset = (*offset).min(body.len()) + mark;
    }
    Some(found)
}

fn is_single_byte(charset: &str) -> bool {
    matches!(charset, "KZ-1048" | "PTCP154")
        || Encoding::for_label(charset.as_bytes()).is_some_and(Encoding::is_single_byte)
}

/// Each sequence that is none became one replacement character (Unicode §3.9, "maximal subparts").
fn in_utf8(body: &[u8], offsets: &[usize]) -> Vec<usize> {
    let mut found = Vec::with_capacity(offsets.len());
    let mut wanted = offsets.iter().copied().peekable();
    let (mut raw, mut decoded) = (0, 0);
    for chunk in body.utf8_chunks() {
        let valid = chunk.valid().len();
        while let Some(offset) = wanted.next_if(|&offset| offset < decoded + valid) {
            found.push(raw + offset.saturating_sub(decoded));
        }
        (raw, decoded) = (raw + valid, decoded + valid);
        if !chunk.invalid().is_empty() {
            let end = decoded + char::REPLACEMENT_CHARACTER.len_utf8();
            while wanted.next_if(|&offset| offset < end).is_some() {
                found.push(raw);
            }
            (raw, decoded) = (raw + chunk.invalid().len(), end);
        }
    }
    found.extend(wanted.map(|_| raw));
    found
}

fn in_characters(source: &str, offsets: &[usize], length: impl Fn(char) -> usize) -> Vec<usize> {
    let mut found = Vec::with_capacity(offsets.len());
    let mut wanted = offsets.iter().copied().peekable();
    let mut raw = 0;
    for (at, c) in source.char_indices() {
        while wanted
            .next_if(|&offset| offset < at + c.len_utf8())
            .is_some()
        {
            found.push(raw);
        }
        raw += length(c);
    }
    found.extend(wanted.map(|_| raw));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::decode_text;
    use proptest::prelude::*;

    /// The piece of the body that a piece of the source comes from.
    fn raw<'a>(body: &'a [u8], content_type: &str, wanted: &str) -> &'a [u8] {
        let decoded = decode_text(Some(content_type), body);
        let start = decoded.text.find(wanted).unwrap();
        let offsets = [start, start + wanted.len()];
        let found = raw_offsets(body, &decoded.text, decoded.charset, &offsets).unwrap();
        &body[found[0]..found[1]]
    }

    #[test]
    fn a_word_is_found_in_the_bytes_of_every_charset_that_this_program_reads_one_by_one() {
        let text = "<p>Привет, товар «соль» в Алматы 😀 и дальше по-русски</p>";
        let plain = text.replace('😀', "");
        assert_eq!(raw(text.as_bytes(), "text/html", "соль"), "соль".as_bytes());
        for charset in [encoding_rs::WINDOWS_1251, encoding_rs::KOI8_R] {
            let encode = |text: &str| charset.encode(text).0.into_owned();
            let header = format!("text/html; charset={}", charset.name());
            assert_eq!(raw(&encode(&plain), &header, "соль"), encode("соль"));
        }
        let units =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let mut body = vec![0xFF, 0xFE];
        body.extend(units(text));
        assert_eq!(raw(&body, "text/html", "дальше"), units("дальше"));
    }

    #[test]
    fn damaged_bytes_and_a_mark_shift_nothing() {
        let mut body = b"\xEF\xBB\xBF<p>".to_vec();
        body.extend("слова ".repeat(30).as_bytes());
        body.extend(b"\xFF\xD0 \xE2\x82 ");
        body.extend("закладка".as_bytes());
        assert_eq!(raw(&body, "text/html", "закладка"), "закладка".as_bytes());
    }

    #[test]
    fn what_cannot_be_mapped_is_said() {
        let body = encoding_rs::SHIFT_JIS.encode("テスト").0.into_owned();
        assert_eq!(raw_offsets(&body, "テスト", "Shift_JIS", &[0]), None);
    }

    proptest! {
        #[test]
        fn every_piece_of_utf8_decodes_from_its_bytes(body in proptest::collection::vec(any::<u8>(), 0..80)) {
            let (text, _) = UTF_8.decode_without_bom_handling(&body);
            prop_assume!(Encoding::for_bom(&body).is_none());
            let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let found = raw_offsets(&body, &text, "UTF-8", &offsets).unwrap();
            for (decoded, raw) in offsets.windows(2).zip(found.windows(2)) {
                let piece = UTF_8.decode_without_bom_handling(&body[raw[0]..raw[1]]).0;
                prop_assert_eq!(&text[decoded[0]..decoded[1]], piece.as_ref());
            }
        }
    }
}

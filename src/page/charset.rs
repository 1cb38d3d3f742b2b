//! Bytes to text: byte order mark, header, meta, then detection; wrong declarations are seen through.

use super::kazakh_charset::{KazakhCharset, kazakh_charset};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};

/// How far a declaration is looked for; the standard says 1,024, real pages put much before it.
const PRESCAN: usize = 4_096;
/// How much of a body detection sees.
const DETECTION_SAMPLE: usize = 256 * 1024;

/// Decoded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedText {
    /// The body as UTF-8.
    pub text: String,
    /// WHATWG name of the character set that was used (`KZ-1048` and `PTCP154`, which it lacks, by their IANA names).
    pub charset: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum Declared {
    Standard(&'static Encoding),
    Kazakh(KazakhCharset),
}

/// Decodes a body. `content_type` is the HTTP header as received.
pub fn decode_text(content_type: Option<&str>, body: &[u8]) -> DecodedText {
    if let Some((encoding, length)) = Encoding::for_bom(body) {
        return decode_as(encoding, body.get(length..).unwrap_or_default());
    }
    let declared = content_type
        .and_then(label_in_header)
        .and_then(declared_by)
        .or_else(|| declared_in_meta(body));
    match declared {
        Some(Declared::Kazakh(charset)) if std::str::from_utf8(body).is_err() => DecodedText {
            text: charset.decode(body),
            charset: charset.name(),
        },
        Some(Declared::Standard(encoding)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            decode_as(encoding, body)
        }
        Some(Declared::Standard(encoding)) if encoding != UTF_8 && !is_utf8(body) => {
            decode_as(encoding, body)
        }
        _ => match undeclared_utf16(body) {
            Some(encoding) => decode_as(encoding, body),
            None if is_mostly_utf8(body) => decode_as(UTF_8, body),
            None => decode_as(detected(body), body),
        },
    }
}

fn decode_as(encoding: &'static Encoding, body: &[u8]) -> DecodedText {
    let (text, _) = encoding.decode_without_bom_handling(body);
    DecodedText {
        text: text.into_owned(),
        charset: encoding.name(),
    }
}

fn declared_by(label: &str) -> Option<Declared> {
    if let Some(charset) = kazakh_charset(label) {
        return Some(Declared::Kazakh(charset));
    }
    Encoding::for_label(label.as_bytes())
        .filter(|&encoding| encoding != REPLACEMENT)
        .map(Declared::Standard)
}

/// The charset parameter of a `Content-Type` value.
fn label_in_header(value: &str) -> Option<&str> {
    let lower = value.to_ascii_lowercase();
    let at = lower.find("charset")? + "charset".len();
    let rest = value.get(at..)?.trim_start().strip_prefix('=')?;
    let label = rest.trim_start().trim_start_matches(['"', '\'']);
    let end = label
        .find(|c: char| {
            c == ';' || c == '"' || c == '\'' || c == '>' || c == '/' || c.is_whitespace()
        })
        .unwrap_or(label.len());
    label.get(..end).filter(|l| !l.is_empty())
}

fn declared_in_meta(body: &[u8]) -> Option<Declared> {
    let head = String::from_utf8_lossy(body.get(..PRESCAN.min(body.len()))?).to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = head.get(from..).and_then(|rest| rest.find("<meta")) {
        let start = from + found;
        let rest = head.get(start..)?;
        let end = rest.find('>').unwrap_or(rest.len());
        if let Some(declared) = label_in_header(rest.get(..end)?).and_then(declared_by) {
            return Some(match declared {
                // A meta element that can be read at all is not in UTF-16 (HTML standard §13.2.3.3).
                Declared::Standard(e) if e == UTF_16LE || e == UTF_16BE => {
                    Declared::Standard(UTF_8)
                }
                other => other,
            });
        }
        from = start + end;
    }
    let xml = head.trim_start().strip_prefix("<?xml")?;
    let encoding = xml.get(xml.find("encoding")? + 8..xml.find("?>")?)?;
    let label =
        encoding.trim_matches(|c: char| c == '=' || c == '"' || c == '\'' || c.is_whitespace());
    declared_by(label)
}

/// Whether a body is UTF-8 beyond doubt: valid, and not merely ASCII.
fn is_utf8(body: &[u8]) -> bool {
    match std::str::from_utf8(body) {
        Ok(_) => !body.is_ascii(),
        // A body that was cut may end within a character.
        Err(error) => {
            error.error_len().is_none() && error.valid_up_to() + 3 >= body.len() && {
                body.get(..error.valid_up_to())
                    .is_some_and(|b| !b.is_ascii())
            }
        }
    }
}

/// Whether a body is UTF-8 apart from a few damaged places.
fn is_mostly_utf8(body: &[u8]) -> bool {
    let mut damaged = 0_usize;
    let mut sound = 0_usize;
    for chunk in body.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        damaged += usize::from(!chunk.invalid().is_empty());
    }
    damaged == 0 || (sound >= 20 && damaged * 20 <= sound)
}

/// UTF-16 without a mark shows by zero bytes at every other place.
fn undeclared_utf16(body: &[u8]) -> Option<&'static Encoding> {
    let sample = body.get(..body.len().min(512))?;
    let zeros = |parity: usize| {
        sample
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|&&b| b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let half = sample.len() / 2;
    if half < 8 {
        None
    } else if odd * 3 > half && even == 0 {
        Some(UTF_16LE)
    } else if even * 3 > half && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn detected(body: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(
        body.get(..DETECTION_SAMPLE.min(body.len()))
            .unwrap_or_default(),
        true,
    );
    detector.guess(Some(b"kz"), Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{KOI8_R, WINDOWS_1251};

    const RUSSIAN: &str =
        "<p>Купить билет в Алматы можно на вокзале, касса работает круглосуточно.</p>";

    fn bytes(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn a_declared_charset_is_used() {
        let header = decode_text(
            Some("text/html; charset=windows-1251"),
            &bytes(WINDOWS_1251, RUSSIAN),
        );
        assert_eq!(
            (header.text.as_str(), header.charset),
            (RUSSIAN, "windows-1251")
        );
        let page = format!("<meta charset=\"koi8-r\">{RUSSIAN}");
        let meta = decode_text(None, &bytes(KOI8_R, &page));
        assert_eq!(
            (meta.text.as_str(), meta.charset),
            (page.as_str(), "KOI8-R")
        );
    }

    #[test]
    fn undeclared_cyrillic_is_detected() {
        assert_eq!(
            decode_text(None, &bytes(WINDOWS_1251, RUSSIAN)).text,
            RUSSIAN
        );
        assert_eq!(decode_text(None, &bytes(KOI8_R, RUSSIAN)).text, RUSSIAN);
        assert_eq!(decode_text(None, RUSSIAN.as_bytes()).charset, "UTF-8");
    }

    #[test]
    fn wrong_declarations_are_seen_through() {
        let wrong_utf8 = decode_text(
            Some("text/html; charset=utf-8"),
            &bytes(WINDOWS_1251, RUSSIAN),
        );
        assert_eq!(wrong_utf8.text, RUSSIAN);
        let wrong_1251 = decode_text(Some("text/html; charset=windows-1251"), RUSSIAN.as_bytes());
        assert_eq!(wrong_1251.text, RUSSIAN);
        let page =
            format!("<meta http-equiv=content-type content='text/html; charset=utf-16'>{RUSSIAN}");
        assert_eq!(decode_text(None, page.as_bytes()).text, page);
    }

    #[test]
    fn utf16_is_read_with_and_without_a_mark() {
        let units: Vec<u8> = "<html><body>Text Алматы</body></html>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let mut marked = vec![0xFF, 0xFE];
        marked.extend(&units);
        assert!(decode_text(None, &marked).text.contains("Алматы"));
        assert!(decode_text(None, &units).text.contains("Алматы"));
    }

    #[test]
    fn kazakh_code_pages_are_decoded() {
        let kz = [0x8D, 0xE0, 0xE7, 0xE0, 0x9D, 0x20, 0xA3, 0xBC, 0xB3];
        let decoded = decode_text(Some("text/html; charset=kz-1048"), &kz);
        assert_eq!(
            (decoded.text.as_str(), decoded.charset),
            ("Қазақ Әәі", "KZ-1048")
        );
        let pt = [0x8D, 0xE0, 0xE7, 0xE0, 0x9D, 0x20, 0xAA, 0xBA, 0xB3];
        assert_eq!(
            decode_text(Some("text/html; charset=ptcp154"), &pt).text,
            "Қазақ Әәі"
        );
    }

    #[test]
    fn a_few_damaged_bytes_do_not_change_the_charset() {
        let mut body = RUSSIAN.repeat(3).into_bytes();
        body.insert(10, 0xFF);
        body.pop();
        assert_eq!(decode_text(None, &body).charset, "UTF-8");
    }
}

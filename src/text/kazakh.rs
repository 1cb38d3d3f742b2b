//! Kazakh letters and the Russian letters that people type instead of them.

use std::borrow::Cow;

/// The Russian letter that stands for a Kazakh one on a keyboard without it. Both take two bytes, so that
/// offsets stay.
pub(super) fn stand_in(c: char) -> Option<char> {
    Some(match c {
        'қ' => 'к',
        'ғ' => 'г',
        'ә' => 'а',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        _ => return None,
    })
}

/// Whether a folded character is a letter of the Kazakh alphabet that Russian lacks.
pub fn is_kazakh_letter(c: char) -> bool {
    stand_in(c).is_some()
}

/// Whether folded text has letters that Russian lacks (і is also Ukrainian).
pub fn has_kazakh_letters(folded: &str) -> bool {
    // All of them are encoded with the lead bytes D1 (і), D2 and D3.
    folded
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0] == 0xD2 || pair[0] == 0xD3 || (pair[0] == 0xD1 && pair[1] == 0x96))
}

/// The same of raw text, where they may be capitals too.
pub fn has_raw_kazakh_letters(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    memchr::memchr2(0xD2, 0xD3, bytes).is_some()
        || memchr::memmem::find(bytes, "і".as_bytes()).is_some()
        || memchr::memmem::find(bytes, "І".as_bytes()).is_some()
}

/// Folded text with Kazakh letters replaced by their Russian stand-ins, byte for byte as long.
pub fn plain_kazakh(folded: &str) -> Cow<'_, str> {
    if has_kazakh_letters(folded) {
        Cow::Owned(folded.chars().map(|c| stand_in(c).unwrap_or(c)).collect())
    } else {
        Cow::Borrowed(folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_keep_every_offset() {
        let text = "есірткі құны 5 мың теңге әке өмір ғой үй һәм";
        let plain = plain_kazakh(text);
        assert_eq!(plain, "есиртки куны 5 мын тенге аке омир гой уй хам");
        assert_eq!(plain.len(), text.len());
        assert!(matches!(plain_kazakh("обычный текст"), Cow::Borrowed(_)));
    }
}

//! Two Kazakh code pages that the WHATWG set lacks: KZ-1048 (STRK1048-2002) and PTCP154.

use encoding_rs::WINDOWS_1251;

/// A Kazakh code page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KazakhCharset {
    /// The state standard of 2002.
    Kz1048,
    /// `ParaType`'s "Asian Cyrillic".
    Ptcp154,
}

/// The code page that a label names.
pub(super) fn kazakh_charset(label: &str) -> Option<KazakhCharset> {
    match label.to_ascii_lowercase().as_str() {
        "kz-1048" | "kz1048" | "strk1048-2002" | "rk1048" | "cskz1048" => {
            Some(KazakhCharset::Kz1048)
        }
        "ptcp154" | "pt154" | "cp154" | "csptcp154" | "cyrillic-asian" => {
            Some(KazakhCharset::Ptcp154)
        }
        _ => None,
    }
}

/// Where KZ-1048 differs from windows-1251.
const KZ1048: [(u8, char); 16] = [
    (0x8D, 'Қ'),
    (0x8E, 'Һ'),
    (0x9D, 'қ'),
    (0x9E, 'һ'),
    (0xA1, 'Ұ'),
    (0xA2, 'ұ'),
    (0xA3, 'Ә'),
    (0xA5, 'Ө'),
    (0xAA, 'Ғ'),
    (0xAF, 'Ү'),
    (0xB4, 'ө'),
    (0xBA, 'ғ'),
    (0xBC, 'ә'),
    (0xBD, 'Ң'),
    (0xBE, 'ң'),
    (0xBF, 'ү'),
];

/// PTCP154 from 0x80 to 0xBF; above it is windows-1251.
const PTCP154: &str = "ҖҒӮғ„…ҶҮҲүҠӢҢҚҺҸҗ‘’“”•–—ҳҷҡӣңқһҹ\u{a0}ЎўЈӨҘҰ§Ё©Ә«¬ӯ®Ҝ°ұІіҙө¶·ё№ә»јҪҫҝ";

impl KazakhCharset {
    /// The IANA name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Kz1048 => "KZ-1048",
            Self::Ptcp154 => "PTCP154",
        }
    }

    /// Decodes a body.
    pub(super) fn decode(self, body: &[u8]) -> String {
        let mut table = base_table();
        match self {
            Self::Kz1048 => {
                for (byte, letter) in KZ1048 {
                    table[usize::from(byte)] = letter;
                }
            }
            Self::Ptcp154 => {
                for (place, letter) in table.iter_mut().skip(0x80).zip(PTCP154.chars()) {
                    *place = letter;
                }
            }
        }
        body.iter().map(|&byte| table[usize::from(byte)]).collect()
    }
}

fn base_table() -> [char; 256] {
    let mut table = ['\u{fffd}'; 256];
    for (byte, place) in (0_u8..=255).zip(table.iter_mut()) {
        let single = [byte];
        let (text, _) = WINDOWS_1251.decode_without_bom_handling(&single);
        *place = text.chars().next().unwrap_or('\u{fffd}');
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_ptcp154_has_sixty_four_places() {
        assert_eq!(PTCP154.chars().count(), 64);
    }
}

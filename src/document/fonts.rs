//! The fonts of print-ready pages: Latin and Cyrillic with every Kazakh letter.

use std::fmt::Write as _;

/// Family, weight, style and WOFF2 file (see `rules/documents/fonts/LICENSE.txt`).
const FONTS: [(&str, u16, &str, &[u8]); 4] = [
    (
        "Tazy Serif",
        400,
        "normal",
        include_bytes!("../../rules/documents/fonts/TazySerif-Regular.woff2"),
    ),
    (
        "Tazy Serif",
        700,
        "normal",
        include_bytes!("../../rules/documents/fonts/TazySerif-Bold.woff2"),
    ),
    (
        "Tazy Serif",
        400,
        "italic",
        include_bytes!("../../rules/documents/fonts/TazySerif-Italic.woff2"),
    ),
    (
        "Tazy Mono",
        400,
        "normal",
        include_bytes!("../../rules/documents/fonts/TazyMono-Regular.woff2"),
    ),
];

/// `@font-face` rules that carry the fonts.
pub(super) fn font_faces() -> String {
    let mut css = String::new();
    for (family, weight, style, file) in FONTS {
        let data = data_encoding::BASE64.encode(file);
        // Writing to a string cannot fail.
        let _ = writeln!(
            css,
            "@font-face{{font-family:\"{family}\";font-weight:{weight};font-style:{style};\
             src:url(data:font/woff2;base64,{data}) format(\"woff2\")}}"
        );
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fonts_are_small() {
        let bytes: usize = FONTS.iter().map(|(_, _, _, file)| file.len()).sum();
        assert!(bytes < 250_000, "{bytes}");
        assert!(
            FONTS
                .iter()
                .all(|(_, _, _, file)| file.starts_with(b"wOF2"))
        );
    }
}

//! Text without markup where no tree is worth building: comments, strings in scripts, `srcdoc`.

use super::text_builder::{MappedText, TextBuilder};

/// Appends `mapped` without its tags; character references stay as written.
pub(super) fn push_without_markup(builder: &mut TextBuilder, mapped: &MappedText) {
    let text = mapped.text.as_str();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        let Some(open) = next_tag(rest) else {
            builder.push(mapped, at..text.len());
            return;
        };
        builder.push(mapped, at..at + open);
        let tag = rest.get(open..).unwrap_or_default();
        let length = tag.find('>').map_or(tag.len(), |end| end + 1);
        let name = tag.trim_start_matches(['<', '/']);
        let inline = ["a ", "b>", "i>", "em", "span", "strong", "u>", "font"]
            .iter()
            .any(|inline| name.starts_with(inline));
        if !inline {
            let source = mapped.map.source_span(at + open..at + open + length);
            builder.separate('\n', source);
        }
        at += open + length;
    }
}

/// Targets of links within markup.
pub(super) fn hrefs_in_markup(mapped: &MappedText) -> Vec<MappedText> {
    const MOST: usize = 500;
    let text = mapped.text.as_str();
    let mut found = Vec::new();
    for (at, mark) in text.match_indices("href=").take(MOST) {
        let rest = text.get(at + mark.len()..).unwrap_or_default();
        let value = rest.trim_start_matches(['"', '\'']);
        let start = text.len() - value.len();
        let length = value
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>'))
            .unwrap_or(value.len());
        let mut href = MappedText::default();
        href.push_mapped(mapped, start..start + length);
        found.push(href);
    }
    found
}

/// Where the next `<` stands that begins a tag.
fn next_tag(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).find(|&at| {
        bytes
            .get(at + 1)
            .is_some_and(|&b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_blocks_stay_apart() {
        let mut mapped = MappedText::default();
        mapped.push_plain("<p>Привет, <b>мир</b></p><p>2 < 3</p>", 100);
        let mut builder = TextBuilder::default();
        push_without_markup(&mut builder, &mapped);
        let taken = builder.take();
        assert_eq!(taken.text, "Привет, мир\n2 < 3");
        assert_eq!(taken.map.source_span(0..2), 103..105);
    }
}

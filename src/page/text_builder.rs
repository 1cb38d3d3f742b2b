//! Text collected from pieces of source: white space collapsed, and every byte keeps its way back.

use super::reference::reference_at;
use super::region::SourceMap;
use std::ops::Range;

/// Text with its map, white space as it was.
#[derive(Debug, Clone, Default)]
pub(super) struct MappedText {
    /// The text.
    pub(super) text: String,
    /// Its way back.
    pub(super) map: SourceMap,
    /// Where a plain run would continue.
    expected: Option<usize>,
}

impl MappedText {
    /// Appends text that stands in the source as it is.
    pub(super) fn push_plain(&mut self, text: &str, source: usize) {
        if text.is_empty() {
            return;
        }
        if self.expected != Some(source) {
            self.map.push(self.text.len(), source);
        }
        self.text.push_str(text);
        self.expected = Some(source + text.len());
    }

    /// Appends text that stands for a piece of source as a whole.
    pub(super) fn push_atom(&mut self, text: &str, source: Range<usize>) {
        if text.is_empty() {
            return;
        }
        self.map
            .push_atom(self.text.len(), source.start, source.len());
        self.text.push_str(text);
        self.expected = None;
    }

    /// Appends a span of another mapped text.
    pub(super) fn push_mapped(&mut self, other: &Self, span: Range<usize>) {
        for piece in other.map.pieces(span) {
            let text = other.text.get(piece.text).unwrap_or_default();
            if piece.atom {
                self.push_atom(text, piece.source);
            } else {
                self.push_plain(text, piece.source.start);
            }
        }
    }

    /// An attribute value: `span` of the source with its character references decoded.
    pub(super) fn of_attribute(source: &str, span: Range<usize>) -> Self {
        let mut mapped = Self::default();
        let Some(value) = source.get(span.clone()) else {
            return mapped;
        };
        let mut at = 0;
        while let Some(rest) = value.get(at..).filter(|r| !r.is_empty()) {
            let plain = rest.find('&').unwrap_or(rest.len());
            mapped.push_plain(&rest[..plain], span.start + at);
            at += plain;
            let Some(rest) = value.get(at..).filter(|r| !r.is_empty()) else {
                break;
            };
            if let Some(reference) = reference_at(rest, true) {
                let text: String = std::iter::once(reference.first)
                    .chain(reference.second)
                    .collect();
                let start = span.start + at;
                mapped.push_atom(&text, start..start + reference.length);
                at += reference.length;
            } else {
                mapped.push_plain("&", span.start + at);
                at += 1;
            }
        }
        mapped
    }
}

/// Collects one region.
#[derive(Debug, Default)]
pub(super) struct TextBuilder {
    collected: MappedText,
    /// White space that will be written if more text follows: the character and its source.
    pending: Option<(char, Range<usize>)>,
}

impl TextBuilder {
    /// Appends a span of mapped text, white space collapsed.
    pub(super) fn push(&mut self, from: &MappedText, span: Range<usize>) {
        for piece in from.map.pieces(span) {
            let text = from.text.get(piece.text).unwrap_or_default();
            if piece.atom {
                if text.chars().all(char::is_whitespace) {
                    self.separate(' ', piece.source);
                } else {
                    self.write_pending();
                    self.collected.push_atom(text, piece.source);
                }
            } else {
                self.push_words(text, piece.source.start);
            }
        }
    }

    /// Appends all of a mapped text.
    pub(super) fn push_all(&mut self, from: &MappedText) {
        self.push(from, 0..from.text.len());
    }

    fn push_words(&mut self, text: &str, source: usize) {
        let mut word = None;
        for (at, c) in text.char_indices() {
            if c.is_whitespace() {
                if let Some(start) = word.take() {
                    self.push_word(text, start..at, source);
                }
                self.separate(' ', source + at..source + at + c.len_utf8());
            } else if word.is_none() {
                word = Some(at);
            }
        }
        if let Some(start) = word {
            self.push_word(text, start..text.len(), source);
        }
    }

    fn push_word(&mut self, text: &str, word: Range<usize>, source: usize) {
        self.write_pending();
        let start = source + word.start;
        self.collected
            .push_plain(text.get(word).unwrap_or_default(), start);
    }

    /// Notes a separator: a blank, a line break or the border of a cell (tab). The strongest of several wins.
    pub(super) fn separate(&mut self, separator: char, source: Range<usize>) {
        let strength = |c: char| match c {
            '\t' => 2,
            '\n' => 1,
            _ => 0,
        };
        match &self.pending {
            Some((pending, _)) if strength(*pending) >= strength(separator) => {}
            _ => self.pending = Some((separator, source)),
        }
    }

    fn write_pending(&mut self) {
        let Some((separator, source)) = self.pending.take() else {
            return;
        };
        if self.collected.text.is_empty() {
            return;
        }
        if separator == ' ' && source.len() == 1 {
            self.collected.push_plain(" ", source.start);
        } else {
            let mut buffer = [0; 4];
            self.collected
                .push_atom(separator.encode_utf8(&mut buffer), source);
        }
    }

    /// What has been collected so far.
    pub(super) fn text(&self) -> &str {
        &self.collected.text
    }

    /// True if no word has been collected.
    pub(super) fn is_empty(&self) -> bool {
        self.collected.text.is_empty()
    }

    /// Hands over what was collected and starts anew.
    pub(super) fn take(&mut self) -> MappedText {
        self.pending = None;
        std::mem::take(&mut self.collected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_collapses_and_spans_still_lead_back() {
        let source = "a &amp;\n  b&nbsp;c";
        let mapped = MappedText::of_attribute(source, 0..source.len());
        assert_eq!(mapped.text, "a &\n  b\u{a0}c");
        let mut builder = TextBuilder::default();
        builder.push_all(&mapped);
        let collapsed = builder.take();
        assert_eq!(collapsed.text, "a & b c");
        assert_eq!(&source[collapsed.map.source_span(2..3)], "&amp;");
        assert_eq!(&source[collapsed.map.source_span(4..7)], "b&nbsp;c");
    }

    #[test]
    fn a_tab_wins_over_a_line_break_and_both_over_a_blank() {
        let mut builder = TextBuilder::default();
        for (word, separator) in [("1", '\n'), ("2", '\t'), ("3", ' ')] {
            builder.push_all(&MappedText::of_attribute(word, 0..1));
            builder.separate(' ', 0..1);
            builder.separate(separator, 0..0);
            builder.separate('\n', 0..0);
        }
        builder.push_all(&MappedText::of_attribute("4", 0..1));
        assert_eq!(builder.take().text, "1\n2\t3\n4");
    }
}

//! Readable pieces and the way back to the source.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What part of a page a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionKind {
    /// The title element.
    Title,
    /// Meta description, keywords, `og:` properties.
    Meta,
    /// `h1` to `h6`.
    Heading,
    /// A block of running text: one DOM block element, inline elements joined.
    Text,
    /// Text of a link (it also stands in its block's [`RegionKind::Text`]).
    LinkText,
    /// Target of a link as written.
    Href,
    /// Labels, placeholders, button texts and field names of a form.
    Form,
    /// `alt` and `title` attributes and file names of pictures.
    Alt,
    /// Text that is not shown: `hidden`, `display:none`, zero font, off-screen, `noscript`, comments.
    Hidden,
    /// String literals in scripts, decoded.
    Script,
    /// JSON-LD and other structured data.
    StructuredData,
    /// The URL of the page itself, percent-decoded. Its spans count in that text.
    Url,
    /// The host of the page, in Unicode. Its spans count in that text.
    Host,
}

/// A readable piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What part of the page it is.
    pub kind: RegionKind,
    /// The DOM block it stands in: pieces of one block share the number. Blocks are numbered in document
    /// order, so that nearness of blocks can be judged.
    pub block: u32,
    /// The text, entities decoded, runs of white space collapsed to one space.
    pub text: String,
    /// The way back into [`super::Page::source`].
    pub map: SourceMap,
}

/// Maps byte offsets of a region's text to byte offsets of the page's source.
///
/// A list of runs. In a plain run text and source advance together until the next run; an atom is text
/// that stands for a piece of source as a whole (a character reference, a line break element).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap {
    runs: Vec<Run>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    text: u32,
    source: u32,
    atom: Option<u32>,
}

impl SourceMap {
    /// A map for text that stands in the source as it is, from `source` on.
    pub fn plain(source: usize) -> Self {
        let mut map = Self::default();
        map.push(0, source);
        map
    }

    /// From text offset `text` on, the source continues at `source`. Offsets are added in rising order.
    pub fn push(&mut self, text: usize, source: usize) {
        self.push_run(text, source, None);
    }

    /// The text from `text` until the next run stands for `length` bytes of source at `source` as a whole.
    pub fn push_atom(&mut self, text: usize, source: usize, length: usize) {
        self.push_run(text, source, Some(length));
    }

    fn push_run(&mut self, text: usize, source: usize, atom: Option<usize>) {
        // Bodies are limited to far below 4 GiB; a saturated offset would only misplace a highlight.
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.runs.push(Run {
            text: clamp(text),
            source: clamp(source),
            atom: atom.map(clamp),
        });
    }

    /// The source span of a span of text. The end is mapped through the last byte, so that a span never
    /// swallows markup that follows it.
    pub fn source_span(&self, text: Range<usize>) -> Range<usize> {
        let start = match self.run_at(text.start) {
            Some(run) if run.atom.is_some() => run.source as usize,
            Some(run) => run.source as usize + (text.start - run.text as usize),
            None => 0,
        };
        if text.end <= text.start {
            return start..start;
        }
        let end = match self.run_at(text.end - 1) {
            Some(Run {
                source,
                atom: Some(length),
                ..
            }) => (source + length) as usize,
            Some(run) => run.source as usize + (text.end - run.text as usize),
            None => start,
        };
        start..end.max(start)
    }

    /// The runs that a span of text covers, as (text, source, whether an atom): the pieces that can be
    /// compared with the source one by one.
    pub fn pieces(&self, text: Range<usize>) -> impl Iterator<Item = Piece> + '_ {
        let first = self.index_at(text.start).unwrap_or(0);
        let following = self.runs.iter().skip(first + 1);
        self.runs
            .iter()
            .skip(first)
            .zip(following.map(Some).chain(std::iter::once(None)))
            .take_while({
                let end = text.end;
                move |(run, _)| (run.text as usize) < end
            })
            .map(move |(run, next)| {
                let from = (run.text as usize).max(text.start);
                let to = next.map_or(text.end, |n| (n.text as usize).min(text.end));
                let source = run.source as usize;
                match run.atom {
                    Some(length) => Piece {
                        text: from..to,
                        source: source..source + length as usize,
                        atom: true,
                    },
                    None => Piece {
                        text: from..to,
                        source: source + (from - run.text as usize)
                            ..source + (to - run.text as usize),
                        atom: false,
                    },
                }
            })
            .filter(|piece| !piece.text.is_empty())
    }

    fn index_at(&self, text: usize) -> Option<usize> {
        self.runs
            .partition_point(|run| run.text as usize <= text)
            .checked_sub(1)
    }

    fn run_at(&self, text: usize) -> Option<Run> {
        self.runs.get(self.index_at(text)?).copied()
    }
}

/// A piece of text that comes from one stretch of source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Span in the text.
    pub text: Range<usize>,
    /// Span in the source.
    pub source: Range<usize>,
    /// True if the text is not the source's bytes but stands for them.
    pub atom: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_ends_with_its_last_byte_and_takes_references_whole() {
        // source: "a <b>&amp;c</b> d", text: "a &c d"
        let mut map = SourceMap::plain(0);
        map.push_atom(2, 5, 5);
        map.push(3, 10);
        map.push(4, 15);
        assert_eq!(map.source_span(0..1), 0..1);
        assert_eq!(map.source_span(2..3), 5..10);
        assert_eq!(map.source_span(2..4), 5..11);
        assert_eq!(map.source_span(0..6), 0..17);
        assert_eq!(map.pieces(1..5).count(), 4);
    }
}

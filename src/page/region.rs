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
/// A list of runs: from `text` on, text and source advance together until the next run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap {
    runs: Vec<(u32, u32)>,
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
        // Bodies are limited to far below 4 GiB; a saturated offset would only misplace a highlight.
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.runs.push((clamp(text), clamp(source)));
    }

    /// The source span of a span of text. The end is mapped through the last byte, so that a span never
    /// swallows markup that follows it.
    pub fn source_span(&self, text: Range<usize>) -> Range<usize> {
        let start = self.source_offset(text.start);
        let end = if text.end > text.start {
            self.source_offset(text.end - 1) + 1
        } else {
            start
        };
        start..end.max(start)
    }

    fn source_offset(&self, text: usize) -> usize {
        let after = self
            .runs
            .partition_point(|&(start, _)| start as usize <= text);
        let Some(&(start, source)) = after.checked_sub(1).and_then(|i| self.runs.get(i)) else {
            return 0;
        };
        source as usize + (text - start as usize)
    }
}

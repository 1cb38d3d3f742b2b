//! The fold.

use super::table::{FoldTable, Image, is_disguise};
use std::ops::Range;

/// Folded text with the way back to the text it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// Its words, in order.
    pub tokens: Vec<Token>,
    points: Vec<Point>,
}

/// From `folded` on, folded and raw text advance together (`width` 0), or all folded bytes up to the next
/// point come from the one raw character of `width` bytes at `raw`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Point {
    folded: u32,
    raw: u32,
    width: u32,
}

impl Folded {
    /// The span of the raw text that a span of the folded text came from. Both ends lie on character
    /// boundaries if those of `span` do.
    pub fn raw_span(&self, span: Range<usize>) -> Range<usize> {
        let start = self.raw_range_of(span.start).start;
        if span.end <= span.start {
            return start..start;
        }
        start..self.raw_range_of(span.end - 1).end
    }

    /// The raw bytes that the folded byte at `offset` stands for.
    fn raw_range_of(&self, offset: usize) -> Range<usize> {
        let after = self
            .points
            .partition_point(|point| point.folded as usize <= offset);
        match after.checked_sub(1).and_then(|i| self.points.get(i)) {
            None => offset..offset + 1,
            Some(point) if point.width == 0 => {
                let raw = point.raw as usize + (offset - point.folded as usize);
                raw..raw + 1
            }
            Some(point) => point.raw as usize..(point.raw + point.width) as usize,
        }
    }

    /// The index of the first token that starts at or after raw offset `raw`.
    pub fn token_at_raw(&self, raw: usize) -> usize {
        self.tokens
            .partition_point(|token| self.raw_range_of(token.span.start).start < raw)
    }
}

/// A word of folded text: a run of letters and digits. Hyphens and apostrophes separate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it stands in the folded text, bytes.
    pub span: Range<usize>,
    /// Its raw form mixes Cyrillic and Latin letters.
    pub mixed_script: bool,
    /// Its raw form was disguised: invisible characters, marks, styled letters.
    pub disguised: bool,
}

/// Folds text: compatibility forms, lower case, no marks and invisible characters, ё as е, й as и, any
/// blank as a space, any dash as a hyphen. Patterns pass through the same function.
pub fn fold(raw: &str) -> Folded {
    let mut folder = Folder {
        folded: Folded {
            text: String::with_capacity(raw.len()),
            ..Folded::default()
        },
        disguises: Vec::new(),
        drift: 0,
        in_wide: false,
    };
    let table = FoldTable::shared();
    for (at, c) in raw.char_indices() {
        folder.take(table, at, c);
    }
    let Folder {
        mut folded,
        disguises,
        ..
    } = folder;
    folded.tokens = tokenize(&folded.text, &disguises);
    folded
}

struct Folder {
    folded: Folded,
    /// Folded offsets at which something was disguised.
    disguises: Vec<u32>,
    /// Raw offset minus folded offset.
    drift: i64,
    in_wide: bool,
}

impl Folder {
    fn take(&mut self, table: &FoldTable, at: usize, c: char) {
        if c.is_ascii() && c >= ' ' && c != '`' && c != '\u{7F}' {
            self.place(at, 1, 1);
            self.folded.text.push(c.to_ascii_lowercase());
            return;
        }
        if is_disguise(c) {
            self.disguises.push(clamp(self.folded.text.len()));
        }
        match table.image(c) {
            Image::Nothing => {}
            Image::Same => {
                self.place(at, c.len_utf8(), c.len_utf8());
                self.folded.text.push(c);
            }
            Image::One(image) => {
                self.place(at, c.len_utf8(), image.len_utf8());
                self.folded.text.push(image);
            }
            Image::Many(image) => {
                // Even at equal length bytes of the image are no bytes of the raw character.
                self.place(at, c.len_utf8(), usize::MAX);
                self.folded.text.push_str(image);
            }
        }
    }

    /// Records a point if the relation of the offsets changes with the character at `at`.
    fn place(&mut self, at: usize, raw_width: usize, folded_width: usize) {
        let here = self.folded.text.len();
        let wide = raw_width != folded_width;
        let drift = i64::try_from(at).unwrap_or(i64::MAX) - i64::try_from(here).unwrap_or(0);
        if wide || self.in_wide || drift != self.drift {
            self.folded.points.push(Point {
                folded: clamp(here),
                raw: clamp(at),
                width: if wide { clamp(raw_width) } else { 0 },
            });
        }
        self.drift = drift;
        self.in_wide = wide;
    }
}

fn clamp(n: usize) -> u32 {
    // Bodies are limited to far below 4 GiB.
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Whether `c` belongs to a word.
pub(crate) fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    matches!(c, '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}') || c.is_alphanumeric()
}

/// Splits folded text into words. `disguises` are rising folded offsets.
fn tokenize(text: &str, disguises: &[u32]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 10);
    let mut start = None;
    let mut scripts = 0u8;
    let mut next_disguise = 0;
    let mut close = |from: usize, to: usize, scripts: u8| {
        while disguises
            .get(next_disguise)
            .is_some_and(|&d| (d as usize) < from)
        {
            next_disguise += 1;
        }
        tokens.push(Token {
            span: from..to,
            mixed_script: scripts == CYRILLIC | LATIN,
            disguised: disguises
                .get(next_disguise)
                .is_some_and(|&d| (d as usize) < to),
        });
    };
    for (at, c) in text.char_indices() {
        if is_word_char(c) {
            start.get_or_insert(at);
            scripts |= script(c);
        } else if let Some(from) = start.take() {
            close(from, at, scripts);
            scripts = 0;
        }
    }
    if let Some(from) = start {
        close(from, text.len(), scripts);
    }
    tokens
}

const CYRILLIC: u8 = 1;
const LATIN: u8 = 2;

fn script(c: char) -> u8 {
    match c {
        'a'..='z' | '\u{C0}'..='\u{24F}' => LATIN,
        '\u{400}'..='\u{52F}' => CYRILLIC,
        _ => 0,
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;

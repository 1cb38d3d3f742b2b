//! The fold.

use super::code::{Change, Entry, kind};
use super::stream::Stream;
use super::table::{FoldTable, Image, is_disguise, plain_index};
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
    fold_with(raw, &mut Stream::default())
}

/// The same as [`fold`], and the codes of the text.
pub fn fold_with(raw: &str, stream: &mut Stream) -> Folded {
    let mut folded = Folded::default();
    let disguises = fold_text(raw, &mut folded, stream);
    folded.tokens = tokens_of(stream, &disguises);
    folded
}

/// Folds into buffers of an earlier text; leaves the tokens empty. Returns the folded offsets at which
/// something was disguised.
pub(crate) fn fold_text(raw: &str, folded: &mut Folded, stream: &mut Stream) -> Vec<u32> {
    folded.text.clear();
    folded.tokens.clear();
    folded.points.clear();
    folded.text.reserve(raw.len());
    stream.clear();
    let mut folder = Folder {
        table: FoldTable::shared(),
        folded,
        stream,
        disguises: Vec::new(),
        drift: 0,
        in_wide: false,
    };
    let mut at = 0;
    while let Some(c) = raw[at..].chars().next() {
        let after = folder.take_plain(raw, at);
        if after == at {
            folder.take(at, c);
            at += c.len_utf8();
        } else {
            at = after;
        }
    }
    folder.stream.finish();
    folder.disguises
}

struct Folder<'a> {
    table: &'static FoldTable,
    folded: &'a mut Folded,
    stream: &'a mut Stream,
    /// Folded offsets at which something was disguised.
    disguises: Vec<u32>,
    /// Raw offset minus folded offset.
    drift: i64,
    in_wide: bool,
}

impl Folder<'_> {
    /// Takes characters of one and two bytes that keep their width, from `from` on, and returns where it
    /// stopped. Text is copied in runs between characters that change.
    fn take_plain(&mut self, raw: &str, from: usize) -> usize {
        let table = self.table;
        let entries = table.plain(self.stream.line_breaks);
        let text = &mut self.folded.text;
        let start = text.len();
        let bytes = raw.as_bytes();
        let mut room = self.stream.room(bytes.len() - from).iter_mut();
        let mut count = 0;
        let (mut at, mut run, mut lower) = (from, from, 0u32);
        // The last byte has no next one; it is left to the general way.
        while at + 1 < bytes.len() {
            let (lead, next) = (bytes[at], bytes[at + 1]);
            let (entry, width) = (entries[plain_index(lead, next)], 1 + usize::from(lead >> 7));
            lower |= entry.lowers();
            if entry.stops() {
                if entry.change() == Change::Slow {
                    break;
                }
                copy_run(text, &raw[run..at], lower != 0);
                let c = raw[at..].chars().next().unwrap_or(' ');
                if let Image::One(image) = table.image(c) {
                    text.push(image);
                }
                (run, lower) = (at + width, 0);
            }
            let Some(place) = room.next() else { break };
            *place = entry;
            count += 1;
            at += width;
        }
        self.stream.keep(count);
        copy_run(text, &raw[run..at], lower != 0);
        if at > from {
            self.place_at(from, start, 1, 1);
        }
        at
    }

    /// Takes any character.
    fn take(&mut self, at: usize, c: char) {
        if is_disguise(c) {
            self.disguises.push(clamp(self.folded.text.len()));
        }
        let here = self.folded.text.len();
        match self.table.image(c) {
            Image::Nothing => {}
            Image::Same => {
                self.place_at(at, here, c.len_utf8(), c.len_utf8());
                self.push(c);
            }
            Image::One(image) => {
                self.place_at(at, here, c.len_utf8(), image.len_utf8());
                self.push(image);
            }
            Image::Many(image) => {
                // Even at equal length bytes of the image are no bytes of the raw character.
                self.place_at(at, here, c.len_utf8(), usize::MAX);
                image.chars().for_each(|c| self.push(c));
            }
        }
    }

    fn push(&mut self, c: char) {
        if let Some(place) = self.stream.room(1).first_mut() {
            *place = Entry::of(c, Change::Same);
        }
        self.stream.keep(1);
        self.folded.text.push(c);
    }

    /// Records a point if the relation of the offsets changes with the character at `at`, which becomes what
    /// stands at `here`.
    fn place_at(&mut self, at: usize, here: usize, raw_width: usize, folded_width: usize) {
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

fn copy_run(text: &mut String, run: &str, lower: bool) {
    let from = text.len();
    text.push_str(run);
    if lower {
        text[from..].make_ascii_lowercase();
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

/// The words of a stream. `disguises` are rising folded offsets.
fn tokens_of(stream: &Stream, disguises: &[u32]) -> Vec<Token> {
    let mut next = 0;
    (0..stream.word_count())
        .map(|index| {
            let span = stream.word_span(index);
            while disguises
                .get(next)
                .is_some_and(|&d| (d as usize) < span.start)
            {
                next += 1;
            }
            let mixed = kind::CYRILLIC | kind::LATIN;
            Token {
                mixed_script: stream.word_kind(index) & mixed == mixed,
                disguised: disguises
                    .get(next)
                    .is_some_and(|&d| (d as usize) < span.end),
                span,
            }
        })
        .collect()
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;

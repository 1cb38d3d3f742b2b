//! The codes of a text, with the way back to its bytes.

use super::code::{CODES, Entry, LOOKS};
use std::ops::Range;

/// The codes and looks of a folded text, one byte a character, and the bounds of its words. Made by
/// [`super::fold_with`]; its buffers are kept from text to text.
#[derive(Debug, Default, Clone)]
pub struct Stream {
    codes: Vec<u8>,
    looks: Vec<u8>,
    offsets: Vec<u32>,
    /// Where words begin and end, in turn, as indices of codes; the upper bits of an end are what the
    /// characters of the word are, bits of `code::kind`.
    bounds: Vec<u32>,
    cursor: Cursor,
    pub(super) line_breaks: bool,
}

/// How far a stream is written.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Cursor {
    pub(super) len: usize,
    bounds: usize,
    in_word: u32,
    kind: u32,
    kazakh: u32,
}

/// The buffers of a stream while it is written.
pub(super) struct Writer<'a> {
    codes: &'a mut [u8],
    looks: &'a mut [u8],
    offsets: &'a mut [u32],
    bounds: &'a mut [u32],
    pub(super) cursor: Cursor,
}

impl Writer<'_> {
    /// Adds a character that stands at `offset` of the folded text.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "the body of the loop that every byte of every page passes"
    )]
    pub(super) fn push(&mut self, entry: Entry, offset: usize) {
        let at = self.cursor.len;
        self.codes[at] = entry.code();
        self.looks[at] = entry.look();
        self.offsets[at] = (offset & u32::MAX as usize) as u32;
        let bound = self.cursor.bounds;
        // Written every time, kept where a word begins or ends: no branch that text could mispredict.
        self.bounds[bound] = low(at) | (self.cursor.kind << KIND);
        let word = entry.word();
        self.cursor.bounds = bound + (word ^ self.cursor.in_word) as usize;
        self.cursor.in_word = word;
        self.cursor.kind = (self.cursor.kind | entry.kind()) & word.wrapping_neg();
        self.cursor.kazakh |= entry.kazakh();
        self.cursor.len = at + 1;
    }
}

/// Bodies are limited to far below the characters that these bits count.
const KIND: u32 = 28;
const PLACE: u32 = (1 << KIND) - 1;

fn low(n: usize) -> u32 {
    (n & PLACE as usize) as u32
}

impl Stream {
    /// A stream in which line breaks separate: nothing is found across them.
    pub fn of_lines() -> Self {
        Self {
            line_breaks: true,
            ..Self::default()
        }
    }

    pub(super) fn clear(&mut self) {
        self.cursor = Cursor::default();
    }

    /// Room for `more` characters.
    pub(super) fn writer(&mut self, more: usize) -> Writer<'_> {
        let room = self.cursor.len + more + 2;
        if self.codes.len() < room {
            let room = room + room / 4;
            self.codes.resize(room, 0);
            self.looks.resize(room, 0);
            self.offsets.resize(room, 0);
            self.bounds.resize(room, 0);
        }
        // All of one length, so that one check serves all.
        let room = self.codes.len();
        Writer {
            codes: &mut self.codes[..room],
            looks: &mut self.looks[..room],
            offsets: &mut self.offsets[..room],
            bounds: &mut self.bounds[..room],
            cursor: self.cursor,
        }
    }

    pub(super) fn resume(&mut self, cursor: Cursor) {
        self.cursor = cursor;
    }

    /// Ends the text, which is `length` bytes long.
    pub(super) fn finish(&mut self, length: usize) {
        let _ = self.writer(0);
        let cursor = &mut self.cursor;
        self.offsets[cursor.len] = u32::try_from(length).unwrap_or(u32::MAX);
        if cursor.in_word == 1 {
            self.bounds[cursor.bounds] = low(cursor.len) | (cursor.kind << KIND);
            cursor.bounds += 1;
            cursor.in_word = 0;
        }
    }

    /// One code a character, each below [`CODES`].
    pub(crate) fn codes(&self) -> &[u8] {
        debug_assert!(self.codes.iter().all(|&code| usize::from(code) < CODES));
        &self.codes[..self.cursor.len]
    }

    /// One look a character, each below [`LOOKS`].
    pub(crate) fn looks(&self) -> &[u8] {
        debug_assert!(self.looks.iter().all(|&look| usize::from(look) < LOOKS));
        &self.looks[..self.cursor.len]
    }

    /// The byte at which the character of a code begins; of one past the last, the length of the text.
    pub(crate) fn offset(&self, code: usize) -> usize {
        self.offsets[code.min(self.cursor.len)] as usize
    }

    /// The code of the character that begins at or after a byte.
    pub(crate) fn code_at(&self, offset: usize) -> usize {
        self.offsets[..self.cursor.len].partition_point(|&start| (start as usize) < offset)
    }

    /// How many words there are.
    pub(crate) fn word_count(&self) -> usize {
        self.cursor.bounds / 2
    }

    /// The codes of a word.
    pub(crate) fn word(&self, index: usize) -> Range<usize> {
        (self.bounds[2 * index] & PLACE) as usize..(self.bounds[2 * index + 1] & PLACE) as usize
    }

    /// What the characters of a word are, bits of `code::kind`.
    pub(crate) fn word_kind(&self, index: usize) -> u8 {
        (self.bounds[2 * index + 1] >> KIND) as u8
    }

    /// The bytes of a word.
    pub(crate) fn word_span(&self, index: usize) -> Range<usize> {
        let codes = self.word(index);
        self.offset(codes.start)..self.offset(codes.end)
    }

    /// The words that share bytes with a span; empty at its place if none does.
    pub(crate) fn words_in(&self, span: &Range<usize>) -> Range<usize> {
        let (start, end) = (self.code_at(span.start), self.code_at(span.end));
        let bounds = &self.bounds[..self.cursor.bounds];
        // Bounds come in pairs: the first word that ends after the start, the first that begins at the end.
        let first = partition(bounds, 1, |bound| bound as usize <= start);
        let last = partition(bounds, 0, |bound| (bound as usize) < end);
        first..last.max(first)
    }

    /// Whether there are letters that Russian lacks.
    pub(crate) fn has_kazakh_letters(&self) -> bool {
        self.cursor.kazakh != 0
    }
}

/// How many words there are, from the first on, whose begin (`side` 0) or end (`side` 1) is `before`.
fn partition(bounds: &[u32], side: usize, before: impl Fn(u32) -> bool) -> usize {
    let (mut low, mut high) = (0, bounds.len() / 2);
    while low < high {
        let middle = usize::midpoint(low, high);
        if before(bounds[2 * middle + side] & PLACE) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

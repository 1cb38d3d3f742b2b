//! The codes of a text, with the way back to its bytes.

use super::code::{CODES, Entry, LOOKS};
use std::ops::Range;

/// The codes and looks of a folded text, one byte a character, and the bounds of its words. Made by
/// [`super::fold_with`]; its buffers are kept from text to text.
#[derive(Debug, Default, Clone)]
pub struct Stream {
    entries: Vec<Entry>,
    len: usize,
    codes: Vec<u8>,
    looks: Vec<u8>,
    offsets: Vec<u32>,
    /// Where words begin and end, in turn, as indices of codes; the upper bits of an end are what the
    /// characters of the word are, bits of `code::kind`.
    bounds: Vec<u32>,
    bound_count: usize,
    kazakh: bool,
    pub(super) line_breaks: bool,
}

/// Bodies are limited to far below the characters that these bits count.
const KIND: u32 = 28;
const PLACE: u32 = (1 << KIND) - 1;

fn low(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX) & PLACE
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
        self.len = 0;
    }

    /// Room for `more` characters after those that are there.
    pub(super) fn room(&mut self, more: usize) -> &mut [Entry] {
        let needed = self.len + more;
        if self.entries.len() < needed {
            self.entries.resize(needed + needed / 4, Entry::default());
        }
        &mut self.entries[self.len..]
    }

    /// Keeps so many of the characters that were written into [`Self::room`].
    pub(super) fn keep(&mut self, count: usize) {
        self.len += count;
    }

    /// Ends the text: codes, looks, offsets and words from its characters, in loops of their own that have
    /// no branches.
    pub(super) fn finish(&mut self) {
        let len = self.len;
        if self.codes.len() < len + 2 {
            let room = len + len / 4 + 2;
            self.codes.resize(room, 0);
            self.looks.resize(room, 0);
            self.offsets.resize(room, 0);
            self.bounds.resize(room, 0);
        }
        let entries = &self.entries[..len];
        let mut all = 0;
        for (entry, code) in entries.iter().zip(&mut self.codes[..len]) {
            *code = entry.code();
            all |= entry.kazakh();
        }
        self.kazakh = all != 0;
        for (entry, look) in entries.iter().zip(&mut self.looks[..len]) {
            *look = entry.look();
        }
        let mut offset = 0;
        for (entry, start) in entries.iter().zip(&mut self.offsets[..len]) {
            *start = offset;
            offset += entry.width();
        }
        self.offsets[len] = offset;
        debug_assert!(
            self.codes[..len]
                .iter()
                .all(|&code| usize::from(code) < CODES)
        );
        debug_assert!(
            self.looks[..len]
                .iter()
                .all(|&look| usize::from(look) < LOOKS)
        );
        self.find_bounds();
    }

    fn find_bounds(&mut self) {
        let bounds = &mut self.bounds[..self.len + 2];
        let (mut count, mut in_word, mut kind) = (0usize, 0u32, 0u32);
        for (at, entry) in self.entries[..self.len].iter().enumerate() {
            // Written every time, kept where a word begins or ends: no branch that text could mispredict.
            bounds[count] = low(at) | (kind << KIND);
            let word = entry.word();
            count += (word ^ in_word) as usize;
            in_word = word;
            kind = (kind | entry.kind()) & word.wrapping_neg();
        }
        if in_word == 1 {
            bounds[count] = low(self.len) | (kind << KIND);
            count += 1;
        }
        self.bound_count = count;
    }

    /// One code a character, each below [`CODES`].
    pub(crate) fn codes(&self) -> &[u8] {
        &self.codes[..self.len]
    }

    /// One look a character, each below [`LOOKS`].
    pub(crate) fn looks(&self) -> &[u8] {
        &self.looks[..self.len]
    }

    /// The byte at which the character of a code begins; of one past the last, the length of the text.
    pub(crate) fn offset(&self, code: usize) -> usize {
        self.offsets[code.min(self.len)] as usize
    }

    /// The code of the character that begins at or after a byte.
    pub(crate) fn code_at(&self, offset: usize) -> usize {
        self.offsets[..self.len].partition_point(|&start| (start as usize) < offset)
    }

    /// How many words there are.
    pub(crate) fn word_count(&self) -> usize {
        self.bound_count / 2
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
        let bounds = &self.bounds[..self.bound_count];
        // Bounds come in pairs: the first word that ends after the start, the first that begins at the end.
        let first = partition(bounds, 1, |bound| bound as usize <= start);
        let last = partition(bounds, 0, |bound| (bound as usize) < end);
        first..last.max(first)
    }

    /// Whether there are letters that Russian lacks.
    pub(crate) fn has_kazakh_letters(&self) -> bool {
        self.kazakh
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

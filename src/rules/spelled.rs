//! Expressions that spell a word letter by letter, with look-alikes and separators
//! (`(м|m)[ .]{0,2}(е|e|3)[ .]{0,2}(ф|f)`), found by the looks of characters.

use crate::text::{LOOKS, NO_LOOK, Stream, look_of};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::HashMap;

/// A word as an expression spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelled {
    /// What may stand for each letter.
    letters: Vec<Vec<char>>,
    separators: Vec<char>,
    /// How many separators may stand between two letters.
    most: usize,
    looks: Vec<u8>,
}

/// Shorter words are left to other ways.
const MIN_LETTERS: usize = 4;
const MAX_ALTERNATIVES: usize = 16;

impl Spelled {
    /// The word that an expression spells, if that is all it does and what may stand for a letter looks alike.
    pub(super) fn of(hir: &Hir) -> Option<Self> {
        let HirKind::Concat(parts) = hir.kind() else {
            return None;
        };
        let mut word = Self {
            letters: Vec::new(),
            separators: Vec::new(),
            most: 0,
            looks: Vec::new(),
        };
        let mut after_letter = false;
        for part in parts {
            if after_letter {
                let (separators, most) = separators_of(part)?;
                if !word.separators.is_empty()
                    && (separators != word.separators || most != word.most)
                {
                    return None;
                }
                (word.separators, word.most) = (separators, most);
            } else {
                word.letters.push(letter_of(part)?);
            }
            after_letter = !after_letter;
        }
        if !after_letter || word.letters.len() < MIN_LETTERS {
            return None;
        }
        for letter in &word.letters {
            let look = look_of(*letter.first()?);
            let alike = look > 1 && letter.iter().all(|&c| look_of(c) == look);
            if !alike || letter.iter().any(|c| word.separators.contains(c)) {
                return None;
            }
            word.looks.push(look);
        }
        Some(word)
    }

    /// The codes that the word takes if its letter `index` is at `at`.
    fn matches(
        &self,
        text: &str,
        stream: &Stream,
        index: usize,
        at: usize,
    ) -> Option<(usize, usize)> {
        let looks = stream.looks();
        let mut start = at;
        for _ in 0..index {
            start = (start.saturating_sub(self.most + 1)..start)
                .rev()
                .find(|&before| looks[before] != NO_LOOK)?;
        }
        let mut here = start;
        let char_at = |code: usize| text[stream.offset(code)..].chars().next();
        for (i, letter) in self.letters.iter().enumerate() {
            if i > 0 {
                here += (0..self.most)
                    .take_while(|skip| {
                        char_at(here + skip).is_some_and(|c| self.separators.contains(&c))
                    })
                    .count();
            }
            if here >= looks.len() || !letter.contains(&char_at(here)?) {
                return None;
            }
            here += 1;
        }
        Some((start, here))
    }
}

/// The members of a class of separators that may stand a few times or not at all.
fn separators_of(hir: &Hir) -> Option<(Vec<char>, usize)> {
    let HirKind::Repetition(repetition) = hir.kind() else {
        return None;
    };
    let most = usize::try_from(repetition.max?)
        .ok()
        .filter(|&most| most <= 4)?;
    let members = letter_of(&repetition.sub)?;
    (repetition.min == 0 && members.iter().all(|&c| look_of(c) == NO_LOOK))
        .then_some((members, most))
}

/// The characters that one place may have.
fn letter_of(hir: &Hir) -> Option<Vec<char>> {
    match hir.kind() {
        HirKind::Capture(capture) => letter_of(&capture.sub),
        HirKind::Literal(literal) => {
            let mut chars = std::str::from_utf8(&literal.0).ok()?.chars();
            let one = chars.next()?;
            chars.next().is_none().then(|| vec![one])
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut members = Vec::new();
            for range in class.ranges() {
                members.extend((range.start()..=range.end()).take(MAX_ALTERNATIVES));
            }
            (members.len() <= MAX_ALTERNATIVES).then_some(members)
        }
        HirKind::Class(Class::Bytes(class)) if class.is_ascii() => {
            let ranges = class.ranges().iter();
            let members: Vec<char> = ranges
                .flat_map(|range| (range.start()..=range.end()).map(char::from))
                .collect();
            (members.len() <= MAX_ALTERNATIVES).then_some(members)
        }
        _ => None,
    }
}

/// Spelled words, searched at once: by the four looks of each that are least to be expected.
#[derive(Debug, Default)]
pub(super) struct SpelledIndex {
    words: Vec<(Spelled, u32)>,
    bits: Vec<u64>,
    /// Word and the letter at which its four looks end, by the looks.
    buckets: HashMap<u32, Vec<(u32, u32)>>,
}

const WIDTH: u32 = 5;
const FOUR: u32 = (1 << (4 * WIDTH)) - 1;
const BITS: u32 = 15;

impl SpelledIndex {
    /// Compiles words with what they stand for.
    pub(super) fn build(words: Vec<(Spelled, u32)>) -> Self {
        let mut index = Self {
            words: Vec::new(),
            bits: vec![0; (1 << BITS) / 64],
            buckets: HashMap::new(),
        };
        for (word, owner) in words {
            let last = (3..word.looks.len())
                .max_by_key(|&last| worth(&word.looks[last - 3..=last]))
                .unwrap_or(3);
            let key = word.looks[last - 3..=last]
                .iter()
                .fold(0, |key, &look| (key << WIDTH) | u32::from(look));
            let place = spread(key);
            index.bits[place >> 6] |= 1 << (place & 63);
            let at = u32::try_from(index.words.len()).unwrap_or(u32::MAX);
            let last = u32::try_from(last).unwrap_or(u32::MAX);
            index.buckets.entry(key).or_default().push((at, last));
            index.words.push((word, owner));
        }
        index
    }

    /// Calls `found` for every place of every word: owner, first code, one past the last. It tells whether
    /// places of that owner still matter.
    pub(super) fn search(
        &self,
        text: &str,
        stream: &Stream,
        wanted: impl Fn(u32) -> bool,
        mut found: impl FnMut(u32, usize, usize),
    ) {
        if self.words.is_empty() {
            return;
        }
        let mut key = 0u32;
        for (at, &look) in stream.looks().iter().enumerate() {
            let next = ((key << WIDTH) | u32::from(look)) & FOUR;
            key = if look == NO_LOOK { key } else { next };
            let place = spread(key);
            if self.bits[place >> 6] >> (place & 63) & 1 == 0 || look == NO_LOOK {
                continue;
            }
            for &(word, last) in self.buckets.get(&key).into_iter().flatten() {
                let (word, owner) = &self.words[word as usize];
                if wanted(*owner)
                    && let Some((start, end)) = word.matches(text, stream, last as usize, at)
                {
                    found(*owner, start, end);
                }
            }
        }
    }
}

fn spread(key: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

/// How little looks are to be expected: many letters share the first few.
fn worth(looks: &[u8]) -> u32 {
    const BITS_OF: [u8; LOOKS] = {
        let mut bits = [20; LOOKS];
        bits[2] = 14;
        bits[3] = 14;
        bits[4] = 8;
        bits[5] = 13;
        bits[6] = 11;
        bits[7] = 19;
        bits[8] = 18;
        bits[9] = 20;
        bits[10] = 13;
        bits[11] = 16;
        bits[12] = 15;
        bits[13] = 32;
        bits[14] = 26;
        bits
    };
    looks
        .iter()
        .map(|&look| u32::from(BITS_OF[usize::from(look)]))
        .sum()
}

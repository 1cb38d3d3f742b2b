//! Words of entries, found by their stems: every beginning of every word of a text is looked up at once.

use super::grams::Spread;
use crate::text::{Ending, SIGN, Stem, Stream, code_of};
use std::collections::HashMap;

/// The stems of anchor words, each with the entries that it may begin.
#[derive(Debug, Default)]
pub(super) struct WordIndex {
    bits: Vec<u64>,
    shift: u32,
    by_hash: HashMap<u32, Vec<u32>, Spread>,
    stems: Vec<IndexedStem>,
    longest: usize,
}

#[derive(Debug)]
struct IndexedStem {
    codes: Box<[u8]>,
    text: Box<str>,
    /// The codes do not say it all (digits, letters without codes).
    compared: bool,
    /// By what may follow.
    groups: Vec<Group>,
}

/// Entries whose anchor word may go on alike after a stem.
#[derive(Debug)]
struct Group {
    stem: Stem,
    kazakh: bool,
    entries: Vec<u32>,
}

const SEED: u32 = 0x811C_9DC5;

fn step(hash: u32, code: u8) -> u32 {
    (hash ^ u32::from(code)).wrapping_mul(0x0100_0193)
}

impl WordIndex {
    /// Compiles stems: each with whether its word is Kazakh, and the entry.
    pub(super) fn build(mut anchors: Vec<(&Stem, bool, u32)>) -> Self {
        anchors.sort();
        anchors.dedup();
        let mut index = Self::default();
        for (stem, kazakh, entry) in anchors {
            if index
                .stems
                .last()
                .is_none_or(|last| *last.text != *stem.text)
            {
                index.add_stem(stem);
            }
            let Some(last) = index.stems.last_mut() else {
                continue;
            };
            match last.groups.last_mut() {
                Some(group) if group.stem == *stem && group.kazakh == kazakh => {
                    group.entries.push(entry);
                }
                _ => last.groups.push(Group {
                    stem: stem.clone(),
                    kazakh,
                    entries: vec![entry],
                }),
            }
        }
        let bits = (index.stems.len() * 32)
            .next_power_of_two()
            .clamp(1 << 12, 1 << 21);
        index.shift = 32 - bits.trailing_zeros();
        index.bits = vec![0; bits / 64];
        for &hash in index.by_hash.keys() {
            let place = place_of(hash, index.shift);
            index.bits[place >> 6] |= 1 << (place & 63);
        }
        index
    }

    fn add_stem(&mut self, stem: &Stem) {
        let codes: Box<[u8]> = stem.text.chars().map(code_of).collect();
        let hash = codes.iter().fold(SEED, |hash, &code| step(hash, code));
        let at = u32::try_from(self.stems.len()).unwrap_or(u32::MAX);
        self.by_hash.entry(hash).or_default().push(at);
        self.longest = self.longest.max(codes.len());
        self.stems.push(IndexedStem {
            compared: stem
                .text
                .chars()
                .any(|c| c.is_ascii_digit() || code_of(c) == SIGN),
            codes,
            text: stem.text.as_str().into(),
            groups: Vec::new(),
        });
    }

    /// How many stems there are.
    pub(super) fn len(&self) -> usize {
        self.stems.len()
    }

    /// Calls `found` with every entry whose anchor word the word `index` of the text may be, where the stem
    /// stands, and whether that is a Cyrillic word in Latin letters. `key` is the text with Kazakh letters as their stand-ins.
    pub(super) fn search_word(
        &self,
        (text, key): (&str, &str),
        stream: &Stream,
        index: usize,
        kazakh_page: bool,
        found: &mut impl FnMut(&[u32], std::ops::Range<usize>, bool),
    ) {
        let word = stream.word(index);
        let codes = &stream.codes()[word.clone()];
        let mut hash = SEED;
        for (at, &code) in codes.iter().take(self.longest).enumerate() {
            hash = step(hash, code);
            let place = place_of(hash, self.shift);
            if self.bits[place >> 6] >> (place & 63) & 1 == 0 {
                continue;
            }
            let Some(stems) = self.by_hash.get(&hash) else {
                continue;
            };
            let span = stream.offset(word.start)..stream.offset(word.end);
            let cut = stream.offset(word.start + at + 1);
            for &stem in stems {
                let stem = &self.stems[stem as usize];
                let same = *stem.codes == codes[..=at]
                    && (!stem.compared || key[span.start..cut] == *stem.text);
                if !same {
                    continue;
                }
                let ending = Ending::of(&text[cut..span.end], &key[cut..span.end]);
                for group in &stem.groups {
                    if group.stem.accepts(&ending, group.kazakh, kazakh_page) {
                        found(&group.entries, span.start..cut, group.stem.is_latin());
                    }
                }
            }
        }
    }
}

fn place_of(hash: u32, shift: u32) -> usize {
    (hash.wrapping_mul(0x9E37_79B1) >> shift) as usize
}

//! Many strings searched at once by their rarest four codes.
//!
//! Of each string the four codes that are least to be expected in prose are looked up at every place of a
//! text: one multiplication and one bit, whatever the number of strings, and no state to wait for. Where the
//! bit is set, the strings that have these codes are compared.

use crate::text::{CODES, rarity};
use std::collections::HashMap;

/// Strings of codes, each with what it stands for.
#[derive(Debug, Default)]
pub(super) struct Grams<T> {
    bits: Vec<u64>,
    shift: u32,
    /// By the last four, three or two codes.
    buckets: HashMap<u32, Vec<u32>, Spread>,
    strings: Vec<Sought<T>>,
    /// Strings of two codes, by the first.
    pairs: Vec<u64>,
}

#[derive(Debug)]
struct Sought<T> {
    codes: Box<[u8]>,
    /// How many of its codes there are up to the end of the looked-up ones.
    reach: usize,
    owners: Vec<T>,
}

/// A string found: the index of its first code and one past its last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
}

const WIDTH: u32 = 6;
const FOUR: u32 = (1 << (4 * WIDTH)) - 1;
const THREE: u32 = (1 << (3 * WIDTH)) - 1;
const TWO: u32 = (1 << (2 * WIDTH)) - 1;
/// Marks keys of fewer than four codes.
const SHORT: u32 = 1 << 30;
const SHORTEST: u32 = 1 << 31;

/// Keys are spread by multiplication: they are packed codes, not chosen by strangers.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Spread;

/// See [`Spread`].
#[derive(Debug, Default)]
pub(super) struct SpreadHasher(u64);

impl std::hash::BuildHasher for Spread {
    type Hasher = SpreadHasher;

    fn build_hasher(&self) -> SpreadHasher {
        SpreadHasher::default()
    }
}

impl std::hash::Hasher for SpreadHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u32(byte.into());
        }
    }

    fn write_u32(&mut self, key: u32) {
        let mixed = (self.0 ^ u64::from(key)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

impl<T: Copy + Ord> Grams<T> {
    /// Compiles strings of two codes or more.
    pub(super) fn build(strings: impl IntoIterator<Item = (Vec<u8>, T)>) -> Self {
        let mut owners: HashMap<Vec<u8>, Vec<T>> = HashMap::new();
        for (codes, owner) in strings {
            owners.entry(codes).or_default().push(owner);
        }
        let mut sorted: Vec<(Vec<u8>, Vec<T>)> = owners.into_iter().collect();
        sorted.sort();
        let mut grams = Self {
            bits: Vec::new(),
            shift: 0,
            buckets: HashMap::default(),
            strings: Vec::new(),
            pairs: Vec::new(),
        };
        let mut keys = Vec::new();
        for (codes, mut owners) in sorted {
            owners.sort_unstable();
            owners.dedup();
            let at = u32::try_from(grams.strings.len()).unwrap_or(u32::MAX);
            let reach = rarest(&codes);
            let key = key_of(&codes[..reach]);
            grams.buckets.entry(key).or_default().push(at);
            if codes.len() > 2 {
                keys.push(key);
            } else if let [first, second] = codes[..] {
                grams.pairs.resize(CODES, 0);
                grams.pairs[usize::from(first)] |= 1 << second;
            }
            grams.strings.push(Sought {
                codes: codes.into_boxed_slice(),
                reach,
                owners,
            });
        }
        grams.set_bits(&keys);
        grams
    }

    fn set_bits(&mut self, keys: &[u32]) {
        let short = keys.iter().filter(|&&key| key & SHORT != 0).count();
        let entries = (keys.len() - short) + short * CODES;
        let bits = (entries * 24).next_power_of_two().clamp(1 << 12, 1 << 20);
        self.shift = 32 - bits.trailing_zeros();
        self.bits = vec![0; bits / 64];
        for &key in keys {
            if key & SHORT == 0 {
                self.set(key);
            } else {
                for before in 0..CODES {
                    let before = u32::try_from(before).unwrap_or(0);
                    self.set((before << (3 * WIDTH)) | (key & THREE));
                }
            }
        }
    }

    fn set(&mut self, key: u32) {
        let at = spread(key, self.shift);
        self.bits[at >> 6] |= 1 << (at & 63);
    }

    /// Calls `found` for every place of every string, with what it stands for.
    pub(super) fn search(&self, codes: &[u8], mut found: impl FnMut(Hit, T)) {
        if self.strings.is_empty() {
            return;
        }
        if self.pairs.is_empty() {
            self.walk::<false>(codes, &mut found);
        } else {
            self.walk::<true>(codes, &mut found);
        }
    }

    fn walk<const PAIRS: bool>(&self, codes: &[u8], found: &mut impl FnMut(Hit, T)) {
        let mut key = 0u32;
        let mut last = 0u8;
        for (at, &code) in codes.iter().enumerate() {
            key = ((key << WIDTH) | u32::from(code)) & FOUR;
            let place = spread(key, self.shift);
            if self.bits[place >> 6] >> (place & 63) & 1 != 0 {
                self.compare(key, codes, at, found);
                self.compare((key & THREE) | SHORT, codes, at, found);
            }
            if PAIRS {
                if self.pairs[usize::from(last)] >> code & 1 != 0 {
                    self.compare((key & TWO) | SHORTEST, codes, at, found);
                }
                last = code;
            }
        }
    }

    #[inline(never)]
    fn compare(&self, key: u32, codes: &[u8], at: usize, found: &mut impl FnMut(Hit, T)) {
        let Some(bucket) = self.buckets.get(&key) else {
            return;
        };
        for &index in bucket {
            let sought = &self.strings[index as usize];
            let Some(start) = (at + 1).checked_sub(sought.reach) else {
                continue;
            };
            let end = start + sought.codes.len();
            if codes.get(start..end) == Some(&sought.codes[..]) {
                for &owner in &sought.owners {
                    found(Hit { start, end }, owner);
                }
            }
        }
    }
}

fn spread(key: u32, shift: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B1) >> shift) as usize
}

fn key_of(codes: &[u8]) -> u32 {
    let tail = &codes[codes.len().saturating_sub(4)..];
    let packed = tail
        .iter()
        .fold(0, |key, &code| (key << WIDTH) | u32::from(code));
    match tail.len() {
        4 => packed,
        3 => packed | SHORT,
        _ => packed | SHORTEST,
    }
}

/// The end of the four codes that are the least to be expected.
fn rarest(codes: &[u8]) -> usize {
    let width = codes.len().min(4);
    (width..=codes.len())
        .max_by_key(|&end| weight(&codes[end - width..end]))
        .unwrap_or(codes.len())
}

/// How little codes are to be expected in prose, in quarters of a bit.
pub(super) fn weight(codes: &[u8]) -> u32 {
    codes.iter().map(|&code| rarity(code)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Stream, fold_with};
    use proptest::prelude::*;

    fn found(strings: &[String], text: &str) -> Vec<(usize, usize)> {
        let mut stream = Stream::default();
        let coded = |string: &str, stream: &mut Stream| {
            let _ = fold_with(string, stream);
            stream.codes().to_vec()
        };
        let strings: Vec<(Vec<u8>, usize)> = strings
            .iter()
            .map(|string| coded(string, &mut stream))
            .zip(0..)
            .collect();
        let grams = Grams::build(strings);
        let codes = coded(text, &mut stream);
        let mut found = Vec::new();
        grams.search(&codes, |hit, owner| found.push((owner, hit.start)));
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn every_place_of_every_string_is_found_once(
            strings in proptest::collection::vec("[абвк1 ]{2,6}", 1..8),
            text in "[абвк1 ]{0,40}",
        ) {
            let chars = |text: &str| -> Vec<char> {
                text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
            };
            let text_chars = chars(&text);
            let mut expected = Vec::new();
            for (owner, string) in strings.iter().enumerate() {
                let string = chars(string);
                expected.extend(
                    (0..text_chars.len())
                        .filter(|&at| text_chars[at..].starts_with(&string))
                        .map(|at| (owner, at)),
                );
            }
            prop_assert_eq!(found(&strings, &text), expected);
        }
    }
}

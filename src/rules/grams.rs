//! Many strings searched at once by their rarest six codes, or four of short ones.
//!
//! Of each string the codes that are least to be expected in prose are looked up at every place of a text:
//! a multiplication and a bit, whatever the number of strings, and no state to wait for. Where the
//! bit is set, the strings that have these codes are compared.

use crate::text::{CODES, rarity};
use std::collections::HashMap;

/// Strings of codes, each with what it stands for.
#[derive(Debug, Default)]
pub(super) struct Grams<T> {
    /// Of strings of six codes and more.
    long: Bits,
    /// Of shorter ones.
    short: Bits,
    /// By the last six, four, three or two codes.
    buckets: HashMap<u64, Vec<u32>, Spread>,
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
const SIX: u64 = (1 << (6 * WIDTH)) - 1;
const FOUR: u64 = (1 << (4 * WIDTH)) - 1;
const THREE: u64 = (1 << (3 * WIDTH)) - 1;
const TWO: u64 = (1 << (2 * WIDTH)) - 1;
/// Marks keys by how many codes they have: none of four.
const LONG: u64 = 1 << 60;
const SHORT: u64 = 1 << 61;
const SHORTEST: u64 = 1 << 62;

/// A set of keys that may take others for its own.
#[derive(Debug)]
struct Bits {
    words: Vec<u64>,
    shift: u32,
}

impl Default for Bits {
    fn default() -> Self {
        Self::for_keys(0)
    }
}

impl Bits {
    fn for_keys(count: usize) -> Self {
        let bits = (count * 24).next_power_of_two().clamp(1 << 12, 1 << 20);
        Self {
            words: vec![0; bits / 64],
            shift: 64 - bits.trailing_zeros(),
        }
    }

    fn place(&self, key: u64) -> usize {
        usize::try_from(key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift).unwrap_or(0)
    }

    fn set(&mut self, key: u64) {
        let at = self.place(key);
        self.words[at >> 6] |= 1 << (at & 63);
    }

    fn has(&self, key: u64) -> bool {
        let at = self.place(key);
        self.words[at >> 6] >> (at & 63) & 1 != 0
    }
}

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
        self.write_u64(key.into());
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0 ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
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
            long: Bits::default(),
            short: Bits::default(),
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
            let key = key_of(&codes[reach - looked_up(codes.len())..reach]);
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

    fn set_bits(&mut self, keys: &[u64]) {
        let long = keys.iter().filter(|&&key| key & LONG != 0).count();
        let three = keys.iter().filter(|&&key| key & SHORT != 0).count();
        self.long = Bits::for_keys(long);
        self.short = Bits::for_keys(keys.len() - long + three * CODES);
        for &key in keys {
            if key & LONG != 0 {
                self.long.set(key & SIX);
            } else if key & SHORT == 0 {
                self.short.set(key);
            } else {
                for before in (0u64..).take(CODES) {
                    self.short.set((before << (3 * WIDTH)) | (key & THREE));
                }
            }
        }
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
        let mut key = 0u64;
        for (at, &code) in codes.iter().enumerate() {
            key = ((key << WIDTH) | u64::from(code)) & SIX;
            if self.long.has(key) {
                self.compare(key | LONG, codes, at, found);
            }
            if self.short.has(key & FOUR) {
                self.compare(key & FOUR, codes, at, found);
                self.compare((key & THREE) | SHORT, codes, at, found);
            }
            if PAIRS {
                let last = (key >> WIDTH) & 0x3F;
                if self.pairs[usize::try_from(last).unwrap_or(0)] >> code & 1 != 0 {
                    self.compare((key & TWO) | SHORTEST, codes, at, found);
                }
            }
        }
    }

    #[inline(never)]
    fn compare(&self, key: u64, codes: &[u8], at: usize, found: &mut impl FnMut(Hit, T)) {
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

/// How many codes of a string of this length are looked up.
fn looked_up(length: usize) -> usize {
    match length {
        6.. => 6,
        4.. => 4,
        short => short,
    }
}

fn key_of(codes: &[u8]) -> u64 {
    let packed = codes
        .iter()
        .fold(0, |key, &code| (key << WIDTH) | u64::from(code));
    match codes.len() {
        6 => packed | LONG,
        4 => packed,
        3 => packed | SHORT,
        _ => packed | SHORTEST,
    }
}

/// The end of the codes that are the least to be expected.
fn rarest(codes: &[u8]) -> usize {
    let width = looked_up(codes.len());
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
            strings in proptest::collection::vec("[абвк1 ]{2,9}", 1..8),
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

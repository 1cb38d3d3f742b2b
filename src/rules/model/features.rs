//! What the model sees of a page.

use super::key::{Key, KeyBuilder};
use super::measures::{Counts, count_page};
use crate::page::RegionKind;
use crate::rules::view::View;
use std::collections::BTreeMap;
use std::ops::Range;

/// What the model sees of a page or of several pages together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Features {
    /// What holds: term lists, signals, entities, rules. By key, each once.
    pub facts: Vec<Fact>,
    /// How often each word stands there. By key.
    pub words: Vec<(Key, u32)>,
    /// How it is written and built.
    pub counts: Counts,
}

/// Something that holds on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Key of its name.
    pub key: Key,
    /// The first place that shows it: an index into the page's regions and bytes of that region's text.
    pub place: Option<(usize, Range<usize>)>,
}

impl Features {
    /// The features of several pages taken as one; places are lost.
    pub fn union<'a>(pages: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut facts: BTreeMap<Key, Fact> = BTreeMap::new();
        let mut words: BTreeMap<Key, u32> = BTreeMap::new();
        let mut counts = Counts::default();
        for page in pages {
            for fact in &page.facts {
                let place = None;
                facts.entry(fact.key).or_insert(Fact {
                    key: fact.key,
                    place,
                });
            }
            counts.add(&page.counts);
            for &(word, count) in &page.words {
                *words.entry(word).or_default() += count;
            }
        }
        Self {
            facts: facts.into_values().collect(),
            words: words.into_iter().collect(),
            counts,
        }
    }

    /// Adds a fact that holds for the site as a whole.
    pub fn add_fact(&mut self, key: Key) {
        if let Err(at) = self.facts.binary_search_by_key(&key, |fact| fact.key) {
            self.facts.insert(at, Fact { key, place: None });
        }
    }

    /// The same without one fact.
    #[must_use]
    pub fn without_fact(&self, key: Key) -> Self {
        let mut without = self.clone();
        without.facts.retain(|fact| fact.key != key);
        without
    }

    /// The words as a vector of the length of [`Counts::confidence`]: each counts by the logarithm of how often it
    /// stands there.
    pub fn word_vector(&self) -> impl Iterator<Item = (Key, f64)> + '_ {
        let value = |count: u32| 1.0 + f64::from(count).ln();
        let squares: f64 = self.words.iter().map(|&(_, n)| value(n).powi(2)).sum();
        let length = squares.sqrt().max(f64::MIN_POSITIVE) / self.counts.confidence().max(1e-9);
        self.words
            .iter()
            .map(move |&(word, count)| (word, value(count) / length))
    }
}

/// Where facts come from: collected while a page is scanned.
#[derive(Debug, Default)]
pub(in crate::rules) struct FactSource {
    facts: BTreeMap<Key, Fact>,
}

impl FactSource {
    /// Notes a fact of this kind and name, with its first place.
    pub(in crate::rules) fn note(
        &mut self,
        kind: &str,
        name: &str,
        detail: &str,
        place: Option<(usize, Range<usize>)>,
    ) {
        let key = KeyBuilder::default()
            .with(kind)
            .byte(b':')
            .with(name)
            .with(detail)
            .finish();
        self.facts.entry(key).or_insert(Fact { key, place });
    }
}

/// More words than this on one page teach nothing new.
const MAX_WORDS: usize = 20_000;
/// Words are cut to so many letters; what stands for their stem has fewer.
const WORD_LETTERS: usize = 24;
const STEM_LETTERS: usize = 5;

/// The features of a page: facts as noted, and the words of what it shows.
pub(in crate::rules) fn features_of(facts: FactSource, view: &View<'_>) -> Features {
    let page = view.page;
    let folded = |region: usize| view.folded(region);
    let mut keys: Vec<Key> = Vec::new();
    let mut left = MAX_WORDS;
    for (index, region) in page.regions.iter().enumerate() {
        let Some(prominent) = prominence(region.kind) else {
            continue;
        };
        let Some(folded) = folded(index) else {
            continue;
        };
        if let Some(reading) = view.reading(index) {
            let spans = reading.tokens.iter().map(|token| token.span.clone());
            add_words(&reading.text, spans, prominent, &mut left, &mut keys);
        } else {
            let spans = folded.tokens.iter().map(|token| token.span.clone());
            add_words(&folded.text, spans, prominent, &mut left, &mut keys);
        }
    }
    keys.sort_unstable();
    let words = keys
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0], u32::try_from(same.len()).unwrap_or(u32::MAX)))
        .collect();
    Features {
        facts: facts.facts.into_values().collect(),
        words,
        counts: count_page(page, folded),
    }
}

/// Whether words of such a region count, and count once more for standing out. The text of a link stands in
/// its block too.
pub(super) fn prominence(kind: RegionKind) -> Option<bool> {
    match kind {
        RegionKind::Title | RegionKind::Heading => Some(true),
        RegionKind::Text
        | RegionKind::Form
        | RegionKind::Meta
        | RegionKind::Alt
        | RegionKind::Hidden
        | RegionKind::StructuredData => Some(false),
        RegionKind::LinkText
        | RegionKind::Href
        | RegionKind::Script
        | RegionKind::Url
        | RegionKind::Host => None,
    }
}

/// Adds for each word the word, its stem, its stem with the stem before it, and, where it stands out, its
/// stem once more.
fn add_words(
    text: &str,
    spans: impl Iterator<Item = Range<usize>>,
    prominent: bool,
    left: &mut usize,
    keys: &mut Vec<Key>,
) {
    let mut before: Option<KeyBuilder> = None;
    for span in spans.take(*left) {
        *left -= 1;
        before = Some(add_word(&text[span], before, prominent, keys));
    }
}

fn add_word(
    word: &str,
    before: Option<KeyBuilder>,
    prominent: bool,
    keys: &mut Vec<Key>,
) -> KeyBuilder {
    let (stem, whole) = spell(word);
    keys.push(KeyBuilder::default().byte(b'w').and(whole).finish());
    keys.push(KeyBuilder::default().byte(b's').and(stem).finish());
    if let Some(before) = before {
        let pair = KeyBuilder::default().byte(b'2').and(before).and(stem);
        keys.push(pair.finish());
    }
    if prominent {
        keys.push(KeyBuilder::default().byte(b't').and(stem).finish());
    }
    stem
}

/// The stem and the whole of a word; digits are all alike.
fn spell(word: &str) -> (KeyBuilder, KeyBuilder) {
    let mut key = KeyBuilder::default();
    let mut stem = None;
    for (at, c) in word.chars().take(WORD_LETTERS).enumerate() {
        if at == STEM_LETTERS {
            stem = Some(key);
        }
        let c = if c.is_ascii_digit() { '0' } else { c };
        key = key.with(c.encode_utf8(&mut [0; 4]));
    }
    (stem.unwrap_or(key), key)
}

/// The keys that a word brings by itself, for showing what it contributed.
pub(super) fn keys_of_word(word: &str, prominent: bool) -> Vec<Key> {
    let mut keys = Vec::with_capacity(3);
    add_word(word, None, prominent, &mut keys);
    keys
}

/// The key that two neighboring words bring together.
pub(super) fn key_of_pair(before: &str, word: &str) -> Key {
    let pair = KeyBuilder::default()
        .byte(b'2')
        .and(spell(before).0)
        .and(spell(word).0);
    pair.finish()
}

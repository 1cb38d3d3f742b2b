//! Every entry of every term list, searched at once; candidates are confirmed where they stand.

use super::confirm::{Walk, is_literal_at, whole_characters};
use super::grams::{Grams, Hit};
use super::spelled::SpelledIndex;
use super::term::{Entry, Gate};
use super::words::WordIndex;
use crate::text::{SIGN, Stream, Tolerance, code_of, kind, plain_kazakh};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// Index of a term list.
pub(super) type TermId = u32;

/// All entries of all term lists, compiled.
#[derive(Debug)]
pub(super) struct Matcher {
    words: WordIndex,
    strings: Grams<Owner>,
    /// Literals and expressions that only a sign announces.
    signs: HashMap<char, Vec<Owner>>,
    pub(super) spelled: SpelledIndex,
    /// Expressions that a long run of ASCII letters and digits announces, with its length.
    runs: Vec<(usize, u32)>,
    pub(super) entries: Vec<(TermId, Entry)>,
}

/// What a string found stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// An entry that is a literal.
    Literal(u32),
    /// An expression, and which of the sets that it needs.
    Need(u32, u8),
}

/// An entry found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) term: TermId,
    pub(super) entry: u32,
    /// Index of the first and one past the last word; equal for literals between words.
    pub(super) tokens: Range<usize>,
    /// Bytes of the text.
    pub(super) span: Range<usize>,
    /// A Cyrillic word in Latin letters.
    pub(super) latin: bool,
}

/// A text to be searched.
#[derive(Debug)]
pub(super) struct Searched<'a> {
    /// Folded.
    pub(super) text: &'a str,
    /// Its codes.
    pub(super) stream: &'a Stream,
    /// The page has Kazakh letters: Kazakh endings may follow any word.
    pub(super) kazakh: bool,
    /// Only what stands near these words matters, if given.
    pub(super) near: Option<&'a [Range<usize>]>,
}

/// How much was compared for each entry: a measure of cost that does not depend on the machine.
pub(super) type Costs = HashMap<u32, u64>;

/// More occurrences of entries than this in one text tell nothing new.
const MAX_FOUND: usize = 4_000;
const MAX_PATTERN_HITS: usize = 64;

impl Matcher {
    /// Compiles entries.
    pub(super) fn build(entries: Vec<(TermId, Entry)>) -> Self {
        let mut anchors = Vec::new();
        let mut strings: Vec<(Vec<u8>, Owner)> = Vec::new();
        let mut signs: HashMap<char, Vec<Owner>> = HashMap::new();
        let mut spelled = Vec::new();
        let mut runs = Vec::new();
        for ((_, entry), index) in entries.iter().zip(0u32..) {
            match entry {
                Entry::Phrase(phrase) => {
                    let word = &phrase.words[phrase.anchor];
                    anchors.extend(word.stems.iter().map(|stem| (stem, word.kazakh, index)));
                }
                Entry::Literal(literal) => {
                    let codes: Vec<u8> = literal.text.chars().map(code_of).collect();
                    let owner = Owner::Literal(index);
                    match literal.text.chars().next() {
                        Some(sign) if codes.len() == 1 => {
                            signs.entry(sign).or_default().push(owner);
                        }
                        Some(_) => strings.push((codes, owner)),
                        None => {}
                    }
                }
                Entry::Pattern(pattern) => match &pattern.gate {
                    Gate::Needs(needs) => {
                        for (set, which) in needs.sets.iter().zip(0u8..) {
                            let owner = Owner::Need(index, which);
                            strings.extend(set.iter().map(|codes| (codes.clone(), owner)));
                        }
                        runs.extend(needs.run.map(|length| (length, index)));
                    }
                    Gate::Signs(members) => {
                        for &sign in members {
                            signs.entry(sign).or_default().push(Owner::Need(index, 0));
                        }
                    }
                    Gate::Spelled(word) => spelled.push((word.clone(), index)),
                },
            }
        }
        Self {
            words: WordIndex::build(anchors),
            strings: Grams::build(strings),
            signs,
            spelled: SpelledIndex::build(spelled),
            runs,
            entries,
        }
    }

    /// Every entry in a text, each place once.
    pub(super) fn find(
        &self,
        searched: &Searched<'_>,
        mut costs: Option<&mut Costs>,
    ) -> Vec<Found> {
        let mut search = Search::of(self, searched);
        let near = searched.near.map(|near| search.words_near(near));
        for word in 0..searched.stream.word_count() {
            if search.found.len() >= MAX_FOUND {
                break;
            }
            if near.as_ref().is_none_or(|near| near[word]) {
                search.take_word(word, &mut costs);
            }
        }
        let mut patterns: Vec<(u32, u8)> = Vec::new();
        let mut need = |entry: u32, set: u8| match patterns.iter_mut().find(|(e, _)| *e == entry) {
            Some((_, sets)) => *sets |= 1 << set,
            None => patterns.push((entry, 1 << set)),
        };
        self.for_strings(searched.text, searched.stream, |hit, owner| match owner {
            Owner::Literal(entry) => {
                count(&mut costs, entry, hit.end - hit.start);
                search.take_literal(entry, hit);
            }
            Owner::Need(entry, set) => need(entry, set),
        });
        self.for_runs(searched.text, searched.stream, |entry, _| need(entry, 0));
        self.spelled.search(
            searched.text,
            searched.stream,
            |_| true,
            |entry, _, _| need(entry, 0),
        );
        for (entry, sets) in patterns {
            if self.has_all(entry, sets) {
                count(&mut costs, entry, searched.text.len());
                search.run_pattern(entry);
            }
        }
        let mut found = search.found;
        found.sort_unstable_by_key(|f| (f.span.start, f.span.end, f.term, f.entry));
        found.dedup();
        found
    }

    /// Whether the sets seen are all that the expression needs.
    pub(super) fn has_all(&self, entry: u32, sets: u8) -> bool {
        let wanted = match &self.entries[entry as usize].1 {
            Entry::Pattern(pattern) => match &pattern.gate {
                Gate::Needs(needs) => needs.sets.len().max(1),
                _ => 1,
            },
            _ => 1,
        };
        sets.count_ones() as usize >= wanted
    }

    /// Calls `found` for every string and sign that announces something.
    pub(super) fn for_strings(
        &self,
        text: &str,
        stream: &Stream,
        mut found: impl FnMut(Hit, Owner),
    ) {
        self.strings.search(stream.codes(), &mut found);
        if self.signs.is_empty() {
            return;
        }
        let joiner = code_of('-');
        for start in memchr::memchr2_iter(SIGN, joiner, stream.codes()) {
            let sign = text[stream.offset(start)..].chars().next();
            let owners = sign.and_then(|sign| self.signs.get(&sign));
            for &owner in owners.into_iter().flatten() {
                let end = start + 1;
                found(Hit { start, end }, owner);
            }
        }
    }

    /// Calls `found` for every expression whose run of letters and digits is there, with a code of the run.
    pub(super) fn for_runs(&self, text: &str, stream: &Stream, mut found: impl FnMut(u32, usize)) {
        let Some(shortest) = self.runs.iter().map(|(length, _)| *length).min() else {
            return;
        };
        for word in 0..stream.word_count() {
            let codes = stream.word(word);
            let ascii = kind::LATIN | kind::DIGIT;
            if codes.len() < shortest || stream.word_kind(word) & ascii == 0 {
                continue;
            }
            let longest = text[stream.word_span(word)]
                .split(|c: char| !c.is_ascii())
                .map(str::len)
                .max();
            for &(length, entry) in &self.runs {
                if longest >= Some(length) {
                    found(entry, codes.start);
                }
            }
        }
    }

    /// Whether an entry counts only as written.
    pub(super) fn is_strict(&self, entry: u32) -> bool {
        match &self.entries[entry as usize].1 {
            Entry::Phrase(phrase) => phrase.tolerance == Tolerance::Strict,
            _ => false,
        }
    }

    /// Whether any entry has words.
    pub(super) fn has_words(&self) -> bool {
        self.words.len() > 0
    }
}

fn count(costs: &mut Option<&mut Costs>, entry: u32, cost: usize) {
    if let Some(costs) = costs {
        *costs.entry(entry).or_default() += cost as u64;
    }
}

/// A text while it is searched.
pub(super) struct Search<'a> {
    matcher: &'a Matcher,
    searched: &'a Searched<'a>,
    key: Cow<'a, str>,
    pub(super) found: Vec<Found>,
}

impl<'a> Search<'a> {
    pub(super) fn of(matcher: &'a Matcher, searched: &'a Searched<'a>) -> Self {
        let key = if searched.stream.has_kazakh_letters() {
            plain_kazakh(searched.text)
        } else {
            Cow::Borrowed(searched.text)
        };
        Self {
            matcher,
            searched,
            key,
            found: Vec::new(),
        }
    }

    /// Which words may belong to an entry that has one of `near`.
    fn words_near(&self, near: &[Range<usize>]) -> Vec<bool> {
        let stream = self.searched.stream;
        let mut words = vec![false; stream.word_count()];
        for span in near {
            let there = stream.words_in(span);
            // No phrase reaches farther with its gaps.
            let from = there.start.saturating_sub(LONGEST_PHRASE);
            let to = (there.end + LONGEST_PHRASE).min(words.len());
            words[from.min(to)..to].fill(true);
        }
        words
    }

    /// Confirms every phrase that a word may be the anchor of.
    pub(super) fn take_word(&mut self, word: usize, costs: &mut Option<&mut Costs>) {
        let Self {
            matcher,
            searched,
            key,
            found,
        } = self;
        let walk = Walk { searched, key };
        let texts = (searched.text, key.as_ref());
        matcher.words.search_word(
            texts,
            searched.stream,
            word,
            searched.kazakh,
            &mut |entries, stem, latin| {
                for &entry in entries {
                    let (term, Entry::Phrase(phrase)) = &matcher.entries[entry as usize] else {
                        continue;
                    };
                    count(costs, entry, stem.len());
                    if let Some(tokens) = walk.confirm(phrase, &stem, word) {
                        let first = searched.stream.word_span(tokens.start).start;
                        let last = searched.stream.word_span(tokens.end - 1).end;
                        found.push(Found {
                            term: *term,
                            entry,
                            tokens,
                            span: first..last,
                            latin,
                        });
                    }
                }
            },
        );
    }

    /// Confirms a literal.
    pub(super) fn take_literal(&mut self, entry: u32, hit: Hit) {
        let (_, Entry::Literal(literal)) = &self.matcher.entries[entry as usize] else {
            return;
        };
        let stream = self.searched.stream;
        let span = stream.offset(hit.start)..stream.offset(hit.end);
        if self.found.len() < MAX_FOUND && is_literal_at(literal, self.searched.text, &span) {
            self.push_span(entry, span);
        }
    }

    fn run_pattern(&mut self, entry: u32) {
        let (_, Entry::Pattern(pattern)) = &self.matcher.entries[entry as usize] else {
            return;
        };
        let text = self.searched.text;
        for hit in pattern
            .regex
            .find_iter(text.as_bytes())
            .take(MAX_PATTERN_HITS)
        {
            self.push_span(entry, whole_characters(text, hit.range()));
        }
    }

    fn push_span(&mut self, entry: u32, span: Range<usize>) {
        self.found.push(Found {
            term: self.matcher.entries[entry as usize].0,
            entry,
            tokens: self.searched.stream.words_in(&span),
            span,
            latin: false,
        });
    }
}

/// No phrase with its gaps takes more words than this.
const LONGEST_PHRASE: usize = 64;

#[cfg(test)]
#[path = "matcher_tests.rs"]
mod tests;

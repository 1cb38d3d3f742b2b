//! One automaton over the first literal of every entry; candidates are confirmed where they stand.

use super::term::{Entry, Phrase};
use crate::text::{is_word_char, plain_kazakh};
use aho_corasick::AhoCorasick;
use std::collections::HashMap;
use std::ops::Range;

/// Index of a term list.
pub(super) type TermId = u32;

/// All entries of all term lists, compiled.
#[derive(Debug)]
pub(super) struct Matcher {
    automaton: AhoCorasick,
    /// What a pattern of the automaton stands for.
    anchors: Vec<Vec<Anchor>>,
    /// Whether a pattern may also count where no word starts (literals, expressions).
    anywhere: Vec<bool>,
    entries: Vec<(TermId, Entry)>,
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    entry: u32,
    /// Which stem of the phrase's anchor word it is.
    stem: u16,
}

/// An entry found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) term: TermId,
    pub(super) entry: u32,
    /// Index of the first and one past the last token; equal for literals between words.
    pub(super) tokens: Range<usize>,
    /// Bytes of the text.
    pub(super) span: Range<usize>,
}

/// A text to be searched, with its words.
#[derive(Debug)]
pub(super) struct Searched<'a> {
    /// Folded.
    pub(super) text: &'a str,
    /// The spans of its words.
    pub(super) words: &'a [Range<usize>],
    /// The page has Kazakh letters: Kazakh endings may follow any word.
    pub(super) kazakh: bool,
}

/// More occurrences of entries than this in one text tell nothing new.
const MAX_FOUND: usize = 4_000;
const MAX_PATTERN_HITS: usize = 64;

impl Matcher {
    /// Compiles entries. Fails only if there are more literals than an automaton can hold.
    pub(super) fn build(entries: Vec<(TermId, Entry)>) -> Result<Self, String> {
        let mut patterns: HashMap<String, usize> = HashMap::new();
        let mut anchors: Vec<Vec<Anchor>> = Vec::new();
        let mut literals: Vec<String> = Vec::new();
        let mut add = |literal: String, anchor: Anchor| {
            let at = *patterns.entry(literal).or_insert_with_key(|literal| {
                literals.push(literal.clone());
                anchors.push(Vec::new());
                anchors.len() - 1
            });
            anchors[at].push(anchor);
        };
        for (index, (_, entry)) in entries.iter().enumerate() {
            let anchor = |stem: usize| Anchor {
                entry: u32::try_from(index).unwrap_or(u32::MAX),
                stem: u16::try_from(stem).unwrap_or(u16::MAX),
            };
            match entry {
                Entry::Phrase(phrase) => {
                    for (i, stem) in phrase.words[phrase.anchor].stems.iter().enumerate() {
                        add(stem.text.clone(), anchor(i));
                    }
                }
                Entry::Literal(literal) => add(plain_kazakh(literal).into_owned(), anchor(0)),
                Entry::Pattern(pattern) => {
                    for literal in &pattern.literals {
                        add(literal.clone(), anchor(0));
                    }
                }
            }
        }
        let automaton = AhoCorasick::new(&literals).map_err(|error| error.to_string())?;
        let is_phrase =
            |anchor: &Anchor| matches!(entries[anchor.entry as usize].1, Entry::Phrase(_));
        let anywhere = anchors
            .iter()
            .map(|anchors| !anchors.iter().all(is_phrase))
            .collect();
        Ok(Self {
            automaton,
            anchors,
            anywhere,
            entries,
        })
    }

    /// Every entry in a text, each place once.
    pub(super) fn find(&self, searched: &Searched<'_>) -> Vec<Found> {
        let key = plain_kazakh(searched.text);
        let mut search = Search {
            matcher: self,
            searched,
            key: &key,
            found: Vec::new(),
            patterns: Vec::new(),
        };
        for hit in self.automaton.find_overlapping_iter(key.as_ref()) {
            if search.found.len() >= MAX_FOUND {
                break;
            }
            let pattern = hit.pattern().as_usize();
            let starts_word = search.starts_word(hit.start());
            if !starts_word && !self.anywhere[pattern] {
                continue;
            }
            let word = starts_word.then(|| search.word_at(hit.start())).flatten();
            for &anchor in &self.anchors[pattern] {
                search.confirm(anchor, hit.range(), word);
            }
        }
        search.run_patterns();
        let mut found = search.found;
        found.sort_unstable_by_key(|f| (f.span.start, f.span.end, f.term, f.entry));
        found.dedup();
        found
    }
}

struct Search<'a> {
    matcher: &'a Matcher,
    searched: &'a Searched<'a>,
    key: &'a str,
    found: Vec<Found>,
    /// Entries of patterns whose literal is there.
    patterns: Vec<u32>,
}

impl Search<'_> {
    /// Whether no letter stands before `offset`.
    fn starts_word(&self, offset: usize) -> bool {
        let before = self.searched.text[..offset].chars().next_back();
        !before.is_some_and(is_word_char)
    }

    /// The word that starts at `offset`.
    fn word_at(&self, offset: usize) -> Option<usize> {
        self.searched
            .words
            .binary_search_by_key(&offset, |span| span.start)
            .ok()
    }

    fn confirm(&mut self, anchor: Anchor, range: Range<usize>, word: Option<usize>) {
        let (term, entry) = &self.matcher.entries[anchor.entry as usize];
        match entry {
            Entry::Phrase(phrase) => {
                let Some(word) = word else { return };
                if let Some(tokens) = self.confirm_phrase(phrase, anchor.stem.into(), &range, word)
                {
                    let span = self.searched.words[tokens.start].start
                        ..self.searched.words[tokens.end - 1].end;
                    self.found.push(Found {
                        term: *term,
                        entry: anchor.entry,
                        tokens,
                        span,
                    });
                }
            }
            Entry::Literal(literal) => {
                if &self.searched.text[range.clone()] == literal.as_str()
                    && self.stands_alone(&range)
                {
                    self.push_span(*term, anchor.entry, range);
                }
            }
            Entry::Pattern(_) => {
                if !self.patterns.contains(&anchor.entry) {
                    self.patterns.push(anchor.entry);
                }
            }
        }
    }

    fn confirm_phrase(
        &self,
        phrase: &Phrase,
        stem: usize,
        range: &Range<usize>,
        word: usize,
    ) -> Option<Range<usize>> {
        let forms = &phrase.words[phrase.anchor];
        let end = self.searched.words[word].end;
        if range.end > end || !forms.accepts_spelling(&self.searched.text[range.clone()]) {
            return None;
        }
        let (rest, plain_rest) = (
            &self.searched.text[range.end..end],
            &self.key[range.end..end],
        );
        if !forms.stems[stem].accepts(rest, plain_rest, forms, self.searched.kazakh) {
            return None;
        }
        let first = self.walk_back(phrase, phrase.anchor, word)?;
        let last = self.walk_on(phrase, phrase.anchor, word)?;
        Some(first..last + 1)
    }

    /// The word at which the phrase starts if its word `index` is the text's word `word`.
    fn walk_back(&self, phrase: &Phrase, index: usize, word: usize) -> Option<usize> {
        if index == 0 {
            return Some(word);
        }
        (0..=phrase.gaps[index]).find_map(|skipped| {
            let before = word.checked_sub(skipped + 1)?;
            self.is_form(phrase, index - 1, before)
                .then(|| self.walk_back(phrase, index - 1, before))?
        })
    }

    /// The word at which the phrase ends if its word `index` is the text's word `word`.
    fn walk_on(&self, phrase: &Phrase, index: usize, word: usize) -> Option<usize> {
        if index + 1 == phrase.words.len() {
            return Some(word);
        }
        (0..=phrase.gaps[index + 1]).find_map(|skipped| {
            let after = word + skipped + 1;
            self.is_form(phrase, index + 1, after)
                .then(|| self.walk_on(phrase, index + 1, after))?
        })
    }

    fn is_form(&self, phrase: &Phrase, index: usize, word: usize) -> bool {
        self.searched.words.get(word).is_some_and(|span| {
            phrase.words[index].matches(
                &self.searched.text[span.clone()],
                &self.key[span.clone()],
                self.searched.kazakh,
            )
        })
    }

    /// Whether no letter continues a literal that begins or ends with one.
    fn stands_alone(&self, range: &Range<usize>) -> bool {
        let text = self.searched.text;
        let joined = |outside: Option<char>, inside: Option<char>| {
            outside.is_some_and(is_word_char) && inside.is_some_and(is_word_char)
        };
        let inside = &text[range.clone()];
        !joined(
            text[..range.start].chars().next_back(),
            inside.chars().next(),
        ) && !joined(text[range.end..].chars().next(), inside.chars().next_back())
    }

    fn run_patterns(&mut self) {
        for index in std::mem::take(&mut self.patterns) {
            let (term, Entry::Pattern(pattern)) = &self.matcher.entries[index as usize] else {
                continue;
            };
            for hit in pattern
                .regex
                .find_iter(self.searched.text)
                .take(MAX_PATTERN_HITS)
            {
                self.push_span(*term, index, hit.range());
            }
        }
    }

    fn push_span(&mut self, term: TermId, entry: u32, span: Range<usize>) {
        let words = self.searched.words;
        let tokens = words.partition_point(|word| word.end <= span.start)
            ..words.partition_point(|word| word.start < span.end);
        self.found.push(Found {
            term,
            entry,
            tokens,
            span,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{fold, has_kazakh_letters};

    fn words_found(entries: &[&str], raw: &str) -> Vec<String> {
        let entries = entries
            .iter()
            .map(|entry| (0, Entry::read(entry).expect("an entry")))
            .collect();
        let matcher = Matcher::build(entries).expect("a matcher");
        let folded = fold(raw);
        let words: Vec<_> = folded.tokens.iter().map(|t| t.span.clone()).collect();
        let searched = Searched {
            text: &folded.text,
            words: &words,
            kazakh: has_kazakh_letters(&folded.text),
        };
        let found = matcher.find(&searched);
        found
            .iter()
            .map(|f| folded.text[f.span.clone()].to_owned())
            .collect()
    }

    #[test]
    fn words_are_found_whole_and_inflected() {
        let text = "Вклад на складе, кладбище и кладка. Забери клады! Мефодий. Консоль без соли.";
        assert_eq!(
            words_found(&["клад", "соль", "меф"], text),
            ["клады", "соли"]
        );
    }

    #[test]
    fn phrases_cross_punctuation_and_keep_their_gaps() {
        assert_eq!(
            words_found(&["альфа пвп"], "Альфа-ПВП, альфу\nпвп, альфа и пвп"),
            ["альфа-пвп", "альфу пвп"]
        );
        assert_eq!(
            words_found(
                &["купить <2> соль"],
                "купить соль, купить нашу лучшую соль, купить раз два три соль"
            ),
            ["купить соль", "купить нашу лучшую соль"]
        );
        assert_eq!(
            words_found(&["альфа пвп"], "пвп альфа"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn exact_starred_and_literal_entries_keep_to_their_word() {
        assert_eq!(words_found(&["=меф"], "меф мефа"), ["меф"]);
        assert_eq!(
            words_found(&["нарко*"], "наркошоп, нарко, анарко"),
            ["наркошоп", "нарко"]
        );
        assert_eq!(words_found(&["18+"], "18+ и 118+, 18 +"), ["18+"]);
        assert_eq!(words_found(&["❄"], "снег❄️тут"), ["❄"]);
    }

    #[test]
    fn expressions_run_over_folded_text() {
        assert_eq!(
            words_found(&["re:\\b[234]-?(mmc|ммс)\\b"], "3-MMC, 4ммс, 5mmc"),
            ["3-mmc", "4ммс"]
        );
    }

    #[test]
    fn kazakh_is_found_with_and_without_its_letters() {
        assert_eq!(
            words_found(&["есірткі"], "Есірткіні есирткини"),
            ["есірткіні", "есирткини"]
        );
        assert_eq!(words_found(&["кур"], "құр"), Vec::<String>::new());
        assert_eq!(words_found(&["дәрі"], "дари"), Vec::<String>::new());
    }
}

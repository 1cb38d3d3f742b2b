//! Whether a candidate is what it was searched for: literals and phrases where they stand.

use super::matcher::Searched;
use super::term::{Literal, Phrase};
use crate::text::is_word_char;
use std::ops::Range;

/// Bytes widened to the characters that they belong to.
pub(super) fn whole_characters(text: &str, span: Range<usize>) -> Range<usize> {
    text.floor_char_boundary(span.start)..text.ceil_char_boundary(span.end)
}

/// Whether a literal stands at a span, by itself unless it counts inside words.
pub(super) fn is_literal_at(literal: &Literal, text: &str, span: &Range<usize>) -> bool {
    let inside = &text[span.clone()];
    if inside != literal.text {
        return false;
    }
    let joined = |outside: Option<char>, inside: Option<char>| {
        outside.is_some_and(is_word_char) && inside.is_some_and(is_word_char)
    };
    literal.inside_words
        || !(joined(
            text[..span.start].chars().next_back(),
            inside.chars().next(),
        ) || joined(text[span.end..].chars().next(), inside.chars().next_back()))
}

/// The words of a phrase, looked for from its anchor.
pub(super) struct Walk<'a> {
    pub(super) searched: &'a Searched<'a>,
    /// The text with Kazakh letters as their stand-ins.
    pub(super) key: &'a str,
}

impl Walk<'_> {
    /// The words of a phrase whose anchor word is `word` of the text, with its stem at `stem`.
    pub(super) fn confirm(
        &self,
        phrase: &Phrase,
        stem: &Range<usize>,
        word: usize,
    ) -> Option<Range<usize>> {
        let forms = &phrase.words[phrase.anchor];
        if !forms.accepts_spelling(&self.searched.text[stem.clone()]) {
            return None;
        }
        let first = self.back(phrase, phrase.anchor, word)?;
        let last = self.on(phrase, phrase.anchor, word)?;
        Some(first..last + 1)
    }

    /// The word at which the phrase starts if its word `index` is the text's word `word`.
    fn back(&self, phrase: &Phrase, index: usize, word: usize) -> Option<usize> {
        if index == 0 {
            return Some(word);
        }
        (0..=phrase.gaps[index]).find_map(|skipped| {
            let before = word.checked_sub(skipped + 1)?;
            self.is_form(phrase, index - 1, before)
                .then(|| self.back(phrase, index - 1, before))?
        })
    }

    /// The word at which the phrase ends if its word `index` is the text's word `word`.
    fn on(&self, phrase: &Phrase, index: usize, word: usize) -> Option<usize> {
        if index + 1 == phrase.words.len() {
            return Some(word);
        }
        (0..=phrase.gaps[index + 1]).find_map(|skipped| {
            let after = word + skipped + 1;
            self.is_form(phrase, index + 1, after)
                .then(|| self.on(phrase, index + 1, after))?
        })
    }

    fn is_form(&self, phrase: &Phrase, index: usize, word: usize) -> bool {
        if word >= self.searched.stream.word_count() {
            return false;
        }
        let span = self.searched.stream.word_span(word);
        phrase.words[index].matches(
            &self.searched.text[span.clone()],
            &self.key[span],
            self.searched.kazakh,
        )
    }
}

//! Words and their stems.

use super::endings::{self, EndingList};
use super::{kazakh, russian};
use crate::text::kazakh::{has_kazakh_letters, is_kazakh_letter, plain_kazakh};
use crate::text::transliteration::{is_cyrillic_word, latin_spellings};

/// Classes of endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::text) enum Class {
    /// Nothing may follow.
    Exact,
    /// Anything may follow.
    Anything,
    /// One of these.
    OneOf(EndingList),
    /// A chain of Kazakh suffixes after a noun.
    KazakhNoun,
    /// Kazakh verb endings.
    KazakhVerb,
}

/// A stem with the endings that may follow it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stem {
    /// Folded, Kazakh letters as their stand-ins.
    pub text: String,
    class: Class,
    /// It is the Cyrillic stem in Latin letters, and so are its endings.
    latin: bool,
}

/// How much a word may be disguised and still count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tolerance {
    /// Only as written.
    Strict,
    /// With look-alikes, separators, and from five letters on in Latin letters.
    #[default]
    Normal,
    /// In Latin letters from four letters on.
    Wide,
}

impl Tolerance {
    /// From how many letters on a Cyrillic word counts in Latin letters, alone or in a phrase of `letters`.
    pub fn shortest_latin(self, letters: usize, words: usize) -> usize {
        match self {
            Self::Strict => usize::MAX,
            _ if words > 1 && letters >= LATIN_PHRASE => 2,
            Self::Normal => 5,
            Self::Wide => 4,
        }
    }
}

impl Stem {
    /// Whether it is a Cyrillic stem in Latin letters.
    pub fn is_latin(&self) -> bool {
        self.latin
    }

    /// Whether a word that goes on with `ending` after this stem is a form of it; `kazakh_word`: the word has
    /// letters that Russian lacks.
    pub fn accepts(&self, ending: &Ending<'_>, kazakh_word: bool, kazakh_page: bool) -> bool {
        if self.latin {
            return match self.class {
                Class::Anything => true,
                Class::OneOf(list) => endings::latin_ids(ending.rest)
                    .iter()
                    .any(|&id| list.has(Some(id))),
                _ => ending.rest.is_empty(),
            };
        }
        match self.class {
            Class::Exact => ending.rest.is_empty(),
            Class::Anything => true,
            Class::OneOf(list) => list.has(ending.id),
            Class::KazakhNoun | Class::KazakhVerb => {
                // A stem without Kazakh letters takes Kazakh endings only in their own spelling and only
                // on a Kazakh page, or "клад" would be found in "кладка".
                let rest = if kazakh_word {
                    ending.plain
                } else if kazakh_page {
                    ending.rest
                } else {
                    return ending.rest.is_empty();
                };
                match self.class {
                    Class::KazakhVerb => kazakh::is_verb_ending(rest, kazakh_word),
                    _ => kazakh::is_noun_ending(&self.text, rest, kazakh_word),
                }
            }
        }
    }
}

/// What a word of a text has after a stem.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    rest: &'a str,
    plain: &'a str,
    id: Option<u16>,
}

impl<'a> Ending<'a> {
    /// `rest` is folded; `plain` the same with Kazakh letters as their stand-ins.
    pub fn of(rest: &'a str, plain: &'a str) -> Self {
        Self {
            rest,
            plain,
            id: endings::id_of(rest),
        }
    }
}

/// A word of a rule with the forms that count as it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordForms {
    /// The word itself, folded.
    pub word: String,
    /// Its stems.
    pub stems: Vec<Stem>,
    /// It has letters that Russian lacks.
    pub kazakh: bool,
    /// It may also be found typed without Kazakh letters: long enough to stay unmistakable.
    pub plain_too: bool,
}

/// Phrases of so many letters are unmistakable whatever their words.
const LATIN_PHRASE: usize = 8;
/// Shorter words than this are taken as they are: one or two letters with endings would be other words.
const MIN_INFLECTED: usize = 3;
/// Shorter beginnings of words in Latin letters are those of other words.
const SHORTEST_LATIN_STEM: usize = 4;
/// Kazakh words up to this length are not searched in plain spelling.
const MAX_STRICT_KAZAKH: usize = 4;

impl WordForms {
    /// The word in any of its forms. `word` is a single token as written by an author; `folded` the same
    /// folded (й and ё, lost there, tell adjectives). From `latin_from` letters on it counts in Latin letters.
    pub fn inflected(word: &str, folded: &str, latin_from: usize) -> Self {
        let letters = folded.chars().count();
        let last = folded.chars().next_back().unwrap_or('0');
        let mut stems = vec![(folded.to_owned(), Class::Exact)];
        if letters >= MIN_INFLECTED && folded.chars().all(char::is_alphabetic) {
            if last.is_ascii_lowercase() {
                english_stems(folded, &mut stems);
            } else if matches!(last, '\u{400}'..='\u{52F}') {
                if !has_kazakh_letters(folded) {
                    russian::add_stems(&word.to_lowercase(), folded, &mut stems);
                }
                kazakh::add_stems(folded, &mut stems);
            }
        }
        Self::of_stems(folded, stems, latin_from)
    }

    /// The word exactly as written.
    pub fn exact(folded: &str) -> Self {
        Self::of_stems(folded, vec![(folded.to_owned(), Class::Exact)], usize::MAX)
    }

    /// The word with any ending.
    pub fn prefix(folded: &str, latin_from: usize) -> Self {
        Self::of_stems(
            folded,
            vec![(folded.to_owned(), Class::Anything)],
            latin_from,
        )
    }

    fn of_stems(folded: &str, stems: Vec<(String, Class)>, latin_from: usize) -> Self {
        let mut latin = Vec::new();
        if folded.chars().count() >= latin_from && is_cyrillic_word(folded) {
            for (text, class) in &stems {
                let spellings = latin_spellings(text).into_iter();
                latin.extend(
                    spellings
                        .filter(|spelling| spelling.len() >= SHORTEST_LATIN_STEM.min(latin_from))
                        .map(|text| Stem {
                            text,
                            class: *class,
                            latin: true,
                        }),
                );
            }
        }
        let mut stems: Vec<Stem> = stems
            .into_iter()
            .map(|(text, class)| Stem {
                text: plain_kazakh(&text).into_owned(),
                class,
                latin: false,
            })
            .chain(latin)
            .collect();
        stems.sort();
        stems.dedup();
        Self {
            word: folded.to_owned(),
            kazakh: folded.chars().any(is_kazakh_letter),
            plain_too: folded.chars().count() > MAX_STRICT_KAZAKH,
            stems,
        }
    }

    /// Whether the token `word` (folded; `plain` with stand-ins) is a form of this word.
    pub fn matches(&self, word: &str, plain: &str, kazakh_page: bool) -> bool {
        self.stems.iter().any(|stem| {
            plain.starts_with(stem.text.as_str())
                && self.accepts_spelling(&word[..stem.text.len()])
                && stem.accepts(
                    &Ending::of(&word[stem.text.len()..], &plain[stem.text.len()..]),
                    self.kazakh,
                    kazakh_page,
                )
        })
    }

    /// Whether a text's spelling of the stem may stand for it: a word without Kazakh letters never has
    /// them in the text, a short one with them is only itself.
    pub fn accepts_spelling(&self, stem_in_text: &str) -> bool {
        if !self.kazakh {
            return !has_kazakh_letters(stem_in_text);
        }
        self.plain_too || self.word.starts_with(stem_in_text)
    }
}

pub(super) const REGULAR: &[&str] = &["", "s", "es", "ed", "ing"];
pub(super) const AFTER_E: &[&str] = &["e", "es", "ed", "ing"];
pub(super) const AFTER_Y: &[&str] = &["y", "ies", "ied", "ying"];
pub(super) const DOUBLED: &[&str] = &["ed", "ing"];

/// The class of words that go on with one of these.
pub(super) fn endings_class(list: &'static [&'static str]) -> Class {
    Class::OneOf(EndingList::of(list))
}

fn english_stems(word: &str, stems: &mut Vec<(String, Class)>) {
    if let Some(stem) = word.strip_suffix('e') {
        stems.push((stem.to_owned(), endings_class(AFTER_E)));
    } else if let Some(stem) = word.strip_suffix('y') {
        stems.push((stem.to_owned(), endings_class(AFTER_Y)));
        stems.push((word.to_owned(), endings_class(REGULAR)));
    } else {
        stems.push((word.to_owned(), endings_class(REGULAR)));
        if let Some(last) = word
            .chars()
            .next_back()
            .filter(|c| "bdgklmnprtz".contains(*c))
        {
            stems.push((format!("{word}{last}"), endings_class(DOUBLED)));
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

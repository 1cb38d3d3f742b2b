//! Which entries stand in a raw text: the search by itself, without page, regions and conditions.

use super::Ruleset;
use super::confirm::{is_literal_at, whole_characters};
use super::matcher::{Matcher, Owner, Search, Searched};
use super::term::{Entry, Pattern};
use crate::text::{BREAK, Folded, Stream, fold_text};
use std::ops::Range;

/// An entry of a term list that stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHit {
    /// Which entry: an index that [`Ruleset::entry_of`] explains.
    pub entry: usize,
    /// Where it was found first, bytes of the raw text.
    pub span: Range<usize>,
}

/// Searches raw texts one after the other with the same buffers. Line breaks separate: nothing is found
/// across them. Disguises other than those of the fold are left alone.
#[derive(Debug)]
pub struct TextSearch<'r> {
    matcher: &'r Matcher,
    folded: Folded,
    stream: Stream,
    found: Marks,
    hits: Vec<TextHit>,
    /// Where expressions are announced, as codes, and by which set of what they need.
    announced: Vec<(u32, u8, usize)>,
}

/// Which entries were met in the present text. Nothing is cleared between texts.
#[derive(Debug, Default)]
struct Marks {
    round: u32,
    of: Vec<(u32, u8)>,
}

impl Marks {
    fn bits(&self, entry: u32) -> u8 {
        match self.of.get(entry as usize) {
            Some(&(round, bits)) if round == self.round => bits,
            _ => 0,
        }
    }

    fn add(&mut self, entry: u32, bits: u8) {
        let bits = bits | self.bits(entry);
        if let Some(mark) = self.of.get_mut(entry as usize) {
            *mark = (self.round, bits);
        }
    }
}

/// The mark of an entry that was found; the lower bits tell which sets were seen.
const FOUND: u8 = 0x80;
/// Places at which one text's expressions are tried.
const MAX_ANNOUNCED: usize = 20_000;
/// Expressions that may be longer than this are tried on whole lines, bytes.
const WINDOW: usize = 1_024;

impl<'r> TextSearch<'r> {
    /// A search for the entries of all term lists.
    pub fn of(ruleset: &'r Ruleset) -> Self {
        Self {
            matcher: &ruleset.matcher,
            folded: Folded::default(),
            stream: Stream::of_lines(),
            found: Marks {
                round: 0,
                of: vec![(0, 0); ruleset.matcher.entries.len()],
            },
            hits: Vec::new(),
            announced: Vec::new(),
        }
    }

    /// Every entry that stands in a text, once.
    pub fn find(&mut self, raw: &str) -> &[TextHit] {
        fold_text(raw, &mut self.folded, &mut self.stream);
        self.hits.clear();
        self.announced.clear();
        self.found.round = self.found.round.wrapping_add(1);
        self.find_words();
        self.find_strings();
        self.find_spelled();
        self.try_expressions();
        &self.hits
    }

    fn find_words(&mut self) {
        if !self.matcher.has_words() {
            return;
        }
        let searched = Searched {
            text: &self.folded.text,
            stream: &self.stream,
            kazakh: self.stream.has_kazakh_letters(),
            near: None,
        };
        let mut search = Search::of(self.matcher, &searched);
        for word in 0..self.stream.word_count() {
            search.take_word(word, &mut None);
        }
        for found in search.found {
            keep(
                &mut self.found,
                &mut self.hits,
                &self.folded,
                found.entry,
                found.span,
            );
        }
    }

    fn find_strings(&mut self) {
        let Self {
            matcher,
            folded,
            stream,
            found,
            hits,
            announced,
        } = self;
        let mut announce = |found: &mut Marks, entry: u32, set: u8, at: usize| {
            if found.bits(entry) & FOUND == 0 && announced.len() < MAX_ANNOUNCED {
                found.add(entry, 1 << set);
                announced.push((entry, set, at));
            }
        };
        matcher.for_strings(&folded.text, stream, |hit, owner| match owner {
            Owner::Literal(entry) => {
                let (_, Entry::Literal(literal)) = &matcher.entries[entry as usize] else {
                    return;
                };
                if found.bits(entry) & FOUND == 0 {
                    let span = stream.offset(hit.start)..stream.offset(hit.end);
                    if is_literal_at(literal, &folded.text, &span) {
                        keep(found, hits, folded, entry, span);
                    }
                }
            }
            Owner::Need(entry, set) => announce(found, entry, set, hit.start),
        });
        matcher.for_runs(&folded.text, stream, |entry, at| {
            announce(found, entry, 0, at);
        });
    }

    fn find_spelled(&mut self) {
        let (found, hits, folded) = (
            std::cell::RefCell::new(&mut self.found),
            &mut self.hits,
            &self.folded,
        );
        let wanted = |entry| found.borrow().bits(entry) & FOUND == 0;
        let spelled = &self.matcher.spelled;
        spelled.search(&folded.text, &self.stream, wanted, |entry, start, end| {
            let span = self.stream.offset(start)..self.stream.offset(end);
            keep(&mut found.borrow_mut(), hits, folded, entry, span);
        });
    }

    /// Tries the expressions whose needs are all met, around the places that announce them.
    fn try_expressions(&mut self) {
        for &(entry, set, at) in &self.announced {
            let bits = self.found.bits(entry);
            if set != 0 || bits & FOUND != 0 || !self.matcher.has_all(entry, bits) {
                continue;
            }
            let (_, Entry::Pattern(pattern)) = &self.matcher.entries[entry as usize] else {
                continue;
            };
            if let Some(span) = match_around(pattern, &self.folded.text, &self.stream, at) {
                keep(&mut self.found, &mut self.hits, &self.folded, entry, span);
            }
        }
    }
}

fn keep(
    found: &mut Marks,
    hits: &mut Vec<TextHit>,
    folded: &Folded,
    entry: u32,
    span: Range<usize>,
) {
    if found.bits(entry) & FOUND == 0 {
        found.add(entry, FOUND);
        hits.push(TextHit {
            entry: entry as usize,
            span: folded.raw_span(span),
        });
    }
}

/// A match that lies on the line of a code and, unless it may be long, near it.
fn match_around(pattern: &Pattern, text: &str, stream: &Stream, at: usize) -> Option<Range<usize>> {
    let codes = stream.codes();
    // A run may begin after the code: the word that has it is part of what is looked at.
    let reach = pattern
        .longest
        .filter(|&longest| longest <= WINDOW)
        .map_or(usize::MAX, |longest| longest + 1);
    let from = at.saturating_sub(reach);
    let to = at
        .saturating_add(reach)
        .saturating_add(word_end(stream, at))
        .min(codes.len());
    let start = memchr::memrchr(BREAK, &codes[from..at]).map_or(from, |before| from + before + 1);
    let end = memchr::memchr(BREAK, &codes[at..to]).map_or(to, |after| at + after);
    let (start, end) = (stream.offset(start), stream.offset(end));
    pattern
        .regex
        .find_at(&text.as_bytes()[..end], start)
        .map(|found| whole_characters(text, found.range()))
}

/// How many codes the word at a code still has.
fn word_end(stream: &Stream, at: usize) -> usize {
    let words = stream.words_in(&(stream.offset(at)..stream.offset(at + 1)));
    if words.is_empty() {
        0
    } else {
        stream.word(words.start).end.saturating_sub(at)
    }
}

impl Ruleset {
    /// The term list of an entry and the entry as written.
    pub fn entry_of(&self, entry: usize) -> Option<(&str, &str)> {
        self.written
            .get(entry)
            .map(|(list, written)| (self.list_name(*list), &**written))
    }
}

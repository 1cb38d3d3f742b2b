//! Entries of term lists: words, phrases, literals, regular expressions.

use super::needs::{Needs, needs_of};
use super::spelled::Spelled;
use crate::text::{Tolerance, WordForms, fold, is_word_char};
use regex::bytes::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A compiled entry.
#[derive(Debug)]
pub(super) enum Entry {
    /// Words in order.
    Phrase(Phrase),
    /// A string taken as it is.
    Literal(Literal),
    /// A regular expression over folded text.
    Pattern(Pattern),
}

/// A string taken as it is.
#[derive(Debug)]
pub(super) struct Literal {
    /// Folded.
    pub(super) text: String,
    /// It counts inside words too.
    pub(super) inside_words: bool,
}

/// Words in order with gaps.
#[derive(Debug)]
pub(super) struct Phrase {
    /// The words.
    pub(super) words: Vec<WordForms>,
    /// Up to how many other words may stand before each word (the first has 0).
    pub(super) gaps: Vec<usize>,
    /// The word that is searched first: the rarest, taken to be the longest.
    pub(super) anchor: usize,
    /// How much of a disguise it counts in.
    pub(super) tolerance: Tolerance,
}

/// A regular expression with what must be there before it is tried.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) regex: Regex,
    pub(super) gate: Gate,
    /// No match is longer than this, bytes.
    pub(super) longest: Option<usize>,
}

/// What must be there before an expression is tried.
#[derive(Debug)]
pub(super) enum Gate {
    /// Strings of codes.
    Needs(Needs),
    /// One of these signs.
    Signs(Vec<char>),
    /// A word spelled letter by letter.
    Spelled(Spelled),
}

/// Shorter strings stand inside too many words.
const MIN_INSIDE_WORDS: usize = 3;
const MAX_GAP: usize = 12;
const MAX_WORDS: usize = 12;
/// How many ways through the gaps of one entry may have to be tried at one place.
const MAX_WAYS: usize = 1_000;

impl Entry {
    /// Reads an entry as written by an author.
    pub(super) fn read(written: &str, tolerance: Tolerance) -> Result<Self, String> {
        let written = written.trim();
        if let Some(pattern) = written.strip_prefix("re:") {
            return read_pattern(pattern).map(Self::Pattern);
        }
        if let Some(text) = written.strip_prefix("lit:") {
            let text = fold(text).text.trim().to_owned();
            if text.chars().count() < MIN_INSIDE_WORDS {
                return Err(format!(
                    "a string that counts inside words has at least {MIN_INSIDE_WORDS} characters"
                ));
            }
            return Ok(Self::Literal(Literal {
                text,
                inside_words: true,
            }));
        }
        let (exact, body) = match written.strip_prefix('=') {
            Some(body) => (true, body.trim()),
            None => (false, written),
        };
        if body.is_empty() {
            return Err("the entry is empty".to_owned());
        }
        if let Some(word) = mixed_script_word(body) {
            return Err(format!(
                "{word:?} mixes Latin and Cyrillic letters; write it in one script (disguised spellings \
                 are found anyway)"
            ));
        }
        if is_literal(body) {
            return Ok(Self::Literal(Literal {
                text: fold(body).text.trim().to_owned(),
                inside_words: false,
            }));
        }
        read_phrase(body, exact, tolerance).map(Self::Phrase)
    }
}

/// A word typed partly on the other keyboard, by mistake.
fn mixed_script_word(body: &str) -> Option<String> {
    fold(body)
        .tokens
        .iter()
        .zip(fold(body).tokens.iter().map(|token| token.span.clone()))
        .find(|(token, _)| token.mixed_script)
        .map(|(_, span)| fold(body).text[span].to_owned())
}

/// Signs that carry meaning make an entry literal; punctuation only separates words.
fn is_literal(body: &str) -> bool {
    let mut words = 0;
    let mut signs = false;
    let mut in_gap = false;
    for c in body.chars() {
        match c {
            '<' => in_gap = true,
            '>' => in_gap = false,
            _ if in_gap => {}
            '*' => {}
            c if is_word_char(c) => words += 1,
            c if c.is_whitespace() || "-–—.,'’\"«»()!?:;/_`&".contains(c) => {}
            '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' => {}
            _ => signs = true,
        }
    }
    words == 0 || signs
}

fn read_phrase(body: &str, exact: bool, tolerance: Tolerance) -> Result<Phrase, String> {
    let mut phrase = Phrase {
        words: Vec::new(),
        gaps: Vec::new(),
        anchor: 0,
        tolerance,
    };
    let mut gap = 0;
    let letters = body.chars().filter(|c| c.is_alphabetic()).count();
    let latin_from = tolerance.shortest_latin(letters, body.split_whitespace().count());
    for part in body.split_whitespace() {
        if let Some(number) = part.strip_prefix('<').and_then(|p| p.strip_suffix('>')) {
            gap = number
                .parse::<usize>()
                .ok()
                .filter(|n| (1..=MAX_GAP).contains(n))
                .ok_or_else(|| format!("{part:?} is no gap; write <1> to <{MAX_GAP}>"))?;
            continue;
        }
        // A star by itself stands for any word and so requires nothing.
        if part == "*" {
            continue;
        }
        let folded = fold(part);
        let starred = part.ends_with('*');
        for (i, token) in folded.tokens.iter().enumerate() {
            let text = &folded.text[token.span.clone()];
            let raw = &part[folded.raw_span(token.span.clone())];
            let forms = if starred && i + 1 == folded.tokens.len() {
                WordForms::prefix(text, latin_from)
            } else if exact {
                WordForms::exact(text)
            } else {
                WordForms::inflected(raw, text, latin_from)
            };
            phrase.words.push(forms);
            phrase.gaps.push(std::mem::take(&mut gap));
        }
    }
    if phrase.words.is_empty() || phrase.words.len() > MAX_WORDS {
        return Err(format!("an entry has one to {MAX_WORDS} words"));
    }
    let ways = phrase.gaps.iter().map(|gap| gap + 1).product::<usize>();
    if ways > MAX_WAYS {
        return Err("the gaps are too many or too wide; make them narrower".to_owned());
    }
    if gap > 0 || phrase.gaps[0] > 0 {
        return Err("a gap stands between two words".to_owned());
    }
    let length = |forms: &WordForms| forms.word.chars().count();
    phrase.anchor = (0..phrase.words.len())
        .rev()
        .max_by_key(|&i| length(&phrase.words[i]))
        .unwrap_or(0);
    if phrase.words.len() == 1 && length(&phrase.words[0]) < 2 && !exact {
        return Err("a single letter is no word; write \"=x\" if it is meant".to_owned());
    }
    Ok(phrase)
}

fn read_pattern(pattern: &str) -> Result<Pattern, String> {
    check_folded(pattern)?;
    let bad = |error: &dyn std::fmt::Display| format!("not a regular expression: {error}");
    let regex = regex::bytes::RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| bad(&error))?;
    let hir = regex_syntax::ParserBuilder::new()
        .utf8(false)
        .build()
        .parse(pattern)
        .map_err(|error| bad(&error))?;
    if hir.properties().minimum_len().unwrap_or(0) == 0 {
        return Err("the expression matches the empty text".to_owned());
    }
    let gate = Spelled::of(&hir)
        .map(Gate::Spelled)
        .or_else(|| needs_of(&hir).map(Gate::Needs))
        .or_else(|| required_signs(&hir).map(Gate::Signs))
        .ok_or(
            "the expression needs a literal part (at least two letters that every match contains), or it \
             would have to be tried on every text",
        )?;
    Ok(Pattern {
        regex,
        gate,
        longest: hir.properties().maximum_len(),
    })
}

/// Refuses letters that folded text never has: such an expression would never match.
fn check_folded(pattern: &str) -> Result<(), String> {
    // A class of bytes is harmless; boundaries and classes of letters are not.
    if pattern.matches("(?-u").count() != pattern.matches("(?-u:[").count() {
        return Err("(?-u) breaks boundaries beside Cyrillic letters; leave it out".to_owned());
    }
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            // Escapes such as \W and \p{L} are no letters of the text.
            if let Some('p' | 'P' | 'x' | 'u') = chars.next()
                && chars.clone().next() == Some('{')
            {
                chars.by_ref().find(|&c| c == '}');
            }
            continue;
        }
        let folded = fold(&String::from(c)).text;
        if is_word_char(c) && folded != String::from(c) {
            return Err(format!(
                "{c:?} never stands in folded text; write {folded:?} (lower case, ё as е, й as и)"
            ));
        }
    }
    Ok(())
}

/// Signs of which every match contains at least one; `None` if there is no such set.
fn required_signs(hir: &Hir) -> Option<Vec<char>> {
    const MAX_ALTERNATIVES: usize = 64;
    let signs = match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            vec![text.chars().find(|&c| is_telling(c))?]
        }
        HirKind::Class(class) => signs_of(class)?,
        HirKind::Capture(capture) => required_signs(&capture.sub)?,
        HirKind::Repetition(repetition) if repetition.min > 0 => required_signs(&repetition.sub)?,
        HirKind::Concat(parts) => parts.iter().find_map(required_signs)?,
        HirKind::Alternation(parts) => {
            let sets: Option<Vec<Vec<char>>> = parts.iter().map(required_signs).collect();
            sets?.concat()
        }
        _ => return None,
    };
    let usable = !signs.is_empty()
        && signs.len() <= MAX_ALTERNATIVES
        && signs.iter().all(|&c| is_telling(c));
    usable.then_some(signs)
}

/// A sign: a single letter or digit stands on every page, so do some signs.
fn is_telling(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && !".,-()'\":;/".contains(c)
}

/// The members of a small class of signs.
fn signs_of(class: &Class) -> Option<Vec<char>> {
    const MAX_SIGNS: u32 = 16;
    let Class::Unicode(class) = class else {
        return None;
    };
    let mut signs = Vec::new();
    for range in class.ranges() {
        if u32::from(range.end()) - u32::from(range.start()) > MAX_SIGNS {
            return None;
        }
        signs.extend(range.start()..=range.end());
    }
    (signs.len() <= MAX_SIGNS as usize).then_some(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(entry: &str) -> String {
        Entry::read(entry, Tolerance::Normal).expect_err("a problem")
    }

    #[test]
    fn mistakes_of_authors_are_named() {
        assert!(problem("зaкладка").contains("mixes Latin and Cyrillic"));
        assert!(problem("re:Купить").contains("never stands in folded text"));
        assert!(problem("re:закладк[аи]й").contains("write \"и\""));
        assert!(problem("re:[0-9]+").contains("literal part"));
        assert!(problem("re:(меф").contains("not a regular expression"));
        assert!(problem("<2> соль").contains("between two words"));
        assert!(problem("купить <99> соль").contains("no gap"));
        assert!(problem("я").contains("single letter"));
        assert!(problem("а <12> б <12> в <12> г").contains("narrower"));
    }

    fn gate(entry: &str) -> Gate {
        match Entry::read(entry, Tolerance::Normal) {
            Ok(Entry::Pattern(pattern)) => pattern.gate,
            other => panic!("a pattern: {other:?}"),
        }
    }

    #[test]
    fn an_expression_is_tried_where_its_strings_signs_or_letters_are() {
        assert!(matches!(gate("re:\\b[234]-?(mmc|ммс)\\b"), Gate::Needs(_)));
        assert!(matches!(gate("re:[→➡]"), Gate::Signs(signs) if signs == ['→', '➡']));
        let spelled = "re:(?:м|m)[ .]{0,2}(?:е|e|3)[ .]{0,2}(?:ф|f)[ .]{0,2}(?:а|a|@|4)";
        assert!(matches!(gate(spelled), Gate::Spelled(_)));
    }

    #[test]
    fn signs_make_an_entry_literal_and_punctuation_does_not() {
        assert!(matches!(
            Entry::read("💊", Tolerance::Normal),
            Ok(Entry::Literal(_))
        ));
        assert!(matches!(
            Entry::read("18+", Tolerance::Normal),
            Ok(Entry::Literal(_))
        ));
        assert!(
            matches!(Entry::read("альфа-ПВП", Tolerance::Normal), Ok(Entry::Phrase(phrase)) if phrase.words.len() == 2)
        );
        assert!(
            matches!(Entry::read("до <3> двери", Tolerance::Normal), Ok(Entry::Phrase(phrase)) if phrase.gaps == [0, 3])
        );
    }
}

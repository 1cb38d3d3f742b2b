//! Entries of term lists: words, phrases, literals, regular expressions.

use crate::text::{WordForms, fold, is_word_char, plain_kazakh};
use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

/// A compiled entry.
#[derive(Debug)]
pub(super) enum Entry {
    /// Words in order.
    Phrase(Phrase),
    /// A string with signs, taken as it is.
    Literal(String),
    /// A regular expression over folded text.
    Pattern(Pattern),
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
}

/// A regular expression with the literals of which one must be there.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) regex: Regex,
    pub(super) literals: Vec<String>,
}

const MAX_GAP: usize = 12;
const MAX_WORDS: usize = 12;
/// How many ways through the gaps of one entry may have to be tried at one place.
const MAX_WAYS: usize = 1_000;

impl Entry {
    /// Reads an entry as written by an author.
    pub(super) fn read(written: &str) -> Result<Self, String> {
        let written = written.trim();
        if let Some(pattern) = written.strip_prefix("re:") {
            return read_pattern(pattern).map(Self::Pattern);
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
            return Ok(Self::Literal(fold(body).text.trim().to_owned()));
        }
        read_phrase(body, exact).map(Self::Phrase)
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

fn read_phrase(body: &str, exact: bool) -> Result<Phrase, String> {
    let mut phrase = Phrase {
        words: Vec::new(),
        gaps: Vec::new(),
        anchor: 0,
    };
    let mut gap = 0;
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
                WordForms::prefix(text)
            } else if exact {
                WordForms::exact(text)
            } else {
                WordForms::inflected(raw, text)
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
    let regex = regex::RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| format!("not a regular expression: {error}"))?;
    let hir = regex_syntax::parse(pattern)
        .map_err(|error| format!("not a regular expression: {error}"))?;
    if hir.properties().minimum_len().unwrap_or(0) == 0 {
        return Err("the expression matches the empty text".to_owned());
    }
    let literals = required_literals(&hir).ok_or(
        "the expression needs a literal part (at least two letters that every match contains), or it would \
         have to be tried on every text",
    )?;
    Ok(Pattern {
        regex,
        literals: literals
            .into_iter()
            .map(|literal| plain_kazakh(&literal).into_owned())
            .collect(),
    })
}

/// Refuses letters that folded text never has: such an expression would never match.
fn check_folded(pattern: &str) -> Result<(), String> {
    if pattern.contains("(?-u") {
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

/// Literals of which every match contains at least one; `None` if there is no such set.
fn required_literals(hir: &Hir) -> Option<Vec<String>> {
    const MAX_ALTERNATIVES: usize = 64;
    let literals = match hir.kind() {
        HirKind::Literal(literal) => vec![String::from_utf8(literal.0.to_vec()).ok()?],
        HirKind::Class(class) => {
            // A class of signs such as [→➡] is rare enough to be looked for; one of letters is not.
            let literal = class.literal().map(|bytes| vec![bytes]);
            let signs = literal.or_else(|| signs_of(class));
            signs?
                .into_iter()
                .map(String::from_utf8)
                .collect::<Result<_, _>>()
                .ok()?
        }
        HirKind::Capture(capture) => required_literals(&capture.sub)?,
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            required_literals(&repetition.sub)?
        }
        HirKind::Concat(parts) => parts
            .iter()
            .filter_map(required_literals)
            .max_by_key(|set| shortest(set))?,
        HirKind::Alternation(parts) => {
            let sets: Option<Vec<Vec<String>>> = parts.iter().map(required_literals).collect();
            sets?.concat()
        }
        _ => return None,
    };
    let usable = !literals.is_empty()
        && literals.len() <= MAX_ALTERNATIVES
        && literals.iter().all(|literal| is_telling(literal));
    usable.then_some(literals)
}

/// Two letters, or a sign: a single letter or digit stands on every page.
fn is_telling(literal: &str) -> bool {
    literal.trim().chars().count() >= 2
        || literal
            .chars()
            .any(|c| !c.is_alphanumeric() && !c.is_whitespace() && !".,-()'\":;/".contains(c))
}

/// The members of a small class of signs.
fn signs_of(class: &Class) -> Option<Vec<Vec<u8>>> {
    const MAX_SIGNS: u32 = 16;
    let Class::Unicode(class) = class else {
        return None;
    };
    let mut signs = Vec::new();
    for range in class.ranges() {
        if u32::from(range.end()) - u32::from(range.start()) > MAX_SIGNS {
            return None;
        }
        signs.extend((range.start()..=range.end()).map(|c| c.to_string().into_bytes()));
    }
    (signs.len() <= MAX_SIGNS as usize).then_some(signs)
}

fn shortest(literals: &[String]) -> usize {
    literals
        .iter()
        .map(|l| l.chars().count())
        .min()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(entry: &str) -> String {
        Entry::read(entry).expect_err("a problem")
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

    #[test]
    fn the_literals_of_an_expression_are_found() {
        let Ok(Entry::Pattern(pattern)) = Entry::read("re:\\b[234]-?(mmc|ммс)\\b") else {
            panic!("a pattern");
        };
        assert_eq!(pattern.literals, ["mmc", "ммс"]);
        let Ok(Entry::Pattern(pattern)) = Entry::read("re:\\bшиш\\w*\\s+оптом") else {
            panic!("a pattern");
        };
        assert_eq!(pattern.literals, ["оптом"]);
    }

    #[test]
    fn signs_make_an_entry_literal_and_punctuation_does_not() {
        assert!(matches!(Entry::read("💊"), Ok(Entry::Literal(_))));
        assert!(matches!(Entry::read("18+"), Ok(Entry::Literal(_))));
        assert!(
            matches!(Entry::read("альфа-ПВП"), Ok(Entry::Phrase(phrase)) if phrase.words.len() == 2)
        );
        assert!(
            matches!(Entry::read("до <3> двери"), Ok(Entry::Phrase(phrase)) if phrase.gaps == [0, 3])
        );
    }
}

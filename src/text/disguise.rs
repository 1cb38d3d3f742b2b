//! Readings of disguised words: the spelling that the writer wants to be read.
//!
//! Only tokens that look disguised are read anew, so that honest text costs nothing and means nothing
//! else. Four disguises: letters of the other script (`мeфедрон` with a Latin e), digits and signs for
//! letters (`г4ш`, `з@кладка`), letters set apart (`м е ф е д р о н`, `м.е.ф`), letters drawn out
//! (`мееефффчик`).

use super::code::{SIGN, is_letter_code, kind};
use super::kazakh::is_kazakh_letter;
use super::{Folded, Stream, Token};
use std::ops::Range;

/// Folded text with its disguised words spelled plainly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The text.
    pub text: String,
    /// Its words.
    pub tokens: Vec<ReadingToken>,
}

/// A word of a [`Reading`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingToken {
    /// Where it stands in the reading.
    pub span: Range<usize>,
    /// Where it stands in the folded text.
    pub folded: Range<usize>,
    /// It was spelled otherwise there.
    pub repaired: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Cyrillic,
    /// The same, with 3 and 4 for vowels wherever they stand.
    CyrillicVowels,
    Latin,
}

/// Letters set apart by blanks make a word from this many on; by dots, hyphens, underscores from
/// [`MIN_DOTTED`] on (initials and abbreviations are shorter).
const MIN_SPACED: usize = 4;
const MIN_DOTTED: usize = 3;

/// The readings of a text: none for honest text, else up to two, where these differ from the text. The first
/// takes disguised words for Cyrillic, the second for Latin. Where a word can be read in two ways for other
/// reasons (a preposition before letters set apart, double letters among drawn-out ones), each has one.
pub fn repair(folded: &Folded, stream: &Stream) -> Vec<Reading> {
    if !may_be_disguised(folded, stream) {
        return Vec::new();
    }
    let mut readings: Vec<Reading> = Vec::new();
    for script in [Script::Cyrillic, Script::CyrillicVowels, Script::Latin] {
        if let Some(reading) = read_as(folded, &group_tokens(folded, script), script)
            && !readings.contains(&reading)
        {
            readings.push(reading);
        }
    }
    readings
}

/// Whether anything in a text may be a disguise: what costs no more than a look at its codes.
fn may_be_disguised(folded: &Folded, stream: &Stream) -> bool {
    let letters = kind::CYRILLIC | kind::LATIN | kind::OTHER;
    let mixed = kind::CYRILLIC | kind::LATIN;
    let mut single = 0;
    let word_is = (0..stream.word_count()).any(|word| {
        let kinds = stream.word_kind(word);
        single = if stream.word(word).len() == 1 {
            single + 1
        } else {
            0
        };
        kinds & mixed == mixed
            || (kinds & kind::DIGIT != 0 && kinds & letters != 0)
            || single >= MIN_DOTTED
    });
    word_is
        || stream.codes().windows(3).any(|run| {
            run[0] == run[1] && run[1] == run[2] && (is_letter_code(run[0]) || run[0] == SIGN)
        })
        || (memchr::memchr3(b'@', b'$', b'*', folded.text.as_bytes()).is_some()
            && (0..folded.tokens.len()).any(|i| {
                let span = folded.tokens[i].span.clone();
                sign_inside(folded, i).is_some() || with_signs(folded, span.clone()) != span
            }))
}

/// Whether a word has a letter three times in a row: no word of the three languages does.
fn is_drawn_out(word: &str) -> bool {
    let mut run = 0;
    let mut last = None;
    word.chars().any(|c| {
        run = if last == Some(c) { run + 1 } else { 1 };
        last = Some(c);
        run >= 3 && c.is_alphabetic()
    })
}

/// A word with its drawn-out letters once; double letters stay in one of the readings.
fn shorten(word: &str, script: Script) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut short = String::with_capacity(word.len());
    for run in letters.chunk_by(|a, b| a == b) {
        let latin = run[0].is_ascii_lowercase();
        let doubled = match script {
            Script::Cyrillic => run.len() == 2,
            // Letters drawn out three by three: an even run has a double letter in it.
            Script::CyrillicVowels => run.len() % 2 == 0,
            Script::Latin => latin && run.len() > 1,
        };
        let times = 1 + usize::from(doubled);
        short.extend(std::iter::repeat_n(run[0], times));
    }
    short
}

/// Tokens that are written as one word: `(first, last)` token indices and whether signs or blanks
/// between them are dropped.
fn group_tokens(folded: &Folded, script: Script) -> Vec<(usize, usize)> {
    let tokens = &folded.tokens;
    let mut groups = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let run = set_apart_run(folded, i);
        let end = run.or_else(|| sign_inside(folded, i)).unwrap_or(i);
        if run.is_some() && script == Script::Latin && is_preposition(folded, &tokens[i]) {
            groups.push((i, i));
            i += 1;
        }
        groups.push((i, end));
        i = end + 1;
    }
    groups
}

/// Whether a single letter may be a word of its own before letters set apart (с К У Р А Т О Р О М).
fn is_preposition(folded: &Folded, token: &Token) -> bool {
    matches!(
        &folded.text[token.span.clone()],
        "в" | "с" | "к" | "у" | "о" | "и" | "а" | "я" | "a" | "i"
    )
}

fn is_single_letter(folded: &Folded, token: &Token) -> bool {
    let mut chars = folded.text[token.span.clone()].chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
}

/// The last token of a run of single letters that starts at `first` with one kind of separator.
fn set_apart_run(folded: &Folded, first: usize) -> Option<usize> {
    let tokens = &folded.tokens;
    if !is_single_letter(folded, &tokens[first]) {
        return None;
    }
    let between =
        |i: usize| folded.text[tokens[i].span.end..tokens[i + 1].span.start].trim_matches(' ');
    let gap = |i: usize| tokens[i + 1].span.start - tokens[i].span.end;
    let mut last = first;
    let mut separator = None;
    while last + 1 < tokens.len() && is_single_letter(folded, &tokens[last + 1]) {
        let here = between(last);
        let fits = gap(last) <= 3
            && here.chars().all(|c| ".-_*|/·•+~=,:'".contains(c))
            && *separator.get_or_insert(here) == here;
        if !fits {
            break;
        }
        last += 1;
    }
    let enough = if separator.is_some_and(|s| !s.is_empty()) {
        MIN_DOTTED
    } else {
        MIN_SPACED
    };
    (last + 1 - first >= enough).then_some(last)
}

/// The last token of a word with `@`, `$` or `*` in place of a letter.
fn sign_inside(folded: &Folded, first: usize) -> Option<usize> {
    let tokens = &folded.tokens;
    let word = |i: usize| &folded.text[tokens[i].span.clone()];
    let mut last = first;
    while last + 1 < tokens.len()
        && matches!(
            &folded.text[tokens[last].span.end..tokens[last + 1].span.start],
            "@" | "$" | "*"
        )
        && is_cyrillic_or_digits(word(last))
        && is_cyrillic_or_digits(word(last + 1))
    {
        last += 1;
    }
    let letters = (first..=last).any(|i| word(i).chars().any(is_cyrillic));
    (last > first && letters).then_some(last)
}

fn is_cyrillic_or_digits(word: &str) -> bool {
    word.chars().all(|c| is_cyrillic(c) || c.is_ascii_digit())
}

/// A span with the signs at its ends that stand for letters of a Cyrillic word (`@нанас`, `трав@`).
fn with_signs(folded: &Folded, span: Range<usize>) -> Range<usize> {
    let bytes = folded.text.as_bytes();
    let before = span.start.checked_sub(1).is_some_and(|i| bytes[i] == b'@');
    let after = bytes.get(span.end) == Some(&b'@');
    if !before && !after {
        return span;
    }
    let inside = &folded.text[span.clone()];
    let cyrillic = inside
        .chars()
        .all(|c| is_cyrillic(c) || c.is_ascii_digit() || "@$*".contains(c));
    if !cyrillic || !(inside == "3" || inside.chars().any(is_cyrillic)) {
        return span;
    }
    span.start - usize::from(before)..span.end + usize::from(after)
}

fn read_as(folded: &Folded, groups: &[(usize, usize)], script: Script) -> Option<Reading> {
    let tokens = &folded.tokens;
    let mut reading = Reading {
        text: String::with_capacity(folded.text.len()),
        tokens: Vec::with_capacity(groups.len()),
    };
    let mut copied = 0;
    let mut any = false;
    for &(first, last) in groups {
        let words = tokens[first].span.start..tokens[last].span.end;
        let mut whole = with_signs(folded, words.clone());
        whole.start = whole.start.max(copied);
        let joined = last > first || whole != words;
        reading.text.push_str(&folded.text[copied..whole.start]);
        copied = whole.end;
        let raw = &folded.text[whole.clone()];
        let start = reading.text.len();
        let repaired = respell(raw, script, joined);
        any |= repaired.is_some();
        reading.text.push_str(repaired.as_deref().unwrap_or(raw));
        reading.tokens.push(ReadingToken {
            span: start..reading.text.len(),
            folded: whole,
            repaired: repaired.is_some(),
        });
    }
    reading.text.push_str(&folded.text[copied..]);
    any.then_some(reading)
}

/// The plain spelling of a word or of letters set apart, `None` if it is as written.
fn respell(word: &str, script: Script, joined: bool) -> Option<String> {
    let spelled = spell(word, script, joined);
    let word = spelled.as_deref().unwrap_or(word);
    if is_drawn_out(word) {
        return Some(shorten(word, script));
    }
    spelled
}

/// The plain spelling of a word, `None` if it is not disguised for a reader of this script.
fn spell(word: &str, script: Script, joined: bool) -> Option<String> {
    let letters: Vec<char> = word
        .chars()
        .filter(|&c| c.is_alphanumeric() || (joined && matches!(c, '@' | '$')))
        .collect();
    // Letters of one script set apart mean the same to every reader.
    let pure = |script| letters.iter().all(|&c| belongs(c, script));
    if joined && (pure(Script::Cyrillic) || pure(Script::Latin)) {
        return Some(letters.iter().collect());
    }
    let own = letters.iter().filter(|&&c| belongs(c, script)).count();
    let other = letters
        .iter()
        .filter(|&&c| c.is_alphabetic() && !belongs(c, script))
        .count();
    let digits = letters.len() - own - other;
    // A word of one letter and a number (5г, 2x) is a measure; a word of many digits is a number.
    if script != Script::Latin && matches!(letters[..], ['3', '@']) {
        return Some("за".to_owned());
    }
    // But a letter and a nought are a preposition (п0, д0).
    let preposition = own == 1 && letters.len() == 2 && letters[1] == '0';
    if own == 0 || (own + other < 2 && !preposition) || digits > own + other + usize::from(own > 2)
    {
        return None;
    }
    let kazakh = letters.iter().any(|&c| is_kazakh_letter(c));
    let mut spelled = String::with_capacity(word.len());
    for (i, &c) in letters.iter().enumerate() {
        if belongs(c, script) {
            spelled.push(c);
            continue;
        }
        let neighbors = (spelled.chars().next_back(), letters.get(i + 1).copied());
        let letter = match script {
            Script::CyrillicVowels if c == '3' => Some('е'),
            Script::CyrillicVowels if c == '4' => Some('а'),
            Script::Cyrillic | Script::CyrillicVowels => cyrillic_for(c, neighbors, kazakh),
            Script::Latin => latin_for(c),
        }?;
        spelled.push(letter);
    }
    (spelled != word).then_some(spelled)
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}')
}

fn belongs(c: char, script: Script) -> bool {
    match script {
        Script::Cyrillic | Script::CyrillicVowels => is_cyrillic(c),
        Script::Latin => c.is_ascii_lowercase(),
    }
}

fn is_consonant(c: Option<char>) -> bool {
    c.is_some_and(|c| {
        (c.is_alphabetic() && !"аеиоуыэюяәіөұүaeiouyьъ".contains(c)) || matches!(c, '3' | '6')
    })
}

/// The Cyrillic letter that a Latin letter, digit or sign is drawn for.
fn cyrillic_for(
    c: char,
    (before, after): (Option<char>, Option<char>),
    kazakh: bool,
) -> Option<char> {
    let between_consonants = is_consonant(before) && (is_consonant(after) || after.is_none());
    Some(match c {
        'a' | '@' => 'а',
        'b' => 'в',
        'c' | '$' => 'с',
        'e' => 'е',
        'h' => 'н',
        // Latin i stands for the Kazakh letter in a word that has others of its kind.
        'i' | '1' if kazakh => 'і',
        'k' => 'к',
        'm' => 'м',
        'n' => 'п',
        'o' | '0' => 'о',
        'p' => 'р',
        't' => 'т',
        'i' | '1' | 'u' => 'и',
        'r' => 'г',
        'x' => 'х',
        'y' => 'у',
        // 3 is drawn for З, but read as Е between consonants (м3ф); so is 4 for Ч and А (г4ш).
        '3' if between_consonants => 'е',
        '3' => 'з',
        '4' if between_consonants => 'а',
        '4' => 'ч',
        '6' => 'б',
        '9' => 'я',
        _ => return None,
    })
}

/// The Latin letter that a Cyrillic letter, digit or sign is drawn for.
fn latin_for(c: char) -> Option<char> {
    Some(match c {
        'а' | '4' | '@' => 'a',
        'в' => 'b',
        'с' => 'c',
        'е' | '3' => 'e',
        'н' => 'h',
        'і' | '1' => 'i',
        'к' => 'k',
        'м' => 'm',
        'о' | '0' => 'o',
        'р' => 'p',
        'т' | '7' => 't',
        'у' => 'y',
        'х' => 'x',
        'ѕ' | '5' | '$' => 's',
        _ => return None,
    })
}

#[cfg(test)]
#[path = "disguise_tests.rs"]
mod tests;

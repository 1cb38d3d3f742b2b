//! Expressions that cost too much, or that do not mean what their author thinks.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A compiled expression may take this much memory; searching costs as much time.
const MAX_BYTES: usize = 192 << 10;
/// Signs of running text that one repetition may cross.
const MAX_RUN: u32 = 120;

/// What is wrong with an expression (without its `re:`).
pub(super) fn problems_of(pattern: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let Ok(hir) = regex_syntax::parse(pattern) else {
        // Refused when it was read.
        return problems;
    };
    let small = regex::RegexBuilder::new(pattern)
        .size_limit(MAX_BYTES)
        .build();
    if small.is_err() {
        problems.push(format!(
            "the expression is costly (over {} KiB compiled); repeat less, or list words instead",
            MAX_BYTES >> 10
        ));
    }
    visit(&hir, &mut |part| {
        problems.extend(problem_of(part));
    });
    problems
}

fn visit(hir: &Hir, check: &mut impl FnMut(&Hir)) {
    check(hir);
    match hir.kind() {
        HirKind::Repetition(repetition) => visit(&repetition.sub, check),
        HirKind::Capture(capture) => visit(&capture.sub, check),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            for part in parts {
                visit(part, check);
            }
        }
        _ => {}
    }
}

fn problem_of(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            mixed_pair(&text).map(|pair| {
                format!(
                    "{pair:?} is a Latin and a Cyrillic letter side by side; write the word in one script \
                     (disguised spellings are found anyway)"
                )
            })
        }
        HirKind::Repetition(repetition) => {
            let HirKind::Class(class) = repetition.sub.kind() else {
                return None;
            };
            let long = repetition.max.is_none_or(|max| max > MAX_RUN);
            (long && has(class, ' ', ' ')).then(|| {
                format!("a repetition may run over the whole text; bound it, such as {{0,40}}, up to {MAX_RUN}")
            })
        }
        HirKind::Concat(parts) => parts
            .windows(2)
            .any(|pair| {
                (ends_cyrillic(&pair[0]) && is_ascii_class(&pair[1]))
                    || (is_ascii_class(&pair[0]) && starts_cyrillic(&pair[1]))
            })
            .then(|| {
                "a class of Latin letters stands beside a Cyrillic one and never counts Russian or Kazakh \
                 endings; write \\w or [а-яәіңғүұқөһ]"
                    .to_owned()
            }),
        _ => None,
    }
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}')
}

/// Two letters of different scripts that touch.
fn mixed_pair(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let mixed = chars.windows(2).find(|pair| {
        pair.iter().any(char::is_ascii_alphabetic) && pair.iter().copied().any(is_cyrillic)
    });
    mixed.map(|pair| pair.iter().collect())
}

fn literal_of(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(String::from_utf8_lossy(&literal.0).into_owned()),
        HirKind::Capture(capture) => literal_of(&capture.sub),
        _ => None,
    }
}

fn ends_cyrillic(hir: &Hir) -> bool {
    literal_of(hir).is_some_and(|text| text.chars().next_back().is_some_and(is_cyrillic))
}

fn starts_cyrillic(hir: &Hir) -> bool {
    literal_of(hir).is_some_and(|text| text.chars().next().is_some_and(is_cyrillic))
}

/// A class with Latin letters and no Cyrillic ones, repeated or not.
fn is_ascii_class(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(class) => {
            has(class, 'a', 'z') && !has(class, '\u{400}', '\u{52F}') && !has(class, ' ', ' ')
        }
        HirKind::Repetition(repetition) => is_ascii_class(&repetition.sub),
        HirKind::Capture(capture) => is_ascii_class(&capture.sub),
        _ => false,
    }
}

/// Whether a class has any character of a range.
fn has(class: &Class, from: char, to: char) -> bool {
    match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .any(|range| range.start() <= to && range.end() >= from),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .any(|range| char::from(range.start()) <= to && char::from(range.end()) >= from),
    }
}

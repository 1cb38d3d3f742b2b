//! What every match of a regular expression needs, in codes: strings of which one must be there.

use super::grams::weight;
use crate::text::{CODES, SIGN, code_of};
use regex_syntax::hir::literal::{ExtractKind, Extractor, Seq};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition};

/// What every match needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    /// One string of each set must be there; the first set is the one to look for.
    pub(super) sets: Vec<Vec<Vec<u8>>>,
    /// Or a run of so many ASCII letters and digits.
    pub(super) run: Option<usize>,
}

const MAX_STRINGS: usize = 64;
/// A class of more codes than this is no string.
const MAX_CLASS: usize = 10;
/// A run shorter than this is a word.
const MIN_RUN: u32 = 16;

/// What every match of the expression needs; `None` if nothing that could be looked for.
pub(super) fn needs_of(hir: &Hir) -> Option<Needs> {
    let mut candidates = Vec::new();
    collect(&coded(hir), &mut candidates);
    candidates.retain(|set| is_usable(set));
    candidates.sort_by_key(|set| std::cmp::Reverse((worth(set), std::cmp::Reverse(set.len()))));
    candidates.dedup();
    if candidates.is_empty() {
        return long_run(hir).map(|run| Needs {
            sets: Vec::new(),
            run: Some(run),
        });
    }
    // A second set says more only if it is another part of the expression.
    let second = candidates
        .iter()
        .skip(1)
        .find(|set| worth(set) > 44 && !implied(&candidates[0], set))
        .cloned();
    candidates.truncate(1);
    candidates.extend(second);
    Some(Needs {
        sets: candidates,
        run: None,
    })
}

/// Whether every string of `first` contains one of `second`.
fn implied(first: &[Vec<u8>], second: &[Vec<u8>]) -> bool {
    first.iter().all(|long| {
        second
            .iter()
            .any(|short| long.windows(short.len()).any(|part| part == short))
    })
}

fn is_usable(set: &[Vec<u8>]) -> bool {
    !set.is_empty() && set.len() <= MAX_STRINGS && set.iter().all(|string| string.len() >= 2)
}

/// How rare the most frequent string of a set is, by the four codes that are looked up.
fn worth(set: &[Vec<u8>]) -> u32 {
    let rarest = |string: &Vec<u8>| string.windows(string.len().min(4)).map(weight).max();
    set.iter().filter_map(rarest).min().unwrap_or(0)
}

/// Sets of strings of which every match has one.
fn collect(hir: &Hir, sets: &mut Vec<Vec<Vec<u8>>>) {
    let mut put = |seq: &Seq| {
        if let Some(literals) = seq.literals() {
            sets.push(literals.iter().map(|l| l.as_bytes().to_vec()).collect());
        }
    };
    let extract = |hir: &Hir| {
        Extractor::new()
            .kind(ExtractKind::Prefix)
            .limit_total(MAX_STRINGS)
            .limit_class(MAX_CLASS)
            .limit_repeat(6)
            .extract(hir)
    };
    put(&extract(hir));
    match hir.kind() {
        HirKind::Concat(parts) => {
            for from in 0..parts.len() {
                let mut rest = parts[from..].to_vec();
                // What follows a repetition follows the last of its parts.
                if let HirKind::Repetition(repetition) = parts[from].kind()
                    && repetition.min > 0
                {
                    let least = repetition.min.min(3);
                    rest[0] = Hir::repetition(Repetition {
                        min: least,
                        max: Some(least),
                        ..repetition.clone()
                    });
                } else if from == 0 {
                    continue;
                }
                put(&extract(&Hir::concat(rest)));
            }
            for part in parts {
                collect(part, sets);
            }
        }
        HirKind::Capture(capture) => collect(&capture.sub, sets),
        HirKind::Repetition(repetition) if repetition.min > 0 => collect(&repetition.sub, sets),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                let mut inner = Vec::new();
                collect(part, &mut inner);
                inner.retain(|set| is_usable(set));
                let Some(best) = inner.into_iter().max_by_key(|set| worth(set)) else {
                    return;
                };
                all.extend(best);
            }
            sets.push(all);
        }
        _ => {}
    }
}

/// The expression over codes instead of characters: it matches at least what the original matches.
fn coded(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Hir::literal(text.chars().map(code_of).collect::<Vec<u8>>()),
            Err(_) => anything(),
        },
        HirKind::Class(Class::Unicode(class)) => {
            let mut members = [false; CODES];
            for range in class.ranges() {
                // Folded text has letters with codes of their own only below this.
                let last = u32::from(range.end()).min(0x52F);
                for c in (u32::from(range.start())..=last).filter_map(char::from_u32) {
                    members[usize::from(code_of(c))] = true;
                }
                members[usize::from(SIGN)] |= u32::from(range.end()) > 0x52F;
            }
            class_of(&members)
        }
        HirKind::Class(Class::Bytes(class)) if class.is_ascii() => {
            let mut members = [false; CODES];
            for range in class.ranges() {
                for byte in range.start()..=range.end() {
                    members[usize::from(code_of(char::from(byte)))] = true;
                }
            }
            class_of(&members)
        }
        HirKind::Class(Class::Bytes(_)) => anything(),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min,
            max: repetition.max,
            greedy: true,
            sub: Box::new(coded(&repetition.sub)),
        }),
        HirKind::Capture(capture) => coded(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(coded).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(coded).collect()),
    }
}

fn class_of(members: &[bool; CODES]) -> Hir {
    let ranges = (0u8..)
        .zip(members)
        .filter(|&(_, &member)| member)
        .map(|(code, _)| ClassBytesRange::new(code, code));
    Hir::class(Class::Bytes(ClassBytes::new(ranges)))
}

/// Any codes or none: bytes of characters are no characters.
fn anything() -> Hir {
    Hir::repetition(Repetition {
        min: 0,
        max: None,
        greedy: true,
        sub: Box::new(class_of(&[true; CODES])),
    })
}

/// The length of a run of ASCII letters and digits that every match has.
fn long_run(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Repetition(repetition) if repetition.min >= MIN_RUN => {
            let HirKind::Class(Class::Unicode(class)) = repetition.sub.kind() else {
                return None;
            };
            class
                .ranges()
                .iter()
                .all(|range| is_run(range.start(), range.end()))
                .then_some(repetition.min as usize)
        }
        HirKind::Capture(capture) => long_run(&capture.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(long_run).max(),
        _ => None,
    }
}

fn is_run(first: char, last: char) -> bool {
    let both = |is: fn(&char) -> bool| is(&first) && is(&last);
    both(char::is_ascii_digit) || both(char::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(pattern: &str) -> Option<Needs> {
        needs_of(&regex_syntax::parse(pattern).expect("an expression"))
    }

    fn codes(text: &str) -> Vec<u8> {
        text.chars().map(code_of).collect()
    }

    #[test]
    fn both_parts_of_an_expression_must_be_there() {
        let found = needs("грамм[^.]{0,60}mdma").expect("needs");
        assert_eq!(found.sets, [vec![codes("грамм")], vec![codes("mdma")]]);
    }

    #[test]
    fn digits_are_parts_of_strings() {
        let found = needs("[0-9]{3,6} ?(тг|руб)").expect("needs");
        let set = &found.sets[0];
        assert!(set.iter().all(|string| string.len() >= 5), "{set:?}");
        assert_eq!(needs("[0-9]+"), None);
    }

    #[test]
    fn long_runs_are_enough() {
        let found = needs("(?:^|[^0-9a-z])[13][a-z0-9]{25,34}").expect("needs");
        assert_eq!(found.run, Some(25));
    }
}

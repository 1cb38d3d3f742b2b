//! Chains of Kazakh suffixes (plural, possession, case, person; verb endings).

use super::Class;
use crate::text::kazakh::plain_kazakh;

/// Slots of a noun's chain in order; each may stay empty. Cases that exist only after a possessive stand
/// with it.
const NOUN_SLOTS: &[&[&str]] = &[
    &[
        "шы", "ші", "лық", "лік", "дық", "дік", "тық", "тік", "лы", "лі", "ды", "ді", "ты", "ті",
        "сыз", "сіз",
    ],
    &["лар", "лер", "дар", "дер", "тар", "тер"],
    &[
        "ым",
        "ім",
        "м",
        "ың",
        "ің",
        "ң",
        "ы",
        "і",
        "сы",
        "сі",
        "мыз",
        "міз",
        "ымыз",
        "іміз",
        "ңыз",
        "ңіз",
        "ыңыз",
        "іңіз",
        "ыма",
        "іме",
        "ма",
        "ме",
        "ыңа",
        "іңе",
        "ңа",
        "ңе",
        "ына",
        "іне",
        "сына",
        "сіне",
        "ын",
        "ін",
        "сын",
        "сін",
        "ында",
        "інде",
        "сында",
        "сінде",
        "ынан",
        "інен",
        "сынан",
        "сінен",
    ],
    &[
        "н",
        "на",
        "не",
        "нда",
        "нде",
        "ның",
        "нің",
        "дың",
        "дің",
        "тың",
        "тің",
        "ға",
        "ге",
        "қа",
        "ке",
        "ны",
        "ні",
        "ды",
        "ді",
        "ты",
        "ті",
        "да",
        "де",
        "та",
        "те",
        "дан",
        "ден",
        "тан",
        "тен",
        "нан",
        "нен",
        "мен",
        "бен",
        "пен",
        "менен",
        "сыз",
        "сіз",
        "дай",
        "дей",
        "тай",
        "тей",
    ],
    &["ғы", "гі", "қы", "кі"],
    &[
        "мын", "мін", "бын", "бін", "пын", "пін", "сың", "сің", "мыз", "міз", "быз", "біз", "пыз",
        "піз",
    ],
];

/// Endings of a verb after its root (сат-у, ал-у, жаз-у).
const VERB_SLOTS: &[&[&str]] = &[
    &["ыл", "іл", "ын", "ін", "ыс", "іс", "дыр", "дір", "т"],
    &["ма", "ме", "ба", "бе", "па", "пе"],
    &[
        "у",
        "ып",
        "іп",
        "п",
        "қан",
        "кен",
        "ған",
        "ген",
        "ар",
        "ер",
        "р",
        "ды",
        "ді",
        "ты",
        "ті",
        "са",
        "се",
        "а",
        "е",
        "й",
        "йды",
        "йді",
        "ады",
        "еді",
        "атын",
        "етін",
        "йтын",
        "йтін",
        "ушы",
        "уші",
        "сын",
        "сін",
        "ыңыз",
        "іңіз",
        "ңыз",
        "ңіз",
        "ыңыздар",
        "іңіздер",
        "қалы",
        "келі",
    ],
    &[
        "м", "ң", "қ", "к", "мын", "мін", "сың", "сің", "сыз", "сіз", "мыз", "міз", "быз", "біз",
        "пыз", "піз", "ңыз", "ңіз", "лар", "лер",
    ],
    &[
        "ға", "ге", "қа", "ке", "ды", "ді", "ты", "ті", "да", "де", "та", "те", "дың", "дің",
        "ның", "нің", "дан", "ден", "мен", "бен", "пен", "ы", "і",
    ],
];

/// Whether `rest` is a chain of noun suffixes after `stem`; `plain`: in stand-in spelling.
pub(super) fn is_noun_ending(stem: &str, rest: &str, plain: bool) -> bool {
    is_chain(stem.chars().next_back(), rest, NOUN_SLOTS, plain)
}

/// Whether `rest` is a chain of verb endings; `plain`: in stand-in spelling.
pub(super) fn is_verb_ending(rest: &str, plain: bool) -> bool {
    !rest.is_empty() && is_chain(None, rest, VERB_SLOTS, plain)
}

/// Whether `rest` can be taken from the slots in their order. At most six deep. With `before`, the letter
/// before the chain, suffixes must fit the letter that they follow.
fn is_chain(before: Option<char>, rest: &str, slots: &[&[&str]], plain: bool) -> bool {
    if rest.is_empty() {
        return true;
    }
    let Some((slot, later)) = slots.split_first() else {
        return false;
    };
    // No chain is longer than this; deeper search would only cost time.
    if rest.len() > 48 {
        return false;
    }
    is_chain(before, rest, later, plain)
        || slot.iter().any(|suffix| {
            before.is_none_or(|letter| follows(letter, suffix))
                && strip(rest, suffix, plain).is_some_and(|after| {
                    let last = before.and(suffix.chars().next_back());
                    is_chain(last, after, later, plain)
                })
        })
}

/// Whether a suffix may follow a letter: its first sound adapts to the sound before.
fn follows(letter: char, suffix: &str) -> bool {
    const VOICELESS: &str = "пфкқтсшщчхцһ";
    // Loan words end in these and take voiceless suffixes, or not.
    const EITHER: &str = "бвгд";
    const VOWELS: &str = "аәеоөұүыіэюя";
    // и stands for й too, у for a consonant after vowels.
    const HALF_VOWELS: &str = "иу";
    let is = |set: &str| set.contains(letter);
    let vowel = is(VOWELS) || is(HALF_VOWELS);
    match suffix.chars().next() {
        Some('т' | 'қ' | 'к' | 'п') => is(VOICELESS) || is(EITHER),
        Some('д' | 'ғ' | 'г' | 'б') => !is(VOICELESS),
        Some('л') => vowel || letter == 'р',
        Some('н') if matches!(suffix, "н" | "на" | "не" | "нда" | "нде") => is("ыіи"),
        Some('н') => vowel || is("мнң"),
        Some('ң') => vowel,
        Some('ы' | 'і') => !is(VOWELS),
        Some('м') => vowel || !matches!(suffix, "м" | "мыз" | "міз" | "ма" | "ме"),
        Some('с') => vowel || matches!(suffix, "сыз" | "сіз" | "сың" | "сің"),
        _ => true,
    }
}

fn strip<'a>(rest: &'a str, suffix: &str, plain: bool) -> Option<&'a str> {
    // Texts are folded: й stands as и.
    if !plain && !suffix.contains('й') {
        return rest.strip_prefix(suffix);
    }
    let folded = suffix.replace('й', "и");
    let suffix = if plain {
        plain_kazakh(&folded).into_owned()
    } else {
        folded
    };
    rest.strip_prefix(suffix.as_str())
}

/// Adds the stems of a word that may be Kazakh.
pub(super) fn add_stems(folded: &str, stems: &mut Vec<(String, Class)>) {
    stems.push((folded.to_owned(), Class::KazakhNoun));
    let Some((at, last)) = folded.char_indices().next_back() else {
        return;
    };
    let stem = &folded[..at];
    if stem.chars().count() < 2 {
        return;
    }
    match last {
        // Infinitives: сату, алу, жазу.
        'у' => stems.push((stem.to_owned(), Class::KazakhVerb)),
        // қ, к and п soften before a vowel.
        'қ' => stems.push((format!("{stem}ғ"), Class::OneOf(SOFTENED))),
        'к' => stems.push((format!("{stem}г"), Class::OneOf(SOFTENED))),
        'п' => stems.push((format!("{stem}б"), Class::OneOf(SOFTENED))),
        _ => {}
    }
}

const SOFTENED: &[&str] = &[
    "ы", "і", "ым", "ім", "ың", "ің", "ын", "ін", "ына", "іне", "ымыз", "іміз",
];

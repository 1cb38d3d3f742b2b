//! Chains of Kazakh suffixes (plural, possession, case, person; verb endings).

use super::{Class, endings_class};
use crate::text::kazakh::plain_kazakh;
use std::sync::LazyLock;

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

/// A suffix as texts have it: folded, and with stand-ins.
struct Suffix {
    written: &'static str,
    folded: String,
    plain: String,
}

type Slots = Vec<Vec<Suffix>>;

fn folded_slots(slots: &[&[&'static str]]) -> Slots {
    let suffix = |&written: &&'static str| {
        // Texts are folded: й stands as и.
        let folded = written.replace('й', "и");
        Suffix {
            written,
            plain: plain_kazakh(&folded).into_owned(),
            folded,
        }
    };
    slots
        .iter()
        .map(|slot| slot.iter().map(suffix).collect())
        .collect()
}

static NOUN: LazyLock<Slots> = LazyLock::new(|| folded_slots(NOUN_SLOTS));
static VERB: LazyLock<Slots> = LazyLock::new(|| folded_slots(VERB_SLOTS));

/// Whether `rest` is a chain of noun suffixes after `stem`; `plain`: in stand-in spelling.
pub(super) fn is_noun_ending(stem: &str, rest: &str, plain: bool) -> bool {
    is_chain(stem.chars().next_back(), rest, &NOUN, plain)
}

/// Whether `rest` is a chain of verb endings; `plain`: in stand-in spelling.
pub(super) fn is_verb_ending(rest: &str, plain: bool) -> bool {
    !rest.is_empty() && is_chain(None, rest, &VERB, plain)
}

/// Whether `rest` can be taken from the slots in their order. At most six deep. With `before`, the letter
/// before the chain, suffixes must fit the letter that they follow.
fn is_chain(before: Option<char>, rest: &str, slots: &[Vec<Suffix>], plain: bool) -> bool {
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
            let spelled = if plain { &suffix.plain } else { &suffix.folded };
            let Some(after) = rest.strip_prefix(spelled.as_str()) else {
                return false;
            };
            if before.is_some_and(|letter| !follows(letter, suffix.written)) {
                return false;
            }
            let last = before.and(suffix.written.chars().next_back());
            is_chain(last, after, later, plain)
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
        'қ' => stems.push((format!("{stem}ғ"), endings_class(SOFTENED))),
        'к' => stems.push((format!("{stem}г"), endings_class(SOFTENED))),
        'п' => stems.push((format!("{stem}б"), endings_class(SOFTENED))),
        _ => {}
    }
}

/// Vowels after which қ, к and п soften.
pub(super) const SOFTENED: &[&str] = &[
    "ы", "і", "ым", "ім", "ың", "ің", "ын", "ін", "ына", "іне", "ымыз", "іміз",
];

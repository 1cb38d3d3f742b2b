//! Endings of Russian nouns, adjectives and verbs, folded (й as и, ё as е).

use super::{Class, endings_class};

const HARD: &[&str] = &[
    "", "а", "у", "ом", "ем", "е", "ы", "и", "ов", "ев", "ам", "ами", "ах",
];
const PAST: &[&str] = &["", "а", "о", "и", "ся", "ась", "ось", "ись"];
const FEMININE: &[&str] = &[
    "а", "ы", "и", "е", "у", "ои", "ою", "еи", "ею", "ам", "ами", "ах",
];
const FEMININE_SOFT: &[&str] = &["я", "и", "е", "ю", "еи", "ею", "ь", "ям", "ями", "ях"];
const SOFT: &[&str] = &["ь", "и", "ю", "ью", "ем", "я", "е", "еи", "ям", "ями", "ях"];
const SHORT_I: &[&str] = &["и", "я", "ю", "ем", "е", "ев", "ям", "ями", "ях"];
const NEUTER: &[&str] = &["о", "а", "у", "ом", "е", "ам", "ами", "ах"];
const NEUTER_SOFT: &[&str] = &["е", "я", "ю", "ем", "и", "ям", "ями", "ях", "еи", "ью"];
const PLURAL: &[&str] = &[
    "ы", "и", "а", "у", "ои", "ом", "е", "ов", "ам", "ами", "ах", "ь", "я", "ю", "еи", "ем", "ев",
    "ям", "ями", "ях", "о",
];
const ADJECTIVE: &[&str] = &[
    "ыи", "ии", "ои", "ого", "его", "ому", "ему", "ым", "им", "ом", "ем", "ая", "яя", "ую", "юю",
    "еи", "ою", "ею", "ое", "ее", "ые", "ие", "ых", "их", "ыми", "ими", "", "а", "о", "ы",
];
const BARE: &[&str] = &[""];
const FLEETING: &[&str] = &[
    "а", "у", "ом", "ем", "е", "и", "ы", "ов", "ев", "ам", "ами", "ах",
];
/// Second conjugation, without the vowel of the infinitive (куп-ить).
const VERB_I: &[&str] = &[
    "ить",
    "у",
    "ю",
    "лю",
    "ишь",
    "ит",
    "им",
    "ите",
    "ят",
    "ат",
    "ил",
    "ила",
    "ило",
    "или",
    "ив",
    "и",
    "ь",
    "ьте",
    "иться",
    "ится",
    "ятся",
    "атся",
    "ился",
    "илась",
    "ились",
    "люсь",
    "юсь",
    "усь",
    "имся",
    "итесь",
    "ись",
];
/// The consonant of the first person changes (плат-ить, плач-у).
const VERB_I_FIRST: &[&str] = &["у", "усь"];
/// First conjugation, without the vowel (зараб-отать: зарабо-т-аю).
const VERB_A: &[&str] = &[
    "ать",
    "аю",
    "аешь",
    "ает",
    "аем",
    "аете",
    "ают",
    "ал",
    "ала",
    "ало",
    "али",
    "ав",
    "аи",
    "аите",
    "аться",
    "ается",
    "аются",
    "ался",
    "алась",
    "алось",
    "ались",
    "аитесь",
    "аися",
    "аемся",
    "аетесь",
    "у",
    "ю",
    "ешь",
    "ет",
    "ем",
    "ете",
    "ут",
    "ют",
    "ит",
    "ишь",
    "им",
    "ите",
    "ат",
    "ят",
    "и",
];
/// Present of verbs whose consonant changes (заказ-ать, закаж-у).
const VERB_A_CHANGED: &[&str] = &[
    "у", "ешь", "ет", "ем", "ете", "ут", "и", "ите", "усь", "ется", "утся",
];
const VERB_YA: &[&str] = &[
    "ять",
    "яю",
    "яешь",
    "яет",
    "яем",
    "яете",
    "яют",
    "ял",
    "яла",
    "яло",
    "яли",
    "яи",
    "яите",
    "яться",
    "яется",
    "яются",
    "ялся",
    "ялась",
    "ялись",
    "яв",
];
const VERB_E: &[&str] = &[
    "еть", "ею", "еешь", "еет", "еем", "еете", "еют", "ел", "ела", "ело", "ели", "еи", "еите",
    "ев", "ишь", "ит", "им", "ите", "ят", "и", "ться", "ются",
];
const VERB_OVA: &[&str] = &[
    "овать",
    "ую",
    "уешь",
    "ует",
    "уем",
    "уете",
    "уют",
    "овал",
    "овала",
    "овало",
    "овали",
    "уи",
    "уите",
    "овав",
    "оваться",
    "уется",
    "уются",
    "овался",
    "овалась",
    "овались",
    "уитесь",
];
const VERB_U: &[&str] = &[
    "уть",
    "у",
    "ешь",
    "ет",
    "ем",
    "ете",
    "ут",
    "ул",
    "ула",
    "уло",
    "ули",
    "и",
    "ите",
    "ув",
    "ь",
    "ьте",
    "уться",
    "ется",
    "утся",
    "улся",
    "улась",
    "улись",
];
const VERB_Y: &[&str] = &[
    "ыть",
    "ою",
    "оешь",
    "оет",
    "оем",
    "оете",
    "оют",
    "ыл",
    "ыла",
    "ыло",
    "ыли",
    "ои",
    "оите",
    "ыв",
    "ыться",
    "оется",
    "ылся",
    "ылась",
    "ылись",
];
const IMPERATIVE: &[&str] = &["", "те", "сь", "тесь"];

/// All lists.
pub(super) const LISTS: &[&[&str]] = &[
    HARD,
    PAST,
    FEMININE,
    FEMININE_SOFT,
    SOFT,
    SHORT_I,
    NEUTER,
    NEUTER_SOFT,
    PLURAL,
    ADJECTIVE,
    BARE,
    FLEETING,
    VERB_I,
    VERB_I_FIRST,
    VERB_A,
    VERB_A_CHANGED,
    VERB_YA,
    VERB_E,
    VERB_OVA,
    VERB_U,
    VERB_Y,
    IMPERATIVE,
];

/// Adds the stems of a Russian word. `word` is lower case and unfolded, `folded` its fold.
pub(super) fn add_stems(word: &str, folded: &str, stems: &mut Vec<(String, Class)>) {
    let mut add = |stem: &str, endings: &'static [&'static str]| {
        let shortest = if matches!(endings, SOFT | SHORT_I) {
            2
        } else {
            3
        };
        let letters = stem.chars().count();
        if letters >= shortest {
            stems.push((stem.to_owned(), endings_class(endings)));
        }
        // Genitive plurals (карт, ссылок): a shorter bare stem is another word (мины, мин; статьи, стать).
        if letters >= 4 && matches!(endings, FEMININE | NEUTER | PLURAL) && !stem.ends_with('ь') {
            stems.push((stem.to_owned(), endings_class(BARE)));
        }
    };
    add_verb_forms(folded, &mut add);
    add_adjective_forms(word, folded, &mut add);
    let Some((at, last)) = folded.char_indices().next_back() else {
        return;
    };
    let stem = &folded[..at];
    match (last, word.chars().next_back()) {
        ('а', _) => {
            add(stem, FEMININE);
            add_genitive_plural(stem, &mut add);
        }
        ('я', _) => add(stem, FEMININE_SOFT),
        ('ь', _) => add(stem, SOFT),
        ('и', Some('й')) => add(stem, SHORT_I),
        ('о', _) => add(stem, NEUTER),
        ('е', _) => add(stem, NEUTER_SOFT),
        ('ы' | 'и', _) => {
            add(stem, PLURAL);
            add_genitive_plural(stem, &mut add);
        }
        ('у' | 'ю' | 'э', _) => {}
        (consonant, _) => {
            add(folded, if consonant == 'л' { PAST } else { HARD });
            add(folded, HARD);
            for (ending, replaced) in [("ок", "к"), ("ек", "к"), ("ец", "ц")] {
                if let Some(base) = folded
                    .strip_suffix(ending)
                    .filter(|b| b.chars().count() >= 3)
                {
                    add(&format!("{base}{replaced}"), FLEETING);
                }
            }
        }
    }
}

/// Infinitives and polite imperatives.
fn add_verb_forms(folded: &str, add: &mut impl FnMut(&str, &'static [&'static str])) {
    if let Some(base) = folded
        .strip_suffix("ть")
        .or_else(|| folded.strip_suffix("ться"))
    {
        add_verb(base, add);
    }
    if let Some(base) = folded
        .strip_suffix("ите")
        .or_else(|| folded.strip_suffix("итесь"))
    {
        add(&format!("{base}и"), IMPERATIVE);
    }
}

fn add_adjective_forms(
    word: &str,
    folded: &str,
    add: &mut impl FnMut(&str, &'static [&'static str]),
) {
    let adjective = ["ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие"]
        .iter()
        .any(|ending| word.ends_with(ending));
    if adjective {
        let cut = folded.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
        add(&folded[..cut], ADJECTIVE);
    }
}

/// закладк-а → закладок, коробк-и → коробок, ягодк- → ягодок.
fn add_genitive_plural(stem: &str, add: &mut impl FnMut(&str, &'static [&'static str])) {
    let Some(base) = stem.strip_suffix('к') else {
        return;
    };
    match base.chars().next_back() {
        Some('ь' | 'и') => {
            let shorter: String = base.chars().take(base.chars().count() - 1).collect();
            add(&format!("{shorter}ек"), BARE);
        }
        Some('ж' | 'ч' | 'ш') => add(&format!("{base}ек"), BARE),
        Some(c) if !"аеоуыэюя".contains(c) => add(&format!("{base}ок"), BARE),
        _ => {}
    }
}

/// `base` is the infinitive without -ть.
fn add_verb(base: &str, add: &mut impl FnMut(&str, &'static [&'static str])) {
    let Some((at, vowel)) = base.char_indices().next_back() else {
        return;
    };
    let stem = &base[..at];
    match vowel {
        'и' => {
            add(stem, VERB_I);
            for changed in changed_consonant(stem) {
                add(&changed, VERB_I_FIRST);
            }
        }
        'а' => {
            add(stem, VERB_A);
            if let Some(shorter) = stem.strip_suffix("ов").or_else(|| stem.strip_suffix("ев")) {
                add(shorter, VERB_OVA);
            }
            for changed in changed_consonant(stem) {
                add(&changed, VERB_A_CHANGED);
            }
        }
        'я' => add(stem, VERB_YA),
        'е' => add(stem, VERB_E),
        'у' => add(stem, VERB_U),
        'ы' => add(stem, VERB_Y),
        _ => {}
    }
}

fn changed_consonant(stem: &str) -> Vec<String> {
    const CHANGES: &[(&str, &str)] = &[
        ("ст", "щ"),
        ("з", "ж"),
        ("д", "ж"),
        ("с", "ш"),
        ("т", "ч"),
        ("т", "щ"),
        ("к", "ч"),
    ];
    CHANGES
        .iter()
        .filter_map(|(from, to)| stem.strip_suffix(from).map(|base| format!("{base}{to}")))
        .collect()
}

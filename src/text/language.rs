//! Which language a text is in.

use super::fold::is_word_char;
use serde::{Deserialize, Serialize};

/// The languages that tazy has rules for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Russian.
    Ru,
    /// Kazakh.
    Kk,
    /// English.
    En,
    /// Anything else, or too little text to tell.
    Other,
}

/// How much text is looked at, bytes: the rest would not change the guess.
const ENOUGH: usize = 20_000;
/// Fewer letters than this tell nothing.
const TOO_FEW_LETTERS: usize = 12;

/// Frequent words without Kazakh letters that Russian does not have (folded).
const KAZAKH_WORDS: &[&str] = &[
    "мен",
    "бар",
    "жок",
    "керек",
    "осы",
    "бойынша",
    "ушин",
    "туралы",
    "алу",
    "сату",
    "бир",
    "жане",
    "болады",
    "емес",
    "барлык",
    "жана",
    "акша",
    "сатып",
    "арналган",
    "немесе",
    "кызмет",
    "бул",
];
const RUSSIAN_WORDS: &[&str] = &[
    "и", "в", "на", "не", "с", "по", "для", "что", "как", "от", "из", "это", "или", "мы", "вы",
    "вас", "за", "до", "при", "все", "ваш", "если",
];
const ENGLISH_WORDS: &[&str] = &[
    "the", "and", "of", "to", "in", "for", "is", "you", "your", "with", "on", "we", "our", "are",
    "this", "that", "by", "from", "or", "be", "not",
];

/// Small words of languages in Latin letters, as they stand in every sentence. None is a Russian word in
/// Latin letters.
const LATIN_PROSE: &[&str] = &[
    "the", "and", "of", "to", "is", "for", "with", "you", "are", "this", "that", "de", "la", "le",
    "les", "et", "que", "el", "los", "der", "die", "und", "ist", "di", "il", "che", "je", "se",
    "się", "ve", "bir", "bilan", "uchun",
];

/// Whether a folded word is one that only prose in Latin letters has.
pub(crate) fn is_latin_prose_word(word: &str) -> bool {
    word.len() <= 5 && LATIN_PROSE.contains(&word)
}

/// Guesses the language of folded text by its letters and most frequent words.
pub fn guess_language(folded: &str) -> Language {
    let mut end = folded.len().min(ENOUGH);
    while !folded.is_char_boundary(end) {
        end -= 1;
    }
    let text = &folded[..end];
    let (mut latin, mut cyrillic, mut kazakh, mut ukrainian) = (0usize, 0usize, 0usize, 0usize);
    for c in text.chars() {
        match c {
            'a'..='z' => latin += 1,
            'қ' | 'ғ' | 'ә' | 'ң' | 'ө' | 'ұ' | 'ү' | 'һ' | 'і' => kazakh += 1,
            'є' | 'ґ' => ukrainian += 1,
            '\u{400}'..='\u{52F}' => cyrillic += 1,
            _ => {}
        }
    }
    cyrillic += kazakh + ukrainian;
    if latin + cyrillic < TOO_FEW_LETTERS {
        return Language::Other;
    }
    let words = |list: &[&str]| {
        text.split(|c| !is_word_char(c))
            .filter(|word| list.contains(word))
            .count()
    };
    if cyrillic * 2 < latin {
        // English needs its small words; a short text may do without.
        let small = words(ENGLISH_WORDS);
        return if small > 0 || latin < 200 {
            Language::En
        } else {
            Language::Other
        };
    }
    // Kazakh prose has a letter of its own in every eighth place, Russian with Kazakh names far fewer.
    if kazakh * 20 >= cyrillic && ukrainian * 10 <= kazakh {
        return Language::Kk;
    }
    if ukrainian * 50 > cyrillic {
        return Language::Other;
    }
    if words(KAZAKH_WORDS) > words(RUSSIAN_WORDS) {
        return Language::Kk;
    }
    Language::Ru
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_languages_are_told_apart() {
        assert_eq!(
            guess_language("добро пожаловать в наш магазин"),
            Language::Ru
        );
        assert_eq!(guess_language("біздің дүкенге қош келдіңіз"), Language::Kk);
        assert_eq!(
            guess_language("welcome to our shop, we ship daily"),
            Language::En
        );
    }

    #[test]
    fn kazakh_without_its_letters_is_recognized_by_words() {
        assert_eq!(
            guess_language("акша керек болады емес пе, сатып алу бар"),
            Language::Kk
        );
    }

    #[test]
    fn russian_with_a_kazakh_name_stays_russian() {
        let text =
            "министерство сообщает, что в городе қостанай прошло собрание по вопросам торговли";
        assert_eq!(guess_language(text), Language::Ru);
    }

    #[test]
    fn little_text_tells_nothing() {
        assert_eq!(guess_language("404"), Language::Other);
        assert_eq!(guess_language(""), Language::Other);
    }
}

//! Russian and Kazakh words in Latin letters, as people type them.

use super::kazakh::is_kazakh_letter;

/// Letters that the usual schemes write differently, one column a scheme.
const SCHEMES: usize = 3;

/// The Latin spellings of a folded Cyrillic word, the most usual first; none if it has other letters.
pub(crate) fn latin_spellings(word: &str) -> Vec<String> {
    let mut spellings: Vec<String> = Vec::new();
    // Folded text has и for й, which after vowels is written otherwise.
    for scheme in 0..SCHEMES {
        for short_i in ["i", "y", "j"] {
            if let Some(spelling) = spell(word, scheme, short_i)
                && !spellings.contains(&spelling)
            {
                spellings.push(spelling);
            }
        }
    }
    spellings
}

fn spell(word: &str, scheme: usize, short_i: &str) -> Option<String> {
    let mut spelling = String::with_capacity(word.len());
    let mut after_vowel = false;
    for c in word.chars() {
        if c == 'и' && after_vowel {
            spelling.push_str(short_i);
        } else {
            spelling.push_str(latin_of(c)?[scheme]);
        }
        after_vowel = "аеиоуыэюяәіөұү".contains(c);
    }
    Some(spelling)
}

fn latin_of(c: char) -> Option<[&'static str; SCHEMES]> {
    let same = |latin| Some([latin; SCHEMES]);
    match c {
        'а' | 'ә' => same("a"),
        'б' => same("b"),
        'в' => same("v"),
        'г' | 'ғ' => same("g"),
        'д' => same("d"),
        'е' | 'э' => same("e"),
        'ж' => Some(["zh", "zh", "j"]),
        'з' => same("z"),
        'и' | 'і' => same("i"),
        'к' => same("k"),
        'қ' => Some(["q", "k", "q"]),
        'л' => same("l"),
        'м' => same("m"),
        'н' => same("n"),
        'ң' => Some(["ng", "n", "n"]),
        'о' | 'ө' => same("o"),
        'п' => same("p"),
        'р' => same("r"),
        'с' => same("s"),
        'т' => same("t"),
        'у' | 'ұ' | 'ү' => same("u"),
        'ф' => same("f"),
        'х' => Some(["h", "kh", "x"]),
        'һ' => same("h"),
        'ц' => Some(["c", "ts", "c"]),
        'ч' => same("ch"),
        'ш' => same("sh"),
        'щ' => Some(["sch", "shch", "sch"]),
        'ъ' | 'ь' => same(""),
        'ы' => Some(["y", "y", "i"]),
        'ю' => Some(["yu", "iu", "ju"]),
        'я' => Some(["ya", "ia", "ja"]),
        _ => None,
    }
}

/// Whether a word is Cyrillic throughout.
pub(crate) fn is_cyrillic_word(word: &str) -> bool {
    word.chars()
        .all(|c| matches!(c, 'а'..='я') || is_kazakh_letter(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_spellings_of_the_usual_schemes() {
        let spelled = |word: &str, latin: &str| latin_spellings(word).contains(&latin.to_owned());
        assert!(spelled("закладка", "zakladka"));
        assert!(spelled("кокаин", "kokain"));
        assert!(spelled("гашишем", "gashishem"));
        assert!(spelled("хаш", "hash") && spelled("хаш", "khash"));
        assert!(spelled("твердыи", "tverdyy") || spelled("твердыи", "tverdyi"));
        assert!(spelled("есірткі", "esirtki"));
        assert_eq!(latin_spellings("weed"), Vec::<String>::new());
    }
}

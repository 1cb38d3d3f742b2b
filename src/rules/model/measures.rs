//! Counts of how a page is written and built: what no single word tells, such as how it addresses its reader,
//! whether it dates things, where its links lead.

use crate::page::{Page, Region, RegionKind};
use crate::text::Folded;

/// What is counted, by name.
pub(super) const COUNTED: [&str; 40] = [
    "words",
    "letters",
    "sentences",
    "exclamations",
    "questions",
    "percents",
    "quotes",
    "tenge",
    "rubles",
    "dollars",
    "months",
    "years",
    "times",
    "registration_numbers",
    "accounts",
    "law_articles",
    "streets",
    "landlines",
    "mobiles",
    "handles",
    "licences",
    "dashes",
    "you",
    "we",
    "first_person",
    "third_person",
    "past_verbs",
    "requests",
    "numbers",
    "pictographs",
    "links",
    "telegram_links",
    "whatsapp_links",
    "mail_links",
    "telephone_links",
    "dead_links",
    "outward_links",
    "inward_links",
    "headings",
    "forms",
];

const WORDS: usize = 0;
const LETTERS: usize = 1;
const SENTENCES: usize = 2;
/// Counts from here on are of text, up to [`FIRST_STRUCTURE`].
const FIRST_TEXT: usize = 3;
const FIRST_STRUCTURE: usize = 30;
/// Up to so many words a fact tells all that it can.
const LONG_PAGE: f64 = 2500.0;
/// From so many words on the model judges by itself.
const ENOUGH_WORDS: f64 = 40.0;
/// A page of so many words says half of what a long one says by its words and measures.
const HALF_CONFIDENT: f64 = 30.0;
/// So many values come from the counts: three of the text as a whole, two a count of text, one a count of
/// structure.
pub const MEASURES: usize =
    3 + 2 * (FIRST_STRUCTURE - FIRST_TEXT) + (COUNTED.len() - FIRST_STRUCTURE);

/// Counts of one page or of several together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts([u32; COUNTED.len()]);

impl Default for Counts {
    fn default() -> Self {
        Self([0; COUNTED.len()])
    }
}

impl Counts {
    /// Adds the counts of another page.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count = count.saturating_add(more);
        }
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|count| *count == 0)
    }

    /// How much there is to go by, 0 to 1: what a handful of words looks like says little of who wrote them.
    pub fn confidence(&self) -> f64 {
        let words = f64::from(self.0[WORDS]);
        words / (words + HALF_CONFIDENT)
    }

    /// How much a fact still tells, 0 to 1: on a page of many thousand words any word stands somewhere.
    pub fn dilution(&self) -> f64 {
        (LONG_PAGE / f64::from(self.0[WORDS].max(1)))
            .sqrt()
            .min(1.0)
    }

    /// How much of a judgement is the model's, 0 to 1: all of it from forty words on. About fewer words rules judge.
    pub fn share(&self) -> f64 {
        (f64::from(self.0[WORDS]) / ENOUGH_WORDS).min(1.0)
    }

    /// The values that a model weighs, in the order of [`measure_name`].
    pub fn values(&self) -> [f64; MEASURES] {
        let count = |at: usize| f64::from(self.0[at]);
        let words = count(WORDS) + 1.0;
        let mut values = [0.0; MEASURES];
        values[0] = words.ln() / 3.0;
        values[1] = if self.0[WORDS] == 0 {
            1.0
        } else {
            count(LETTERS) / count(WORDS) / 5.0
        };
        values[2] = (words / (count(SENTENCES) + 1.0) / 10.0).min(3.0);
        let mut at = 3;
        for index in FIRST_TEXT..FIRST_STRUCTURE {
            values[at] = count(index).ln_1p() / 2.0;
            values[at + 1] = (count(index) * 30.0 / words).min(3.0);
            at += 2;
        }
        for index in FIRST_STRUCTURE..COUNTED.len() {
            values[at] = count(index).ln_1p() / 2.0;
            at += 1;
        }
        values
    }

    fn bump(&mut self, name: &str) {
        if let Some(at) = COUNTED.iter().position(|counted| *counted == name) {
            self.0[at] = self.0[at].saturating_add(1);
        }
    }
}

/// The name of a value of [`Counts::values`].
pub fn measure_name(index: usize) -> String {
    let texts = FIRST_STRUCTURE - FIRST_TEXT;
    match index {
        0 => "length".to_owned(),
        1 => "word_length".to_owned(),
        2 => "sentence_length".to_owned(),
        _ if index < 3 + 2 * texts => {
            let name = COUNTED[FIRST_TEXT + (index - 3) / 2];
            let share = if (index - 3).is_multiple_of(2) {
                ""
            } else {
                "_share"
            };
            format!("{name}{share}")
        }
        _ => COUNTED[FIRST_STRUCTURE + index - 3 - 2 * texts].to_owned(),
    }
}

/// Counts a page.
pub(super) fn count_page<'a>(page: &Page, folded: impl Fn(usize) -> Option<&'a Folded>) -> Counts {
    let mut counts = Counts::default();
    for (index, region) in page.regions.iter().enumerate() {
        match region.kind {
            RegionKind::Href => count_link(region, &mut counts),
            RegionKind::Heading => counts.bump("headings"),
            RegionKind::Form => counts.bump("forms"),
            _ => {}
        }
        let is_text =
            super::features::prominence(region.kind).is_some() && region.kind != RegionKind::Hidden;
        if let Some(folded) = folded(index).filter(|_| is_text) {
            count_signs(&folded.text, &mut counts);
            count_words(folded, &mut counts);
        }
    }
    counts
}

fn count_link(region: &Region, counts: &mut Counts) {
    let target = region.text.trim();
    counts.bump("links");
    if target.contains("t.me/") || target.starts_with("tg:") {
        counts.bump("telegram_links");
    } else if target.contains("wa.me/") || target.contains("whatsapp") {
        counts.bump("whatsapp_links");
    }
    if target.starts_with("mailto:") {
        counts.bump("mail_links");
    } else if target.starts_with("tel:") {
        counts.bump("telephone_links");
    } else if target.is_empty() || target.starts_with('#') {
        counts.bump("dead_links");
    } else if target.starts_with("http") {
        counts.bump("outward_links");
    } else if target.starts_with('/') {
        counts.bump("inward_links");
    }
}

fn count_signs(text: &str, counts: &mut Counts) {
    for c in text.chars() {
        let name = match c {
            '!' => "exclamations",
            '?' => "questions",
            '%' => "percents",
            '«' | '»' | '“' | '”' | '"' => "quotes",
            '₸' => "tenge",
            '₽' => "rubles",
            '$' => "dollars",
            '@' => "handles",
            '\u{2600}'..='\u{27BF}' | '\u{1F300}'..='\u{1FAFF}' => "pictographs",
            _ => "",
        };
        if !name.is_empty() {
            counts.bump(name);
        }
        if matches!(c, '.' | '!' | '?') {
            counts.bump("sentences");
        }
    }
    for _ in memchr::memmem::find_iter(text.as_bytes(), b" - ") {
        counts.bump("dashes");
    }
    counts.bump("sentences");
}

fn count_words(folded: &Folded, counts: &mut Counts) {
    let mut before = "";
    for token in &folded.tokens {
        let word = &folded.text[token.span.clone()];
        counts.0[WORDS] = counts.0[WORDS].saturating_add(1);
        let letters = u32::try_from(word.chars().count()).unwrap_or(u32::MAX);
        counts.0[LETTERS] = counts.0[LETTERS].saturating_add(letters);
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            count_number(word, before, token.span.start, &folded.text, counts);
        } else if let Some(name) = kind_of_word(word) {
            counts.bump(name);
        }
        before = word;
    }
}

fn count_number(word: &str, before: &str, start: usize, text: &str, counts: &mut Counts) {
    counts.bump("numbers");
    let abroad = matches!(before, "7" | "8");
    match word.len() {
        12 => counts.bump("registration_numbers"),
        11 if word.starts_with("87") || word.starts_with("77") => counts.bump("mobiles"),
        4 if abroad && (word.starts_with("71") || word.starts_with("72")) => {
            counts.bump("landlines");
        }
        4 if word.starts_with("19") || word.starts_with("20") => counts.bump("years"),
        3 if abroad && matches!(&word[..2], "70" | "74" | "77") => counts.bump("mobiles"),
        2 if text[..start].ends_with(':') && before.len() == 2 => counts.bump("times"),
        _ => {}
    }
}

/// Beginnings of words that are counted.
const BEGINNINGS: [(&str, &str); 22] = [
    ("лиценз", "licences"),
    ("licen", "licences"),
    ("ваш", "you"),
    ("наш", "we"),
    ("январ", "months"),
    ("феврал", "months"),
    ("апрел", "months"),
    ("июн", "months"),
    ("июл", "months"),
    ("август", "months"),
    ("сентябр", "months"),
    ("октябр", "months"),
    ("ноябр", "months"),
    ("декабр", "months"),
    ("қаңтар", "months"),
    ("наурыз", "months"),
    ("мамыр", "months"),
    ("маусым", "months"),
    ("шілде", "months"),
    ("тамыз", "months"),
    ("қыркүиек", "months"),
    ("желтоқсан", "months"),
];

/// Endings of the Russian past tense.
const PAST: [&str; 7] = ["л", "ла", "ли", "ло", "лся", "лась", "лись"];

/// Words, as folded, that are counted.
fn listed_word(word: &str) -> &'static str {
    match word {
        "тг" | "тенге" | "теңге" | "kzt" => "tenge",
        "руб" | "рублеи" | "рубля" => "rubles",
        "usdt" | "usd" => "dollars",
        "вы" | "вам" | "вас" | "вами" | "you" | "your" | "сіз" | "сізге" | "сіздің" | "сізді" => {
            "you"
        }
        "мы" | "нас" | "нам" | "нами" | "we" | "our" | "us" | "біз" | "бізде" | "біздің"
        | "бізге" => "we",
        "я" | "мне" | "меня" | "мои" | "моя" | "мое" | "i" | "my" | "me" | "мен" | "менің" => {
            "first_person"
        }
        "он" | "она" | "они" | "его" | "их" | "ее" | "ему" | "he" | "she" | "they" | "his"
        | "ол" | "олар" => "third_person",
        "ст" | "статья" | "статьи" | "статье" | "article" | "бап" | "бабы" => {
            "law_articles"
        }
        "ул" | "улица" | "пр" | "проспект" | "мкр" | "көшесі" | "street" => {
            "streets"
        }
        _ => "",
    }
}

/// What a word counts as: by itself, by its beginning or its ending.
fn kind_of_word(word: &str) -> Option<&'static str> {
    let listed = listed_word(word);
    if !listed.is_empty() {
        return Some(listed);
    }
    let begins = BEGINNINGS
        .iter()
        .find(|(beginning, _)| word.starts_with(beginning));
    if let Some((_, name)) = begins {
        return Some(name);
    }
    if word.len() == 20 && word.starts_with("kz") {
        return Some("accounts");
    }
    if word.len() > 6 && (word.ends_with("ите") || word.ends_with("итесь")) {
        return Some("requests");
    }
    (word.len() > 6 && PAST.iter().any(|ending| word.ends_with(ending))).then_some("past_verbs")
}

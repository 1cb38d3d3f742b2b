//! One byte a character: what searches walk over instead of the text.
//!
//! Every folded character has a *code* (letters each their own, Kazakh letters that of their Russian
//! stand-ins, all digits one, signs few) and a *look* (letters, digits and signs that are drawn for each
//! other share one; separators have none). A search over codes only finds candidates: the text decides.

use super::fold::is_word_char;
use super::kazakh::stand_in;

/// A line break, and what stands before the text.
pub(crate) const BREAK: u8 = 0;
const CYRILLIC: u8 = 1;
const LATIN: u8 = 33;
/// Any digit.
pub(crate) const DIGIT: u8 = 59;
const SPACE: u8 = 60;
const JOINER: u8 = 61;
const POINT: u8 = 62;
/// Any other sign or letter.
pub(crate) const SIGN: u8 = 63;
/// How many codes there are.
pub(crate) const CODES: usize = 64;

/// The code of a folded character.
pub(crate) fn code_of(c: char) -> u8 {
    match c {
        'а'..='я' => CYRILLIC + offset(c, 'а'),
        'a'..='z' => LATIN + offset(c, 'a'),
        '0'..='9' => DIGIT,
        ' ' => SPACE,
        '-' | '_' | '*' | '/' => JOINER,
        '.' | ',' => POINT,
        _ => stand_in(c).map_or(SIGN, |plain| CYRILLIC + offset(plain, 'а')),
    }
}

fn offset(c: char, first: char) -> u8 {
    u8::try_from(u32::from(c) - u32::from(first)).unwrap_or(0)
}

/// Whether a code is that of a letter.
pub(crate) fn is_letter_code(code: u8) -> bool {
    (CYRILLIC..DIGIT).contains(&code)
}

/// How rare a code is in prose, in quarters of a bit; more is rarer.
pub(crate) fn rarity(code: u8) -> u32 {
    /// а to я, then a to z.
    const LETTERS: [u8; 58] = [
        15, 24, 18, 23, 20, 14, 27, 24, 14, 40, 19, 18, 20, 16, 13, 21, 18, 17, 16, 21, 33, 27, 31,
        25, 29, 32, 44, 23, 24, 33, 29, 23, // Cyrillic
        14, 24, 21, 18, 12, 22, 23, 16, 15, 36, 28, 19, 21, 16, 15, 23, 40, 16, 16, 14, 21, 27, 21,
        36, 23, 40, // Latin
    ];
    match code {
        BREAK => 30,
        DIGIT => 20,
        SPACE => 11,
        JOINER => 28,
        POINT => 23,
        SIGN => 25,
        letter => u32::from(LETTERS[usize::from(letter - CYRILLIC)]),
    }
}

/// A separator: nothing to be read.
pub(crate) const NO_LOOK: u8 = 0;
const OTHER_LOOK: u8 = 1;
/// How many looks there are.
pub(crate) const LOOKS: usize = 32;

/// The look of a folded character: what readers take for each other shares one. Digits stand for every
/// letter that they are drawn for (3 for з and е, 4 for ч and а), so these letters share a look too.
pub(crate) fn look_of(c: char) -> u8 {
    let c = stand_in(c).unwrap_or(c);
    match c {
        ' ' | '.' | '_' | '*' | '-' | '/' | '·' | '•' | '~' => NO_LOOK,
        'а' | 'a' | '@' | '4' | 'ч' => 2,
        'б' | 'в' | 'ь' | 'ъ' | 'b' | 'v' | '6' => 3,
        'г' | 'g' | 'r' | 'д' | 'd' | 'р' | 'p' | 'п' | 'n' | 'н' | 'h' | 'х' | 'x' | 'я' | '9' => {
            4
        }
        'е' | 'э' | 'e' | '3' | 'з' | 'z' => 5,
        'и' | 'u' | 'i' | 'у' | 'y' | 'ы' | 'ю' | '1' | '|' | '!' => 6,
        'к' | 'k' | 'q' => 7,
        'л' | 'l' | 'j' => 8,
        'м' | 'm' => 9,
        'о' | 'o' | '0' => 10,
        'с' | 'c' | 's' | '$' | '5' | 'ѕ' => 11,
        'т' | 't' | '7' => 12,
        'ф' | 'f' => 13,
        'ш' | 'щ' | 'w' => 14,
        'ж' => 15,
        'ц' => 16,
        '2' => 17,
        '8' => 18,
        _ => OTHER_LOOK,
    }
}

/// Scripts and kinds of word characters, one bit each.
pub(crate) mod kind {
    /// Cyrillic.
    pub(crate) const CYRILLIC: u8 = 1;
    /// Latin.
    pub(crate) const LATIN: u8 = 2;
    /// A digit.
    pub(crate) const DIGIT: u8 = 4;
    /// A letter of another script.
    pub(crate) const OTHER: u8 = 8;
}

/// What a pass over text needs to know of a folded character, in one word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Entry(u32);

/// What the fold does with a raw character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Same = 0,
    /// An ASCII capital.
    Lower = 1,
    /// Another character of the same width.
    Swap = 2,
    /// Anything else.
    Slow = 3,
}

const WORD: u32 = 1 << 6;
const KIND: u32 = 7;
const KAZAKH: u32 = 1 << 11;
const CHANGE: u32 = 12;
const LOOK: u32 = 16;
const WIDTH: u32 = 24;

impl Entry {
    /// The entry of a raw character that becomes `folded`.
    pub(super) fn of(folded: char, change: Change) -> Self {
        let mut entry = u32::from(code_of(folded)) | (u32::from(look_of(folded)) << LOOK);
        entry |= (change as u32) << CHANGE;
        if is_word_char(folded) {
            let kind = match folded {
                '\u{400}'..='\u{52F}' => kind::CYRILLIC,
                'a'..='z' | '\u{C0}'..='\u{24F}' => kind::LATIN,
                c if c.is_alphabetic() => kind::OTHER,
                _ => kind::DIGIT,
            };
            entry |= WORD | (u32::from(kind) << KIND);
        }
        if stand_in(folded).is_some() {
            entry |= KAZAKH;
        }
        entry |= u32::try_from(folded.len_utf8()).unwrap_or(1) << WIDTH;
        Self(entry)
    }

    /// An entry that only tells that the table does not know.
    pub(super) const SLOW: Self = Self((Change::Slow as u32) << CHANGE);

    /// The same entry of a line break that separates.
    pub(super) fn breaking(self) -> Self {
        Self(
            (self.0 & !0x3F & !(0x1F << LOOK)) | u32::from(BREAK) | (u32::from(OTHER_LOOK) << LOOK),
        )
    }

    /// How many bytes the folded character takes.
    pub(super) fn width(self) -> u32 {
        self.0 >> WIDTH
    }

    pub(super) fn code(self) -> u8 {
        (self.0 & 0x3F) as u8
    }

    pub(super) fn look(self) -> u8 {
        ((self.0 >> LOOK) & 0x1F) as u8
    }

    /// 1 for characters of words, 0 for others.
    pub(super) fn word(self) -> u32 {
        (self.0 & WORD) >> 6
    }

    pub(super) fn kind(self) -> u32 {
        (self.0 >> KIND) & 15
    }

    pub(super) fn kazakh(self) -> u32 {
        self.0 & KAZAKH
    }

    /// Whether the character is no copy of the raw one, capitals aside.
    pub(super) fn stops(self) -> bool {
        self.0 & (2 << CHANGE) != 0
    }

    /// Not 0 for an ASCII capital (and some others that stop).
    pub(super) fn lowers(self) -> u32 {
        self.0 & (1 << CHANGE)
    }

    pub(super) fn change(self) -> Change {
        match (self.0 >> CHANGE) & 3 {
            0 => Change::Same,
            1 => Change::Lower,
            2 => Change::Swap,
            _ => Change::Slow,
        }
    }
}

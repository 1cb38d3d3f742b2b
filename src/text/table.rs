//! The fold of every single character, built once from the Unicode tables.
//!
//! The fold is context-free: each character maps by itself, so that a span can always be mapped back.

use super::code::{Change, Entry};
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What becomes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Image {
    /// It stays.
    Same,
    /// It vanishes (marks, invisible characters).
    Nothing,
    /// It becomes another.
    One(char),
    /// It becomes several.
    Many(&'static str),
}

const PAGE_BITS: u32 = 7;
const PAGE_SIZE: usize = 1 << PAGE_BITS;
const SAME: u32 = u32::MAX;
const NOTHING: u32 = u32::MAX - 1;
const MANY: u32 = 1 << 31;

const PLAIN: usize = 8192;

/// Where a character that begins with these bytes stands: ASCII by itself, else by the low six bits of both
/// bytes. Without a branch, for scripts alternate with blanks.
#[inline]
pub(super) fn plain_index(lead: u8, next: u8) -> usize {
    let wide = (usize::from(lead & 0x3F) << 6) | usize::from(next & 0x3F);
    let of_two = usize::from(lead >> 7).wrapping_neg();
    ((wide & of_two) | ((4096 + usize::from(lead)) & !of_two)) & (PLAIN - 1)
}

/// Two-level table: pages of 128 characters, absent pages fold to themselves.
#[derive(Debug)]
pub(super) struct FoldTable {
    pages: Vec<u16>,
    entries: Vec<u32>,
    many: Vec<&'static str>,
    /// Characters of one and two bytes by [`plain_index`]; then the same with line breaks that separate.
    plain: [Vec<Entry>; 2],
}

impl FoldTable {
    /// The table, built at first use.
    pub(super) fn shared() -> &'static Self {
        static TABLE: OnceLock<FoldTable> = OnceLock::new();
        TABLE.get_or_init(Self::build)
    }

    /// What becomes of `c`.
    pub(super) fn image(&self, c: char) -> Image {
        let code = c as usize;
        let page = self.pages.get(code >> PAGE_BITS).copied().unwrap_or(0);
        let entry = self.entries[usize::from(page) * PAGE_SIZE + (code & (PAGE_SIZE - 1))];
        match entry {
            SAME => Image::Same,
            NOTHING => Image::Nothing,
            many if many & MANY != 0 => Image::Many(self.many[(many ^ MANY) as usize]),
            code => char::from_u32(code).map_or(Image::Same, Image::One),
        }
    }

    /// What becomes of characters by [`plain_index`]; those of more than two bytes have entries that stop.
    pub(super) fn plain(&self, line_breaks: bool) -> &[Entry] {
        &self.plain[usize::from(line_breaks)][..PLAIN]
    }

    fn entry(&self, c: char) -> Entry {
        if is_disguise(c) {
            return Entry::SLOW;
        }
        match self.image(c) {
            Image::Same => Entry::of(c, Change::Same),
            Image::One(image) if c.is_ascii_uppercase() => Entry::of(image, Change::Lower),
            Image::One(image) if image.len_utf8() == c.len_utf8() => Entry::of(image, Change::Swap),
            _ => Entry::SLOW,
        }
    }

    fn flatten(&mut self) {
        for code in 0..0x800u32 {
            let Some(c) = char::from_u32(code) else {
                continue;
            };
            let entry = self.entry(c);
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes);
            let index = plain_index(bytes[0], bytes[1]);
            self.plain[0][index] = entry;
            self.plain[1][index] = match c {
                '\n' | '\r' | '\u{B}' | '\u{C}' => entry.breaking(),
                _ => entry,
            };
        }
    }

    fn build() -> Self {
        let mut table = Self {
            pages: vec![0; (0x11_0000 >> PAGE_BITS) as usize],
            entries: vec![SAME; PAGE_SIZE],
            many: Vec::new(),
            plain: [(); 2].map(|()| vec![Entry::SLOW; PLAIN]),
        };
        for range in CHANGING {
            for page in (range.0 >> PAGE_BITS)..=(range.1 >> PAGE_BITS) {
                table.add_page(page);
            }
        }
        table.flatten();
        table
    }

    fn add_page(&mut self, page: u32) {
        let mut entries = [SAME; PAGE_SIZE];
        for (low, entry) in (0u32..).zip(entries.iter_mut()) {
            let Some(c) = char::from_u32((page << PAGE_BITS) | low) else {
                continue;
            };
            let image = fold_scalar(c);
            let mut chars = image.chars();
            *entry = match (chars.next(), chars.next()) {
                (None, _) => NOTHING,
                (Some(one), None) if one == c => SAME,
                (Some(one), None) => one as u32,
                _ => {
                    // A few thousand short strings that live as long as the program.
                    self.many.push(Box::leak(image.into_boxed_str()));
                    MANY | u32::try_from(self.many.len() - 1).unwrap_or(0)
                }
            };
        }
        if entries.iter().any(|&entry| entry != SAME) {
            self.pages[page as usize] =
                u16::try_from(self.entries.len() / PAGE_SIZE).unwrap_or_default();
            self.entries.extend_from_slice(&entries);
        }
    }
}

/// Where characters can change; between these lie ideographs, Hangul, hieroglyphs and private use.
const CHANGING: [(u32, u32); 7] = [
    (0x0000, 0x33FF),
    (0xA000, 0xABFF),
    (0xF900, 0xFFFF),
    (0x1_0000, 0x1_1FFF),
    (0x1_6800, 0x1_6FFF),
    (0x1_BC00, 0x1_FBFF),
    (0xE_0000, 0xE_01FF),
];

/// Compatibility decomposition, lower case, no marks; repeated until nothing changes.
fn fold_scalar(c: char) -> String {
    if let Some(special) = special_image(c) {
        return match special {
            Image::One(image) => String::from(image),
            _ => String::new(),
        };
    }
    let mut text = String::from(c);
    for _ in 0..4 {
        let next: String = text
            .nfkd()
            .flat_map(char::to_lowercase)
            .filter_map(|c| match special_image(c) {
                Some(Image::One(image)) => Some(image),
                Some(_) => None,
                None => (!is_combining_mark(c)).then_some(c),
            })
            .collect();
        if next == text {
            break;
        }
        text = next;
    }
    // An image of letters and signs together would tear a word apart, or glue two (½, ⑴, ﷺ).
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let changes_nature = letters > 0 && letters != text.chars().count();
    if changes_nature || (!text.is_empty() && (letters > 0) != c.is_alphanumeric() && !is_styled(c))
    {
        return String::from(c);
    }
    text
}

/// Signs that stand for letters although Unicode does not count them as letters.
fn is_styled(c: char) -> bool {
    matches!(c, '\u{1F130}'..='\u{1F189}' | '\u{24B6}'..='\u{24E9}')
}

/// Images that the Unicode tables do not give: a character or nothing.
fn special_image(c: char) -> Option<Image> {
    let image = match c {
        c if is_invisible(c) => return Some(Image::Nothing),
        // Compatibility forms of these would glue letters to the word before them.
        '™' | '℠' | '№' | 'ª' | 'º' | '\u{AC00}'..='\u{D7A3}' => c,
        c if c.is_whitespace() || matches!(c, '\u{2800}' | '\u{1}'..='\u{1F}' | '\u{7F}') => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{FE58}' | '\u{FE63}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{02BC}' | '\u{0060}'
        | '\u{00B4}' => '\'',
        'ς' => 'σ',
        'ı' => 'i',
        // Palochka and the like do not decompose.
        '\u{0501}' => 'd',
        '\u{051B}' => 'q',
        '\u{051D}' => 'w',
        '\u{1F150}'..='\u{1F169}' => nth_letter(c, '\u{1F150}')?,
        '\u{1F170}'..='\u{1F189}' => nth_letter(c, '\u{1F170}')?,
        c => small_capital(c)?,
    };
    Some(Image::One(image))
}

fn nth_letter(c: char, first: char) -> Option<char> {
    char::from_u32('a' as u32 + (c as u32 - first as u32))
}

fn small_capital(c: char) -> Option<char> {
    const CAPITALS: &[(char, char)] = &[
        ('ᴀ', 'a'),
        ('ʙ', 'b'),
        ('ᴄ', 'c'),
        ('ᴅ', 'd'),
        ('ᴇ', 'e'),
        ('ꜰ', 'f'),
        ('ɢ', 'g'),
        ('ʜ', 'h'),
        ('ɪ', 'i'),
        ('ᴊ', 'j'),
        ('ᴋ', 'k'),
        ('ʟ', 'l'),
        ('ᴍ', 'm'),
        ('ɴ', 'n'),
        ('ᴏ', 'o'),
        ('ᴘ', 'p'),
        ('ʀ', 'r'),
        ('ꜱ', 's'),
        ('ᴛ', 't'),
        ('ᴜ', 'u'),
        ('ᴠ', 'v'),
        ('ᴡ', 'w'),
        ('ʏ', 'y'),
        ('ᴢ', 'z'),
        ('ᴨ', 'п'),
        ('ᴫ', 'л'),
        ('ᴦ', 'г'),
    ];
    CAPITALS
        .iter()
        .find(|(capital, _)| *capital == c)
        .map(|&(_, letter)| letter)
}

/// Characters that show nothing: default ignorables, bidi controls, fillers.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0' | '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether finding `c` inside a word tells that the word was disguised. Stress marks, decomposed й and ё
/// and soft hyphens stand in honest texts.
pub(super) fn is_disguise(c: char) -> bool {
    if matches!(c, '\u{AD}' | '\u{300}' | '\u{301}' | '\u{306}' | '\u{308}') || (c as u32) < 0x250 {
        return false;
    }
    is_invisible(c)
        || is_combining_mark(c)
        || is_styled(c)
        || small_capital(c).is_some()
        || matches!(c, '\u{1D400}'..='\u{1D7FF}' | '\u{FF01}'..='\u{FF5E}' | '\u{1F100}'..='\u{1F189}')
}
